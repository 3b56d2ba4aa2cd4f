"""What statements run on, whichever database it is: a connection, and the rows that it gives."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

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
