"""Put a place, date, name or noun of a follow-up where the earlier question has its own."""

import re
from collections.abc import Iterator

from index.followup.phrasing import (
    Span,
    Word,
    content_of,
    dates_in,
    halves,
    inside,
    listed,
    names_in,
    words_of,
)
from index.words import fold, stem

_DETERMINERS = frozenset({"the", "a", "an", "any", "some", "this", "that", "these", "those"})
_MONTH_OR_YEAR = re.compile(r"(?:[A-Za-z]{3,9}\.? )?(?:1[6-9]|20)\d\d")
_VAGUE = frozenset({"early", "mid", "late", "the", "году", "года", "год", "عام", "سنة", "شهر"})


def exchange(question: str, phrase: str) -> str | None:
    """The question with a phrase in place of its like, or at its end; None if it fits nowhere."""
    core, mark = halves(question)
    phrase = halves(phrase)[0].strip()
    words = words_of(phrase)
    if not words or not core:
        return None
    if dates_in(phrase) and all(
        inside(word, dates_in(phrase)) or word.plain in _linking() | _VAGUE for word in words
    ):
        return _for_date(core, phrase) + mark
    core = _without_added(core)
    if words[0].plain in _linking() and len(words) > 1:
        return _for_place(core, phrase, words) + mark
    made = _for_same_noun(core, phrase, words)
    if made is None and names_in(phrase) and not _described(words):
        made = _for_name(core, phrase)
    return (made or _for_counted(core, phrase)) + mark


def _linking() -> frozenset[str]:
    return listed("place") | listed("preposition")


def _without_added(core: str) -> str:
    """A question without a noun that was hung on behind a colon before."""
    head, _, noun = core.rpartition(": ")
    return head if noun and len(words_of(head)) > 3 else core


def _put(core: str, span: Span, text: str) -> str:
    return core[: span[0]] + text + core[span[1] :]


def _for_date(core: str, phrase: str) -> str:
    spans = dates_in(core)
    if not spans:
        # Only "in 2016" keeps to the year; "2016" behind a question is a word of it.
        return f"{core} in {phrase}" if _MONTH_OR_YEAR.fullmatch(phrase) else f"{core} {phrase}"
    start, end = spans[-1]
    before = [word for word in words_of(core[:start]) if not core[word.end : start].strip()]
    first = start
    for word in reversed(words_of(core[:start])[-3:]):
        if core[word.end : first].strip() or word.plain not in _linking() | _VAGUE:
            break
        first = word.start
    after = words_of(core[end:])
    attribute = bool(after) and not _boundary(after[0]) and not core[end:].startswith(",")
    if before and first < start and before[-1].plain != "the":
        return _put(core, (first, end), phrase)
    if attribute or first < start:
        return _put(core, (start, end), phrase[dates_in(phrase)[0][0] :])
    return _put(core, (first, end), phrase)


def _boundary(word: Word) -> bool:
    """Whether a noun phrase ends before a word."""
    return word.plain in (
        _linking() | listed("question") | listed("auxiliary") | listed("lead") | {"that", "or"}
    )


def _for_place(core: str, phrase: str, words: list[Word]) -> str:
    """The question with a phrase like "in Raqqa" for one that begins alike."""
    places = listed("place")
    link = words[0].plain
    like = places if link in places else frozenset({link})
    found = sorted(
        _linked(core, like),
        key=lambda each: (bool(each[2]), each[0].plain == link, each[1][0]),
    )
    found = [each for each in found if each[2] or each[0].plain != "to"]
    if found:
        _, span, named = found[-1]
        if named and _described_after(core, span, named):
            return _put(core, named, _without_the(phrase[words[1].start :]))
        return _put(core, span, phrase)
    held = names_in(core)
    if held and names_in(phrase) and link in _LOOSE:
        return _for_name(core, phrase[words[1].start :])
    if link in places and held and _can_be_place(core, held[-1]):
        return _put(core, held[-1], _without_the(phrase[words[1].start :]))
    return f"{core} {phrase}"


_LOOSE = frozenset({"for", "of", "about", "with"})


