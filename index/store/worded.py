"""What is read of a collection's words: which paragraphs hold them, and how rare they are."""

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from index.answer import Filters
from index.store.crediting import Crediting
from index.store.posted import LEAD_WEIGHT, Posted
from index.store.ranking import MOST, WEIGHED, Leads, Most, leading, weighed
from index.store.records import Ids

BACKGROUND = 500  # ordinary paragraphs, against which a small collection's words are rare or not

EVERYTHING = Filters()

AT_HAND = 2_000  # paragraphs whose postings are read in less than a millisecond

MEETING = "select p.id from paragraphs p join articles a on a.key = p.article where {}"


class Worded(Crediting, Posted):
    """Reads of one open transaction; what is read of a term is kept in `_lately`."""

    _most: Most = MOST
    _total: int | None = None

    def paragraphs_with_words(
        self, terms: Sequence[str], limit: int, *, filters: Filters = EVERYTHING
    ) -> list[int]:
        """Paragraph ids with any of the terms, best first by BM25; ties go to the lower id."""
        counts = self.holding_counts(terms)
        leads = leading(counts, self._most.scored, total=self._worded())
        if not leads.terms:
            return []
        found = None
        if not filters and not leads.every:
            found = self._best(leads.terms, limit if leads.whole else WEIGHED * limit)
        if found is None:
            leads = leading(counts, self._most.ranked, total=self._worded())
            found = self._ranked_by(leads, limit if leads.whole else WEIGHED * limit, filters)
        if leads.whole:
            return found
        marks = ", ".join(map(str, found))
        rows = self._run(
            f"""select p.id, p.terms, a.lead_terms
                from paragraphs p join articles a on a.key = p.article where p.id in ({marks})"""
        ).fetchall()
        return weighed(rows, counts, total=self._worded(), lead=LEAD_WEIGHT)[:limit]

    def are_at_hand(self, terms: Sequence[str], *, filters: Filters = EVERYTHING) -> bool:
        """Whether the paragraphs with any of the terms are looked up within a millisecond."""
        counts = self.holding_counts(terms)
        leads = leading(counts, self._most.scored, total=self._worded())
        unread = self._unread(leads.terms)
        if filters or not leads.whole or unread is None:
            return False
        return sum(counts[term] for term in unread) <= AT_HAND

    def _ranked_by(self, leads: Leads, limit: int, filters: Filters) -> list[int]:
        """The ids that a query of FTS5 ranks first, of the first so many that it finds at all."""
        condition, values = self.condition(filters)
        # With the plus the words are looked up once, and not again for every id that is let in.
        only = f"and +rowid in ({MEETING.format(condition)})" if filters else ""
        rows = self._run(
            f"""select id from (
                    select rowid as id, bm25(words, 1.0, ?) as score from words
                    where words match ? {only} limit ?
                ) order by score, id limit ?""",
            [LEAD_WEIGHT, leads.match, *(values if filters else ()), self._most.ranked, limit],
        )
        return [row[0] for row in rows]

    def paragraphs_meeting(self, filters: Filters) -> Ids:
        """The ids of every paragraph that meets the filters, in order."""
        condition, values = self.condition(filters)
        rows = self._run(f"{MEETING.format(condition)} order by p.id", values)
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def rarity(
        self, terms: Iterable[str], commonness: Callable[[str], float] | None = None
    ) -> dict[str, float]:
        """Each term's inverse document frequency as BM25 has it, ln(1 + (N - n + .5) / (n + .5)).

        With `commonness`, the share of ordinary paragraphs that hold a term, as if BACKGROUND of
        those were part of the collection: in a small one the counts alone say little.
        """
        total = self._worded()
        whole = total + (BACKGROUND if commonness is not None else 0)
        found = {}
        for term, holding in self.holding_counts(terms).items():
            n = float(min(holding, total))
            if commonness is not None:
                n += BACKGROUND * commonness(term)
            found[term] = math.log(1 + (whole - n + 0.5) / (n + 0.5))
        return found

    def _worded(self) -> int:
        """How many paragraphs have words."""
        if self._total is None:
            self._total = self._count_worded()
        return self._total

    def _count_worded(self) -> int:
        if self._has_table("words_total"):  # not before the first write of this version
            row = self._run("select paragraphs from words_total").fetchone()
            if row and isinstance(row[0], int):  # what a damaged page gives is none
                return row[0]
        return int(self._run("select count(*) from words_docsize").fetchone()[0])

    def holding_counts(self, terms: Iterable[str]) -> dict[str, int]:
        """How many paragraphs hold each of the terms, or have it in their lead, in their order."""
        wanted, mark = tuple(dict.fromkeys(terms)), self.mark()
        held = self._lately.holding.among(wanted, mark)
        unread = [term for term in wanted if term not in held]
        read = self._read_holding(unread) if unread else {}
        self._lately.holding.keep(read, mark)
        held |= read
        return {term: held[term] for term in wanted}

    def _read_holding(self, terms: Sequence[str]) -> dict[str, int]:
        found = {}
        for term in terms:
            row = self._run("select doc from vocabulary where term = ?", [term]).fetchone()
            found[term] = row[0] if row and isinstance(row[0], int) else 0  # else damaged
        return found

    def knows(self, term: str) -> bool:
        """Whether any paragraph holds the term."""
        return (
            self._run("select 1 from vocabulary where term = ? limit 1", [term]).fetchone()
            is not None
        )

    def terms_like(self, term: str) -> list[str]:
        """Terms of the collection that begin as this one does and are about as long."""
        rows = self._run(
            """select term from vocabulary where term >= :first and term < :after
               and length(term) between :least and :most""",
            {
                "first": term[:1],
                "after": chr(ord(term[0]) + 1),
                "least": len(term) - 2,
                "most": len(term) + 2,
            },
        )
        return [row[0] for row in rows]

    def acronyms(self, limit: int = 20_000) -> list[tuple[str, str, int]]:
        """What articles say that acronyms stand for, and in how many; the most frequent first.

        None in a collection that was last written by a version that did not look for them.
        """
        if not self._has_table("acronyms"):
            return []
        rows = self._run(
            """select short, long, count(*) as articles from acronyms
               group by short, long order by articles desc, short, long limit ?""",
            [limit],
        )
        return [(row[0], row[1], row[2]) for row in rows]
