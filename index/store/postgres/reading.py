"""One steady view of a collection in PostgreSQL: what is read otherwise than in SQLite."""

import math
from collections.abc import Iterator, Sequence
from contextlib import nullcontext

from index.answer import Filters
from index.store.filtering import Condition, Wording, condition_of, plain
from index.store.posted import LEAD_WEIGHT, PART, numbers
from index.store.postgres.nearest import PgVectors
from index.store.postings import Lengths, Postings, postings_of
from index.store.ranking import Leads, leading
from index.store.records import Ids
from index.store.snapshot import Snapshot
from index.store.worded import EVERYTHING, MEETING
from index.words import analyse

_LEAST = 1e-6  # what FTS5 gives a term that more than half of the paragraphs hold

_HOLDING = "p.id in (select paragraph from postings where hits > 0 and term = ?)"

# FTS5's bm25, its operations in its order, so that what is equal there is equal here.
_PART = """
    idf * ((f * cast(2.2 as double precision))
        / (f + cast(1.2 as double precision) * (cast(0.25 as double precision)
           + cast(0.75 as double precision) * size / mean)))
"""

# First the rarer terms alone, added up in any order, which differs in the last digits; then all,
# of those paragraphs that may yet be among the best.
_RANKED = f"""
    with given as (
        select cast(? as double precision) as mean, cast(? as double precision) as lead,
               cast(? as text[]) as rare, cast(? as double precision) as others,
               cast(? as integer) as most
    ), asked as (
        select * from unnest(cast(? as text[]), cast(? as double precision[]))
        with ordinality as asked (term, idf, place)
    ), part as materialized (
        select paragraph, sum({_PART}) as score from (
            select p.paragraph, place, idf, size, mean, hits + lead_hits * lead as f
            from given cross join asked join postings p using (term) where term = any(rare)
        ) as h where f > 0 and {{}} group by paragraph
    ), few as materialized (
        select paragraph from given cross join part where score + others + 1e-9 >= coalesce(
            (select score from part order by score desc offset (select most - 1 from given)
             limit 1), 0)
    )
    select paragraph, sum({_PART} order by place) as score from (
        select few.paragraph, place, idf, size, mean, hits + lead_hits * lead as f
        from given cross join few cross join asked cross join lateral (
            select hits, lead_hits, size from postings
            where term = asked.term and paragraph = few.paragraph offset 0) p
    ) as h where f > 0
    group by paragraph having count(*) >= ?
    order by score desc, paragraph limit ?
"""
_MOST_OF_A_TERM = 2.2  # times its idf: what a term adds to a score is less
_PLACES = """
    select string_agg(cast(paragraph as text), ','),
           string_agg(cast(2 * hits + lead_hits as text), ',')
    from (select paragraph, hits, lead_hits from postings where term = ? order by paragraph) held
"""
_LENGTHS = """
    select string_agg(cast(id as text), ','), string_agg(cast(size as text), ',')
    from (select id, size from words_docsize where id >= ? order by id limit ?) part
"""
_ENOUGH = 4  # times as many paragraphs as are wanted are looked at, to begin with


class PgSnapshot(Snapshot):
    """Reads of one open transaction of PostgreSQL's."""

    _folded_title = "a.folded"

    def condition(self, filters: Filters) -> Condition:
        """The condition of SQL that passages under these filters meet, and its parameters."""
        wording = Wording(_phrase, _without)
        return condition_of(filters, carried=self.carried(), wording=wording)

    def prepare(self) -> None:
        """Read what looking up any words needs, once a generation."""
        if self._fits():
            super().prepare()

    def paragraphs_with_words(
        self, terms: Sequence[str], limit: int, *, filters: Filters = EVERYTHING
    ) -> list[int]:
        """Paragraph ids with any of the terms, best first by BM25; ties go to the lower id."""
        counts = self.holding_counts(terms)
        leads = leading(counts, self._most.scored, total=self._worded())
        if self._fits() and not filters and not leads.every:
            return super().paragraphs_with_words(terms, limit)
        every = Leads(tuple(term for term, count in counts.items() if count))
        return self._ranked_by(every, limit, filters)

    def _ranked_by(self, leads: Leads, limit: int, filters: Filters) -> list[int]:
        """The ids of the paragraphs with any of the terms, as the database ranks them."""
        counts = self.holding_counts(leads.terms)
        return self._ranked(counts, limit, filters=filters, lead=LEAD_WEIGHT)

    def are_at_hand(self, terms: Sequence[str], *, filters: Filters = EVERYTHING) -> bool:
        """Whether the paragraphs with any of the terms are looked up within a millisecond."""
        return self._fits() and super().are_at_hand(terms, filters=filters)

    def _fits(self) -> bool:
        return self._worded() <= self._most.kept

    def _read_holding(self, terms: Sequence[str]) -> dict[str, int]:
        rows = self._run("select term, doc from vocabulary where term = any(?)", [list(terms)])
        return dict.fromkeys(terms, 0) | {row[0]: int(row[1]) for row in rows}

    def _postings_of(self, term: str, lengths: Lengths) -> Postings:
        ids, halves = self._run(_PLACES, [term]).fetchone()
        return postings_of(numbers(ids), numbers(halves), lengths)

    def _parts_of_lengths(self) -> Iterator[tuple[Ids, Ids]]:
        first = 0
        while True:
            ids, lengths = map(numbers, self._run(_LENGTHS, [first, PART]).fetchone())
            yield ids, lengths
            if not len(ids):
                return
            first = int(ids[-1]) + 1

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
        """The paragraphs with `least` of the terms, given with how many paragraphs hold each.

        Those with the rarer terms are looked at first. What has none of these cannot have more
        than the others together may add, and is left out where that is too little (MaxScore).
        """
        if not found:
            return []
        total, terms = self._run("select paragraphs, terms from words_total").fetchone()
        idfs = {term: _idf(total, holding) for term, holding in found.items()}
        rest = sorted(found, key=lambda term: (-idfs[term], term))
        rare = _taken(rest, 0 if least > 1 else _ENOUGH * limit, found)
        condition, values = self.condition(filters)
        only = f"paragraph in ({MEETING.format(condition)})" if filters else "1 = 1"
        while True:
            others = [idfs[term] for term in rest if term not in rare]
            most = _MOST_OF_A_TERM * sum(others) if least == 1 else math.inf
            given = [terms / total, lead, rare, most, limit, list(idfs), list(idfs.values())]
            rows = self._run(
                _RANKED.format(only), [*given, *(values if filters else ()), least, limit]
            ).fetchall()
            worst = rows[-1][1] if len(rows) == limit else 0.0
            if least > 1 or not others or most < worst:
                return [row[0] for row in rows]
            rare = _until_too_little(rest, idfs, worst)

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


def _taken(terms: Sequence[str], enough: int, holding: dict[str, int]) -> list[str]:
    """The first terms, as many as it takes for more than so many paragraphs to hold them."""
    taken, held = [], 0
    for term in terms:
        taken.append(term)
        held += holding[term]
        if held > enough:
            break
    return taken


def _until_too_little(terms: Sequence[str], idfs: dict[str, float], worst: float) -> list[str]:
    """The first terms, so many that the others cannot add up to the worst score any more."""
    left = len(terms)
    while left > 1 and _MOST_OF_A_TERM * sum(idfs[term] for term in terms[left - 1 :]) < worst:
        left -= 1
    return list(terms[:left])


def _idf(total: int, holding: int) -> float:
    # FTS5 takes a word that is everywhere for one that tells almost nothing.
    idf = math.log((total - holding + 0.5) / (holding + 0.5))
    return idf if idf > 0 else _LEAST
