"""Vectors in FAISS: exact up to 30,000 paragraphs, half precision above."""

from typing import Any

import numpy as np

from index.store.records import Changes, Ids, Matrix

FLAT_UP_TO = 30_000  # beyond this, half the memory is worth more than the last digits
ALONE_UP_TO = (
    100_000  # one thread has searched them before others are awake, on busy cores 10 times
)


class FaissVectors:
    """Vectors over one FAISS index. Not thread safe: one lane owns them."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def of(cls, ids: Ids, vectors: Matrix) -> "FaissVectors":
        """An index of these vectors, of the kind that suits their number."""
        import faiss

        width = vectors.shape[1] if len(ids) else 1
        kind = "IDMap2,Flat" if len(ids) <= FLAT_UP_TO else "IDMap2,SQfp16"
        index = faiss.index_factory(width, kind, faiss.METRIC_INNER_PRODUCT)
        if len(ids):
            index.train(vectors)
            index.add_with_ids(vectors, ids)
        return cls(index)

    @classmethod
    def from_bytes(cls, data: bytes) -> "FaissVectors":
        """The index that `to_bytes` wrote. Raises ValueError where it is damaged."""
        import faiss

        try:
            return cls(faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8)))
        except RuntimeError as error:
            raise ValueError(f"not a FAISS index: {error}") from error

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def ids(self) -> Ids:
        """The ids of its vectors, in no set order."""
        import faiss

        return np.asarray(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def search(
        self, queries: Matrix, limit: int, *, within: Ids | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each query row up to `limit` (id, product), best first; ties in no set order.

        Only ids `within` are found, where they are given.
        """
        if not len(self) or not len(queries) or (within is not None and not len(within)):
            return [[] for _ in queries]
        if len(self) <= ALONE_UP_TO:
            _search_alone()
        products, ids = self._index.search(
            np.ascontiguousarray(queries), limit, params=_only(within)
        )
        # FAISS pads short result rows with id -1.
        return [
            [(int(i), float(s)) for i, s in zip(row, scores, strict=True) if i >= 0]
            for row, scores in zip(ids, products, strict=True)
        ]

    def add(self, ids: Ids, vectors: Matrix) -> None:
        """Add vectors under new ids; into an empty index of another width, start it anew."""
        if not len(ids):
            return
        if not len(self):
            self._index = FaissVectors.of(ids, vectors)._index
            return
        self._index.add_with_ids(np.ascontiguousarray(vectors), ids)

    def remove(self, ids: Ids) -> None:
        """Remove those of the ids that are there."""
        if len(ids) and len(self):
            self._index.remove_ids(ids)

    def apply(self, changes: Changes) -> None:
        """Become the vectors of the newer generation that the changes lead to."""
        self.remove(changes.removed)
        self.add(changes.added, changes.vectors)

    def to_bytes(self) -> bytes:
        """The index as a file's content."""
        import faiss

        return bytes(faiss.serialize_index(self._index).tobytes())


def _search_alone() -> None:
    """Let FAISS use one thread for what this thread asks of it."""
    import faiss

    faiss.omp_set_num_threads(1)


def _only(ids: Ids | None) -> Any:
    """What tells FAISS to look at these ids alone; None for all of them."""
    import faiss

    return None if ids is None else faiss.SearchParameters(sel=faiss.IDSelectorBatch(ids))  # type: ignore[call-arg]  # its stub lacks it
