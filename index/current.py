"""The newest generation's vectors: from their file and what changed since, or from the store."""

from pathlib import Path

from index.store import Snapshot, SqliteStore
from index.vectors import FaissVectors, load_checkpoint, read_manifest, write_checkpoint

CHECKPOINT_SHARE = 0.05  # of the vectors may differ from their file before it is written again


def current_vectors(view: Snapshot, folder: Path, model: str) -> FaissVectors:
    """The vectors of the generation that the view shows."""
    held = load_checkpoint(folder, collection=view.collection(), model=model)
    if held is not None:
        checkpoint, vectors = held
        changes = view.changes_since(checkpoint.generation, model=model)
        if changes is not None:
            vectors.apply(changes)
            return vectors
    return FaissVectors.of(*view.all_vectors(model))


def renew_checkpoint(store: SqliteStore, model: str, *, always: bool = False) -> None:
    """Write the vectors' file anew where it lags behind the store by more than its share.

    Followers that are further behind than the file before this one start from the new file.
    """
    with store.snapshot() as view:
        collection, generation = view.collection(), view.generation()
        manifest = read_manifest(store.folder, collection=collection, model=model)
        held = manifest.generation if manifest and manifest.generation <= generation.id else 0
        lag = view.changed_since(held) if held else generation.paragraphs
        if held and lag <= CHECKPOINT_SHARE * generation.paragraphs and not always:
            return
        if always:
            vectors = FaissVectors.of(*view.all_vectors(model))
        else:
            vectors = current_vectors(view, store.folder, model)
    store.forget_changes(upto=held)
    write_checkpoint(
        store.folder, vectors, collection=collection, generation=generation.id, model=model
    )
