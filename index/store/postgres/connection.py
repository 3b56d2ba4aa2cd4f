"""A session with PostgreSQL that runs the statements which are written for SQLite too."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from psycopg import Connection as Session
from psycopg import Cursor
from psycopg.adapt import Loader
from psycopg.pq import Format

from index.store.protocols import Values

_PIECE = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|::|\?|:(?P<name>[a-z_]+)|%")
_HEAD = 4  # bytes before a halfvec's numbers: how many there are, and two unused


class PgConnection:
    """One session, with `?` and `:name` as placeholders."""

    def __init__(self, session: Session[Any]) -> None:
        self.session = session

    def execute(self, sql: str, parameters: Values = (), /) -> Cursor[Any]:
        """Run one statement; all of its rows are there when this returns."""
        return self.session.execute(translated(sql), parameters, binary=True)

    def executemany(self, sql: str, parameters: Iterable[Values], /) -> None:
        """Run one statement for each of the parameters."""
        with self.session.cursor() as cursor:
            cursor.executemany(translated(sql), list(parameters))


@lru_cache(maxsize=512)
def translated(sql: str) -> Any:
    """A statement with psycopg's placeholders; what stands in quotes is left as it is."""
    return _PIECE.sub(_placeholder, sql)


def _placeholder(piece: re.Match[str]) -> str:
    if name := piece["name"]:
        return f"%({name})s"
    return "%s" if piece[0] == "?" else piece[0].replace("%", "%%")


def read_halves(session: Session[Any]) -> None:
    """Have halfvecs given as SQLite has them: the bytes of little-endian half floats."""
    row = session.execute("select to_regtype('halfvec')::oid").fetchone()
    if row and row[0]:
        session.adapters.register_loader(row[0], _Halves)


class _Halves(Loader):
    format = Format.BINARY

    def load(self, data: Any) -> bytes:
        return np.frombuffer(bytes(data)[_HEAD:], dtype=">f2").astype("<f2").tobytes()


def halfvec(row: Any) -> str:
    """A vector as PostgreSQL reads it."""
    return str(row.astype(np.float16).astype(np.float32).tolist())
