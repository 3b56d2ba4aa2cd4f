"""The rows of a collection as values, and the names that are made of their content."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.answer import Event
from index.article import Credit, Span

Matrix = NDArray[np.float32]
Ids = NDArray[np.int64]

TELLING = 200  # characters that two articles do not share by chance

ID_BITS = 63  # SQLite's and FAISS's integers are signed


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A source file as it was when last read: a stamp that changes with it, and its digest."""

    origin: str
    stamp: str
    digest: str


@dataclass(frozen=True, slots=True)
class KeptParagraph:
    """A paragraph ready to be stored: its id, place, text digest and analysed terms."""

    id: int
    position: int
    span: Span
    digest: str
    terms: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An article ready to be stored. `digest` covers text, spans and credit.

    `lead` is the title, date and opening that stand for the whole article as context. `acronyms`
    are those that the text explains: short, long. `sameness` is the same for the same text.
    """

    key: str
    origin: str
    entry: str
    digest: str
    text: str
    credit: Credit
    language: str
    lead: str
    lead_terms: str
    paragraphs: tuple[KeptParagraph, ...]
    acronyms: tuple[tuple[str, str], ...] = ()
    sameness: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A further place where a stored article stands, word for word, with the credit it has there.

    `article` is the key of the one that is stored; `digest` is of the article as it stands here.
    """

    origin: str
    entry: str
    article: str
    digest: str
    credit: Credit
    language: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands: origin and entry."""
        return self.origin, self.entry


@dataclass(frozen=True, slots=True)
class Generation:
    """One published state of the collection; `mean` and `spread` standardise its cosines.

    `threshold` is None unless it was calibrated for this collection.
    """

    id: int
    created: str
    articles: int
    paragraphs: int
    publishers: int
    earliest: str
    latest: str
    model: str
    mean: float
    spread: float
    threshold: float | None
    measured_at: int


@dataclass(frozen=True, slots=True)
class Publication:
    """What one generation changes: articles added or replaced, keys removed, files seen.

    `carried` are places added or replaced, `put_down` places where an article stands no more;
    `histories` what happened to articles before they came, by key, where that is told.
    """

    kept: tuple[Kept, ...]
    removed: tuple[str, ...]
    files: tuple[KeptFile, ...]
    files_gone: tuple[str, ...]
    moved: tuple[tuple[str, str], ...] = ()
    carried: tuple[Carrier, ...] = ()
    put_down: tuple[tuple[str, str], ...] = ()
    histories: tuple[tuple[str, tuple[Event, ...]], ...] = ()

    @property
    def changes_text(self) -> bool:
        """Whether readers of the collection would notice."""
        return bool(self.kept or self.removed or self.carried or self.put_down)


@dataclass(frozen=True, slots=True)
class Found:
    """A stored paragraph with what judging and quoting it needs.

    `text` is the slice `[start:end]` of its article as stored, and was checked against its digest.
    `lead` is what its article and its own heading tell before it. `others` are the credits that
    the article has elsewhere; `page` is the one that it begins on, 0 where there are none.
    """

    id: int
    article: str
    position: int
    start: int
    end: int
    text: str
    terms: tuple[str, ...]
    credit: Credit
    lead: str
    lead_terms: tuple[str, ...]
    vector: NDArray[np.float32]
    others: tuple[Credit, ...] = ()
    page: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """How the vectors differ between two generations."""

    removed: Ids
    added: Ids
    vectors: Matrix


def digest_of(text: str) -> str:
    """A text's 128-bit digest in hexadecimal."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def sameness_of(title: str, text: str) -> str:
    """What is the same for one article at several places: its text, whatever the white space.

    The title too where a text is too short to be no coincidence.
    """
    words = " ".join(text.split())
    return digest_of(words if len(words) >= TELLING else f"{title}\n{words}")


def article_key(origin: str, entry: str, digest: str) -> str:
    """The key an article keeps for life, made of where and how it was first seen."""
    return hashlib.blake2b(f"{origin}\0{entry}\0{digest}".encode(), digest_size=8).hexdigest()


def paragraph_id(article: str, digest: str, repeat: int) -> int:
    """A positive 63-bit id made of the article's key, the text and which repeat of it this is."""
    content = f"{article}\0{digest}\0{repeat}".encode()
    raw = int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big")
    return raw & ((1 << ID_BITS) - 1)
