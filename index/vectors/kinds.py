"""Which FAISS index holds so many vectors, and how it is filled without holding them twice."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from index.store.records import Ids, Matrix

Parts = Iterable[tuple[Ids, Matrix]]
"""Ids and their vectors, some at a time, in an order by chance (ids are digests)."""

PER_LIST = 40  # vectors that a list's centre is learnt from
MOST_SAMPLED = 200_000  # whatever the size: 300 MB at 384 dimensions
ROUNDS = 8  # of learning the centres; later ones move them little
ASKED = 400  # questions that the probes are measured by
NEAREST = 10
RECALL = 0.998  # of theirs, so that .99 is left of those that people ask, which lie further out
_ASIDE = 0.5  # how much of another vector a question has, so that it is none of those stored


@dataclass(frozen=True, slots=True)
class Sizes:
    """Up to how many vectors an index is exact in memory, and up to how many it has no lists."""

    flat: int = 30_000
    halves: int = 150_000


SIZES = Sizes()


def filled(count: int, parts: Parts, *, sizes: Sizes = SIZES) -> Any:
    """A FAISS index of about `count` vectors, of the kind that suits their number."""
    first, parts = _begun(iter(parts), _sampled(count) if count > sizes.halves else 1)
    if not len(first):
        return empty(1)
    if count > sizes.halves:
        return _inverted(count, first, parts)
    index = made("Flat" if count <= sizes.flat else "SQfp16", first.shape[1])
    for ids, vectors in parts:
        index.add_with_ids(vectors, ids)
    return index


def made(kind: str, width: int) -> Any:
    """An empty index under ids, of a kind that has nothing to learn."""
    import faiss

    index = faiss.index_factory(width, f"IDMap2,{kind}", faiss.METRIC_INNER_PRODUCT)
    if not index.is_trained:
        index.train(np.zeros((1, width), dtype=np.float32))
    return index


def empty(width: int) -> Any:
    """An index of no vectors."""
    return made("Flat", width)


def is_inverted(index: Any) -> bool:
    """Whether an index has lists, of which a search looks into some."""
    import faiss

    return isinstance(index, faiss.IndexIVF)


def ids_in(index: Any) -> Ids:
    """The ids of an index, in no set order."""
    import faiss

    if not is_inverted(index):
        return np.asarray(faiss.vector_to_array(index.id_map), dtype=np.int64)
    lists = index.invlists
    ids = [
        faiss.rev_swig_ptr(lists.get_ids(number), size).copy()
        for number in range(index.nlist)
        if (size := lists.list_size(number))
    ]
    return np.concatenate(ids) if ids else np.empty(0, dtype=np.int64)


def halved(index: Any) -> Any:
    """The index as it stands on disk: in half precision. What the store gives loses nothing."""
    import faiss

    inner = None if is_inverted(index) else faiss.downcast_index(index.index)
    if not index.ntotal or not isinstance(inner, faiss.IndexFlat):
        return index
    half = made("SQfp16", index.d)
    half.add_with_ids(inner.reconstruct_n(0, index.ntotal), ids_in(index))
    return half


def unhalved(index: Any, *, sizes: Sizes = SIZES) -> Any:
    """The index as it is searched: exact where it is small enough."""
    import faiss

    if is_inverted(index) or not 0 < index.ntotal <= sizes.flat:
        return index
    flat = made("Flat", index.d)
    inner = faiss.downcast_index(index.index)
    flat.add_with_ids(inner.reconstruct_n(0, index.ntotal), ids_in(index))
    return flat


def _inverted(count: int, sample: Matrix, parts: Parts) -> Any:
    import faiss

    width = sample.shape[1]
    kind = f"IVF{_lists(count)},SQfp16"
    index: Any = faiss.index_factory(width, kind, faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False  # products of the halves themselves
    index.cp.niter = ROUNDS
    index.cp.min_points_per_centroid = 1
    index.cp.max_points_per_centroid = PER_LIST
    index.train(sample)
    asked = _asked(sample)
    del sample
    for ids, vectors in parts:
        index.add_with_ids(vectors, ids)
    index.nprobe = _probes(index, asked)  # kept in its file
    return index


def _lists(count: int) -> int:
    return 2 * math.isqrt(count)


def _sampled(count: int) -> int:
    return min(MOST_SAMPLED, PER_LIST * _lists(count))


def _asked(sample: Matrix) -> Matrix:
    """Questions near the vectors, as people's are: each one of them, turned towards another."""
    few = min(ASKED, len(sample) // 2)
    mixed = sample[:few] + _ASIDE * sample[len(sample) - few :]
    return np.ascontiguousarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True))


def _probes(index: Any, asked: Matrix) -> int:
    """The fewest lists to look into that find RECALL of what looking into all of them finds."""
    whole = _nearest(index, asked, index.nlist)
    least, enough = 0, index.nlist
    while enough - least > 1:
        half = (least + enough) // 2 if least else min(8, enough - 1)
        least, enough = (least, half) if _recall(index, asked, half, whole) else (half, enough)
    return int(enough)


def _recall(index: Any, asked: Matrix, probes: int, whole: Ids) -> bool:
    found = _nearest(index, asked, probes)
    shared = sum(len(np.intersect1d(*pair)) for pair in zip(found, whole, strict=True))
    return bool(shared >= RECALL * (whole >= 0).sum())


def _nearest(index: Any, asked: Matrix, probes: int) -> Ids:
    import faiss

    params = faiss.SearchParametersIVF(nprobe=probes)  # type: ignore[call-arg]  # its stub lacks it
    ids: Ids = index.search(asked, NEAREST, params=params)[1]
    return ids


def _begun(parts: Iterator[tuple[Ids, Matrix]], least: int) -> tuple[Matrix, Parts]:
    """At least so many of the first vectors, where there are as many; and all of the parts."""
    begun: list[tuple[Ids, Matrix]] = []
    held = 0
    for part in parts:
        if len(part[0]):
            begun.append(part)
            held += len(part[0])
        if held >= least:
            break
    first = np.concatenate([vectors for _, vectors in begun]) if begun else np.empty((0, 0))
    return np.asarray(first[:least], dtype=np.float32), chain(begun, parts)
