"""A collection in PostgreSQL: many readers, each on a steady snapshot, and one writer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from index.errors import IndexFault, Locked, MissingExtra, NoCollection, OutOfReach
from index.settings import Server
from index.store.draft import Draft
from index.store.records import Matrix
from index.store.snapshot import Snapshot
from index.store.store import Store

try:
    import psycopg
    from psycopg_pool import ConnectionPool, PoolTimeout
except ImportError as error:
    raise MissingExtra(
        "INDEX_URL names PostgreSQL, and psycopg is not installed; type:"
        " scripts/run --setup postgres"
    ) from error

from index.store.postgres.connection import PgConnection, speak_vectors
from index.store.postgres.nearest import SEARCHING, PgVectors, Run, tend
from index.store.postgres.reading import PgSnapshot
from index.store.postgres.schema import WRITING, migrate, refuse_newer, version_of
from index.store.postgres.writing import PgDraft

REACH_S = 10.0  # for a connection, before the server counts as gone
MOST_READERS = 16

PATH = "set search_path = quotewire, public"

CHANNEL = "quotewire"
"""Told the number of each new generation."""


class PostgresStore(Store):
    """The collection in a database, in its schema `quotewire`.

    Opened for reading it never creates or changes anything. Opened with `writable=True` it makes
    what is missing, and holds a lock in the database until it is closed or its process ends.
    Raises NoCollection, TooNew, Locked, OutOfReach.
    """

    def __init__(self, server: Server, *, writable: bool = False) -> None:
        self.folder = server.folder
        self._server = server
        self._writer: PgConnection | None = None
        if writable:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._writer = PgConnection(self._open_for_writing())
        self._pool = ConnectionPool(
            server.url,
            min_size=1,
            max_size=MOST_READERS,
            timeout=REACH_S,
            kwargs={"autocommit": True, "connect_timeout": int(REACH_S)},
            configure=_prepared,
            check=ConnectionPool.check_connection,
            open=False,
        )
        try:
            self._look()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The newest generation, unchanged for as long as the context lasts.

        Raises OutOfReach where the server is gone.
        """
        with self._session() as connection:
            yield PgSnapshot(connection)

    @contextmanager
    def _session(self) -> Iterator[PgConnection]:
        with self._reaching(), self._pool.connection() as session, session.transaction():
            session.execute("set transaction isolation level repeatable read, read only")
            yield PgConnection(session)

    @contextmanager
    def publishing(self) -> Iterator[Draft]:
        """A transaction that is committed when the context ends, and undone on any error.

        Who listens on CHANNEL is told the newest generation's number.
        """
        with self._atomic():
            draft = PgDraft(self._write)
            yield draft
            number = str(draft.view.generation_number())
            self._write.execute("select pg_notify(?, ?)", [CHANNEL, number])

    def vectors(self, model: str) -> PgVectors:
        """What searches the newest generation by meaning."""

        @contextmanager
        def opened() -> Iterator[Run]:
            with self._session() as connection:
                yield connection.execute

        return PgVectors(opened, model)

    def tend_vectors(self, model: str) -> None:
        """Make the index of the vectors where they have become many, and cut the log of changes.

        Nothing in memory has to be brought up: the log tells what is new of the newest alone.
        """
        with self._reaching():
            tend(self._write.session, model)
        self.forget_changes(self._view().generation_number() - 1)

    def save_vectors(
        self, model: str, digests: Sequence[str], vectors: Matrix, tokens: Sequence[bytes] = ()
    ) -> None:
        """Keep one vector a digest, at half precision, and its tokens, committed at once."""
        halves = vectors.astype(np.float16)
        with self._atomic():
            self._write.executemany(
                """insert into vectors (model, digest, vector) values (?, ?, cast(? as halfvec))
                   on conflict (digest, model) do update set vector = excluded.vector""",
                [(model, d, row) for d, row in zip(digests, halves, strict=True)],
            )
            self._write.executemany(
                """insert into tokens (model, digest, kept) values (?, ?, ?)
                   on conflict (digest, model) do update set kept = excluded.kept""",
                [(model, digest, kept) for digest, kept in zip(digests, tokens, strict=False)],
            )

    def close(self) -> None:
        """Close every connection, and let go of the lock."""
        self._pool.close()
        if self._writer is not None:
            # The server sees a closed session a moment later, and the next writer may be sooner.
            with suppress(psycopg.Error):
                self._writer.session.execute("select pg_advisory_unlock_all()")
            self._writer.session.close()

    @property
    def _write(self) -> PgConnection:
        if self._writer is None:
            raise TypeError("this store was opened for reading")
        return self._writer

    @contextmanager
    def _atomic(self) -> Iterator[None]:
        with self._reaching(), self._write.session.transaction():
            yield

    def _view(self) -> Snapshot:
        return PgSnapshot(self._write)

    def _look(self) -> None:
        """See that there is a collection that this version can read."""
        with self._reaching():
            # By itself: the pool would try again and again for as long as it may.
            with self._connected() as session:
                session.execute(PATH)
                version = version_of(session)
            self._pool.open()
        refuse_newer(version)
        if not version:
            raise NoCollection(
                f"there is no collection in {self._server}; run scripts/run reindex PATH... first"
            )

    def _open_for_writing(self) -> "psycopg.Connection[Any]":
        with self._reaching():
            session = self._connected()
        try:
            session.execute(PATH)
            self._take(session)
            migrate(session)
            _prepared(session)
        except BaseException:
            session.close()
            raise
        return session

    def _connected(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self._server.url, autocommit=True, connect_timeout=int(REACH_S))

    def _take(self, session: "psycopg.Connection[Any]") -> None:
        row = session.execute("select pg_try_advisory_lock(%s)", [WRITING]).fetchone()
        if not row or not row[0]:
            raise Locked(
                f"{self._server} is being reindexed by {_holder(session)};"
                " wait for it to end, or stop it"
            )

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Say what happened where the server cannot be reached, without its address's password."""
        fault: IndexFault
        try:
            yield
        except PoolTimeout:
            fault = self._unreached("no answer")
        except psycopg.OperationalError as error:
            fault = self._unreached(type(error).__name__)
        else:
            return
        # Outside the except: the library's own error may show the address.
        raise fault

    def _unreached(self, why: str) -> OutOfReach:
        return OutOfReach(
            f"{self._server} cannot be reached ({why}); see that PostgreSQL runs there and that"
            " INDEX_URL has its address, name and password"
        )


def _prepared(session: "psycopg.Connection[Any]") -> None:
    session.execute(PATH)
    speak_vectors(session)
    session.execute(SEARCHING)


def _holder(session: "psycopg.Connection[Any]") -> str:
    """Who holds the lock, as the server knows them."""
    row = session.execute(
        """select a.pid, coalesce(host(a.client_addr), 'its own machine'),
                  to_char(a.backend_start at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS')
           from pg_locks l join pg_stat_activity a on a.pid = l.pid
           where l.locktype = 'advisory' and l.objid = %s and l.granted
             and a.datname = current_database()""",
        [WRITING],
    ).fetchone()
    return f"session {row[0]} from {row[1]} since {row[2]} UTC" if row else "another process"
