"""What is read of a collection without a question: lists, whole articles, words looked up."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from index.answer import Event, Filters, Happened, Listed, Publisher, Quotable, Reading
from index.article import Credit, off_page
from index.store.crediting import Crediting, credited
from index.store.proving import is_proven

_CREDIT = "a.title, a.publisher, a.via, a.author, a.published, a.url"
_TEXT = """substr(a.text, p.start + 1, p."end" - p.start)"""
_BOTH = "paragraphs p join articles a on a.key = p.article"
_TOLD = "exists (select 1 from paragraphs p where p.article = a.key)"
_ANY = Filters()


class Browsing(Crediting):
    """Reads of one open transaction, which `run` executes."""

    _folded_title = "fold(a.title)"

    def quotable(self, ids: Sequence[int], *, filters: Filters = _ANY) -> dict[int, Quotable]:
        """The stored paragraphs of these ids; those that left, or may not be seen, are left out.

        So is, with an error in the log, a text that is not the one that was indexed.
        """
        if not ids:
            return {}
        marks = ", ".join(str(int(each)) for each in ids)
        condition, values = self.condition(filters)
        rows = self._run(
            f"""select p.id, p.article, p.start, p."end", {_TEXT}, p.digest, p.heading, {_CREDIT}
                from {_BOTH} where p.id in ({marks}) and {condition}""",
            values,
        )
        return {each.paragraph: each for each in self._quotables(rows, filters)}

    def present(self, ids: Sequence[int]) -> frozenset[int]:
        """Those of the ids that are in the collection."""
        if not ids:  # PostgreSQL takes no empty list
            return frozenset()
        marks = ", ".join(str(int(each)) for each in ids)
        rows = self._run(f"select id from paragraphs where id in ({marks})")
        return frozenset(row[0] for row in rows)

    def in_article(self, article: str, *, filters: Filters = _ANY) -> list[Quotable]:
        """The paragraphs of an article in order; none where it has left or may not be seen."""
        condition, values = self.condition(filters)
        rows = self._run(
            f"""select p.id, p.article, p.start, p."end", {_TEXT}, p.digest, p.heading, {_CREDIT}
                from {_BOTH} where p.article = ? and {condition} order by p.position""",
            [article, *values],
        )
        return self._quotables(rows, filters)

    def reading(self, article: str, *, filters: Filters = _ANY) -> Reading | None:
        """An article to read; None where it has left the collection, or may not be seen."""
        found = self.in_article(article, filters=filters)
        if not found:
            return None
        texts = tuple((each.paragraph, each.text) for each in found)
        changes = [each.at for each in self.events(article) if each.what is Happened.CHANGED]
        first = found[0]
        return Reading(article, first.credit, texts, first.others, changes[-1] if changes else "")

    def holding(
        self, terms: Sequence[str], *, every: bool, filters: Filters, limit: int
    ) -> list[int]:
        """The ids of paragraphs with all the terms, or any, best first by BM25, up to a limit."""
        if not terms:
            return []
        # A term is letters and digits; quoted, it cannot be read as an operator.
        joined = (" AND " if every else " OR ").join(f'"{term}"' for term in terms)
        condition, values = self.condition(filters)
        only = f"and +rowid in (select p.id from {_BOTH} where {condition})" if filters else ""
        rows = self._run(
            f"""select rowid from words where words match ? {only}
                order by bm25(words, 1.0, 0.0), rowid limit ?""",
            [f"terms : ({joined})", *(values if filters else ()), limit],
        )
        return [row[0] for row in rows]

    def newest(self, *, filters: Filters, limit: int, skip: int) -> tuple[tuple[Listed, ...], int]:
        """Articles by their day of publication, the newest first and undated ones last; how many.

        Ties go by key. Only articles with a paragraph are listed. The filters are of articles.
        """
        condition, values = self.condition(filters)
        total = self._run(
            f"select count(*) from articles a where {condition} and {_TOLD}", values
        ).fetchone()[0]
        # No date sorts before any date.
        rows = self._run(
            f"""select a.key,
                       (select count(*) from paragraphs p where p.article = a.key),
                       (select id from paragraphs p where p.article = a.key order by p.position
                        limit 1),
                       {_CREDIT}
                from articles a where {condition} and {_TOLD}
                order by a.published desc, a.key limit ? offset ?""",
            [*values, limit, skip],
        )
        listed = [Listed(row[0], Credit(*row[3:9]), row[1], row[2]) for row in rows]
        others = self.credits([each.article for each in listed])
        return tuple(
            replace(each, credit=credited(each.credit, others[each.article], filters).credit)
            if each.article in others
            else each
            for each in listed
        ), total

    def extents(self) -> list[Publisher]:
        """Every publisher with how many articles and of which days, those with most first."""
        elsewhere = "union all select publisher, published from carriers" if self.carried() else ""
        rows = self._run(
            f"""select publisher, count(*),
                      coalesce(min(nullif(substr(published, 1, 10), '')), ''),
                      coalesce(max(substr(published, 1, 10)), '')
               from (select publisher, published from articles {elsewhere}) as told
               where publisher <> ''
               group by publisher order by count(*) desc, publisher"""
        )
        return [Publisher(*row) for row in rows]

    def events(self, article: str) -> tuple[Event, ...]:
        """What has happened to an article, the earliest first; it may have left."""
        if not self._has_table("events"):
            return ()
        rows = self._run(
            "select event, at, title from events where article = ? order by rowid", [article]
        )
        return tuple(Event(Happened(what), at, title) for what, at, title in rows)

    def article_of(self, paragraph: int) -> str:
        """The key of the article that a paragraph stands in; "" where it has left."""
        row = self._run("select article from paragraphs where id = ?", [paragraph]).fetchone()
        return str(row[0]) if row else ""

    def titled(self, words: Sequence[str], *, filters: Filters) -> str:
        """The key of the newest article whose title holds all of these words; "" if none does."""
        if not words:
            return ""
        condition, values = self.condition(filters)
        like = " and ".join(f"{self._folded_title} like ? escape '\\'" for _ in words)
        row = self._run(
            f"""select a.key from articles a where {condition} and {like} and {_TOLD}
                order by a.published desc, a.key limit 1""",
            [*values, *(f"%{_literally(word)}%" for word in words)],
        ).fetchone()
        return str(row[0]) if row else ""

    def _quotables(self, rows: Iterable[Sequence[Any]], filters: Filters) -> list[Quotable]:
        found = [
            Quotable(
                *(paragraph, article, start, end, text, Credit(*credit)),
                page=off_page(heading)[1],
            )
            for paragraph, article, start, end, text, digest, heading, *credit in rows
            if is_proven(paragraph, text, digest)
        ]
        others = self.credits({each.article for each in found})
        return [_with_credit(each, others.get(each.article, ()), filters) for each in found]


def _with_credit(each: Quotable, others: tuple[Credit, ...], filters: Filters) -> Quotable:
    given = credited(each.credit, others, filters)
    return replace(each, credit=given.credit, others=given.others)


def _literally(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
