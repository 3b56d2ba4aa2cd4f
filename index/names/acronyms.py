"""Acronyms that a text itself explains: "Syrian Democratic Forces (SDF)"."""

import re
from collections.abc import Iterator

from index.words import fold

MOST = 100  # pairs of one article; a page with more is a glossary or a table
_REACH = 160  # characters before an acronym that may hold its expansion

_LETTERS = r"(?:[^\W\d_]\.?[-/]?){2,10}"
_BEHIND = re.compile(
    rf"\s*(?:[(\[]\s*[\"“«]?|,\s+or\s+(?:the\s+)?)(?P<short>{_LETTERS})(?:[\"”»]?\s*[)\]]|\b)"
)
_BEFORE = re.compile(rf"(?<![^\W\d_])(?P<short>{_LETTERS})\s+\((?P<long>[^()]{{5,100}})\)")
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*['’]?")
_GAP = re.compile(r"[\s\-‐‑–—/\"“”«»]*")
# Words whose initial an acronym may leave out.
_SMALL = frozenset(
    word
    for words in (
        "of for and the in on to at de del la las los le les des du et y e und der die für",
        "и в во по на за с о для при",
    )
    for word in words.split()
)
_SMALL_ARABIC = frozenset(fold(word) for word in ("في", "من", "على", "عن", "إلى", "ل", "و"))


def acronyms_in(text: str) -> dict[str, str]:
    """What a text itself says that its acronyms stand for, the first telling of each.

    Only what its initials prove: every letter begins a word, in order, and words without one are
    small. Arabic acronyms leave out the article.
    """
    told: dict[str, str] = {}
    for short, long in _pairs(text):
        told.setdefault(short, long)
        if len(told) == MOST:
            break
    return told


def is_acronym(short: str) -> bool:
    """Whether something in brackets is written as an acronym is: SDF, MoD, США, قسد."""
    letters = [mark for mark in short if mark.isalpha()]
    if _is_arabic(short):
        return 3 <= len(letters) <= 6
    capitals = sum(mark.isupper() for mark in letters)
    # A raised 2 is taken for a letter by what finds the brackets, and is none.
    return bool(letters) and letters[0].isupper() and capitals >= max(2, len(letters) - 2)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for match in _BEHIND.finditer(text):
        short = _singular(match["short"])
        before = text[max(0, match.start() - _REACH) : match.start()]
        if is_acronym(short) and (long := expansion(before, short)):
            yield short, long
    for match in _BEFORE.finditer(text):
        short, inside = _singular(match["short"]), match["long"]
        whole = inside.strip().removeprefix("the ")
        if is_acronym(short) and expansion(inside, short) == whole:
            yield short, whole


def expansion(before: str, short: str) -> str:
    """The words that end a text and whose initials are those of an acronym; "" if there are none.

    With two letters, the words must be capitalised: too much is called one thing of another.
    """
    letters = fold("".join(mark for mark in short if mark.isalpha()))
    words = _closing_words(before)
    first = _first_word([word[0] for word in words], letters)
    if first is None or len(words) - first < 2:
        return ""
    mine = words[first:]
    if len(letters) < 3 and not all(_is_named(word) for word, _ in mine):
        return ""
    return re.sub(r"\s+", " ", before[mine[0][1] :]).strip(' "“”«»')


def _singular(short: str) -> str:
    """An acronym without its plural: IDPs are several of an IDP."""
    plural = short.endswith("s") and len(short) > 2 and short[:-1].isupper()
    return short[:-1] if plural else short.rstrip("-/")


def _closing_words(before: str) -> list[tuple[str, int]]:
    """The last words of a text with their places, as far back as nothing but space parts them."""
    words: list[tuple[str, int]] = []
    end = len(before)
    for match in reversed(list(_WORD.finditer(before))):
        if not _GAP.fullmatch(before[match.end() : end]):
            break
        words.append((match[0], match.start()))
        end = match.start()
    return words[::-1]


def _first_word(words: list[str], letters: str) -> int | None:
    """The place of the nearest word from which on the words' initials are these letters."""
    left = {letters}
    for place in range(len(words) - 1, -1, -1):
        mine, small = _initials(words[place]), _is_small(words[place])
        taken = {rest.removesuffix(mine) for rest in left if rest.endswith(mine)}
        # A small word in front belongs to what comes before.
        if "" in taken and not small:
            return place
        left = (taken | left if small else taken) - {""}
        if not left:
            break
    return None


def _initials(word: str) -> str:
    """The letters that a word gives an acronym: all of U.S., the first of others."""
    if "." in word:
        return fold(word.replace(".", ""))
    folded = fold(word)
    if _is_arabic(word):
        if folded.startswith("و") and len(folded) > 3:
            folded = folded[1:]
        folded = re.sub(r"^(?:بال|كال|فال|لل|ال)(?=..)", "", folded)
    return folded[:1]


def _is_small(word: str) -> bool:
    return word.casefold() in _SMALL or fold(word) in _SMALL_ARABIC


def _is_named(word: str) -> bool:
    return _is_small(word) or not word[0].islower()


def _is_arabic(word: str) -> bool:
    return any("\u0600" <= mark <= "\u06ff" for mark in word)
