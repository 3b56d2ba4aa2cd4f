"""One steady view of a collection: what can be found, quoted and counted in one generation."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from index.answer import Filters, Source
from index.article import Article, Credit, Span, off_page
from index.errors import NoCollection
from index.store.browsing import Browsing
from index.store.crediting import credited
from index.store.protocols import Connection, Rows, Vectors
from index.store.proving import is_proven
from index.store.ranking import SCORED, WEIGHED, leading, weighed
from index.store.recent import Mark, Recent
from index.store.records import Changes, Found, Generation, Ids, Matrix
from index.store.wholeness import whole_vectors, width_of
from index.words import analyse

BACKGROUND = 500  # ordinary paragraphs, against which a small collection's words are rare or not

EVERYTHING = Filters()

LEAD_WEIGHT = 0.5  # of a word in the article's lead, against one in the paragraph, in BM25

FOUND = """
    select p.id, p.article, p.position, p.start, p."end",
           substr(a.text, p.start + 1, p."end" - p.start), p.digest, p.terms,
           a.title, a.publisher, a.via, a.author, a.published, a.url,
           a.lead, a.lead_terms, v.vector, p.heading, a.language
    from paragraphs p
    join articles a on a.key = p.article
    left join vectors v on v.digest = p.digest and v.model = :model
"""

MEETING = "select p.id from paragraphs p join articles a on a.key = p.article where {}"

_VECTORS = """
    select p.id, v.vector from paragraphs p
    join vectors v on v.digest = p.digest and v.model = :model
    {} order by p.id
"""

_PART = 10_000  # vectors read at a time: 15 MB of them

_NEWEST = """
    select count(*) from paragraphs p join articles a on a.key = p.article
    where p.id in (select paragraph from changes
                   where generation = (select max(id) from generations))
