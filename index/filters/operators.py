"""Read the filters out of a question, and write them down so that they are read again."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from index.answer import Filters, Window
from index.filters.mastheads import Mastheads, mastheads_of
from index.filters.windows import days_at, find_windows
from index.words import analyse

# What is taken out may join what was around it to another filter: "last from:tea week".
_NESTED = 12  # deeper is no question


@dataclass(frozen=True, slots=True)
class Wish:
    """A question without its operators and windows, and the filters that they are."""

    question: str
    filters: Filters


def read_filters(text: str, *, today: date, publishers: Collection[str]) -> Wish:
    """The question and filters of a text; a text without filters is its own question.

    Operators stand before their value without a space, in either case. `from:` (`source:`) takes
    the longest run of words that names one of the publishers: its name, case, accents and "the"
    aside, a part of it or its initials, where that is the name of one alone; several are
    alternatives. As search engines have it `after:2017-09` (`since:`) begins with September and
    `before:2017-09` ends with August; `until:` includes the day, month or year, and `on:` is it.
    `in:` is told: of an event. Two days are one value as in `on:2017-09-01..2017-09-07`.
    `"exact words"` stay in the question without their quotation marks; `exact:"words"` are not
    of it. `-word` and `-"two words"` may not stand in a passage. `article:` is a key.

    Windows are told in words too, see `find_windows`. Bounds narrow, days of several windows are
    all those between; what is told counts only where nothing says when to have been published.
    """
    found: list[_Piece] = []
    told: list[Window] = []
    question = " ".join(text.split())
    for _ in range(_NESTED):
        pieces, shorter = _taken_out(question, today, publishers, _phrases(found))
        found += [piece for piece in pieces if not piece.stays]
        told = [piece.window for piece in pieces if piece.stays]
        shorter = _polished(shorter) if found or told else shorter
        if shorter == question:
            break
        question = shorter
    return Wish(question, _filters(found, told))


def write_filters(question: str, filters: Filters) -> str:
    """The question with its filters as operators: `read_filters` gives both back.

    Phrases are put in quotation marks where the question has them; a told window that the
    question itself tells, whatever the day, is not told again.
    """
    quoted = _quoted(question, filters.phrases) if filters.phrases else ""
    left = () if quoted else filters.phrases
    window = _window_text(filters.window)
    operators = [
        *(f"from:{_named(each)}" for each in (*filters.sources, *filters.unknown)),
        *([f"article:{_named(filters.article)}"] if filters.article else []),
        *([window] if window and not _told_by(question, filters) else []),
        *(
            f"-{each}" if re.fullmatch(_WORD, each) else f'-"{_plain(each)}"'
            for each in filters.without
        ),
        *(f"exact:{_named(each)}" for each in left),
    ]
    return " ".join(filter(None, [quoted or question, *operators]))


def unread_in(question: str) -> tuple[str, ...]:
    """What is left in a question that looks like a limit, but could not be read as one."""
    return tuple(match[0] for match in _LEFT.finditer(question))


# -- taking filters out ------------------------------------------------------------------------


class _Kind(StrEnum):
    SOURCE = "source"
    UNKNOWN = "unknown"
    ARTICLE = "article"
    PHRASE = "phrase"
    WITHOUT = "without"
    WINDOW = "window"


class _Piece(NamedTuple):
    """A filter, the slice of the text that says it, and what to put in its place.

    What stays is no more than read where it stands.
    """

    start: int
    end: int
    kind: _Kind
    values: tuple[str, ...] = ()
    window: Window = Window()
    instead: str = ""
    stays: bool = False


def _taken_out(
    text: str, today: date, publishers: Collection[str], phrases: tuple[str, ...]
) -> tuple[list[_Piece], str]:
    """The filters that a text shows at once, and the text without; more may show then."""
    operators = list(_operators(text, today, publishers))
    text = _cut(text, operators)
    quoted = list(_quotations(text))
    text = _QUOTATION.sub(lambda match: match[0][1:-1].strip(), text)
    windows = _windows(text, today, (*phrases, *_phrases([*operators, *quoted])))
    taken = [piece for piece in windows if not piece.stays]
    return [*operators, *quoted, *windows], " ".join(_cut(text, taken).split())


def _windows(text: str, today: date, phrases: tuple[str, ...]) -> list[_Piece]:
    """The windows told in words, but for those within a phrase."""
    spared = [
        match.span()
        for phrase in phrases
        for match in re.finditer(re.escape(phrase), text, re.IGNORECASE)
    ]
    return [
        _Piece(start, end, _Kind.WINDOW, (), window, instead, stays=window.told)
        for start, end, window, instead in find_windows(text, today=today)
        if not any(first < end and start < last for first, last in spared)
    ]


def _cut(text: str, pieces: Sequence[_Piece]) -> str:
    if not pieces:
        return text
    kept, at = "", 0
    for piece in pieces:
        kept = _sewn(_sewn(kept, text[at : piece.start]), piece.instead)
        at = piece.end
    return _sewn(kept, text[at:])


_STOPS = "?!.,;:…؟،؛)]}"
_PAUSES = " ,;:"


def _sewn(left: str, right: str) -> str:
    """Two ends of a text with a space between, or none before what closes a clause."""
    left, right = left.rstrip(), right.strip()
    if not left or not right:
        return left or right
    if left[-1] in "([{" and right[0] in ")]}":
        return _sewn(left[:-1], right[1:])
    if right[0] in _STOPS:
        return left.rstrip(_PAUSES) + right
    return left + right if left[-1] in "([{" else f"{left} {right}"


def _polished(text: str) -> str:
    """A text without the marks that are left at its ends; nothing where no word is left."""
    text = text.lstrip(_PAUSES + "?!").rstrip(_PAUSES + "–—-")
    return text if any(map(str.isalnum, text)) else ""


# -- operators and quotations ------------------------------------------------------------------

_NAMES = {
    "source": "from source publisher источник издание المصدر",
    "article": "article",
    "exact": "exact",
    "since": "after since после с بعد منذ",
    "before": "before до قبل",
    "until": "until till حتى",
    "on": "on",
    "in": "in",
}
_NAME_OF = {name: kind for kind, names in _NAMES.items() for name in names.split()}
_MARKS = '"“”„«»'
_ENDED = r"(?=[\s?!.,;…)\]}؟،؛]|$)"
_QUOTED = re.compile(rf"[{_MARKS}](?=\S)([^{_MARKS}]+)(?<=\S)[{_MARKS}]{_ENDED}")
_WORD = r"[^\W\d_][\w'’-]+"
_OPENING = re.compile(
    rf"(?<![^\s(\[{{{_MARKS}])(?P<name>{'|'.join(_NAME_OF)}):(?=\S)"
    rf"|(?<!\S)[-−](?:[{_MARKS}](?=\S)(?P<words>[^{_MARKS}]+)(?<=\S)[{_MARKS}]|(?P<word>{_WORD}))"
    rf"{_ENDED}(?!\.\w)",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"(?<!\S)(?:from|source|after|since|before|until|on|in|article):\s?\S{1,40}", re.IGNORECASE
)
_TOKEN = re.compile(rf"[^\s()\[\]{_MARKS}]+")
_QUOTATION = re.compile(
    r"(?<![^\s(\[{])\"(?=\S)([^\"]*\w[^\"]*)(?<=\S)\"(?=[\s?!.,;:…)\]}؟،؛]|$)"
    # Not «…» or „…“: where those are written, every title and nickname stands in them.
    r"|(?<!\w)“(?:[^“”„«»]+)”(?!\w)"
)


def _operators(text: str, today: date, publishers: Collection[str]) -> Iterator[_Piece]:
    """The operators of a text from left to right; one whose value cannot be read is none."""
    at = 0
    while opening := _OPENING.search(text, at):
        piece = _read(opening, text, today, publishers)
        if piece:
            yield piece
        at = piece.end if piece else opening.end()


def _read(
    opening: re.Match[str], text: str, today: date, publishers: Collection[str]
) -> _Piece | None:
    start, at = opening.span()
    if not opening["name"]:
        words = _bare(opening["words"] or opening["word"])
        return _Piece(start, at, _Kind.WITHOUT, (words,)) if analyse(words) else None
    kind = _NAME_OF[opening["name"].lower()]
    if kind == "source":
        return _source(start, at, text, mastheads_of(publishers))
    if kind in {"article", "exact"}:
        return _verbatim(_Kind.ARTICLE if kind == "article" else _Kind.PHRASE, start, at, text)
    quoted = _QUOTED.match(text, at)
    days = _from_to(quoted[1].strip() if quoted else text[at : at + 80], today)
    if days is None:
        return None
    first, last, length = days
    end = quoted.end() if quoted else at + length
    return _Piece(start, end, _Kind.WINDOW, (), _window(kind, first, last))


def _verbatim(kind: _Kind, start: int, at: int, text: str) -> _Piece | None:
    value, end = _value(text, at)
    return _Piece(start, end, kind, (value,)) if value else None


def _value(text: str, at: int) -> tuple[str, int]:
    """What stands in quotation marks at a place, or else the word there, and its end."""
    if quoted := _QUOTED.match(text, at):
        return _bare(quoted[1]), quoted.end()
    token = _TOKEN.match(text, at)
    word = token[0].rstrip(_STOPS) if token else ""
    return _bare(word), at + len(word)


def _source(start: int, at: int, text: str, mastheads: Mastheads) -> _Piece | None:
    """The longest run of words that names a publisher, or one word that names none."""
    value, end = _value(text, at)
    if text[at] not in _MARKS:
        for run in reversed(_runs(text, at)):
            if named := mastheads.named(run):
                return _Piece(start, at + len(run), _Kind.SOURCE, named)
    if named := mastheads.named(value):
        return _Piece(start, end, _Kind.SOURCE, named)
    return _Piece(start, end, _Kind.UNKNOWN, (value,)) if value else None


def _runs(text: str, at: int) -> list[str]:
    """The words from a place on, one to eight, as far as the next operator or the clause's end."""
    runs = []
    for token in islice(_TOKEN.finditer(text, at), 8):
        word = token[0].rstrip(_STOPS)
        apart = text[token.start() - 1] not in " :"
        if not word or apart or _OPENING.match(text, token.start()):
            break
        runs.append(text[at : token.start() + len(word)])
        if word != token[0]:
            break
    return runs


