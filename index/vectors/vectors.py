"""What every engine that searches by meaning gives, whatever keeps its vectors."""

from typing import Protocol

from index.store.records import Changes, Ids, Matrix


class Vectors(Protocol):
    """Vectors under 63-bit ids, searched by inner product. Not thread safe: one lane owns them."""

    def __len__(self) -> int: ...
    def search(
        self, queries: Matrix, limit: int, *, within: Ids | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each query row up to `limit` (id, product), best first; ties in no set order.

        Only ids `within`, in order, are found, where they are given.
        """
        ...

    def apply(self, changes: Changes) -> None:
        """Become the vectors of the newer generation that the changes lead to."""
        ...
