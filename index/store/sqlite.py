"""A collection in one SQLite file: many readers, each on a steady snapshot, and one writer."""

import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

import numpy as np
from sqlite_utils import Database

from index.article import Article, Credit
from index.errors import NoCollection
from index.store.breakage import tolerant, trouble
from index.store.events import note_events, take_back_events
from index.store.filtering import stands_in
from index.store.records import (
    Carrier,
    Generation,
    Kept,
    KeptFile,
    Matrix,
    Publication,
)
from index.store.schema import migrate, refuse_newer
from index.store.snapshot import Snapshot
from index.words import fold

FILE_NAME = "library.db"
BUSY_MS = 10_000
CHUNK = 500  # parameters of one statement; SQLite's own limit is 32,766


class SqliteStore:
    """The collection in `folder`. Every thread reads on a connection of its own.

    Opened for reading it never creates or changes anything, and raises NoCollection where nothing
    has been published. Opened with `writable=True` it makes what is missing.
    """

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        self.folder = folder
        self._path = folder / FILE_NAME
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._writer: Database | None = None
        if writable:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._writer = _open_for_writing(self._path)
        if not self._path.is_file():
            raise NoCollection(
                f"there is no collection in {folder}; run scripts/run reindex PATH... first"
            )

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The newest generation, unchanged for as long as the context lasts.

        Raises NoCollection where nothing has been published, Damaged or OutOfReach where SQLite
        says so, TooNew.
        """
        connection = None
        try:
            connection = self._reader()
            connection.execute("begin")
            yield Snapshot(connection)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "no such table" in str(error):
                raise NoCollection(
                    f"{self._path} holds no collection yet; run scripts/run reindex PATH... first"
                ) from error
            raise trouble(self._path, error) from error
        finally:
            if connection is not None and connection.in_transaction:
                connection.execute("rollback")

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._guard:
            while self._opened:
                self._opened.pop().close()
        if self._writer is not None:
            self._writer.close()

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
        return next(each for *_, each in Snapshot(self._write.conn).articles(key))

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

    def save_vectors(self, model: str, digests: Sequence[str], vectors: Matrix) -> None:
        """Keep one vector a digest, at half precision, committed at once."""
        halves = vectors.astype(np.float16)
        with self._write.atomic():
            self._write.conn.executemany(
                "insert or replace into vectors (model, digest, vector) values (?, ?, ?)",
                [(model, d, row.tobytes()) for d, row in zip(digests, halves, strict=True)],
            )

    @contextmanager
    def publishing(self) -> Iterator["Draft"]:
        """A transaction that is committed when the context ends, and undone on any error."""
        self._write.conn.execute("begin immediate")
        try:
            yield Draft(self._write)
        except BaseException:
            self._write.conn.execute("rollback")
            raise
        self._write.conn.execute("commit")

    def set_scale(
        self, generation: int, *, mean: float, spread: float, threshold: float | None
    ) -> None:
        """Judge by these from now on; open collections do so from their next question on.

        They hold until the collection is half or twice what it is now.
        """
        with self._write.atomic():
            self._write.conn.execute(
                """update generations set mean = :mean, spread = :spread, threshold = :threshold,
                       measured_at = paragraphs
                   where id = :id""",
                {"id": generation, "mean": mean, "spread": spread, "threshold": threshold},
            )

    def forget_changes(self, upto: int) -> None:
        """Drop the change log of the generations up to and including this one."""
        with self._write.atomic():
            self._write.conn.execute("delete from changes where generation <= ?", [upto])
            self._write.conn.execute(
                """insert into facts values ('changes_after', ?) on conflict do update
                   set value = max(cast(value as integer), cast(excluded.value as integer))""",
                [str(upto)],
            )

    @property
    def _write(self) -> Database:
        if self._writer is None:
            raise TypeError("this store was opened for reading")
        return self._writer

    def _reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = open_for_reading(self._path)
            self._local.connection = connection
            with self._guard:
                self._opened.append(connection)
        return connection


class Draft:
    """The open transaction of a publication: write the change, look at it, then let it commit."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._entered: dict[int, int] = {}  # of the paragraphs removed, which may come again
        self.view = Snapshot(db.conn)

    def apply(self, change: Publication, *, at: str) -> None:
        """Write the change's files, removals and articles; log which paragraphs came and went.

        `at` is the moment, ISO, under which the history has it.
        """
        number = self.view.generation_number() + 1
        note_events(self._db, change, number, at)
        take_back_events(self._db, change, number)
        # An article whose text changed keeps its key: its old rows go first.
        gone = [*change.removed, *(kept.key for kept in change.kept)]
        dropped = {digest for key in gone for digest in self._remove(key, number)}
        self._move(change.moved)
        for kept in change.kept:
            self._add(kept, number)
        self._carry(change)
        self._keep_files(change)
        self._drop_vectors(dropped)

    def seal(self, generation: Generation) -> None:
        """Record the generation; its number is taken from the generation itself."""
        self._db.table("generations").insert(
            {f: getattr(generation, f) for f in generation.__slots__}
        )

    def fact(self, name: str) -> str:
        """What was last kept under this name; "" where nothing was."""
        row = self._db.conn.execute("select value from facts where name = ?", [name]).fetchone()
        return str(row[0]) if row else ""

    def keep_fact(self, name: str, value: str) -> None:
        """Keep a word on the generation under a name."""
        self._db.conn.execute("insert or replace into facts values (?, ?)", [name, value])

    def forget_other_models(self, model: str) -> None:
        """Drop the vectors of every other model."""
        self._db.conn.execute("delete from vectors where model <> ?", [model])

    def _remove(self, key: str, number: int) -> set[str]:
        """Remove an article and give back the digests of the texts that it had embedded."""
        run = self._db.conn.execute
        lead = run("select lead_terms from articles where key = ?", [key]).fetchone()
        if lead is None:
            return set()
        rows = run(
            "select id, terms, digest, entered from paragraphs where article = ?", [key]
        ).fetchall()
        for paragraph, terms, _, entered in rows:
            self._entered[paragraph] = entered
            # An external-content index must be told what it is to forget.
            run(
                """insert into words (words, rowid, terms, lead_terms)
                   values ('delete', ?, ?, ?)""",
                [paragraph, terms, lead[0]],
            )
            run("insert into changes values (?, ?, 0)", [number, paragraph])
        run("delete from acronyms where article = ?", [key])
        run("delete from paragraphs where article = ?", [key])
        run("delete from articles where key = ?", [key])
        return {row[2] for row in rows}

    def _drop_vectors(self, digests: Iterable[str]) -> None:
        """Forget the vectors of texts that nothing refers to any more."""
        for digest in digests:
            self._db.conn.execute(
                """
                delete from vectors where digest = :digest
                and not exists (select 1 from paragraphs where digest = :digest)
                """,
                {"digest": digest},
            )

    def _move(self, moved: Iterable[tuple[str, str]]) -> None:
        self._db.conn.executemany(
            "update articles set origin = ? where key = ?", [(to, key) for key, to in moved]
        )

    def _add(self, kept: Kept, number: int) -> None:
        credit = kept.credit
        self._db.table("articles").insert(
            {
                "key": kept.key, "origin": kept.origin, "entry": kept.entry,
                "digest": kept.digest, "text": kept.text, "title": credit.title,
                "publisher": credit.publisher, "via": credit.via, "author": credit.author,
                "published": credit.published, "url": credit.url, "language": kept.language,
                "lead": kept.lead, "lead_terms": kept.lead_terms, "sameness": kept.sameness,
            }
        )  # fmt: skip
        many = self._db.conn.executemany
        many(
            "insert into paragraphs values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    p.id,
                    kept.key,
                    p.position,
                    p.span.start,
                    p.span.end,
                    p.span.heading,
                    p.digest,
                    p.terms,
                    self._entered.get(p.id, number),
                )
                for p in kept.paragraphs
            ],
        )
        many(
            "insert into words (rowid, terms, lead_terms) values (?, ?, ?)",
            [(p.id, p.terms, kept.lead_terms) for p in kept.paragraphs],
        )
        many("insert into changes values (?, ?, 1)", [(number, p.id) for p in kept.paragraphs])
        many(
            "insert into acronyms values (?, ?, ?)",
            [(kept.key, short, long) for short, long in kept.acronyms],
        )

    def _carry(self, change: Publication) -> None:
        many = self._db.conn.executemany
        many("delete from carriers where origin = ? and entry = ?", change.put_down)
        many(
            "insert or replace into carriers values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (c.origin, c.entry, c.article, c.digest, *astuple(c.credit), c.language)
                for c in change.carried
            ],
        )

    def _keep_files(self, change: Publication) -> None:
        many = self._db.conn.executemany
        many("delete from files where origin = ?", [(origin,) for origin in change.files_gone])
        many(
            "insert or replace into files values (?, ?, ?)",
            [(f.origin, f.stamp, f.digest) for f in change.files],
        )


def _open_for_writing(path: Path) -> Database:
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma foreign_keys = on")
        db = Database(connection)
        migrate(db)
        # Vectors' files say which collection they are of: another may take this one's place.
        connection.execute(
            "insert or ignore into facts values ('collection', ?)", [secrets.token_hex(8)]
        )
    except sqlite3.DatabaseError as error:
        raise trouble(path, error) from error
    return db


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that can change nothing, for one thread. Raises sqlite3.Error, TooNew."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        timeout=BUSY_MS / 1000,
        check_same_thread=False,  # close() may come from another thread; use never does
    )
    connection.text_factory = tolerant
    connection.execute("pragma query_only = on")
    refuse_newer(int(connection.execute("pragma user_version").fetchone()[0]))
    connection.create_function("stands_in", 2, stands_in, deterministic=True)
    connection.create_function("fold", 1, fold, deterministic=True)
    return connection


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
