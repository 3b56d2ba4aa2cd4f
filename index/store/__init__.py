"""The one truth: articles, paragraphs, their words and vectors, and the generations published."""

from index.store.records import (
    Changes,
    Found,
    Generation,
    Kept,
    KeptFile,
    KeptParagraph,
    Publication,
    article_key,
    digest_of,
)
from index.store.snapshot import Snapshot
from index.store.sqlite import Draft, SqliteStore

__all__ = [
    "Changes",
    "Draft",
    "Found",
    "Generation",
    "Kept",
    "KeptFile",
    "KeptParagraph",
    "Publication",
    "Snapshot",
    "SqliteStore",
    "article_key",
    "digest_of",
]