def _linked(core: str, links: frozenset[str]) -> Iterator[tuple[Word, Span, Span | None]]:
    """Each phrase that one of the prepositions opens: that, the phrase, the name in it."""
    words = words_of(core)
    names, dates = names_in(core), dates_in(core)
    for at, word in enumerate(words[:-1]):
        if word.plain not in links or (at == 0 and word.plain in listed("question")):
            continue
        rest = words[at + 1 :]
        if rest[0].plain in _DETERMINERS and len(rest) > 1:
            rest = rest[1:]
        named = next((name for name in names if name[0] <= rest[0].start < name[1]), None)
        end = named[1] if named else _noun_end(core, rest)
        if end > rest[0].start and not inside(rest[0], dates):
            yield word, (word.start, end), named


def _noun_end(core: str, words: list[Word]) -> int:
    end = words[0].start
    for word in words:
        if _boundary(word) or core[end : word.start].strip() or word.text.isdigit():
            break
        end = word.end
    return end


def _described_after(core: str, span: Span, named: Span) -> bool:
    """Whether a name only describes what follows it: "in the Raqqa campaign"."""
    after = words_of(core[span[1] :])
    the = re.search(r"\bthe\s+$", core[: named[0]])
    near = after and not core[span[1] : span[1] + after[0].start].strip()
    return bool(the and near and not _boundary(after[0]) and not after[0].capital)


def _can_be_place(core: str, name: Span) -> bool:
    """Whether a name is what is done something to, at the end, or describes a noun."""
    before = words_of(core[: name[0]])
    if name[1] < len(core):
        return _described_after(core, name, name)
    return bool(before) and before[-1].plain not in listed("auxiliary") | listed("question")


def _described(words: list[Word]) -> bool:
    """Whether a phrase is a noun with a name as its adjective: "the Turkish soldiers"."""
    return words[-1].plain.isalpha() and not words[-1].capital and words[0].plain == "the"


def _for_name(core: str, phrase: str) -> str:
    """The question with a name for the last one of its sort, else for the last one."""
    held = names_in(core)
    sort = _sort(phrase[slice(*names_in(phrase)[-1])])
    same = [name for name in held if _sort(core[slice(*name)]) == sort]
    if not held or (sort == "group" and not same):
        return f"{core}: {phrase}"
    start, end = (same or held)[-1]
    if core[start:end].endswith(("'s", "’s")):
        phrase = f"{phrase}'s"
    the = re.search(r"\bthe\s+$", core[:start], re.IGNORECASE)
    if the and _described_after(core, (start, end), (start, end)):
        return _put(core, (start, end), _without_the(phrase))
    return _put(core, (the.start() if the else start, end), phrase)


def _without_the(phrase: str) -> str:
    return re.sub(r"(?i)^(?:the|any)\s+", "", phrase)


def _sort(name: str) -> str:
    """What a name is of: a country or a group, so far as that is known."""
    plain = fold(name).removesuffix("'s")
    if plain in listed("country"):
        return "country"
    known = plain in listed("group") or (name.isupper() and len(name) > 1)
    return "group" if known else ""


def _for_same_noun(core: str, phrase: str, words: list[Word]) -> str | None:
    """The question with a noun for the same noun otherwise described: "the Turkish soldiers"."""
    theirs = words_of(core)
    mine = stem(words[-1].plain, "en")
    alike = [at for at in range(1, len(theirs)) if stem(theirs[at].plain, "en") == mine]
    if not alike or len(content_of(phrase)) < 2:
        return None
    first = last = alike[-1]
    while first > 0 and not _closed(theirs[first - 1]):
        first -= 1
    if theirs[first - 1].plain in _DETERMINERS | _COUNTING:
        phrase = re.sub(r"(?i)^(?:the|any|an?)\s+", "", phrase)
    return _put(core, (theirs[first].start, theirs[last].end), phrase)


_COUNTING = frozenset({"many", "much", "which", "what", "whose"})
_COUNTED = re.compile(
    r"(?:how many|which) (?!of\b)(?P<noun>[\w-]+(?: [\w-]+){0,2}?) "
    r"(?:are|is|was|were|have|has|had|did|do)\b",
    re.IGNORECASE,
)


def _for_counted(core: str, phrase: str) -> str:
    """The question with a noun for the one that it counts, or else behind it."""
    counted = _COUNTED.match(core)
    if counted:
        return _put(core, counted.span("noun"), _without_the(phrase))
    return f"{core}: {phrase}"


def _closed(word: Word) -> bool:
    return _boundary(word) or word.plain in _DETERMINERS | {"many", "much"}
