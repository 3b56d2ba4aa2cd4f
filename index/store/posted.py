"""What is read of the postings that FTS5 keeps: who holds a term, and how long everyone is."""

from collections.abc import Iterator, Sequence

import numpy as np

from index.store.dated import Dated
from index.store.postings import Lengths, Postings, best_of, lengths_of, postings_of
from index.store.recent import Lately
from index.store.records import Ids

LEAD_WEIGHT = 0.5  # of a word in the article's lead, against one in the paragraph, in BM25

# Of either there is one row: each row costs a change of threads, for which a model that is at work
# beside it has to wait.
_PLACES = """
    select group_concat(doc), group_concat(iif(col = 'lead_terms', 1, 2), '')
    from temp.word_places where term = ?
"""
_LENGTHS = """
    select group_concat(id), group_concat(hex(sz)), max(id)
    from (select id, sz from words_docsize where id > ? order by id limit ?)
"""
_PART = 20_000  # lengths read at a time: 500 kB of them


class Posted(Dated):
    """Reads of one open transaction, which keep in `_lately` what they read."""

    _lately: Lately

    def _best(self, terms: Sequence[str], limit: int) -> list[int]:
        """The ids of the paragraphs with any of the terms, best first; ties to the lower id."""
        mark, lengths = self._mark(), self._lengths()
        held = self._lately.postings.among(terms, mark)
        read = {term: self._postings_of(term, lengths) for term in terms if term not in held}
        self._lately.postings.keep(read, mark)
        held |= read
        return best_of([held[term] for term in terms], lengths, limit)

    def _unread(self, terms: Sequence[str]) -> list[str]:
        """Those of the terms whose postings have to be read first."""
        held = self._lately.postings.among(terms, self._mark())
        return [term for term in terms if term not in held]

    def _postings_of(self, term: str, lengths: Lengths) -> Postings:
        ids, halves = self._run(_PLACES, [term]).fetchone()
        digits = np.frombuffer((halves or "").encode(), dtype=np.uint8)
        return postings_of(_numbers(ids), digits - ord("0"), lengths)

    def _lengths(self) -> Lengths:
        mark = self._mark()
        held = self._lately.lengths.among([""], mark)
        if not held:
            ids, lengths = zip(*self._parts_of_lengths(), strict=True)
            held = {"": lengths_of(np.concatenate(ids), np.concatenate(lengths))}
            self._lately.lengths.keep(held, mark)
        return held[""]

    def _parts_of_lengths(self) -> Iterator[tuple[Ids, Ids]]:
        known, last = _Lengths(), -1
        while True:
            ids, sizes, after = self._run(_LENGTHS, [last, _PART]).fetchone()
            lengths = [known[each] for each in sizes.split(",")] if sizes else []
            yield _numbers(ids), np.array(lengths, dtype=np.int64)
            if after is None:
                return
            last = int(after)


class _Lengths(dict[str, int]):
    """How many terms FTS5's hexadecimal says that a paragraph's columns have together."""

    def __missing__(self, told: str) -> int:
        # Big-endian, seven bits a byte; the eighth says that more follow.
        total = column = 0
        for byte in bytes.fromhex(told):
            column = column << 7 | byte & 0x7F
            if byte < 0x80:
                total, column = total + column, 0
        self[told] = total
        return total


def _numbers(told: str | None) -> Ids:
    return np.fromstring(told or "", dtype=np.int64, sep=",")
