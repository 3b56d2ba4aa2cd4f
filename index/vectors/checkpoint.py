"""The vectors of one generation in a file, so that opening need not read them all from the store.

A checkpoint is derived: where it is missing, damaged or of another model it is made anew.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.vectors.faiss_engine import FaissVectors
from index.vectors.kinds import SIZES, Sizes

logger = logging.getLogger(__name__)

MANIFEST = "vectors.json"

Write = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says of itself: whose vectors it holds, and its file with a checksum.

    `published` is when its generation was: a store that lost its last commits counts on from an
    older one, so that a number alone does not tell a generation.

    `head` is how much of a large file says where its vectors stand, with a checksum of its own; 0
    where all of the file is looked over at opening. `size` is 0 where an older version wrote it.
    """

    collection: str
    generation: int
    model: str
    count: int
    file: str
    checksum: str
    published: str = ""
    size: int = 0
    head: int = 0
    head_checksum: str = ""


def write_checkpoint(  # noqa: PLR0913 - by name, what a checkpoint says of itself
    folder: Path,
    vectors: FaissVectors,
    *,
    collection: str,
    generation: int,
    model: str,
    published: str = "",
) -> Checkpoint:
    """Write vectors as they were made, then name them in the manifest in one step; others go.

    One at a time writes to a folder: `reindex_lock` sees to that.
    """
    for begun in folder.glob("vectors-*.faiss.part"):
        begun.unlink(missing_ok=True)  # by one that was killed: nobody else writes now
    name = f"vectors-{generation}.faiss"
    checksum = hashlib.blake2b(digest_size=16)

    def fill(write: Write) -> int:
        def both(piece: bytes) -> None:
            checksum.update(piece)
            write(piece)

        return vectors.write(both)

    head = _write(folder / name, fill)
    checkpoint = Checkpoint(
        collection=collection,
        generation=generation,
        model=model,
        count=len(vectors),
        file=name,
        checksum=checksum.hexdigest(),
        published=published,
        size=(folder / name).stat().st_size,
        head=head,
        head_checksum=_checksum(folder / name, head) if head else "",
    )
    told = json.dumps(asdict(checkpoint), indent=1).encode()
    _write(folder / MANIFEST, lambda write: write(told))
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


def read_vectors(folder: Path, checkpoint: Checkpoint, *, sizes: Sizes = SIZES) -> FaissVectors:
    """The vectors of a checkpoint. Raises OSError, ValueError where they are not what it says.

    Of a large file only the size and the head are looked at, so that opening costs the same
    whatever the size: FAISS goes by the head alone, and a number that is wrong behind it loses or
    misplaces a candidate, whose text and vector are the store's. `is_whole` looks at the rest.
    """
    path = _path(folder, checkpoint)
    if checkpoint.size and path.stat().st_size != checkpoint.size:
        raise ValueError("its size does not agree")
    whole = _checksum(path, checkpoint.head)
    if whole != (checkpoint.head_checksum if checkpoint.head else checkpoint.checksum):
        raise ValueError("its checksum does not agree")
    vectors = FaissVectors.opened(path, sizes=sizes)
    if len(vectors) != checkpoint.count:
        raise ValueError("its count does not agree")
    return vectors


def is_whole(folder: Path, checkpoint: Checkpoint) -> bool:
    """Whether every byte of a checkpoint's file is as it was written. Raises OSError."""
    return _checksum(_path(folder, checkpoint), 0) == checkpoint.checksum


def _path(folder: Path, checkpoint: Checkpoint) -> Path:
    return folder / Path(checkpoint.file).name


def _write(path: Path, fill: Callable[[Write], Any]) -> Any:
    """Replace a file's content in one step: whoever opens it sees the old or the new, whole."""
    aside = path.with_name(f"{path.name}.part")
    try:
        with aside.open("wb") as file:
            told = fill(file.write)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)  # what is left of it would keep a full disk full
        raise
    return told


def _checksum(path: Path, upto: int) -> str:
    """The checksum of a file's first bytes, or of all of it where `upto` is 0."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        left = upto or path.stat().st_size
        while left > 0 and (piece := file.read(min(left, 1 << 20))):
            digest.update(piece)
            left -= len(piece)
    return digest.hexdigest()
