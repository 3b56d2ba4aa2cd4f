"""A session with PostgreSQL that runs the statements which are written for SQLite too."""

import re
import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from psycopg import Connection as Session
from psycopg import Cursor
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format

from index.store.protocols import Values

_PIECE = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|::|\?|:(?P<name>[a-z_]+)|%")
_HEAD = struct.Struct(">HH")  # before a vector's numbers: how many there are, and two bytes unused


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

    def copy(self, into: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Insert rows into a table and its columns."""
        with self.session.cursor() as cursor, cursor.copy(f"copy {into} from stdin") as copying:
            for row in rows:
                copying.write_row(row)


@lru_cache(maxsize=512)
def translated(sql: str) -> Any:
    """A statement with psycopg's placeholders; what stands in quotes is left as it is."""
    return _PIECE.sub(_placeholder, sql)


def _placeholder(piece: re.Match[str]) -> str:
    if name := piece["name"]:
        return f"%({name})s"
    return "%s" if piece[0] == "?" else piece[0].replace("%", "%%")


def speak_vectors(session: Session[Any]) -> None:
    """Have rows of numbers sent as vectors, and halfvecs given as SQLite has them.

    That is the bytes of little-endian half floats.
    """
    row = session.execute(
        "select to_regtype('vector')::oid, to_regtype('halfvec')::oid"
    ).fetchone()
    if row and row[0] and row[1]:
        session.adapters.register_dumper(np.ndarray, _dumper(row[0]))
        session.adapters.register_loader(row[1], _Halves)


def _dumper(number: int) -> type[Dumper]:
    class Vector(Dumper):
        format = Format.BINARY
        oid = number

        def dump(self, row: Any) -> bytes:
            numbers: bytes = row.astype(">f4").tobytes()
            return _HEAD.pack(len(row), 0) + numbers

    return Vector


class _Halves(Loader):
    format = Format.BINARY

    def load(self, data: Any) -> bytes:
        return np.frombuffer(bytes(data)[_HEAD.size :], dtype=">f2").astype("<f2").tobytes()
