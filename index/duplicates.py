"""Tell copies of one text from different reports of the same event."""

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TypeVar

from index.words import analyse, fold

T = TypeVar("T")

_SHINGLE = 5
_SHARE = 0.4
_SHORT = 150  # words: of a paragraph, where a figure that differs is news
_WORD = re.compile(r"\w+")


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
    mine, theirs = analyse(a, "en"), analyse(b, "en")
    changes = SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes()
    return any(
        what == "replace"
        and bool(old := _figures(mine[i:j]))
        and bool(new := _figures(theirs[k:m]))
        and old != new
        for what, i, j, k, m in changes
    )


def _figures(terms: Sequence[str]) -> frozenset[str]:
    return frozenset(term for term in terms if term[0].isdigit())


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
