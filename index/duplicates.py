"""Tell copies of one text from different reports of the same event."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from index.words import fold

T = TypeVar("T")

_SHINGLE = 5
_SHARE = 0.45
_WORD = re.compile(r"\w+")


def near_identical(a: str, b: str) -> bool:
    """Whether one text is the other, word for word or with edits, or holds most of it.

    Compared by runs of five words: two outlets that tell one event in their own words share few.
    """
    mine, theirs = _shingles(a), _shingles(b)
    fewest = min(len(mine), len(theirs))
    return bool(fewest) and len(mine & theirs) >= _SHARE * fewest


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
