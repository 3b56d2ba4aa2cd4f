"""A model that remembers the questions it has embedded, so that evaluating again takes seconds."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.embedder import Embedder, Matrix
from index.reindex import Model
from index.store import digest_of


class RememberingEmbedder:
    """An Embedder that keeps question vectors in a file and loads its model only for others."""

    def __init__(self, model: Model, file: Path) -> None:
        self.name = model.name
        self._model = model
        self._loaded: Embedder | None = None
        self._file = file
        self._known: dict[str, Matrix] = {}
        if file.is_file():
            with np.load(file) as held:
                rows = zip(held["digests"].tolist(), held["vectors"], strict=True)
                self._known = dict(rows) if str(held["model"]) == model.name else {}

    @property
    def width(self) -> int:
        """The number of columns of a vector."""
        return self._real.width

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a question, from memory where it is there."""
        digests = [digest_of(text) for text in texts]
        new = [i for i, digest in enumerate(digests) if digest not in self._known]
        if new:
            rows = self._real.encode_queries([texts[i] for i in new])
            self._known |= {digests[i]: row for i, row in zip(new, rows, strict=True)}
        return np.stack([self._known[digest] for digest in digests])

    def encode_documents(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a text, by the real model."""
        return self._real.encode_documents(texts)

    def save(self) -> None:
        """Write what is remembered; the model's name goes with it."""
        if self._known:
            np.savez(
                self._file,
                model=np.array(self.name),
                digests=np.array(list(self._known)),
                vectors=np.stack(list(self._known.values())),
            )

    @property
    def _real(self) -> Embedder:
        if self._loaded is None:
            self._loaded = self._model.load()
        return self._loaded
