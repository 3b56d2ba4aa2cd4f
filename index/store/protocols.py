"""What is asked of a database, whichever it is: statements and their rows; search by meaning."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from index.store.records import Ids, Matrix

Values = Sequence[Any] | Mapping[str, Any]
"""What stands for the placeholders of a statement: `?` in order, or `:name` by name."""


class Rows(Protocol):
    """The rows of one statement, each read once."""

    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One session with a database, used by one thread at a time."""

    def execute(self, sql: str, parameters: Values = ..., /) -> Rows: ...
    def executemany(self, sql: str, parameters: Iterable[Values], /) -> object: ...


class Vectors(Protocol):
    """Vectors under 63-bit ids, searched by inner product."""

    def search(
        self, queries: Matrix, limit: int, *, within: Ids | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each query row up to `limit` (id, product), best first; ties in no set order.

        Only ids `within`, in order, are found, where they are given.
        """
        ...
