"""Which of its credits an article is given under: it may stand at several places."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from index.answer import Filters, Window
from index.article import Credit
from index.store.filtering import Condition, condition_of
from index.store.protocols import Rows
from index.store.records import Carrier

Run = Callable[..., Rows]


@dataclass(frozen=True, slots=True)
class Credited:
    """The credit to give, and the others that may be seen beside it."""

    credit: Credit
    others: tuple[Credit, ...] = ()


class Crediting:
    """Reads of one open transaction, which `run` executes."""

    _run: Run
    _carrying: bool | None = None

    def carried(self) -> bool:
        """Whether any article stands at more than one place.

        None does in a collection last written by a version that did not look for them.
        """
        if self._carrying is None:
            self._carrying = (
                self._has_table("carriers")
                and self._run("select 1 from carriers limit 1").fetchone() is not None
            )
        return self._carrying

    def _has_table(self, name: str) -> bool:
        """Whether the version that last wrote the collection knew a table."""
        made = "select 1 from sqlite_master where type = 'table' and name = ?"
        return self._run(made, [name]).fetchone() is not None

    def credits(self, articles: Collection[str]) -> dict[str, tuple[Credit, ...]]:
        """The further credits of those of the articles that have any, by key."""
        if not articles or not self.carried():
            return {}
        wanted = sorted(set(articles))
        rows = self._run(
            f"""select article, title, publisher, via, author, published, url from carriers
                where article in ({", ".join("?" * len(wanted))})
                order by article, origin, entry""",
            wanted,
        )
        found: dict[str, tuple[Credit, ...]] = {}
        for article, *credit in rows:
            found[article] = (*found.get(article, ()), Credit(*credit))
        return found

    def carriers_of(self, article: str) -> list[Carrier]:
        """The further places of an article, in order."""
        if not self.carried():
            return []
        rows = self._run(
            """select origin, entry, article, digest, title, publisher, via, author, published,
                      url, language from carriers where article = ? order by origin, entry""",
            [article],
        )
        return [
            Carrier(origin, entry, key, digest, Credit(*credit), language)
            for origin, entry, key, digest, *credit, language in rows
        ]

    def condition(self, filters: Filters) -> Condition:
        """The condition of SQL that passages under these filters meet, and its parameters."""
        return condition_of(filters, carried=self.carried())


def credited(own: Credit, others: Sequence[Credit], filters: Filters) -> Credited:
    """An article's credit under filters: its own, or else the first other that meets them.

    What may not be seen at all is not among the others either.
    """
    if not others:
        return Credited(own)
    among = (own, *others)
    best = next((each for each in among if _meets(each, filters)), own)
    seen = (each for each in among if not filters.only or each.publisher in filters.only)
    return Credited(best, tuple(each for each in seen if each is not best))


def _meets(credit: Credit, filters: Filters) -> bool:
    for publishers in (filters.only, filters.sources):
        if publishers and credit.publisher not in publishers:
            return False
    return filters.window.told or _within(credit.published[:10], filters.window)


def _within(day: str, window: Window) -> bool:
    if window == Window():
        return True
    first, last = window.first.isoformat(), window.last.isoformat()
    return bool(day) and first[: len(day)] <= day <= last