def _quotations(text: str) -> Iterator[_Piece]:
    for match in _QUOTATION.finditer(text):
        if phrase := _bare(match[0]):
            yield _Piece(match.start(), match.end(), _Kind.PHRASE, (phrase,))


def _bare(value: str) -> str:
    """A value on one line without the marks around it."""
    letters = [at for at, mark in enumerate(value) if mark.isalnum()]
    return " ".join(value[letters[0] : letters[-1] + 1].split()) if letters else ""


def _from_to(value: str, today: date) -> tuple[date, date, int] | None:
    """The days that a value tells, two of them with ".." between, and its length."""
    begun = days_at(value, today=today)
    (first, last), at = begun or ((date.min, date.max), 0)
    if value[at : at + 2] != "..":
        return (first, last, at) if begun else None
    at += 2
    ended = days_at(value[at:], today=today)
    if ended is None:
        return (first, date.max, at) if begun else None
    return first, ended[0][1], at + ended[1]


def _window(kind: str, first: date, last: date) -> Window:
    if kind == "since":
        return Window(first=first)
    if kind == "before":
        return Window(last=first - timedelta(1) if first > date.min else first)
    if kind == "until":
        return Window(last=last)
    return Window(first, last, told=kind == "in")


# -- filters of what was taken out -------------------------------------------------------------


