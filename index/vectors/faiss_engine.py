"""Vectors in FAISS: an index that stays as it was made, what came after it, and what left it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.store.records import Changes, Ids, Matrix
from index.vectors.kinds import (
    SIZES,
    Parts,
    Sizes,
    filled,
    halved,
    ids_in,
    is_inverted,
    made,
    unhalved,
)
from index.vectors.mapping import Mapping

ALONE_UP_TO = (
    100_000  # one thread has searched them before others are awake, on busy cores 10 times
)

FEW = 10_000  # ids among which the nearest are found exactly


class FaissVectors:
    """Vectors over a FAISS index that may be mapped from its file, so it is never written to.

    What came since stands in a small index beside it; what left it is hidden by a selector.
    """

    def __init__(self, index: Any, mapping: Mapping | None = None) -> None:
        self._base = index
        self._mapping = mapping  # what the index looks into, if it does
        self._hidden: Ids = np.empty(0, dtype=np.int64)  # in order; some may not be in the base
        self._fresh = made("SQfp16", index.d)

    @classmethod
    def of(cls, ids: Ids, vectors: Matrix, *, sizes: Sizes = SIZES) -> "FaissVectors":
        """These vectors, in an index of the kind that suits their number."""
        return cls(filled(len(ids), [(ids, vectors)], sizes=sizes))

    @classmethod
    def filled(cls, count: int, parts: Parts, *, sizes: Sizes = SIZES) -> "FaissVectors":
        """About `count` vectors, given some at a time and held once."""
        return cls(filled(count, parts, sizes=sizes))

    @classmethod
    def opened(cls, path: Path, *, sizes: Sizes = SIZES) -> "FaissVectors":
        """The index of a file, mapped unless it is small. Raises ValueError where it is none."""
        import faiss

        mapping = Mapping(path)
        data = mapping.bytes
        reader = faiss.ZeroCopyIOReader(faiss.swig_ptr(data), data.size)  # type: ignore[attr-defined]  # its stub lacks it
        try:
            return cls(unhalved(faiss.read_index(reader), sizes=sizes), mapping)
        except RuntimeError as error:
            raise ValueError(f"not a FAISS index: {error}") from error

    def __len__(self) -> int:
        return len(self.ids()) if len(self._hidden) else self._most

    def ids(self) -> Ids:
        """The ids of its vectors, in no set order."""
        base = np.setdiff1d(ids_in(self._base), self._hidden, assume_unique=True)
        return np.concatenate([base, ids_in(self._fresh)])

    def search(
        self, queries: Matrix, limit: int, *, within: Ids | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each query row up to `limit` (id, product), best first; ties in no set order.

        Only ids `within`, in order, are found, where they are given.
        """
        if not self._most or not len(queries) or (within is not None and not len(within)):
            return [[] for _ in queries]
        if is_inverted(self._base) or self._most <= ALONE_UP_TO:
            _search_alone()
        queries = np.ascontiguousarray(queries)
        probes = self._probes(within)
        found = [self._base.search(queries, limit, params=self._in_base(within, probes))]
        if self._mapping and probes:
            lists = len(queries) * probes
            self._mapping.looked_at(self._mapping.bytes.size * lists // self._base.nlist)
        if self._fresh.ntotal:
            found.append(self._fresh.search(queries, limit, params=_params(_among(within))))
        return _best(found, limit)

    def apply(self, changes: Changes) -> None:
        """Become the vectors of the newer generation that the changes lead to."""
        if not self._most:
            self._base = filled(len(changes.added), [(changes.added, changes.vectors)])
            self._fresh = made("SQfp16", self._base.d)
            return
        if len(changes.removed):
            self._hidden = np.union1d(self._hidden, changes.removed)
            self._fresh.remove_ids(changes.removed)
        if len(changes.added):
            self._fresh.add_with_ids(np.ascontiguousarray(changes.vectors), changes.added)

    def write(self, write: Any) -> int:
        """Hand the index as it was made to `write`, a piece at a time, in half precision.

        Gives back how many bytes of it are not those of single vectors, where these come last.
        """
        import faiss

        index, size = halved(self._base), 0

        def count(piece: bytes) -> None:
            nonlocal size
            size += len(piece)
            write(piece)

        faiss.write_index(index, faiss.PyCallbackIOWriter(count, 1 << 20))  # type: ignore[attr-defined]  # nor has its stub this
        return size - index.ntotal * (index.code_size + 8) if is_inverted(index) else 0

    @property
    def _most(self) -> int:
        """How many there are, those that are hidden among them."""
        return int(self._base.ntotal) + int(self._fresh.ntotal)

    def _probes(self, within: Ids | None) -> int:
        """How many lists of the base are looked into, the more the less is within; 0 of none."""
        if not is_inverted(self._base):
            return 0
        usual, lists = int(self._base.nprobe), int(self._base.nlist)
        if within is None:
            return usual
        return lists if len(within) <= FEW else min(lists, -(-usual * self._most // len(within)))

    def _in_base(self, within: Ids | None, probes: int) -> Any:
        """How the base is searched, what is hidden left out."""
        import faiss

        if within is None:
            selector = _but(self._hidden)
        else:
            selector = _among(np.setdiff1d(within, self._hidden, assume_unique=True))
        if not probes:
            return _params(selector)
        return faiss.SearchParametersIVF(sel=selector, nprobe=probes)  # type: ignore[call-arg]  # its stub lacks it


def _best(found: Sequence[tuple[Matrix, Ids]], limit: int) -> list[list[tuple[int, float]]]:
    products = np.concatenate([each[0] for each in found], axis=1)
    ids = np.concatenate([each[1] for each in found], axis=1)
    order = np.argsort(-products, axis=1, kind="stable")[:, :limit]
    # FAISS pads short result rows with id -1.
    return [
        [(int(row[at]), float(scores[at])) for at in places if row[at] >= 0]
        for row, scores, places in zip(ids, products, order, strict=True)
    ]


def _search_alone() -> None:
    """Let FAISS use one thread for what this thread asks of it."""
    import faiss

    faiss.omp_set_num_threads(1)


def _params(selector: Any) -> Any:
    import faiss

    return None if selector is None else faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # its stub lacks it


def _among(ids: Ids | None) -> Any:
    """What tells FAISS to look at these ids alone; None for all of them."""
    import faiss

    return None if ids is None else faiss.IDSelectorBatch(ids)


def _but(ids: Ids) -> Any:
    """What tells FAISS to look at all but these ids; None for all of them."""
    import faiss

    return faiss.IDSelectorNot(faiss.IDSelectorBatch(ids)) if len(ids) else None
