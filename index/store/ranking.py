"""Which words of a question lead to its paragraphs, where looking at all that hold any costs much.

FTS5 scores every paragraph that a query matches, half a millionth of a second each: in a million,
a question's common words match hundreds of thousands. Its rare ones decide who comes first.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

SCORED = 10_000  # paragraphs that FTS5 scores for a question at the most: some ten milliseconds
WEIGHED = 4  # times as many as are wanted are weighed again by all words

_K1, _B = 1.2, 0.75  # as FTS5 has them
_LEAST = 1e-6  # what FTS5 gives a word that more than half of the paragraphs hold

Row = tuple[int, str, str]
"""A paragraph's id, its terms and those of its lead."""


def match_of(terms: Iterable[str]) -> str:
    """The query of FTS5 for any of the terms."""
    # A term is letters and digits; quoted, it cannot be read as an operator.
    return " OR ".join(f'"{term}"' for term in terms)


def leading(counts: Mapping[str, int], scored: int) -> tuple[str, bool]:
    """The query that leads to the paragraphs, given how many hold each term; whether it is whole.

    It has the rarest terms, as many as `scored` paragraphs hold; where the rarest alone is held by
    more, both of the two rarest. "" where no paragraph holds any.
    """
    held = sorted((count, term) for term, count in counts.items() if count)
    within = accumulate(count for count, _ in held)
    rare = {term for (_, term), total in zip(held, within, strict=True) if total <= scored}
    if rare or not held:
        # In the order of the question, in which FTS5 adds up what each tells.
        return match_of(term for term in counts if term in rare), len(rare) == len(held)
    return " AND ".join(f'"{term}"' for _, term in held[:2]), False


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
