"""A collection in one SQLite file: many readers, each on a steady snapshot, and one writer."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import numpy as np
from sqlite_utils import Database

from index.errors import NoCollection
from index.store.breakage import tolerant, trouble
from index.store.draft import Draft
from index.store.filtering import stands_in
from index.store.recent import Lately
from index.store.records import Matrix
from index.store.schema import migrate, refuse_newer
from index.store.snapshot import Snapshot
from index.store.store import Store
from index.words import fold

FILE_NAME = "library.db"
BUSY_MS = 10_000
PATIENCE_S = 1.0  # with who reads while the store is closed


@dataclass(frozen=True, slots=True)
class _Reader:
    """A thread's connection, and whether the thread is reading by it."""

    connection: sqlite3.Connection
    busy: threading.RLock = field(default_factory=threading.RLock)


class SqliteStore(Store):
    """The collection in `folder`. Every thread reads on a connection of its own.

    Opened for reading it never creates or changes anything, and raises NoCollection where nothing
    has been published. Opened with `writable=True` it makes what is missing.
    """

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        self.folder = folder
        self._path = folder / FILE_NAME
        self._local = threading.local()
        self._readers: list[_Reader] = []
        self._guard = threading.Lock()
        self._closed = False
        self._writer: Database | None = None
        self._lately = Lately()
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
        try:
            with self._reader() as connection:
                connection.execute("begin")
                try:
                    yield Snapshot(connection, lately=self._lately)
                finally:
                    if connection.in_transaction:
                        connection.execute("rollback")
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "no such table" in str(error):
                raise NoCollection(
                    f"{self._path} holds no collection yet; run scripts/run reindex PATH... first"
                ) from error
            raise trouble(self._path, error) from error

    def close(self) -> None:
        """Close every connection of every thread; who reads is waited for a moment.

        One that reads on is left its connection until the process ends: SQLite would crash it.
        """
        deadline = monotonic() + PATIENCE_S
        with self._guard:
            self._closed = True
            readers, self._readers = self._readers, []
        for reader in readers:
            if reader.busy.acquire(timeout=max(0.0, deadline - monotonic())):
                reader.connection.close()
                reader.busy.release()
        if self._writer is not None:
            self._writer.close()

    # Writing: one writer at a time; index.lock keeps a second one out.

    def save_vectors(
        self, model: str, digests: Sequence[str], vectors: Matrix, tokens: Sequence[bytes] = ()
    ) -> None:
        """Keep one vector a digest, at half precision, and its tokens, committed at once."""
        halves = vectors.astype(np.float16)
        with self._atomic():
            self._write.executemany(
                "insert or replace into vectors (model, digest, vector) values (?, ?, ?)",
                [(model, d, row.tobytes()) for d, row in zip(digests, halves, strict=True)],
            )
            self._write.executemany(
                "insert or replace into tokens (model, digest, kept) values (?, ?, ?)",
                [(model, digest, kept) for digest, kept in zip(digests, tokens, strict=False)],
            )

    @contextmanager
    def publishing(self) -> Iterator["Draft"]:
        """A transaction that is committed when the context ends, and undone on any error."""
        self._write.execute("begin immediate")
        try:
            yield Draft(self._write)
        except BaseException:
            if self._write.in_transaction:  # of a full disk SQLite has rolled back itself
                self._write.execute("rollback")
            raise
        self._write.execute("commit")

    @contextmanager
    def _atomic(self) -> Iterator[None]:
        if self._writer is None:
            raise TypeError("this store was opened for reading")
        with self._writer.atomic():
            yield

    @property
    def _write(self) -> sqlite3.Connection:
        if self._writer is None:
            raise TypeError("this store was opened for reading")
        connection: sqlite3.Connection = self._writer.conn
        return connection

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """This thread's own connection, which is not closed meanwhile."""
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = _Reader(open_for_reading(self._path))
            with self._guard:
                self._readers.append(reader)
        with reader.busy:
            if self._closed:
                raise RuntimeError("the store is closed")
            yield reader.connection


def _open_for_writing(path: Path) -> Database:
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma foreign_keys = on")
        db = Database(connection)
        migrate(db)
        tell_places(connection)
        # Vectors' files say which collection they are of: another may take this one's place.
        connection.execute(
            "insert or ignore into facts values ('collection', ?)", [secrets.token_hex(8)]
        )
    except sqlite3.DatabaseError as error:
        raise trouble(path, error) from error
    return db


def tell_places(connection: sqlite3.Connection) -> None:
    """Let a connection see where each word stands: in a table of its own, gone when it closes."""
    try:
        connection.execute(
            "create virtual table temp.word_places using fts5vocab(main, words, instance)"
        )
    except UnicodeDecodeError as error:  # sqlite3 cannot even tell what is wrong with a table
        raise sqlite3.DatabaseError("the list of its tables is damaged") from error


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
    connection.execute("pragma temp_store = memory")  # where nothing may be written either
    tell_places(connection)
    connection.execute("pragma query_only = on")
    refuse_newer(int(connection.execute("pragma user_version").fetchone()[0]))
    connection.create_function("stands_in", 2, stands_in, deterministic=True)
    connection.create_function("fold", 1, fold, deterministic=True)
    return connection
