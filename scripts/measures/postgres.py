"""What a question costs in PostgreSQL beside the same one in a folder, and what HNSW misses."""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np

from index.embedder import Matrix
from index.library import Library
from index.live import follow
from index.moving import move
from index.retrieve import BY_MEANING
from index.settings import Server
from index.store import Ids, open_store
from index.vectors import FaissVectors, Vectors
from scripts.evaluation.feeding import Hashed, unit_rows
from scripts.measures.asking import Ground, in_turns
from scripts.measures.measure import Measure, against, percentile

TARGET = 2.0
MAY_MISS = 0.01  # of the ten nearest
CENTRES = 2_000
APART = 0.7  # how far texts are from their centre, which is 1 from the origin


class Clustered(Hashed):
    """Vectors by chance that lie in clusters, as those of a model do: HNSW finds no others."""

    def _by_chance(self, texts: Sequence[str]) -> Matrix:
        noise = super()._by_chance(texts)
        centres = np.random.default_rng(1).standard_normal((CENTRES, self.width))
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
        chosen = [int.from_bytes(hashlib.blake2b(t.encode()).digest()[:4]) for t in texts]
        rows = centres[np.array(chosen) % CENTRES] + APART * noise
        return unit_rows(rows)


def measure_postgres(ground: Ground, server: Server) -> list[Measure]:
    """One question in both, in turns; then search by meaning alone, and what it misses."""
    move(ground.folder, server, told=lambda *_: None)
    warm = replace(ground.model, load=lambda: ground.embedder)
    with closing(follow(server, warm)) as ours, closing(follow(ground.folder, warm)) as theirs:
        asked = _asked(ground, ours, theirs)
    with (
        closing(open_store(ground.folder)) as store,
        store.snapshot() as view,
        closing(open_store(server)) as there,
    ):
        ids, rows = view.all_vectors(ground.model.name)
        vectors = there.vectors(ground.model.name)
        if vectors is None:
            raise TypeError("a database searches by meaning itself")
        return [*asked, *_searched(vectors, ids, rows, len(ground.questions))]


def _asked(ground: Ground, ours: Library, theirs: Library) -> list[Measure]:
    for library in (ours, theirs):
        library.ask(ground.questions[0])
    whole, least = in_turns(ground.questions, ours.ask, theirs.ask)
    name = f"a question in PostgreSQL, {ground.paragraphs:,} paragraphs, by SQLite"
    return [
        against(f"{name}: p50", percentile(whole, 50), percentile(least, 50), TARGET),
        against(f"{name}: p99", percentile(whole, 99), percentile(least, 99)),
    ]


def _searched(vectors: Vectors, ids: Ids, rows: Matrix, count: int) -> list[Measure]:
    queries, faiss = _near(rows, count), FaissVectors.of(ids, rows)
    singly = [queries[at : at + 1] for at in range(len(queries))]
    whole, least = in_turns(
        singly, lambda q: vectors.search(q, BY_MEANING), lambda q: faiss.search(q, BY_MEANING)
    )
    found = [[number for number, _ in hits] for hits in vectors.search(queries, 10)]
    missed = 1 - np.mean(
        [
            len({*ours} & {*ids[best].tolist()}) / len(best)
            for ours, best in zip(found, _best(rows, queries), strict=True)
        ]
    )
    return [
        against(
            "its search by meaning, by FAISS: p50", percentile(whole, 50), percentile(least, 50)
        ),
        against("of the ten nearest missed, by what may be", float(missed), MAY_MISS, 1),
    ]


def _near(rows: Matrix, count: int) -> Matrix:
    """Queries by chance, each beside a vector that there is."""
    chance = np.random.default_rng(2)
    noise = chance.standard_normal((count, rows.shape[1]))
    return unit_rows(rows[chance.integers(0, len(rows), count)] + 0.5 * unit_rows(noise))


def _best(rows: Matrix, queries: Matrix) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The places of the ten rows nearest to each query, by measuring all of them."""
    return [np.argsort(-(rows @ query), kind="stable")[:10] for query in queries]
