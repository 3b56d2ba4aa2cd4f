"""What is read of the postings that FTS5 keeps: who holds a term, and how long everyone is."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from sqlite3 import DatabaseError

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
    select group_concat(id), group_concat(hex(sz))
    from (select id, sz from words_docsize where id >= ? order by id limit ?)
"""
PART = 20_000  # lengths read at a time: 500 kB of them
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_WIDEST = 40  # hexadecimal digits of two lengths, and more
_DAMAGED = "the list of the paragraphs' lengths is damaged"
_LONGEST = 10_000_000  # terms of a paragraph: more are none that anybody wrote


class Posted(Dated):
    """Reads of one open transaction, which keep in `_lately` what they read."""

    _lately: Lately
    _read: Lengths | None = None

    def prepare(self) -> None:
        """Read what looking up any words needs, once a generation: .3 s a million paragraphs.

        Where it is damaged, who asks is told.
        """
        with suppress(DatabaseError):
            self._lengths()

    def _best(self, terms: Sequence[str], limit: int) -> list[int] | None:
        """The ids of the paragraphs with any of the terms, best first; ties to the lower id.

        None where FTS5 takes one of the terms apart, as it does at the vowel signs of Hindi, or
        the lengths are damaged: then it has to rank them itself.
        """
        try:
            postings, lengths = self._postings(terms), self._lengths()
        except DatabaseError:
            return None
        if not all(len(each.places) for each in postings):
            return None
        return best_of(postings, lengths, limit)

    def _postings(self, terms: Sequence[str]) -> list[Postings]:
        mark, lengths = self.mark(), self._lengths()
        held = self._lately.postings.among(terms, mark)
        read = {term: self._postings_of(term, lengths) for term in terms if term not in held}
        self._lately.postings.keep(read, mark)
        held |= read
        return [held[term] for term in terms]

    def _unread(self, terms: Sequence[str]) -> list[str] | None:
        """Those of the terms whose postings have to be read first.

        None if lengths have, too, or FTS5 takes one of the terms apart.
        """
        held = self._lately.postings.among(terms, self.mark())
        if not self._lately.lengths.among([""], self.mark()):
            return None
        if not all(len(each.places) for each in held.values()):
            return None
        return [term for term in terms if term not in held]

    def _postings_of(self, term: str, lengths: Lengths) -> Postings:
        ids, halves = self._run(_PLACES, [term]).fetchone()
        digits = np.frombuffer((halves or "").encode(), dtype=np.uint8)
        return postings_of(numbers(ids), digits - ord("0"), lengths)

    def _lengths(self) -> Lengths:
        # By this view once, also where others look at a newer generation and keep that.
        if self._read is None:
            held = self._lately.lengths.among([""], self.mark())
            if not held:
                ids, lengths = zip(*self._parts_of_lengths(), strict=True)
                held = {"": lengths_of(np.concatenate(ids), np.concatenate(lengths))}
                self._lately.lengths.keep(held, self.mark())
            self._read = held[""]
        return self._read

    def _parts_of_lengths(self) -> Iterator[tuple[Ids, Ids]]:
        known, first = _Lengths(), _LOWEST
        while True:
            told, sizes = self._run(_LENGTHS, [first, PART]).fetchone()
            ids = numbers(told)
            lengths = [known[each] for each in sizes.split(",")] if len(ids) else []
            whole = np.concatenate([[first - 1] if first > _LOWEST else ids[:0], ids])
            if len(lengths) != len(ids) or (np.diff(whole) <= 0).any():
                raise DatabaseError(_DAMAGED)
            yield ids, np.array(lengths, dtype=np.int64)
            if not len(ids) or ids[-1] == _HIGHEST:
                return
            first = int(ids[-1]) + 1


class _Lengths(dict[str, int]):
    """How many terms FTS5's hexadecimal says that a paragraph's two columns have together."""

    def __missing__(self, told: str) -> int:
        if len(told) > _WIDEST:
            raise DatabaseError(_DAMAGED)
        # Big-endian, seven bits a byte; the eighth says that more follow.
        columns = [0]
        for byte in bytes.fromhex(told):
            columns[-1] = columns[-1] << 7 | byte & 0x7F
            if byte < 0x80:
                columns.append(0)
        *whole, rest = columns
        if len(whole) != 2 or rest or sum(whole) > _LONGEST:
            raise DatabaseError(_DAMAGED)
        self[told] = sum(whole)
        return self[told]


def numbers(told: str | None) -> Ids:
    """Whole numbers that are told with commas between them, int64."""
    return np.fromstring(told or "", dtype=np.int64, sep=",")