"""


class Snapshot(Browsing):
    """Reads of one open transaction; all of them see the same generation.

    `scored` is how many paragraphs are scored by a question's words at the most; `recent` has
    what other views found lately.
    """

    def __init__(
        self, connection: Connection, *, scored: int = SCORED, recent: Recent | None = None
    ) -> None:
        self._run = connection.execute
        self._scored = scored
        self._recent = recent or Recent(0)

    def generation_number(self) -> int:
        """The newest generation's number, 0 before the first."""
        return int(self._run("select coalesce(max(id), 0) from generations").fetchone()[0])

    def generation(self) -> Generation:
        """The newest generation. Raises NoCollection before the first."""
        row = self._run("select * from generations order by id desc limit 1").fetchone()
        if row is None:
            raise NoCollection(
                "nothing has been indexed yet; run scripts/run reindex PATH... first"
            )
        return Generation(*row)

    def paragraphs_with_words(
        self, terms: Sequence[str], limit: int, *, filters: Filters = EVERYTHING
    ) -> list[int]:
        """Paragraph ids with any of the terms, best first by BM25; ties go to the lower id."""
        counts = self.holding_counts(terms)
        match, whole = leading(counts, self._scored)
        if not match:
            return []
        found = self._scored_by(match, limit if whole else WEIGHED * limit, filters)
        if whole:
            return found
        marks = ", ".join(map(str, found))
        rows = self._run(
            f"""select p.id, p.terms, a.lead_terms
                from paragraphs p join articles a on a.key = p.article where p.id in ({marks})"""
        ).fetchall()
        return weighed(rows, counts, total=self._worded(), lead=LEAD_WEIGHT)[:limit]

    def _scored_by(self, match: str, limit: int, filters: Filters) -> list[int]:
        """The ids that a query of FTS5 ranks first, of the first so many that it finds at all."""
        condition, values = self.condition(filters)
        # With the plus the words are looked up once, and not again for every id that is let in.
        only = f"and +rowid in ({MEETING.format(condition)})" if filters else ""
        rows = self._run(
            f"""select id from (
                    select rowid as id, bm25(words, 1.0, ?) as score from words
                    where words match ? {only} limit ?
                ) order by score, id limit ?""",
            [LEAD_WEIGHT, match, *(values if filters else ()), self._scored, limit],
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
        if self._has_table("words_total"):  # not before the first write of this version
            row = self._run("select paragraphs from words_total").fetchone()
            if row and isinstance(row[0], int):  # what a damaged page gives is none
                return row[0]
        return int(self._run("select count(*) from words_docsize").fetchone()[0])

    def holding_counts(self, terms: Iterable[str]) -> dict[str, int]:
        """How many paragraphs hold each of the terms, or have it in their lead, in their order."""
        found = {}
        for term in dict.fromkeys(terms):
            row = self._run("select doc from vocabulary where term = ?", [term]).fetchone()
            found[term] = row[0] if row and isinstance(row[0], int) else 0
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

    def texts(self) -> Iterator[tuple[str, str]]:
        """The key and whole text of every article, one at a time."""
        yield from self._run("select key, text from articles order by key")

    def articles(self, key: str = "") -> Iterator[tuple[str, str, str, Article]]:
        """The key, origin and entry of every article, or of one, and all of it, by key."""
        names = "key, origin, entry, text, title, publisher, via, author, published, url, language"
        wanted = "where key = :key" if key else ""
        for row in self._run(f"select {names} from articles {wanted} order by key", {"key": key}):
            key, origin, entry, text, *credit, language = row
            spans = self._run(
                """select start, "end", heading from paragraphs
                   where article = ? order by position""",
                [key],
            )
            paragraphs = tuple(Span(*each) for each in spans)
            yield key, origin, entry, Article(text, paragraphs, Credit(*credit), entry, language)

    def found(
        self, ids: Iterable[int], *, model: str, filters: Filters = EVERYTHING
    ) -> list[Found]:
        """The stored paragraphs of these ids, by id; ids that left the collection are left out.

        An article at several places has the credit that meets the filters. Left out too is, with
        an error in the log, a slice that is not the text that was indexed: a wrong quote is never
        given.
        """
        wanted = set(ids)
        mark = self._mark(model)
        held = self._recent.among(wanted, mark)
        fresh = self._read_found(wanted - held.keys(), model)
        self._recent.keep(fresh, mark)
        held |= {each.id: each for each in fresh}
        found = [held[number] for number in sorted(held)]
        others = self.credits({each.article for each in found})
        return [_with_credit(each, others.get(each.article, ()), filters) for each in found]

    def _mark(self, model: str) -> Mark:
        number = self.generation_number()
        return number, self.published(number), self.collection(), model

    def _read_found(self, ids: Set[int], model: str) -> list[Found]:
        if not ids:
            return []
        marks = ", ".join(str(int(i)) for i in ids)
        rows = self._run(f"{FOUND} where p.id in ({marks})", {"model": model})
        return [each for row in rows if (each := _found(row)) is not None]

    def tokens(self, ids: Iterable[int], *, model: str) -> dict[int, bytes]:
        """What is kept of the tokens of these paragraphs, where something is."""
        marks = ", ".join(str(int(i)) for i in ids)
        if not marks or not self._has_table("tokens"):
            return {}
        rows = self._run(
            f"""select p.id, t.kept from paragraphs p
                join tokens t on t.digest = p.digest and t.model = :model
                where p.id in ({marks})""",
            {"model": model},
        )
        return {row[0]: bytes(row[1]) for row in rows}

    def neighbours(
        self, paragraph: int, *, filters: Filters = EVERYTHING
    ) -> tuple[str, str, str, Credit] | None:
        """The texts before, of and after a paragraph ("" at the ends), and the credit.

        A neighbour that is not what was indexed is left out; without the paragraph, all is.
        """
        rows = self._run(
            """
            select p.position - here.position, p.digest,
                   substr(a.text, p.start + 1, p."end" - p.start),
                   a.title, a.publisher, a.via, a.author, a.published, a.url, a.key
            from paragraphs here
            join paragraphs p on p.article = here.article
                and p.position between here.position - 1 and here.position + 1
            join articles a on a.key = p.article
            where here.id = :id
            """,
            {"id": paragraph},
        ).fetchall()
        if not rows:
            return None
        texts = {row[0]: row[2] for row in rows if is_proven(f"beside {paragraph}", *row[2:0:-1])}
        if 0 not in texts:
            return None
        key = rows[0][9]
        given = credited(Credit(*rows[0][3:9]), self.credits([key]).get(key, ()), filters)
        return texts.get(-1, ""), texts[0], texts.get(1, ""), given.credit

    def source(self, article: str, *, filters: Filters = EVERYTHING) -> Source | None:
        """The whole article of a key, None where there is none."""
        row = self._run(
            """select origin, text, title, publisher, via, author, published, url
               from articles where key = :key""",
            {"key": article},
        ).fetchone()
        if row is None:
            return None
        others = self.credits([article]).get(article, ())
        given = credited(Credit(*row[2:8]), others, filters)
        return Source(row[0], row[1], given.credit)

    def counts(self) -> tuple[int, int, int, str, str]:
        """Articles, paragraphs, publishers, the earliest and the latest day of publication."""
        articles, earliest, latest = self._run(
            """
            select count(*), coalesce(min(nullif(published, '')), ''),
                   coalesce(max(published), '')
            from articles
            """
        ).fetchone()
        publishers = len(self.extents())
        paragraphs = self._run("select count(*) from paragraphs").fetchone()[0]
        return articles, paragraphs, publishers, earliest[:10], latest[:10]

    def paragraph_count(self) -> int:
        """How many paragraphs there are."""
        return int(self._run("select count(*) from paragraphs").fetchone()[0])

    def vectors(self, model: str) -> Vectors | None:  # noqa: ARG002 - for those that do
        """What searches this view by meaning, where the database does so itself; else None."""
        return None

    def all_vectors(self, model: str) -> tuple[Ids, Matrix]:
        """Every paragraph's id and vector, by id."""
        return self._vectors_of("", model)

    def vectors_in_parts(self, model: str) -> Iterator[tuple[Ids, Matrix]]:
        """Every paragraph's id and vector, by id, some thousands at a time."""
        rows = self._run(_VECTORS.format(""), {"model": model})
        width = 0
        for part in _parts(rows):
            width = width or width_of([row[1] for row in part])
            yield whole_vectors(part, width)

    def changes_since(self, generation: int, *, model: str) -> Changes | None:
        """What to remove from and add to vectors of that generation; None if no longer known."""
        oldest = int(self._fact("changes_after") or 0)
        if not oldest <= generation <= self.generation_number():
            return None
        rows = self._run(
            "select distinct paragraph from changes where generation > ?", [generation]
        )
        touched = np.array([row[0] for row in rows], dtype=np.int64)
        ids, vectors = self._vectors_of(
            "where p.id in (select paragraph from changes where generation > :since)",
            model,
            since=generation,
        )
        return Changes(removed=touched, added=ids, vectors=vectors)

    def published(self, generation: int) -> str:
        """When a generation was published; "" for one that is not here."""
        query = "select created from generations where id = ?"
        row = self._run(query, [generation]).fetchone()
        return str(row[0]) if row else ""

    def collection(self) -> str:
        """A name that no other collection has."""
        return self._fact("collection")

    def _fact(self, name: str) -> str:
        row = self._run("select value from facts where name = :name", {"name": name}).fetchone()
        return str(row[0]) if row else ""

    def changed_since(self, generation: int) -> int:
        """How many paragraphs came or went after that generation."""
        return int(
            self._run(
                "select count(distinct paragraph) from changes where generation > ?", [generation]
            ).fetchone()[0]
        )

    def sample(self, count: int) -> list[tuple[int, str, str]]:
        """(id, article, text) of up to `count` paragraphs: by chance, but always the same ones."""
        rows = self._run(
            f"""select p.id, p.article, substr(a.text, p.start + 1, p."end" - p.start)
                from paragraphs p join articles a on a.key = p.article
                order by p.id limit {int(count)}"""
        )
        # Ids are digests, so their order is one by chance.
        return [(row[0], row[1], row[2]) for row in rows]

    def unresolved(self, model: str) -> list[str]:
        """What does not agree among the newest generation's paragraphs, in words; else empty."""
        checks = {
            "paragraphs outside their article's text": f"""{_NEWEST}
                and (p.start < 0 or p."end" > length(a.text) or p.start >= p."end")""",
            "paragraphs without a vector": f"""{_NEWEST} and not exists
                (select 1 from vectors v where v.digest = p.digest and v.model = :model)""",
            "places of articles that are not there": """select count(*) from carriers
                where article not in (select key from articles)""",
            "paragraphs without words": f"""{_NEWEST} and not exists
                (select 1 from words_docsize w where w.id = p.id)""",
        }
        counts = {
            name: self._run(query, {"model": model}).fetchone()[0]
            for name, query in checks.items()
        }
        return [f"{count} {name}" for name, count in counts.items() if count]

    def _vectors_of(self, where: str, model: str, **values: int) -> tuple[Ids, Matrix]:
        rows = self._run(_VECTORS.format(where), {"model": model, **values}).fetchall()
        return whole_vectors(rows)


def _parts(rows: Rows) -> Iterator[list[Any]]:
    left = iter(rows)
    while part := list(islice(left, _PART)):
        yield part


def _found(row: Sequence[object]) -> Found | None:
    text, terms, lead, lead_terms = str(row[5]), str(row[7]), str(row[14]), str(row[15])
    if not is_proven(row[0], text, row[6]):
        return None
    heading, page = off_page(str(row[17]))
    return Found(
        id=int(row[0]),  # type: ignore[call-overload]  # a column of integers
        article=str(row[1]),
        position=int(row[2]),  # type: ignore[call-overload]  # a column of integers
        start=int(row[3]),  # type: ignore[call-overload]  # a column of integers
        end=int(row[4]),  # type: ignore[call-overload]  # a column of integers
        text=text,
        terms=tuple(terms.split()),
        credit=Credit(*(str(value) for value in row[8:14])),
        lead=f"{lead}. {heading}" if heading else lead,
        lead_terms=(*lead_terms.split(), *analyse(heading, str(row[18]))),
        vector=_vector(row[16]),
        page=page,
    )


def _with_credit(found: Found, others: tuple[Credit, ...], filters: Filters) -> Found:
    given = credited(found.credit, others, filters)
    return replace(found, credit=given.credit, others=given.others) if others else found


def _vector(blob: object) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    if not isinstance(blob, bytes) or len(blob) % 2:
        return np.zeros(0, dtype=np.float32)  # embedded by another model, or lost
    return np.frombuffer(blob, dtype=np.float16).astype(np.float32)
