"""What the packaged model's vocabulary tells of English words: how common each is, and its kin.

The vocabulary (WordPiece, made for BERT) is ordered from frequent to rare, and the model's input
embeddings put words of like meaning near each other. Both come with the model and need no call of
it. A short list of synonyms, as news uses them, is shipped besides.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.contrast import opposites
from index.embedder import packaged_folder
from index.words import analyse

SHORTEST = 3  # letters of a word worth knowing
COMMON = (
    10.0  # a word of rank r stands in about COMMON / r of all paragraphs: Zipf, 100 words each
)
KIN_FROM = 0.36  # similarity of words that mean nearly the same; unrelated ones are below .25
MOST_KIN = 24
SYNONYM = 1.2  # the likeness of words that stand in one line of the shipped synonyms

_NONE: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
_SYNONYMS = Path(__file__).parent / "data" / "synonyms.txt"


class Language(Protocol):
    """What is known of a language's words, by analysed term."""

    def __contains__(self, term: str) -> bool: ...
    def commonness(self, term: str) -> float: ...
    def kin(self, term: str) -> Mapping[str, float]: ...
    def word(self, term: str) -> str: ...


class NoLexicon:
    """Knows no word: every word is as rare as the collection has it, and has no kin."""

    def __contains__(self, term: str) -> bool:
        return False

    def commonness(self, term: str) -> float:  # noqa: ARG002 - the Protocol's
        """Nothing is common."""
        return 0.0

    def kin(self, term: str) -> Mapping[str, float]:  # noqa: ARG002 - the Protocol's
        """Nothing means the same."""
        return {}

    def word(self, term: str) -> str:
        """A term is its own word."""
        return term


class Lexicon:
    """Ranks and vectors by analysed term."""

    def __init__(
        self,
        words: Iterable[tuple[int, str]],
        embeddings: NDArray[np.float32],
        synonyms: Iterable[str] = (),
    ) -> None:
        rows: dict[str, list[int]] = {}
        self._words: dict[str, str] = {}
        for rank, word in words:
            for term in analyse(word, "en")[:1]:
                rows.setdefault(term, []).append(rank)
                self._words.setdefault(term, word)  # the most frequent comes first
        self._rank = {term: ranks[0] for term, ranks in rows.items()}
        self._terms = list(rows)
        self._row = {term: row for row, term in enumerate(self._terms)}
        # The embeddings share a direction that says nothing: without their mean they tell apart.
        centred = embeddings - embeddings.mean(axis=0)
        centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9
        self._vectors = np.stack([centred[ranks].mean(axis=0) for ranks in rows.values()])
        self._vectors /= np.linalg.norm(self._vectors, axis=1, keepdims=True)
        self._synonyms: dict[str, set[str]] = {}
        for line in synonyms:
            group = set(analyse(line.partition("#")[0], "en"))
            for term in group:
                self._synonyms.setdefault(term, set()).update(group)
        self._last = len(embeddings)
        self._remembered = lru_cache(maxsize=4_096)(self._kin_of)

    def __contains__(self, term: str) -> bool:
        return term in self._rank

    def commonness(self, term: str) -> float:
        """About which share of ordinary English paragraphs holds the term, from 0 to 1."""
        return min(1.0, COMMON / max(self._rank.get(term, self._last), 1))

    def kin(self, term: str) -> Mapping[str, float]:
        """Terms that mean nearly the same, with their similarity; itself is not among them."""
        return self._remembered(term)

    def word(self, term: str) -> str:
        """The most frequent word of a term, the term itself where none is known."""
        return self._words.get(term, term)

    def _kin_of(self, term: str) -> Mapping[str, float]:
        kin = {other: SYNONYM for other in self._synonyms.get(term, ()) if other != term}
        row = self._row.get(term)
        if row is None:
            return kin
        similar = self._vectors @ self._vectors[row]
        against = opposites().get(term, _NONE)[1]
        near = np.flatnonzero(similar >= KIN_FROM)
        best = near[np.argsort(-similar[near])][1 : MOST_KIN + 1].tolist()  # the first is itself
        alike = {self._terms[i]: float(similar[i]) for i in best if self._terms[i] not in against}
        return alike | kin


def load_lexicon(folder: Path) -> Lexicon:
    """The lexicon of a model folder with vocab.txt and model.safetensors."""
    from safetensors.numpy import load_file

    vocabulary = (folder / "vocab.txt").read_text("utf-8").splitlines()
    embeddings = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"]
    # Ranks begin where whole words do: what comes before are marks and single letters.
    first = vocabulary.index("the")
    words = [
        (rank, word)
        for rank, word in enumerate(vocabulary)
        if rank >= first and len(word) >= SHORTEST and word.isalpha()
    ]
    synonyms = _SYNONYMS.read_text("utf-8").splitlines()
    return Lexicon(words, embeddings.astype(np.float32), synonyms)


@cache
def packaged_lexicon() -> Lexicon:
    """The lexicon of the packaged model, read once a process."""
    return load_lexicon(packaged_folder())
