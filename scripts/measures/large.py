"""What a large collection costs to search, to hold, to look over and to change, beside its limits.

The floors are the most that it may take.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from index.current import current_vectors, renew_checkpoint
from index.library import Library
from index.live import follow
from index.reindex import Model, Options, Outcome, reindex
from index.retrieve import BY_MEANING, BY_WORDS
from index.store import Ids, Matrix, Snapshot, open_store
from index.vectors import FaissVectors
from index.words import analyse
from scripts.evaluation.feeding import Hashed
from scripts.measures.made import (
    EACH,
    Made,
    MadeVectors,
    build,
    changed,
    made_articles,
    vocabulary,
    write_file,
)
from scripts.measures.measure import Measure, against, percentile, timed

UNCHANGED_S, QUOTED_S, WRITTEN_MB = 3.0, 5.0, 50.0
WORDS_S, BOTH_S, MISSED, RESIDENT_MB = 0.030, 0.050, 0.01, 600.0

_WORDS = 8  # of a paragraph that is asked about
_NEAREST = 10
_PATIENCE_S = 120.0
_LOOK_S = 0.05

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Ground:
    """A made collection, its articles' files, the model, and how much is asked of it."""

    folder: Path
    paragraphs: int
    model: Model
    words: Sequence[str]
    questions: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, model: Model) -> Outcome:
        """Reindex the files."""
        roots = [self.folder / "articles"]
        return reindex(roots, self.data, model, options=Options(), progress=lambda *_: None)

    def asked(self) -> list[str]:
        """Questions of words that stand together in paragraphs of the collection."""
        made = made_articles(min(self.questions, self.paragraphs // EACH), self.words)
        return [_question(each, each.number % EACH) for each in made]


def measure_large(
    folder: Path, paragraphs: int, model: Model, *, questions: int, told: Told
) -> list[Measure]:
    """Build the collection in `folder` unless it is there, then take all measures on it."""
    ground = _Ground(folder, paragraphs, model, vocabulary(paragraphs), questions)
    if not (ground.data / "vectors.json").exists():
        build(folder, paragraphs, model.name, words=ground.words, told=told)
        told("making the vectors' file")
        with closing(open_store(ground.data, writable=True)) as store:
            renew_checkpoint(store, model.name)
    told("searching")
    measures = _searched(ground)
    told("holding")
    measures.append(_held(ground))
    told("changing nothing, and one article")
    return measures + _changed(ground)


def _searched(ground: _Ground) -> list[Measure]:
    terms = [analyse(question) for question in ground.asked()]
    with closing(open_store(ground.data)) as store, store.snapshot() as view:
        vectors = current_vectors(view, ground.data, ground.model.name)
        rows = MadeVectors(seed=2).near(_some_vectors(view, ground.model.name, len(terms)))
        vectors.search(rows, BY_MEANING)  # what is read from the disk the first time
        view.prepare()
        words = [
            timed(lambda t=each: view.paragraphs_with_words(t, BY_WORDS))  # type: ignore[misc]
            for each in terms
        ]
        meaning = [
            timed(lambda at=at: vectors.search(rows[at : at + 1], BY_MEANING))  # type: ignore[misc]
            for at in range(len(rows))
        ]
        missed = 1 - _recall(view, ground.model.name, vectors, rows)
    both = [sum(pair) for pair in zip(words, meaning, strict=True)]
    name = f"{ground.paragraphs:,} paragraphs"
    return [
        against(f"{name}, words: p50", percentile(words, 50), WORDS_S, 1),
        against(f"{name}, words: p99", percentile(words, 99), WORDS_S, 1),
        against(f"{name}, meaning: p50", percentile(meaning, 50), BOTH_S, 1),
        against(f"{name}, meaning: p99", percentile(meaning, 99), BOTH_S, 1),
        against(f"{name}, both: p99", percentile(both, 99), BOTH_S, 1),
        against(f"{name}, meaning: share of the nearest 10 missed", missed, MISSED, 1),
    ]


def _some_vectors(view: Snapshot, model: str, count: int) -> Matrix:
    parts = (vectors for _, vectors in view.vectors_in_parts(model))
    first: Matrix = next(parts)
    return first[:count]


def _recall(view: Snapshot, model: str, vectors: FaissVectors, rows: Matrix) -> float:
    """How many of the nearest are found, against plain products with every stored vector."""
    best = np.full((len(rows), _NEAREST), -np.inf, dtype=np.float32)
    ids: Ids = np.full((len(rows), _NEAREST), -1, dtype=np.int64)
    for numbers, part in view.vectors_in_parts(model):
        products = np.concatenate([best, rows @ part.T], axis=1)
        names = np.concatenate([ids, np.broadcast_to(numbers, (len(rows), len(numbers)))], axis=1)
        order = np.argpartition(-products, _NEAREST - 1, axis=1)[:, :_NEAREST]
        best = np.take_along_axis(products, order, axis=1)
        ids = np.take_along_axis(names, order, axis=1)
    found = vectors.search(rows, _NEAREST)
    shared = sum(
        len({number for number, _ in hits} & set(row.tolist()))
        for hits, row in zip(found, ids, strict=True)
    )
    return shared / ids.size


def _held(ground: _Ground) -> Measure:
    """In a process of its own: what an open library holds beyond its model, after questions."""
    there = {**os.environ, "INDEX_URL": str(ground.data)}
    command = [sys.executable, "-P", "-m", "scripts.measures.resident"]
    ran = subprocess.run(  # noqa: S603 - ourselves
        command,
        env=there,
        input="\n".join(ground.asked()),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    beyond = float(json.loads(ran.stdout)["beyond_mb"])
    name = f"{ground.paragraphs:,} paragraphs, resident beyond the model, MB"
    return against(name, beyond, RESIDENT_MB, 1)


def _changed(ground: _Ground) -> list[Measure]:
    embedder = ground.model.load()
    with closing(open_store(ground.data)) as store, store.snapshot() as view:
        number = view.generation_number()
    made = next(islice(made_articles(number + 1, ground.words), number, None))
    other = changed(made, ground.words)
    timing = Hashed(embedder, frozenset(other.texts))
    timing.encode_documents(other.texts)  # what is loaded at its first use
    model = replace(ground.model, load=lambda: timing)
    again = timed(lambda: ground.run(model))
    asked = replace(ground.model, load=lambda: embedder)
    with closing(follow(ground.data, asked, threshold=0.0, reads=0)) as library:
        _until(lambda: library.following() == number)
        library.ask("what is loaded at the first question?")
        write_file(ground.folder / "articles", other)
        timing.seconds, before = 0.0, _written_mb()
        started = time.perf_counter()
        outcome = ground.run(model)
        ran = time.perf_counter() - started
        written = _written_mb() - before
        _until(lambda: _quotes(library, other, outcome.generation))
        took = time.perf_counter() - started - timing.seconds
    if outcome.changed != 1:
        raise AssertionError(f"{outcome.changed} articles were taken as changed")
    name = f"{ground.paragraphs:,} paragraphs"
    return [
        against(f"{name}, nothing changed", again, UNCHANGED_S, 1),
        against(f"{name}, an article changed: reindex", ran - timing.seconds, QUOTED_S, 1),
        against(f"{name}, an article changed: until quoted", took, QUOTED_S, 1),
        against(f"{name}, an article changed: written, MB", written, WRITTEN_MB, 1),
    ]


def _quotes(library: Library, made: Made, generation: int) -> bool:
    if library.following() != generation:
        return False
    answer = library.ask(_question(made, 3))
    return any(passage.text == made.texts[3] for passage in answer.passages)


def _until(reached: Callable[[], bool]) -> None:
    started = time.perf_counter()
    while not reached():
        if time.perf_counter() - started > _PATIENCE_S:
            raise AssertionError("it never came to be")
        time.sleep(_LOOK_S)


def _question(made: Made, paragraph: int) -> str:
    words = made.paragraphs[paragraph]
    return f"What of {' '.join(words[10 : 10 + _WORDS])}?"


def _written_mb() -> float:
    """What this process has had written to disk so far."""
    told = Path("/proc/self/io").read_text().split()
    return int(told[told.index("write_bytes:") + 1]) / 1e6
