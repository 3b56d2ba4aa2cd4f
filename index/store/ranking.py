"""Which words of a question lead to its paragraphs, where looking at all that hold any costs much.

In a million paragraphs a question's common words are held by hundreds of thousands. Its rare ones
decide who comes first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from index.store.postings import K1, B, idf_of

WEIGHED = 2  # times as many as are wanted are weighed again by all words


@dataclass(frozen=True, slots=True)
class Most:
    """How many paragraphs are looked at for a question at the most: some ten milliseconds.

    `scored` from their postings, or `ranked` by FTS5, where filters hold or no word is rare. In
    PostgreSQL postings are kept of a collection of up to `kept`; of a larger one it ranks itself.
    """

    scored: int = 50_000
    ranked: int = 10_000
    kept: int = 1_000_000


MOST = Most()

Row = tuple[int, str, str]
"""A paragraph's id, its terms and those of its lead."""


@dataclass(frozen=True, slots=True)
class Leads:
    """The terms that lead to the paragraphs that hold any of them, or `every` one.

    They are `whole` if no other term of the question counts.
    """

    terms: tuple[str, ...] = ()
    every: bool = False
    whole: bool = True

    @property
    def match(self) -> str:
        """The query of FTS5 for them."""
        # A term is letters and digits; quoted, it cannot be read as an operator.
        return (" AND " if self.every else " OR ").join(f'"{term}"' for term in self.terms)


def leading(counts: Mapping[str, int], scored: int, *, total: int) -> Leads:
    """What leads to the paragraphs, given how many of all hold each term.

    The rarest terms do, as many as `scored` paragraphs hold; where the rarest alone is held by
    more, both of the two rarest together. Where not all may lead, those that more than half of
    all paragraphs hold do not count: they tell next to nothing.
    """
    held = sorted((count, term) for term, count in counts.items() if count)
    if sum(counts.values()) > scored:
        held = [each for each in held if 2 * each[0] < total] or held
    within = accumulate(count for count, _ in held)
    rare = {term for (_, term), total in zip(held, within, strict=True) if total <= scored}
    if rare or not held:
        # In the order of the question, in which what each tells is added up.
        return Leads(tuple(term for term in counts if term in rare), whole=len(rare) == len(held))
    return Leads(tuple(term for _, term in held[:2]), every=True, whole=False)


def weighed(
    rows: Sequence[Row], counts: Mapping[str, int], *, total: int, lead: float
) -> list[int]:
    """The ids of the rows, best first by BM25 over all terms; ties go to the lower id.

    As FTS5 reckons, but that the average length is that of these rows.
    """
    asked = [(f" {term} ", idf_of(total, count)) for term, count in counts.items()]
    sizes = [_size(own) + _size(led) for _, own, led in rows]
    mean = sum(sizes) / max(1, len(sizes))
    scores = {
        row[0]: _score(row, asked, lead, 1 - B + B * size / mean)
        for row, size in zip(rows, sizes, strict=True)
    }
    return sorted(scores, key=lambda number: (-scores[number], number))


def _score(row: Row, asked: Iterable[tuple[str, float]], lead: float, length: float) -> float:
    # A space for each side of a term, so that the same term is counted twice in a row.
    own, led = (f" {terms.replace(' ', '  ')} " for terms in row[1:])
    score = 0.0
    for word, idf in asked:
        if often := own.count(word) + lead * led.count(word):
            score += idf * often * (K1 + 1) / (often + K1 * length)
    return score


def _size(terms: str) -> int:
    return terms.count(" ") + bool(terms)
