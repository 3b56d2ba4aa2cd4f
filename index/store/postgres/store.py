"""A collection in PostgreSQL: many readers, each on a steady snapshot, and one writer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import numpy as np

from index.errors import Interrupted, MissingExtra, NoCollection, OutOfReach
from index.settings import Server
from index.store.draft import Draft
from index.store.recent import Lately
from index.store.records import Matrix
from index.store.snapshot import Snapshot
from index.store.store import Store

try:
    import psycopg
except ImportError as error:
    raise MissingExtra(
        "INDEX_URL names PostgreSQL, and psycopg is not installed; type:"
        " scripts/run --setup postgres"
    ) from error

from index.store.postgres.claims import PUBLISHING, claim
from index.store.postgres.connection import PgConnection
from index.store.postgres.interruption import Writing, interrupted
from index.store.postgres.nearest import PgVectors, Run, tend
from index.store.postgres.news import CHANNEL, News
from index.store.postgres.reading import PgSnapshot
from index.store.postgres.schema import migrate, refuse_newer, version_of
from index.store.postgres.servers import LAG_S, Servers, Standing, Steady
from index.store.postgres.sessions import PATH, Session, connected, prepare
from index.store.postgres.writing import PgDraft


class PostgresStore(Store):
    """The collection in a database, in its schema `quotewire`.

    Opened for reading it never creates or changes anything. Opened with `writable=True` it makes
    what is missing, and claims `sources` until it is closed or its process ends. A replica may be
    up to `lag_s` behind.
    Raises NoCollection, TooNew, Locked, OutOfReach.
    """

    def __init__(
        self,
        server: Server,
        *,
        writable: bool = False,
        sources: Sequence[Path] = (),
        lag_s: float = LAG_S,
    ) -> None:
        self.folder = server.folder
        self._server = server
        self._writer: Writing | None = None
        self._lately = Lately()
        standing = Standing(lag_s=lag_s)
        self._servers = Servers(server, standing)
        # Apart: who has a view may wait for the lane, and the lane must not wait for a session.
        self._searched = Servers(server, standing)
        self._news = News(server.url, self._servers)
        if writable:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._writer = Writing(self._open_for_writing(sources), server)
        try:
            self._look()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The newest generation, unchanged for as long as the context lasts.

        It may be of a replica's, and outlives the death of the server that it began on. Raises
        OutOfReach where no server can be reached.
        """
        with self._reading(self._servers) as connection:
            yield PgSnapshot(connection, lately=self._lately)

    @contextmanager
    def publishing(self) -> Iterator[Draft]:
        """A transaction that is committed when the context ends, and undone on any error.

        It waits for another's to end. Who listens on CHANNEL is told the newest generation's
        number. Raises Interrupted where the database breaks it off.
        """
        with self._atomic():
            self._write.execute("select pg_advisory_xact_lock(?)", [PUBLISHING])
            draft = PgDraft(self._write)
            yield draft
            number = str(draft.view.generation_number())
            self._write.execute("select pg_notify(?, ?)", [CHANNEL, number])

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While it lasts nobody else publishes; whoever does is waited for first."""
        self._write.execute("select pg_advisory_lock(?)", [PUBLISHING])
        try:
            yield
        finally:
            with suppress(Interrupted):  # a session that died let go of it
                self._write.execute("select pg_advisory_unlock(?)", [PUBLISHING])

    def await_news(self, known: int, every_s: float, ended: Event) -> None:
        """Return when there may be a newer generation than `known`: mostly when it is told."""
        self._news.wait(known, every_s, ended)

    def vectors(self, model: str) -> PgVectors:
        """What searches the newest generation by meaning."""

        @contextmanager
        def opened() -> Iterator[Run]:
            with self._reading(self._searched) as connection:
                yield connection.execute

        return PgVectors(opened, model)

    def tend_vectors(self, model: str) -> None:
        """Make the index of the vectors where they have become many."""
        with interrupted(self._server):
            tend(self._write.session, model)

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
        """Close every connection, and let go of the claim."""
        self._news.close()
        self._servers.close()
        self._searched.close()
        if self._writer is not None:
            # The server sees a closed session a moment later, and the next writer may be sooner.
            with suppress(psycopg.Error):
                self._writer.session.execute("select pg_advisory_unlock_all()")
            self._writer.session.close()

    @property
    def _write(self) -> Writing:
        if self._writer is None:
            raise TypeError("this store was opened for reading")
        return self._writer

    @contextmanager
    def _atomic(self) -> Iterator[None]:
        with interrupted(self._server), self._write.session.transaction():
            yield

    @contextmanager
    def _reading(self, servers: Servers) -> Iterator[PgConnection]:
        with self._reaching():
            view = Steady(servers)
            try:
                yield view
            finally:
                view.end()

    def _view(self) -> Snapshot:
        return PgSnapshot(self._write)

    def _look(self) -> None:
        """See that there is a collection that this version can read."""
        with self._reaching():
            try:
                version = _version_at(self._server.url)
            except psycopg.OperationalError:
                if not self._server.replica or self._writer is not None:
                    raise
                version = _version_at(self._server.replica)
        refuse_newer(version)
        if not version:
            raise NoCollection(
                f"there is no collection in {self._server}; run scripts/run reindex PATH... first"
            )

    def _open_for_writing(self, sources: Sequence[Path]) -> Session:
        with self._reaching():
            session = connected(self._server.url)
            try:
                session.execute(PATH)
                claim(session, sources, self._server)
                migrate(session)
                prepare(session)
            except BaseException:
                session.close()
                raise
        return session

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Say what happened where no server can be reached, without an address's password."""
        try:
            yield
        except psycopg.OperationalError as error:
            fault = OutOfReach(
                f"{self._server} cannot be reached ({type(error).__name__}); see that PostgreSQL"
                " runs there and that INDEX_URL has its address, name and password"
            )
        else:
            return
        # Outside the except: the library's own error may show the address.
        raise fault


def _version_at(url: str) -> int:
    with connected(url) as session:
        session.execute(PATH)
        return version_of(session)
