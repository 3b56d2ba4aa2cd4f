"""Open a collection where it is: in a folder, or in a database of PostgreSQL."""

from index.settings import Server, Where
from index.store.sqlite import SqliteStore
from index.store.store import Store


def open_store(where: Where, *, writable: bool = False) -> Store:
    """The collection in a folder or a database; close it when done.

    Raises NoCollection where there is none to read, TooNew, OutOfReach; and, of a database,
    MissingExtra, and Locked where another writes to it.
    """
    if isinstance(where, Server):
        from index.store.postgres.store import PostgresStore

        return PostgresStore(where, writable=writable)
    return SqliteStore(where, writable=writable)
