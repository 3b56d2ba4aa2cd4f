"""The words, names and dates of a question, and the wordings that follow-ups are made of."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.names import shipped_aliases
from index.times import days_in
from index.words import fold, guess_language, spot, stops

_LISTS = Path(__file__).parents[1] / "data" / "followups.txt"
_WORD = re.compile(r"\w+(?:[-‐‑.'’]\w+)*")
_ENDING = re.compile(r"[\s?؟!.…]*$")
_RELATIVE = re.compile(
    r"\b(?:yesterday|today|tonight|(?:last|this|past|next|previous) "
    r"(?:night|week|weekend|month|year|summer|winter|spring|autumn|\w+day)"
    r"|(?:\d{1,3}|an?|one|two|three|four|five|six|seven) (?:hour|day|week|month|year)s? ago"
    r"|вчера|сегодня|прошлой неделе|прошлом (?:месяце|году)"
    r"|امس|أمس|اليوم|الأسبوع الماضي|الشهر الماضي|العام الماضي)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[6-9]|20)\d\ds?")
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?")
_ISO = re.compile(r"(?:1[6-9]|20)\d\d-\d\d(?:-\d\d)?")
_YEARS = frozenset({"году", "года", "год", "г"})
_JOINERS = frozenset(
    [
        "of",
        "de",
        "del",
        "la",
        "al",
        "el",
        "ad",
        "an",
        "ar",
        "as",
        "ash",
        "at",
        "az",
        "ez",
        "bin",
        "ibn",
        "von",
        "van",
        "der",
        "y",
    ]
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text as it stands, folded, and where it is."""

    text: str
    plain: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Whether it is written as a name is: Raqqa, al-Shola, SDF."""
        return any(part[:1].isupper() for part in re.split("[-‐‑'’]", self.text))


@cache
def listed(kind: str) -> frozenset[str]:
    """The folded wordings of a list in followups.txt; none for a list that is not there."""
    for line in _LISTS.read_text("utf-8").splitlines():
        name, _, wordings = line.partition(":")
        if name == kind:
            return frozenset(fold(each).strip() for each in wordings.split("|"))
    return frozenset()


def words_of(text: str) -> list[Word]:
    """The words of a text in order."""
    return [
        Word(found[0], fold(found[0]), found.start(), found.end())
        for found in _WORD.finditer(text)
    ]


def content_of(text: str) -> list[Word]:
    """The words of a text that say what it is about."""
    empty = stops(guess_language(text)) | stops("en") | listed("question") | listed("auxiliary")
    return [word for word in words_of(text) if word.plain not in empty or word.text.isupper()]


def halves(question: str) -> tuple[str, str]:
    """A question and the marks that it ends with."""
    at = _ENDING.search(question)
    cut = at.start() if at else len(question)
    return question[:cut], question[cut:].strip()


def polished(text: str) -> str:
    """A text without the courtesies that it ends with: "and in Raqqa, please?"."""
    core, mark = halves(text)
    for polite in listed("polite"):
        if fold(core).endswith(" " + polite) and len(fold(core)) == len(core):
            core = core[: -len(polite) - 1].rstrip(" ,")
    return core + mark


def names_in(text: str) -> list[Span]:
    """Where names stand: capitalised words in a row, and what the shipped aliases know."""
    dated = dates_in(text)
    words = words_of(text)
    runs: list[Span] = []
    for at, word in enumerate(words):
        if not word.capital or inside(word, dated) or (at == 0 and _opening(words)):
            continue
        if runs and _joined(words, runs[-1], word):
            runs[-1] = runs[-1][0], word.end
        else:
            runs.append((word.start, word.end))
    return _united(runs + _aliased(text))


def dates_in(text: str) -> list[Span]:
    """Where days, months, years and the likes of "last week" stand, without their prepositions."""
    spans = [found.span() for found in _RELATIVE.finditer(text)]
    run: list[Word] = []
    for word in words_of(text):
        if run and word.plain in _YEARS:
            run.append(word)
        elif run and (not _datelike(word) or text[run[-1].end : word.start].strip(" ,.")):
            spans += _dated(run)
            run = []
        if _datelike(word) and word not in run:
            run.append(word)
    return _united(spans + _dated(run))


def _opening(words: list[Word]) -> bool:
    """Whether the first word has its capital from its place and not as a name."""
    first = words[0]
    return not first.text.isupper() and (
        len(words) < 2
        or not words[1].capital
        or first.plain in listed("question") | listed("auxiliary") | stops("en")
    )


def _joined(words: list[Word], run: Span, word: Word) -> bool:
    between = [each for each in words if run[1] <= each.start and each.end <= word.start]
    gap = all(each.plain in _JOINERS - {"at", "an", "as"} for each in between)
    alone = any(each.end == run[1] and each.text.endswith(("'s", "’s")) for each in words)
    return gap and len(between) < 3 and not alone and word.start - run[1] < 12


def _aliased(text: str) -> list[Span]:
    spots = [each for each in spot(text) if "-" not in text[each[1] : each[2]]]
    found = shipped_aliases().find(tuple(term for term, _, _ in spots))
    return [(spots[first][1], spots[last - 1][2]) for first, last, _ in found]


def _united(spans: list[Span]) -> list[Span]:
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start < whole[-1][1]:
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((start, end))
    return whole


def inside(word: Word, spans: list[Span]) -> bool:
    """Whether a word lies in one of the spans."""
    return any(start < word.end and word.start < end for start, end in spans)


def _datelike(word: Word) -> bool:
    shapes = (_YEAR, _DAY, _ISO)
    return any(shape.fullmatch(word.plain) for shape in shapes) or _month(word.plain)


@cache
def _month(plain: str) -> bool:
    return plain.isalpha() and any(day.month for day in days_in(f"1 {plain}"))


def _dated(run: list[Word]) -> list[Span]:
    """The span of a run of days, months and years, if it is one: "may" and "12" alone are not."""
    told = any(_YEAR.fullmatch(word.plain) or _ISO.fullmatch(word.plain) for word in run)
    months = [word for word in run if _month(word.plain)]
    sure = any(word.capital or not word.text.isascii() for word in months)
    if told or sure or (months and len(run) > 1):
        return [(run[0].start, run[-1].end)]
    return []
