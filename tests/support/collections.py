"""Small collections for tests: a folder of articles, a model made of hashes, an index."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.embedder import Matrix
from index.library import Library
from index.live import follow
from index.reindex import Model, Options, Outcome, reindex, remove
from index.tokens import Tokens

OTTERS = """Sea otters of the harbour

Sea otters hold hands while they sleep, so that the tide does not part them.

The harbour master of Tidewater, Ada Brine, counted forty otters on 3 May 2017.

A storm on 9 May drove the kelp ashore and eleven pups were taken to the aquarium.
"""

TEA = """Tea arrives

The clipper Larkspur landed ninety chests of tea at Tidewater on Monday.

Merchants of the Lantern Guild said that the price of tea would fall & stay <low>.
"""


class HashEmbedder:
    """An Embedder without a model: a text's vector is the sum of one random vector a word.

    It counts the texts that it was given, so that a test can say what was embedded.
    """

    name = "hashes@1"
    width = 64

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        return np.stack([_of_words(text) for text in texts])

    def encode_documents(self, texts: Sequence[str]) -> Matrix:
        self.embedded += texts
        return np.stack([_of_words(text) for text in texts])

    def encode_closely(
        self, texts: Sequence[str], *, query: bool
    ) -> tuple[Matrix, list[Tokens] | None]:
        encode = self.encode_queries if query else self.encode_documents
        return encode(texts), None


class Desk:
    """A folder of articles and the collection made of it, for one test."""

    def __init__(self, root: Path, *, name: str = HashEmbedder.name) -> None:
        self.articles = root / "articles"
        self.folder = root / "data"
        self.articles.mkdir()
        self.embedder = HashEmbedder()
        self.embedder.name = name
        self.stages: list[tuple[str, int, int]] = []

    @property
    def model(self) -> Model:
        return Model(self.embedder.name, lambda: self.embedder)

    def write(self, name: str, text: str) -> Path:
        path = self.articles / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def reindex(self, *paths: Path, **options: bool) -> Outcome:
        return reindex(
            list(paths) or [self.articles],
            self.folder,
            self.model,
            options=Options(batch=4, **options),
            progress=lambda *report: self.stages.append(report),
        )

    def remove(self, *paths: Path) -> Outcome:
        return remove(
            list(paths), self.folder, self.model, options=Options(), progress=lambda *_: None
        )

    def library(self, *, look_every_s: float = 0.02, threshold: float = 0.0) -> Library:
        return follow(self.folder, self.model, threshold=threshold, look_every_s=look_every_s)


def _of_words(text: str) -> Matrix:
    total = np.full(HashEmbedder.width, 1e-6, dtype=np.float32)
    for word in re.findall(r"\w+", text.casefold()):
        seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "big")
        total += np.random.default_rng(seed).standard_normal(HashEmbedder.width, dtype=np.float32)
    row: Matrix = total / np.linalg.norm(total)
    return row
