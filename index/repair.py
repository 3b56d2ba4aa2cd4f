"""Make anew what a collection derives: SQLite's indexes, the table of words, vectors, their file.

Articles and paragraphs are never touched: what is wrong with those a reindex or a backup mends.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from index.current import renew_checkpoint
from index.errors import IndexFault
from index.lock import reindex_lock
from index.plan import Progress
from index.reindex import Model
from index.store import Store, open_store
from index.store.breakage import trouble
from index.store.mending import (
    drop_damaged_vectors,
    mend_indexes,
    mend_tokens,
    mend_words,
    proven_texts,
)
from index.store.sqlite import FILE_NAME

BATCH = 64


def mend_collection(folder: Path, model: Model, *, progress: Progress) -> Iterator[str]:
    """Mend what can be made anew, telling each thing that was; the bot may run meanwhile.

    Vectors are made anew only where the collection is the model's. Raises Locked; what cannot be
    mended is told, and the rest goes on.
    """
    path = folder / FILE_NAME
    with reindex_lock(folder):
        for step in (
            lambda: _tokens(path),
            lambda: _words(path),
            lambda: _indexes(path),
            lambda: _vectors(folder, model, progress),
            lambda: _checkpoint(folder),
        ):
            yield from _tried(step, path)


def _tried(step: Callable[[], str], path: Path) -> Iterator[str]:
    try:
        told = step()
    except sqlite3.DatabaseError as error:
        told = str(trouble(path, error))
    except IndexFault as fault:
        told = str(fault)
    if told:
        yield told


def _indexes(path: Path) -> str:
    return "SQLite's indexes are made anew" if mend_indexes(path) else ""


def _words(path: Path) -> str:
    return "the table of words is made anew" if mend_words(path) else ""


def _tokens(path: Path) -> str:
    if not mend_tokens(path):
        return ""
    return "the table of tokens is emptied; scripts/run reindex --full fills it"


def _vectors(folder: Path, model: Model, progress: Progress) -> str:
    store = open_store(folder, writable=True)
    try:
        if not _is_of(store, model):
            return ""
        dropped = drop_damaged_vectors(folder / FILE_NAME, model.name)
        texts = proven_texts(store.texts_without_vector(model.name, ()))
        if texts:
            _embed(store, model, texts, progress)
    finally:
        store.close()
    told = f"{len(texts):,} texts are embedded again" if texts or dropped else ""
    return told and f"{told}; start a running bot again to have them searched"


def _embed(store: Store, model: Model, texts: Mapping[str, str], progress: Progress) -> None:
    embedder, digests = model.loaded(), sorted(texts)
    for start in range(0, len(digests), BATCH):
        some = digests[start : start + BATCH]
        vectors = embedder.encode_documents([texts[digest] for digest in some])
        store.save_vectors(model.name, some, vectors)
        progress("embedding", start + len(some), len(digests))


def _checkpoint(folder: Path) -> str:
    store = open_store(folder, writable=True)
    try:
        with store.snapshot() as view:
            of = view.generation().model if view.generation_number() else ""
        if not of:
            return ""
        renew_checkpoint(store, of, always=True)
    finally:
        store.close()
    return "the vectors file is written anew"


def _is_of(store: Store, model: Model) -> bool:
    with store.snapshot() as view:
        return view.generation_number() > 0 and view.generation().model == model.name
