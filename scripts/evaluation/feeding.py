"""How long a large collection takes to be seen unchanged, and to take in one changed file."""

import hashlib
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder, Matrix
from index.reindex import Model, Options, Outcome, reindex
from index.tokens import Tokens
from scripts.evaluation.crowd import made_paragraphs, write_article, write_crowd

_KINDS = 4_096  # of words, each with a vector by chance
_WORD = re.compile(r"\w+")


class Hashed:
    """Vectors by chance, drawn from a text's digest: what the crowd's own texts are given.

    They have tokens too, one a word, so that a collection of them is kept and read as any is.
    """

    def __init__(self, like: Embedder, told: frozenset[str]) -> None:
        self.name, self.width = like.name, like.width
        self._like = like
        self._told = told
        self._kinds = unit_rows(
            np.random.default_rng(1).standard_normal((_KINDS, self.width), dtype=np.float32)
        )
        self.seconds = 0.0

    def encode_documents(self, texts: Sequence[str]) -> Matrix:
        """The vectors of passages; those that are told are the real model's, and timed."""
        return self.encode_closely(texts, query=False)[0]

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """The vectors of questions, by chance."""
        return self._by_chance(texts)

    def encode_closely(
        self, texts: Sequence[str], *, query: bool
    ) -> tuple[Matrix, list[Tokens] | None]:
        """Vectors and tokens; those of passages that are told are the real model's, and timed."""
        if query or self._told.isdisjoint(texts):
            return self._by_chance(texts), [self._worded(text) for text in texts]
        started = time.perf_counter()
        real = self._like.encode_closely(texts, query=query)
        self.seconds += time.perf_counter() - started
        return real

    def _worded(self, text: str) -> Tokens:
        found = list(_WORD.finditer(text))
        kinds = [crc32(match[0].encode()) % _KINDS for match in found]
        return Tokens(self._kinds[kinds], tuple(match.span() for match in found))

    def _by_chance(self, texts: Sequence[str]) -> Matrix:
        rows = np.empty((len(texts), self.width), dtype=np.float32)
        for at, text in enumerate(texts):
            seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
            rows[at] = np.random.default_rng(seed).standard_normal(self.width)
        return unit_rows(rows)


def unit_rows(rows: NDArray[np.floating]) -> Matrix:
    """The same rows of length one, float32."""
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Fed:
    """Seconds: the first run, one with nothing changed, and one changed file of each format.

    Of a changed file first all of it, then what the model took; `peak_mb` is of this process.
    """

    articles: int
    first_s: float
    unchanged_s: float
    changed_s: Mapping[str, tuple[float, float]]
    peak_mb: float


def feed_crowd(
    folder: Path, count: int, model: Model, *, told: Callable[[str], None] = lambda _: None
) -> Fed:
    """Write the crowd into `folder`, index it, and change a file of each format in turn.

    The crowd's vectors are made by chance; what is changed is embedded by the model itself.
    """
    articles, data = folder / "articles", folder / "data"
    told(f"writing {count:,} files")
    one_of_each = write_crowd(articles, count)
    fresh = made_paragraphs(2 * len(one_of_each), seed=2, words_each=40)
    embedder = Hashed(model.load(), frozenset(fresh))
    embedder.encode_documents(fresh[:1])  # what is loaded at its first use
    made = replace(model, load=lambda: embedder)

    def run() -> Outcome:
        return reindex([articles], data, made, options=Options(), progress=lambda *_: None)

    told("indexing them")
    first, _ = timed(run)
    told("once more, with nothing changed")
    unchanged, outcome = timed(run)
    if outcome.new or outcome.changed or outcome.unchanged != count:
        raise AssertionError(f"{outcome.unchanged} of {count} articles were taken as unchanged")
    changed = {}
    for at, (suffix, path) in enumerate(one_of_each.items()):
        told(f"one changed file: {suffix}")
        write_article(path, f"Report {int(path.stem)}", fresh[2 * at : 2 * at + 2])
        embedder.seconds = 0.0
        seconds, outcome = timed(run)
        if outcome.changed != 1:
            raise AssertionError(f"{path.name} was not taken as changed")
        changed[suffix] = (seconds, embedder.seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Fed(count, first, unchanged, changed, peak)


def timed(work: Callable[[], Outcome]) -> tuple[float, Outcome]:
    """The seconds that a run took, and what came of it."""
    started = time.perf_counter()
    outcome = work()
    return time.perf_counter() - started, outcome


def timed_process(folder: Path, environment: Mapping[str, str]) -> float:
    """The seconds of the door itself over what `feed_crowd` left: a start, imports, no change."""
    command = [sys.executable, "-P", "-m", "scripts.reindex", str(folder / "articles")]
    started = time.perf_counter()
    subprocess.run(  # noqa: S603 - ourselves
        command,
        env={**environment, "INDEX_URL": str(folder / "data")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started
