"""A model that remembers what it was asked, so that evaluating again takes seconds."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.embedder import Embedder, Matrix
from index.reindex import Model
from index.store import digest_of
from index.tokens import Tokens

NOTHING = b""  # remembered of a model that gives no tokens


class RememberingEmbedder:
    """An Embedder that keeps vectors and tokens in a file and loads its model only for others.

    Documents' vectors are not kept here: the collection has them. Close it when done.
    """

    def __init__(self, model: Model, file: Path) -> None:
        self.name = model.name
        self._model = model
        self._loaded: Embedder | None = None
        # Made on one thread and used on the library's lane.
        self._db = sqlite3.connect(file, check_same_thread=False)
        self._db.execute("pragma synchronous = off")
        self._db.execute(
            "create table if not exists known (key text primary key, value blob) without rowid"
        )

    @property
    def width(self) -> int:
        """The number of columns of a vector."""
        return self._real.width

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a question, from memory where it is there."""
        rows = self._through(
            "query", texts, lambda new: [row.tobytes() for row in self._real.encode_queries(new)]
        )
        return np.stack([np.frombuffer(row, dtype=np.float32) for row in rows])

    def encode_documents(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a text, by the real model."""
        return self._real.encode_documents(texts)

    def encode_closely(
        self, texts: Sequence[str], *, query: bool
    ) -> tuple[Matrix, list[Tokens] | None]:
        """Vectors and tokens; those of questions from memory, the tokens at half precision."""
        if not query:
            return self._real.encode_closely(texts, query=False)

        def packed(new: Sequence[str]) -> list[bytes]:
            _, tokens = self._real.encode_closely(new, query=True)
            return [NOTHING] * len(new) if tokens is None else [_packed(each) for each in tokens]

        found = self._through("asked", texts, packed)
        tokens = None if NOTHING in found else [_unpacked(each) for each in found]
        return self.encode_queries(texts), tokens

    def close(self) -> None:
        """Keep what was learnt."""
        self._db.commit()
        self._db.close()

    def _through(
        self, kind: str, texts: Sequence[str], work: Callable[[Sequence[str]], Sequence[bytes]]
    ) -> list[bytes]:
        keys = {text: f"{kind} {digest_of(text)} {self.name}" for text in texts}
        known: dict[str, bytes] = {}
        for text, key in keys.items():
            row = self._db.execute("select value from known where key = ?", [key]).fetchone()
            if row:
                known[text] = row[0]
        if new := [text for text in keys if text not in known]:
            fresh = dict(zip(new, work(new), strict=True))
            self._db.executemany(
                "insert or replace into known values (?, ?)",
                [(keys[text], value) for text, value in fresh.items()],
            )
            known |= fresh
        return [known[text] for text in texts]

    @property
    def _real(self) -> Embedder:
        if self._loaded is None:
            self._loaded = self._model.load()
        return self._loaded


def _packed(tokens: Tokens) -> bytes:
    count = np.int32(len(tokens.spans)).tobytes()
    spans = np.array(tokens.spans, dtype=np.int32).tobytes()
    return count + spans + tokens.vectors.astype(np.float16).tobytes()


def _unpacked(packed: bytes) -> Tokens:
    count = int(np.frombuffer(packed, dtype=np.int32, count=1)[0])
    spans = np.frombuffer(packed, dtype=np.int32, count=2 * count, offset=4).reshape(count, 2)
    vectors = np.frombuffer(packed, dtype=np.float16, offset=4 + 8 * count)
    return Tokens(
        vectors.astype(np.float32).reshape(count, -1 if count else 0),
        tuple((start, end) for start, end in spans.tolist()),
    )
