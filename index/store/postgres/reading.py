"""One steady view of a collection in PostgreSQL: what is read otherwise than in SQLite."""

import math
from collections.abc import Sequence
from contextlib import nullcontext

from index.answer import Filters
from index.store.filtering import Condition, Wording, condition_of, plain
from index.store.postgres.nearest import PgVectors
from index.store.snapshot import EVERYTHING, LEAD_WEIGHT, MEETING, Snapshot
from index.words import analyse

_LEAST = 1e-6  # what FTS5 gives a term that more than half of the paragraphs hold

_HOLDING = "p.id in (select paragraph from postings where hits > 0 and term = ?)"

# FTS5's bm25, its operations in its order, so that what is equal there is equal here.
_RANKED = """
    select h.paragraph from (
        select paragraph, place, idf,
               hits + lead_hits * cast(? as double precision) as f
        from unnest(cast(? as text[]), cast(? as double precision[]))
             with ordinality as asked (term, idf, place)
        join postings using (term)
    ) as h
    join words_docsize d on d.id = h.paragraph
    where h.f > 0 and {}
    group by h.paragraph having count(*) >= ?
    order by sum(
        idf * ((f * cast(2.2 as double precision))
            / (f + cast(1.2 as double precision) * (cast(0.25 as double precision)
               + cast(0.75 as double precision) * d.size / cast(? as double precision))))
        order by place) desc, h.paragraph
    limit ?
"""


class PgSnapshot(Snapshot):
    """Reads of one open transaction of PostgreSQL's."""

    _folded_title = "a.folded"

    def condition(self, filters: Filters) -> Condition:
        """The condition of SQL that passages under these filters meet, and its parameters."""
        wording = Wording(_phrase, _without)
        return condition_of(filters, carried=self.carried(), wording=wording)

    def paragraphs_with_words(
        self, terms: Sequence[str], limit: int, *, filters: Filters = EVERYTHING
    ) -> list[int]:
        """Paragraph ids with any of the terms, best first by BM25; ties go to the lower id."""
        rows = self._run("select term, doc from vocabulary where term = any(?)", [list(terms)])
        holding = {row[0]: int(row[1]) for row in rows}
        found = {term: holding[term] for term in terms if term in holding}
        return self._ranked(found, limit, filters=filters, lead=LEAD_WEIGHT)

    def holding(
        self, terms: Sequence[str], *, every: bool, filters: Filters, limit: int
    ) -> list[int]:
        """The ids of paragraphs with all the terms, or any, best first by BM25, up to a limit."""
        rows = self._run(
            """select term, count(*) from postings where term = any(?) and hits > 0
               group by term""",
            [list(terms)],
        )
        holding = {row[0]: int(row[1]) for row in rows}
        if every and len(holding) < len(set(terms)):
            return []
        found = {term: holding[term] for term in terms if term in holding}
        least = len(found) if every else 1
        return self._ranked(found, limit, filters=filters, lead=0.0, least=least)

    def _ranked(
        self, found: dict[str, int], limit: int, *, filters: Filters, lead: float, least: int = 1
    ) -> list[int]:
        """The paragraphs with `least` of the terms, given with how many paragraphs hold each."""
        if not found:
            return []
        total, terms = self._run("select paragraphs, terms from words_total").fetchone()
        condition, values = self.condition(filters)
        only = f"h.paragraph in ({MEETING.format(condition)})" if filters else "1 = 1"
        rows = self._run(
            _RANKED.format(only),
            [
                *(lead, list(found), [_idf(total, holding) for holding in found.values()]),
                *(*(values if filters else ()), least, terms / total, limit),
            ],
        )
        return [row[0] for row in rows]

    def vectors(self, model: str) -> PgVectors:
        """What searches this view by meaning."""
        return PgVectors(lambda: nullcontext(self._run), model)

    def _has_table(self, name: str) -> bool:  # noqa: ARG002 - all were made at once
        return True


def _phrase(phrase: str) -> Condition:
    """Paragraphs that hold a phrase; those with all its words are looked up first."""
    terms = list(dict.fromkeys(analyse(phrase)))
    exact = """exists (select 1 from words_docsize w
        where w.id = p.id and position(? in ' ' || w.plain || ' ') > 0)"""
    return " and ".join([_HOLDING] * len(terms) + [exact]), [*terms, f" {plain(phrase)} "]


def _without(words: str) -> Condition:
    terms = list(dict.fromkeys(analyse(words)))
    held = " and ".join([_HOLDING] * len(terms))
    return (f"not ({held})", terms) if terms else ("", [])


def _idf(total: int, holding: int) -> float:
    # FTS5 takes a word that is everywhere for one that tells almost nothing.
    idf = math.log((total - holding + 0.5) / (holding + 0.5))
    return idf if idf > 0 else _LEAST
