"""Open a collection where it is: in a folder, or in a database of PostgreSQL."""

from collections.abc import Sequence
from pathlib import Path

from index.settings import Server, Where
from index.store.sqlite import SqliteStore
from index.store.store import Store


def open_store(where: Where, *, writable: bool = False, sources: Sequence[Path] = ()) -> Store:
    """The collection in a folder or a database; close it when done.

    Several may write to a database at once, if what they read from, `sources`, lies apart; who
    names none writes alone.

    Raises NoCollection where there is none to read, TooNew, OutOfReach; and, of a database,
    MissingExtra, and Locked where another writes to it.
    """
    if isinstance(where, Server):
        from index.store.postgres.store import PostgresStore

        return PostgresStore(where, writable=writable, sources=sources)
    return SqliteStore(where, writable=writable)
