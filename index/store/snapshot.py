"""One steady view of a collection: what can be found, quoted and counted in one generation."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace

import numpy as np

from index.answer import Filters, Source
from index.article import Article, Credit, Span, off_page
from index.errors import NoCollection
from index.store.browsing import Browsing
from index.store.crediting import credited
from index.store.protocols import Connection
from index.store.proving import is_proven
from index.store.ranking import MOST, Most
from index.store.recent import Lately
from index.store.records import Found, Generation
from index.store.vectored import Vectored
from index.store.worded import EVERYTHING, Worded
from index.words import analyse

FOUND = """
    select p.id, p.article, p.position, p.start, p."end",
           substr(a.text, p.start + 1, p."end" - p.start), p.digest, p.terms,
           a.title, a.publisher, a.via, a.author, a.published, a.url,
           a.lead, a.lead_terms, v.vector, p.heading, a.language
    from paragraphs p
    join articles a on a.key = p.article
    left join vectors v on v.digest = p.digest and v.model = :model
"""

_NEWEST = """
    select count(*) from paragraphs p join articles a on a.key = p.article
    where p.id in (select paragraph from changes
                   where generation = (select max(id) from generations))
"""


class Snapshot(Browsing, Worded, Vectored):
    """Reads of one open transaction; all of them see the same generation.

    `most` is how many paragraphs are looked at by a question's words; `lately` has what other
    views read lately; without it there is what this one read.
    """

    def __init__(
        self, connection: Connection, *, most: Most = MOST, lately: Lately | None = None
    ) -> None:
        self._run = connection.execute
        self._most = most
        self._lately = lately or Lately()

    def generation(self) -> Generation:
        """The newest generation. Raises NoCollection before the first."""
        row = self._run("select * from generations order by id desc limit 1").fetchone()
        if row is None:
            raise NoCollection(
                "nothing has been indexed yet; run scripts/run reindex PATH... first"
            )
        return Generation(*row)

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
        mark = self.mark(model)
        held = self._lately.found.among(wanted, mark)
        fresh = {each.id: each for each in self._read_found(wanted - held.keys(), model)}
        self._lately.found.keep(fresh, mark)
        held |= fresh
        found = [held[number] for number in sorted(held)]
        others = self.credits({each.article for each in found})
        return [_with_credit(each, others.get(each.article, ()), filters) for each in found]

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
        return {row[0]: row[1] for row in rows if isinstance(row[1], bytes)}  # else damaged

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


def _found(row: Sequence[object]) -> Found | None:
    text, terms, lead, lead_terms = str(row[5]), str(row[7]), str(row[14]), str(row[15])
    if not is_proven(row[0], text, row[6]):
        return None
    heading, page = off_page(str(row[17]))
    headed = analyse(heading, str(row[18])) if heading else ()
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
        lead_terms=(*lead_terms.split(), *headed),
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