def _filters(found: Sequence[_Piece], told: Sequence[Window]) -> Filters:
    return Filters(
        window=_meeting(found, told),
        sources=_values(found, _Kind.SOURCE),
        unknown=_values(found, _Kind.UNKNOWN),
        phrases=_phrases(found),
        without=_values(found, _Kind.WITHOUT),
        article=next(iter(_values(reversed(found), _Kind.ARTICLE)), ""),
    )


def _values(found: Iterable[_Piece], kind: _Kind) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(value for piece in found if piece.kind is kind for value in piece.values)
    )


def _phrases(found: Iterable[_Piece]) -> tuple[str, ...]:
    return _values(found, _Kind.PHRASE)


def _meeting(found: Sequence[_Piece], told: Sequence[Window]) -> Window:
    """The window of publication that was asked for, or else the one told."""
    windows = [piece.window for piece in found if piece.kind is _Kind.WINDOW]
    windows = [window for window in windows if window != Window()]
    published = [window for window in windows if not window.told]
    return _met(published or windows or told)


def _met(windows: Sequence[Window]) -> Window:
    """All days between those of the bounded windows, within every bound."""
    if not windows:
        return Window()
    bounds = [each for each in windows if date.min == each.first or each.last == date.max]
    spans = [each for each in windows if each not in bounds]
    first = min((each.first for each in spans), default=date.min)
    last = max((each.last for each in spans), default=date.max)
    return Window(
        first=max([first, *(each.first for each in bounds)]),
        last=min([last, *(each.last for each in bounds)]),
        told=windows[0].told,
    )


# -- writing -----------------------------------------------------------------------------------

_SOME_DAYS = (date(2001, 2, 3), date(2040, 10, 11))  # unlike in everything that may be left out


def _told_by(question: str, filters: Filters) -> bool:
    """Whether the question itself tells the window, on whatever day it is asked."""
    for today in _SOME_DAYS:
        windows = [each.window for each in _windows(question, today, filters.phrases)]
        if not filters.window.told or _met(windows) != filters.window:
            return False
    return True


def _quoted(question: str, phrases: Sequence[str]) -> str:
    """The question with its phrases in quotation marks; "" where they cannot all be put there."""
    pieces, at = [], 0
    for phrase in phrases:
        place = re.compile(rf"(?<![^\s(\[{{]){re.escape(phrase)}(?!\w)").search(question, at)
        if place is None:
            return ""
        pieces += [question[at : place.start()], f'"{phrase}"']
        at = place.end()
    quoted = "".join([*pieces, question[at:]])
    read = read_filters(quoted, today=_SOME_DAYS[0], publishers=())
    same = (read.question, read.filters.phrases) == (question, tuple(phrases))
    return quoted if same else ""


def _named(value: str) -> str:
    """A value as it may stand behind an operator."""
    plain = _plain(value)
    return plain if re.fullmatch(r"\w+", plain) else f'"{plain}"'


def _plain(value: str) -> str:
    return " ".join(re.sub(f"[{_MARKS}]", " ", value).split())


def _window_text(window: Window) -> str:
    if window == Window():
        return ""
    name = "in" if window.told else "on"
    for length in (10, 7, 4):  # a day, month or year
        text = window.first.isoformat()[:length]
        days = days_at(text, today=window.first)
        if days and days[0] == (window.first, window.last):
            return f"{name}:{text}"
    if window.told:
        return f"in:{window.first}..{window.last}"
    bounds = [f"since:{window.first}"] if window.first > date.min else []
    return " ".join([*bounds, *([f"until:{window.last}"] if window.last < date.max else [])])
