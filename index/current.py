"""The newest generation's vectors: from their file and what changed since, or from the store."""

import logging
from pathlib import Path

from index.store import Snapshot, Store
from index.vectors import (
    FaissVectors,
    Vectors,
    load_checkpoint,
    read_manifest,
    write_checkpoint,
)
from index.vectors.kinds import SIZES, Sizes

logger = logging.getLogger(__name__)

CHECKPOINT_SHARE = 0.05  # of the vectors may differ from their file before it is written again


def searched_vectors(view: Snapshot, folder: Path, model: str) -> Vectors:
    """What searches the view by meaning: the database where it does so itself, else FAISS."""
    return view.vectors(model) or current_vectors(view, folder, model)


def current_vectors(view: Snapshot, folder: Path, model: str) -> FaissVectors:
    """The vectors of the generation that the view shows."""
    held = load_checkpoint(folder, collection=view.collection(), model=model)
    if held is not None:
        checkpoint, vectors = held
        known = view.published(checkpoint.generation) == checkpoint.published
        changes = view.changes_since(checkpoint.generation, model=model)
        if known and changes is not None:
            vectors.apply(changes)
            return vectors
    return stored_vectors(view, model)


def stored_vectors(view: Snapshot, model: str, *, sizes: Sizes = SIZES) -> FaissVectors:
    """The vectors of the generation that the view shows, read from the store some at a time."""
    return FaissVectors.filled(view.paragraph_count(), view.vectors_in_parts(model), sizes=sizes)


def renew_checkpoint(
    store: Store, model: str, *, always: bool = False, sizes: Sizes = SIZES
) -> None:
    """Write the vectors' file anew where it lags behind the store by more than its share.

    A database that searches by itself has no such file: it sees to its index instead.
    Followers that are further behind than the file before this one start from the new file.
    """
    if store.vectors(model) is not None:
        store.tend_vectors(model)
        with store.snapshot() as view:
            newest = view.generation_number()
        store.forget_changes(upto=newest - 1)  # nothing in memory is brought up by older ones
        return
    with store.snapshot() as view:
        collection, generation = view.collection(), view.generation()
        manifest = read_manifest(store.folder, collection=collection, model=model)
        held = 0
        if manifest and manifest.published == view.published(manifest.generation) != "":
            held = manifest.generation
        lag = view.changed_since(held) if held else generation.paragraphs
        if held and lag <= CHECKPOINT_SHARE * generation.paragraphs and not always:
            return
        vectors = stored_vectors(view, model, sizes=sizes)
    store.forget_changes(upto=held)
    try:
        write_checkpoint(
            store.folder,
            vectors,
            collection=collection,
            generation=generation.id,
            model=model,
            published=generation.created,
        )
    except OSError as error:
        # It only makes opening faster, and what was published is published.
        logger.warning(
            "the vectors file could not be written (%s); make room, then run"
            " scripts/run doctor --fix",
            error.strerror,
        )
