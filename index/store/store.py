"""What every store of a collection gives: steady views, what a plan is made of, publications."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Event

from index.article import Article, Credit
from index.store.draft import Draft
from index.store.protocols import Connection, Vectors
from index.store.records import Carrier, KeptFile, Matrix
from index.store.snapshot import Snapshot

CHUNK = 500  # parameters of one statement; SQLite's own limit is 32,766


class Store(ABC):
    """A collection. Any thread may read; one writes.

    `folder` is where this machine keeps what is made of the collection: the vectors' file.
    """

    folder: Path

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """The newest generation, unchanged for as long as the context lasts."""

    @abstractmethod
    def publishing(self) -> AbstractContextManager[Draft]:
        """A transaction that is committed when the context ends, and undone on any error."""

    @abstractmethod
    def save_vectors(
        self, model: str, digests: Sequence[str], vectors: Matrix, tokens: Sequence[bytes] = ()
    ) -> None:
        """Keep one vector a digest, at half precision, and its tokens, committed at once."""

    @abstractmethod
    def close(self) -> None:
        """Close every connection of every thread."""

    def alone(self) -> AbstractContextManager[None]:
        """While it lasts nobody else publishes; of a folder there is no other writer anyway."""
        return nullcontext()

    def await_news(self, known: int, every_s: float, ended: Event) -> None:  # noqa: ARG002 - for those that are told
        """Return when there may be a newer generation than `known`, or when it has ended."""
        ended.wait(every_s)

    def vectors(self, model: str) -> Vectors | None:  # noqa: ARG002 - for those that do
        """What searches the newest generation by meaning, where the database does so itself."""
        return None

    def tend_vectors(self, model: str) -> None:  # noqa: B027 - FAISS wants nothing of a store
        """See after a publication to what the database searches by, where it does so itself."""

    @property
    @abstractmethod
    def _write(self) -> Connection: ...

    @abstractmethod
    def _atomic(self) -> AbstractContextManager[None]: ...

    def _view(self) -> Snapshot:
        """What the writer sees."""
        return Snapshot(self._write)

    # Writing: one writer at a time; index.lock keeps a second one out.

    def files(self) -> dict[str, KeptFile]:
        """Every source file as it was when last read, by origin."""
        rows = self._write.execute("select origin, stamp, digest from files")
        return {row[0]: KeptFile(*row) for row in rows}

    def article_digests(self, origin: str) -> dict[str, tuple[str, str]]:
        """The articles read from this origin: entry -> (key, digest)."""
        rows = self._write.execute(
            "select entry, key, digest from articles where origin = :origin", {"origin": origin}
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def article_counts(self) -> dict[str, int]:
        """How many articles were read from each origin."""
        rows = self._write.execute("select origin, count(*) from articles group by origin")
        return dict(iter(rows))

    def articles_with(self, digest: str) -> list[tuple[str, str, str]]:
        """(key, origin, entry) of every article with this digest, by key."""
        rows = self._write.execute(
            "select key, origin, entry from articles where digest = :digest order by key",
            {"digest": digest},
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def articles_like(self, sameness: str) -> list[str]:
        """The keys of the articles that have the same text, by key."""
        rows = self._write.execute(
            "select key from articles where sameness = :sameness order by key",
            {"sameness": sameness},
        )
        return [row[0] for row in rows]

    def sameness_of(self, key: str) -> str:
        """What marks the text of a stored article; "" where there is none."""
        row = self._write.execute(
            "select sameness from articles where key = :key", {"key": key}
        ).fetchone()
        return str(row[0]) if row else ""

    def carriers(self) -> list[Carrier]:
        """Every further place of an article, by place."""
        rows = self._write.execute(
            """select origin, entry, article, digest, title, publisher, via, author, published,
                      url, language from carriers order by origin, entry"""
        )
        return [
            Carrier(origin, entry, article, digest, Credit(*credit), language)
            for origin, entry, article, digest, *credit, language in rows
        ]

    def article(self, key: str) -> Article:
        """A stored article that there is."""
        return next(each for *_, each in self._view().articles(key))

    def seen(self) -> dict[str, tuple[str, str, str]]:
        """key -> (origin, day of publication or "", when it was first seen or "") of articles."""
        rows = self._write.execute(
            """select key, origin, published, coalesce(
                   (select min(at) from events where article = key and event = 'seen'), '')
               from articles"""
        )
        return {row[0]: (row[1], row[2], row[3]) for row in rows}

    def has_article(self, key: str) -> bool:
        """Whether an article has this key."""
        found = self._write.execute("select 1 from articles where key = :key", {"key": key})
        return found.fetchone() is not None

    def texts_without_vector(self, model: str, keys_gone: Iterable[str]) -> dict[str, str]:
        """digest -> text of every stored paragraph that this model has not embedded."""
        gone = set(keys_gone)
        rows = self._write.execute(
            """
            select a.key, p.digest, substr(a.text, p.start + 1, p."end" - p.start)
            from paragraphs p join articles a on a.key = p.article
            where not exists
                (select 1 from vectors v where v.digest = p.digest and v.model = :model)
            """,
            {"model": model},
        )
        return {digest: text for key, digest, text in rows if key not in gone}

    def missing_vectors(self, model: str, digests: Iterable[str]) -> set[str]:
        """Those of the digests for which this model's vector is not kept yet."""
        wanted = set(digests)
        for part in _chunks(sorted(wanted)):
            rows = self._write.execute(
                f"""select digest from vectors
                    where model = ? and digest in ({_marks(part)})""",
                [model, *part],
            )
            wanted.difference_update(row[0] for row in rows)
        return wanted

    def set_scale(
        self, generation: int, *, mean: float, spread: float, threshold: float | None
    ) -> None:
        """Judge by these from now on; open collections do so from their next question on.

        They hold until the collection is half or twice what it is now.
        """
        with self._atomic():
            self._write.execute(
                """update generations set mean = :mean, spread = :spread, threshold = :threshold,
                       measured_at = paragraphs
                   where id = :id""",
                {"id": generation, "mean": mean, "spread": spread, "threshold": threshold},
            )

    def forget_changes(self, upto: int) -> None:
        """Drop the change log of the generations up to and including this one."""
        with self._atomic():
            self._write.execute("delete from changes where generation <= ?", [upto])
            row = self._write.execute(
                "select value from facts where name = 'changes_after'"
            ).fetchone()
            self._write.execute(
                """insert into facts values ('changes_after', ?)
                   on conflict (name) do update set value = excluded.value""",
                [str(max(upto, int(row[0]) if row else 0))],
            )


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
