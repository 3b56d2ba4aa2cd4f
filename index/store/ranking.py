"""Which words of a question lead to its paragraphs, where looking at all that hold any costs much.

FTS5 scores every paragraph that a query matches, half a millionth of a second each: in a million,
a question's common words match hundreds of thousands. Its rare ones decide who comes first.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from index.store.recent import Scores

SCORED = 10_000  # paragraphs that FTS5 scores for a question at the most: some ten milliseconds
WEIGHED = 4  # times as many as are wanted are weighed again by all words

_K1, _B = 1.2, 0.75  # as FTS5 has them
_LEAST = 1e-6  # what FTS5 gives a word that more than half of the paragraphs hold

Row = tuple[int, str, str]
"""A paragraph's id, its terms and those of its lead."""


@dataclass(frozen=True, slots=True)
class Leads:
    """The terms that lead to the paragraphs that hold any of them, or `every` one.

    They are `whole` if no paragraph holds any other term of the question.
    """

    terms: tuple[str, ...] = ()
    every: bool = False
    whole: bool = True

    @property
    def match(self) -> str:
        """The query of FTS5 for them."""
        # A term is letters and digits; quoted, it cannot be read as an operator.
        return (" AND " if self.every else " OR ").join(f'"{term}"' for term in self.terms)


def leading(counts: Mapping[str, int], scored: int) -> Leads:
    """What leads to the paragraphs, given how many hold each term.

    The rarest terms do, as many as `scored` paragraphs hold; where the rarest alone is held by
    more, both of the two rarest together.
    """
    held = sorted((count, term) for term, count in counts.items() if count)
    within = accumulate(count for count, _ in held)
    rare = {term for (_, term), total in zip(held, within, strict=True) if total <= scored}
    if rare or not held:
        # In the order of the question, in which FTS5 adds up what each tells.
        return Leads(tuple(term for term in counts if term in rare), whole=len(rare) == len(held))
    return Leads(tuple(term for _, term in held[:2]), every=True, whole=False)


def summed(scores: Sequence[Scores], limit: int) -> list[int]:
    """The ids with the highest sums of what each term adds; ties go to the lower id."""
    if not scores:
        return []
    ids, places = np.unique(np.concatenate([each for each, _ in scores]), return_inverse=True)
    # Added up in the order of the terms, as FTS5 does, so that it comes out the same.
    sums = np.bincount(places, weights=np.concatenate([added for _, added in scores]))
    best = np.lexsort((ids, -sums))[:limit]
    return [int(number) for number in ids[best]]


def weighed(
    rows: Sequence[Row], counts: Mapping[str, int], *, total: int, lead: float
) -> list[int]:
    """The ids of the rows, best first by BM25 over all terms; ties go to the lower id.

    As FTS5 reckons, but that the average length is that of these rows.
    """
    idf = {term: _idf(total, count) for term, count in counts.items()}
    sizes = [len(own.split()) + len(led.split()) for _, own, led in rows]
    mean = sum(sizes) / max(1, len(sizes))
    scores = {
        row[0]: _score(row, idf, lead, 1 - _B + _B * size / mean)
        for row, size in zip(rows, sizes, strict=True)
    }
    return sorted(scores, key=lambda number: (-scores[number], number))


def _score(row: Row, idf: Mapping[str, float], lead: float, length: float) -> float:
    own, led = row[1].split(), row[2].split()
    score = 0.0
    for term in idf.keys() & {*own, *led}:
        often = own.count(term) + lead * led.count(term)
        score += idf[term] * often * (_K1 + 1) / (often + _K1 * length)
    return score


def _idf(total: int, holding: int) -> float:
    return max(_LEAST, math.log((total - holding + 0.5) / (holding + 0.5)))
