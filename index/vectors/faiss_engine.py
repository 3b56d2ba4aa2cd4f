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

ALONE_UP_TO = (
    100_000  # one thread has searched them before others are awake, on busy cores 10 times
)

FEW = 10_000  # ids among which the nearest are found exactly


class FaissVectors:
    """Vectors over a FAISS index that may be mapped from its file, so it is never written to.

    What came since stands in a small index beside it; what left it is hidden by a selector.
    """

    def __init__(self, index: Any) -> None:
        self._base = index
        self._base_ids: Ids | None = None  # in order; looked up when something leaves first
        self._hidden: Ids = np.empty(0, dtype=np.int64)
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

        try:
            return cls(unhalved(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC), sizes=sizes))
        except RuntimeError as error:
            raise ValueError(f"not a FAISS index: {error}") from error

    def __len__(self) -> int:
        return int(self._base.ntotal) - len(self._hidden) + int(self._fresh.ntotal)

    def ids(self) -> Ids:
        """The ids of its vectors, in no set order."""
        base = np.setdiff1d(self._known(), self._hidden, assume_unique=True)
        return np.concatenate([base, ids_in(self._fresh)])

    def search(
        self, queries: Matrix, limit: int, *, within: Ids | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each query row up to `limit` (id, product), best first; ties in no set order.

        Only ids `within`, in order, are found, where they are given.
        """
        if not len(self) or not len(queries) or (within is not None and not len(within)):
            return [[] for _ in queries]
        if is_inverted(self._base) or len(self) <= ALONE_UP_TO:
            _search_alone()
        queries = np.ascontiguousarray(queries)
        found = [self._base.search(queries, limit, params=self._in_base(within))]
        if self._fresh.ntotal:
            found.append(self._fresh.search(queries, limit, params=_params(_among(within))))
        return _best(found, limit)

    def apply(self, changes: Changes) -> None:
        """Become the vectors of the newer generation that the changes lead to."""
        if not self._base.ntotal and not self._fresh.ntotal:
            self._base = filled(len(changes.added), [(changes.added, changes.vectors)])
            self._base_ids, self._fresh = None, made("SQfp16", self._base.d)
            return
        if len(changes.removed):
            left = np.intersect1d(changes.removed, self._known())
            self._hidden = np.union1d(self._hidden, left)
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

    def _known(self) -> Ids:
        if self._base_ids is None:
            self._base_ids = np.sort(ids_in(self._base))
        return self._base_ids

    def _in_base(self, within: Ids | None) -> Any:
        """How the base is searched: without what is hidden, in more lists the less is within."""
        import faiss

        if within is None:
            selector = _but(self._hidden)
        else:
            selector = _among(np.setdiff1d(within, self._hidden, assume_unique=True))
        if not is_inverted(self._base):
            return _params(selector)
        probes, lists = self._base.nprobe, self._base.nlist
        if within is not None and len(within) <= FEW:
            probes = lists
        elif within is not None:
            probes = min(lists, -(-probes * self._base.ntotal // len(within)))
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
