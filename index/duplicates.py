"""Tell copies of one text from different reports of the same event."""

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import TypeVar

from index.words import analyse, fold, guess_language

T = TypeVar("T")

_SHINGLE = 5
_SHARE = 0.4
_SHORT = 150  # words: of a paragraph, where a figure that differs is news
_WORD = re.compile(r"\w+")
# Numbers as words are figures already in English; here are those of two languages more, in every
# form that a stemmer does not join, lines and columns in one order.
_SPELLED = {
    "ru": "два три четыре пять шесть семь восемь девять десять",
    "ru f": "две - - - - - - - -",
    "ru of": "двух трёх четырёх пяти шести семи восьми девяти десяти",
    "ru by": "двумя тремя четырьмя пятью шестью семью восемью девятью десятью",
    "ar": "اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة",
    "ar f": "اثنتان ثلاث أربع خمس ست سبع ثماني تسع عشر",
    "ar of": "اثنين - - - - - ثمان - -",
}


def near_identical(a: str, b: str) -> bool:
    """Whether one text is the other, word for word or with edits, or holds most of it.

    Compared by runs of five words: two outlets that tell one event in their own words share few.
    Paragraphs that give another figure in the same place are two reports, however alike.
    """
    mine, theirs = _shingles(a), _shingles(b)
    fewest = min(len(mine), len(theirs))
    if not fewest or len(mine & theirs) < _SHARE * fewest:
        return False
    return max(len(mine), len(theirs)) > _SHORT or not _other_figures(a, b)


def _other_figures(a: str, b: str) -> bool:
    language = guess_language(a)
    mine, theirs = analyse(a, language), analyse(b, language)
    changes = SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes()
    return any(
        what == "replace"
        and bool(old := _figures(mine[i:j]))
        and bool(new := _figures(theirs[k:m]))
        and old != new
        for what, i, j, k, m in changes
    )


def _figures(terms: Sequence[str]) -> frozenset[str]:
    spelled = _spelled()
    told = (spelled.get(term, term) for term in terms)
    return frozenset(term for term in told if term[0].isdigit())


@cache
def _spelled() -> dict[str, str]:
    """The figure of each term that tells a number in words."""
    return {
        term: str(number)
        for name, words in _SPELLED.items()
        for number, word in enumerate(words.split(), start=2)
        for term in analyse(word, name[:2])
    }


def merge(passages: Iterable[T], *, text: Callable[[T], str]) -> list[tuple[T, tuple[T, ...]]]:
    """Passages, best first, each with its near-identical ones that came after it."""
    groups: list[tuple[T, list[T]]] = []
    for passage in passages:
        home = next((g for g in groups if near_identical(text(g[0]), text(passage))), None)
        if home is None:
            groups.append((passage, []))
        else:
            home[1].append(passage)
    return [(first, tuple(rest)) for first, rest in groups]


@lru_cache(maxsize=2_000)
def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words: Sequence[str] = _WORD.findall(fold(text))
    if len(words) <= _SHINGLE:
        return frozenset({tuple(words)}) if words else frozenset()
    return frozenset(tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))
