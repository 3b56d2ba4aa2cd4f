"""A writer's session, whose end by a death, a deadlock or another's writing is an Interrupted."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from index.errors import Interrupted
from index.settings import Server
from index.store.postgres.connection import PgConnection
from index.store.postgres.sessions import Session
from index.store.protocols import Values


class Writing(PgConnection):
    """Runs the statements of one who writes."""

    def __init__(self, session: Session, server: Server) -> None:
        super().__init__(session)
        self._server = server

    def execute(self, sql: str, parameters: Values = (), /) -> psycopg.Cursor[Any]:
        """Run one statement; all of its rows are there when this returns."""
        with interrupted(self._server):
            return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Values], /) -> None:
        """Run one statement for each of the parameters."""
        with interrupted(self._server):
            super().executemany(sql, parameters)

    def copy(self, into: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Insert rows into a table and its columns."""
        with interrupted(self._server):
            super().copy(into, rows)


@contextmanager
def interrupted(server: Server) -> Iterator[None]:
    """Say that what was written was broken off: by a death, a deadlock, another's writing."""
    try:
        yield
    except psycopg.OperationalError as error:
        fault = Interrupted(
            f"{server} broke off what was being written ({type(error).__name__}), and nothing of"
            " it was published; run it again"
        )
    else:
        return
    raise fault
