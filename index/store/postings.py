"""Which paragraphs hold a term and how often, and what BM25 makes of it.

FTS5 keeps the postings on disk, and would look up how long each paragraph is for every question
again. Here lengths and the terms of late are in memory, and a term's worth for all its paragraphs
is reckoned at once; as FTS5 reckons, to the last digit.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import DatabaseError

import numpy as np
from numpy.typing import NDArray

from index.store.records import Ids

K1, B = 1.2, 0.75  # as FTS5 has them
_MOST = 2**16 - 1
_LEAST = 1e-6  # what FTS5 gives a word that more than half of the paragraphs hold


@dataclass(frozen=True, slots=True)
class Lengths:
    """Every paragraph with words, by id, and K1 (1 - B + B length / mean length) of each."""

    ids: Ids
    norms: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Postings:
    """The places in Lengths of the paragraphs that hold a term, in order, and how often.

    What stands in a paragraph counts two `halves`, what stands in its article's lead one.
    """

    places: NDArray[np.int32]
    halves: NDArray[np.uint16]


def lengths_of(ids: Ids, lengths: NDArray[np.int64]) -> Lengths:
    """The paragraphs of these ids, in order, which are so many terms long."""
    mean = lengths.sum() / max(1, len(lengths))
    return Lengths(ids, K1 * ((1 - B) + B * lengths / (mean or 1.0)))


def postings_of(ids: Ids, halves: NDArray[np.integer], lengths: Lengths) -> Postings:
    """The postings of a term, given the paragraph and the halves of each place where it stands.

    Those of one paragraph follow each other. Raises DatabaseError where one has no length.
    """
    if not len(ids):
        return Postings(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.uint16))
    starts = np.flatnonzero(np.diff(ids, prepend=ids[0] - 1))
    often = np.add.reduceat(halves, starts, dtype=np.int64).clip(max=_MOST)
    places = np.searchsorted(lengths.ids[:-1], ids[starts])  # behind the last there is none
    if not len(lengths.ids) or (lengths.ids[places] != ids[starts]).any():
        raise DatabaseError("the list of the paragraphs' lengths is damaged")
    return Postings(places.astype(np.int32), often.astype(np.uint16))


def idf_of(total: int, holding: int) -> float:
    """A term's inverse document frequency, where so many of all paragraphs hold it."""
    return max(_LEAST, math.log((total - holding + 0.5) / (holding + 0.5)))


def best_of(asked: Sequence[Postings], lengths: Lengths, limit: int) -> list[int]:
    """The ids of the paragraphs that hold any of the terms, best first; ties to the lower id."""
    scores = np.zeros(len(lengths.ids))
    for each in asked:
        often = each.halves * 0.5
        idf = idf_of(len(lengths.ids), len(each.places))
        scores[each.places] += idf * ((often * (K1 + 1)) / (often + lengths.norms[each.places]))
    held = np.flatnonzero(scores > 0)  # of truths, which numpy counts several times as fast
    if len(held) > limit:
        held = held[scores[held] >= np.partition(scores[held], -limit)[-limit]]
    best = held[np.lexsort((held, -scores[held]))[:limit]]
    return [int(number) for number in lengths.ids[best]]
