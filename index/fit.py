"""Cut what is too long for the model into parts that fit, at the best places there are."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from index.sentences import split_sentences

TOKEN_LIMIT = 230  # the model reads 256 at most, and drops the rest without a word

Cost = Callable[[int, int], float]
_Cutter = Callable[[str], Iterable[tuple[int, int]]]


def fit(text: str, start: int, end: int, cost: Cost) -> list[tuple[int, int]]:
    """The slice as (start, end) parts, as few and as even as TOKEN_LIMIT allows."""
    if cost(start, end) <= TOKEN_LIMIT:
        return [(start, end)]
    return _balanced(list(_units(text, start, end, cost, _CUTTERS)), cost)


def _units(
    text: str, start: int, end: int, cost: Cost, cutters: Sequence[_Cutter]
) -> Iterator[tuple[int, int]]:
    """Sentences; where one is too long its clauses, then its words, then runs of letters."""
    if not cutters or cost(start, end) <= TOKEN_LIMIT:
        yield start, end
        return
    for left, right in cutters[0](text[start:end]):
        yield from _units(text, start + left, start + right, cost, cutters[1:])


def _balanced(units: Sequence[tuple[int, int]], cost: Cost) -> list[tuple[int, int]]:
    """Neighbouring units packed into the fewest parts, as even as can be."""
    costs = [cost(*unit) for unit in units]
    fewest = len(_packed(units, costs, TOKEN_LIMIT))
    low, high = int(max(costs)), TOKEN_LIMIT
    while low < high:
        middle = (low + high) // 2
        if len(_packed(units, costs, middle)) > fewest:
            low = middle + 1
        else:
            high = middle
    return _packed(units, costs, high)


def _packed(
    units: Sequence[tuple[int, int]], costs: Sequence[float], limit: float
) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    filled = 0.0
    for (start, end), cost in zip(units, costs, strict=True):
        if parts and filled + cost <= limit:
            parts[-1] = (parts[-1][0], end)
            filled += cost
        else:
            parts.append((start, end))
            filled = cost
    return parts


_CLAUSE = re.compile(r"(?:[^,;:—–،؛]++|[,;:—–،؛](?!\s))++(?:[,;:—–،؛]|\Z)|[,;:—–،؛]")
_CJK_CLAUSE = re.compile(r"[^，、；：]++[，、；：]?|[，、；：]")
_WORD = re.compile(r"\S+")
_RUN = 100  # letters: a "word" this long is noise or a script without spaces


def _trimmed(pattern: re.Pattern[str]) -> _Cutter:
    def cut(text: str) -> Iterator[tuple[int, int]]:
        for match in pattern.finditer(text):
            piece = match[0]
            if body := piece.strip():
                start = match.start() + len(piece) - len(piece.lstrip())
                yield start, start + len(body)

    return cut


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Even runs of about _RUN characters; an accent or joiner is not parted from its letter."""
    length = -(-len(text) // -(-len(text) // _RUN))
    start = 0
    while start < len(text):
        end = min(start + length, len(text))
        limit = min(end + 20, len(text))
        while end < limit and _clings(text[end]):
            end += 1
        yield start, end
        start = end


def _clings(character: str) -> bool:
    return unicodedata.combining(character) > 0 or unicodedata.category(character) in ("Mn", "Cf")


_CUTTERS: tuple[_Cutter, ...] = (
    split_sentences,
    _trimmed(_CLAUSE),
    _trimmed(_CJK_CLAUSE),
    _trimmed(_WORD),
    _runs,
)


_TOKEN = re.compile(r"[A-Za-zÀ-ɏ]+|[0-9]+|[^\W\d_]|[^\w\s]|\w")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")
_COMMON = re.compile(
    r"\b(?:the|of|and|to|in|a|for|that|is|on|was|with|by|as|it|at|from|he|his|be|are|were|has|have"
    r"|not|an|said)\b",
    re.IGNORECASE,
)


def estimate_tokens(text: str) -> float:
    """About how many word pieces the English model cuts a text into, rather too many than too few.

    Measured on 4,500 paragraphs: within 10 % for English, 0 to 7 % over for Arabic and Russian,
    where nearly every letter is a piece of its own.
    """
    return meter(text)(0, len(text))


def meter(text: str) -> Cost:
    """The estimated tokens of a slice; that of a whole is the sum of its parts."""
    words = sum(1 for _ in _LATIN.finditer(text))
    english = sum(1 for _ in _COMMON.finditer(text)) >= 0.12 * words

    def cost(start: int, end: int) -> float:
        return sum(_weight(token[0], english) for token in _TOKEN.finditer(text, start, end))

    return cost


def _weight(token: str, english: bool) -> float:  # noqa: FBT001 - private, one caller
    if len(token) == 1:
        return 1.0
    if token.isdigit():
        return 1.0 if len(token) < 5 else len(token) / 2
    if english and len(token) <= 15:
        return 1.0 + 0.11 * max(0, len(token) - 4)
    return max(1.0, 0.42 * len(token))
