"""The one truth: articles, paragraphs, their words and vectors, and the generations published."""

from index.store.draft import Draft
from index.store.opening import open_store
from index.store.records import (
    Carrier,
    Changes,
    Found,
    Generation,
    Ids,
    Kept,
    KeptFile,
    KeptParagraph,
    Matrix,
    Publication,
    article_key,
    digest_of,
    sameness_of,
)
from index.store.snapshot import Snapshot
from index.store.sqlite import SqliteStore
from index.store.store import Store
from index.store.worded import EVERYTHING

__all__ = [
    "EVERYTHING",
    "Carrier",
    "Changes",
    "Draft",
    "Found",
    "Generation",
    "Ids",
    "Kept",
    "KeptFile",
    "KeptParagraph",
    "Matrix",
    "Publication",
    "Snapshot",
    "SqliteStore",
    "Store",
    "article_key",
    "digest_of",
    "open_store",
    "sameness_of",
]
