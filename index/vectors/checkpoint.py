"""The vectors of one generation in a file, so that opening need not read them all from the store.

A checkpoint is derived: where it is missing, damaged or of another model it is made anew.
"""

import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from index.vectors.faiss_engine import FaissVectors

logger = logging.getLogger(__name__)

MANIFEST = "vectors.json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says of itself: whose vectors it holds, and its file with a checksum.

    `published` is when its generation was: a store that lost its last commits counts on from an
    older one, so that a number alone does not tell a generation.
    """

    collection: str
    generation: int
    model: str
    count: int
    file: str
    checksum: str
    published: str = ""


def write_checkpoint(  # noqa: PLR0913 - by name, what a checkpoint says of itself
    folder: Path,
    vectors: FaissVectors,
    *,
    collection: str,
    generation: int,
    model: str,
    published: str = "",
) -> Checkpoint:
    """Write the vectors aside, then name them in the manifest in one step; older files go."""
    data = vectors.to_bytes()
    name = f"vectors-{generation}.faiss"
    _write(folder / name, data)
    checkpoint = Checkpoint(
        collection=collection,
        generation=generation,
        model=model,
        count=len(vectors),
        file=name,
        checksum=_checksum(data),
        published=published,
    )
    _write(folder / MANIFEST, json.dumps(asdict(checkpoint), indent=1).encode())
    for old in folder.glob("vectors-*.faiss"):
        if old.name != name:
            old.unlink(missing_ok=True)
    return checkpoint


def load_checkpoint(
    folder: Path, *, collection: str, model: str
) -> tuple[Checkpoint, FaissVectors] | None:
    """The newest checkpoint and its vectors; None, with the reason logged, where it is no good."""
    checkpoint = read_manifest(folder, collection=collection, model=model)
    if checkpoint is None:
        return None
    try:
        return checkpoint, read_vectors(folder, checkpoint)
    except (OSError, ValueError) as error:
        logger.warning("the vectors file is no good (%s); building from the store instead", error)
        return None


def read_manifest(folder: Path, *, collection: str, model: str) -> Checkpoint | None:
    """What the manifest says, None where it cannot be read or is of other vectors."""
    try:
        found = parse_manifest(folder)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        logger.warning("%s cannot be read (%s)", folder / MANIFEST, error)
        return None
    if (found.collection, found.model) != (collection, model):
        logger.info("the vectors file is of another collection or model; building from the store")
        return None
    return found


def parse_manifest(folder: Path) -> Checkpoint:
    """What the manifest says, whatever it is of. Raises OSError, ValueError, TypeError."""
    return Checkpoint(**json.loads((folder / MANIFEST).read_bytes()))


def read_vectors(folder: Path, checkpoint: Checkpoint) -> FaissVectors:
    """The vectors of a checkpoint. Raises OSError, ValueError where they are not what it says."""
    data = (folder / Path(checkpoint.file).name).read_bytes()
    if _checksum(data) != checkpoint.checksum:
        raise ValueError("its checksum does not agree")
    vectors = FaissVectors.from_bytes(data)
    if len(vectors) != checkpoint.count:
        raise ValueError("its count does not agree")
    return vectors


def _write(path: Path, data: bytes) -> None:
    """Replace a file's content in one step: whoever opens it sees the old or the new, whole."""
    aside = path.with_name(f"{path.name}.part")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)  # what is left of it would keep a full disk full
        raise


def _checksum(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
