"""Let a cross-encoder, which reads question and passage together, second the evidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.embedder import all_threads, fingerprint, foreign_model, use_threads
from index.errors import ModelMissing
from index.scoring import Yardstick
from index.sentences import split_sentences

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

SETTING = "INDEX_RERANKER"
LONGEST = 512  # tokens of a question and a passage together; the longer one is cut
AT_ONCE = 8  # pairs in one call of the model, which bounds its memory
PAIRS = 12  # of each kind, to measure a reranker by


class Reranker(Protocol):
    """What is needed of a cross-encoder; its `name` belongs to the evidence that it gives."""

    @property
    def name(self) -> str: ...
    def logits(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers, before any activation: any number, higher is better."""
        ...


@dataclass(frozen=True, slots=True)
class Reranking:
    """The reranker that was set: its name, known at once, and how to load it."""

    name: str
    load: Callable[[], Reranker]


class CrossReranker:
    """A Reranker over one CrossEncoder. Not thread safe: one lane owns it."""

    def __init__(self, model: "CrossEncoder", *, name: str, threads: int = 1) -> None:
        from torch.nn import Identity

        self._model = model
        self._threads = threads
        self._as_it_is = Identity()
        self.name = name

    def logits(self, question: str, texts: Sequence[str]) -> list[float]:
        """One number a text, in order."""
        pairs = [(question, text) for text in texts]
        if not pairs:
            return []
        use_threads(self._threads)  # a question was embedded and searched with fewer
        found = self._model.predict(
            pairs, batch_size=AT_ONCE, activation_fn=self._as_it_is, show_progress_bar=False
        )
        return [float(logit) for logit in np.asarray(found, dtype=np.float32).reshape(-1)]


def reranking(model: str, *, threads: int = 0) -> Reranking | None:
    """The cross-encoder of this name or folder, not loaded yet; None for ""."""
    if not model:
        return None
    return Reranking(fingerprint(model), lambda: load_reranker(model, threads=threads))


def load_reranker(model: str, *, threads: int = 0) -> CrossReranker:
    """The CrossEncoder of this name or folder; 0 `threads` is torch's own choice.

    Raises ModelMissing.
    """

    def load() -> "tuple[CrossEncoder, int]":
        from sentence_transformers import CrossEncoder

        encoder: CrossEncoder = CrossEncoder(
            model, device="cpu", local_files_only=True, trust_remote_code=False
        )
        return encoder, threads or all_threads()

    loaded, many = foreign_model(SETTING, model, load)
    _refuse_others(loaded, model)
    loaded.max_seq_length = min(loaded.max_seq_length or LONGEST, LONGEST)
    return CrossReranker(loaded, name=fingerprint(model), threads=many)


def measure_reranker(reranker: Reranker, sample: Sequence[tuple[str, str]]) -> Yardstick | None:
    """What the logits of a reranker are measured by, from (article, text) of some paragraphs.

    A paragraph's first sentence stands for a question. None where there are no two articles, or
    where the reranker finds a sentence no nearer to its own paragraph than to any other.
    """
    pairs = [(text, other) for text, other in _pairs(sample)]
    if not pairs:
        return None
    apart, whole = [], []
    for text, other in pairs:
        own, foreign = reranker.logits(_first_sentence(text), [text, other])
        whole.append(own)
        apart.append(foreign)
    low, high = float(np.mean(apart)), float(np.mean(whole))
    # More than chance: the two lie apart by more than the logits of either scatter.
    scatter = float(np.std(apart) + np.std(whole)) / np.sqrt(len(pairs))
    return Yardstick(low, high) if high - low > max(scatter, 1e-6) else None


def _pairs(sample: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Paragraphs, each with one of another article."""
    pairs = []
    for at, (article, text) in enumerate(sample[:PAIRS]):
        turned = [*sample[at + 1 :], *sample[:at]]
        other = next((told for owner, told in turned if owner != article), None)
        if other is not None:
            pairs.append((text, other))
    return pairs


def _first_sentence(text: str) -> str:
    spans = split_sentences(text)
    return text[slice(*spans[0])] if spans else text


def _refuse_others(model: "CrossEncoder", name: str) -> None:
    """Refuse what gives several numbers a pair, or was never taught to give one."""
    told = getattr(model.config, "architectures", None) or [""]
    # Whatever has no head for pairs is given a random one by the library, which only warns.
    if len(model) == 1 and not told[0].endswith("ForSequenceClassification"):
        raise ModelMissing(
            f"the model {name!r} is no cross-encoder: nobody taught it to rate a passage; set"
            f" {SETTING} to one, or leave it empty"
        )
    if model.num_labels != 1:
        raise ModelMissing(
            f"the model {name!r} gives {model.num_labels} labels a pair and a reranker gives one"
            f" number; set {SETTING} to a cross-encoder with one label, or leave it empty"
        )
