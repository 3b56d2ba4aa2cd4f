"""Which of the stored vectors can be what a model gave: as wide as the others, and of length 1."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.store.records import Ids, Matrix

logger = logging.getLogger(__name__)

_OFF = 0.02  # half precision moves a unit vector's length by less than a thousandth


def whole_vectors(rows: Sequence[Sequence[Any]], width: int = 0) -> tuple[Ids, Matrix]:
    """The ids and vectors of (id, half-precision bytes), without those that are damaged.

    Those are told in the log: their paragraphs are still found by their words. `width` is how many
    bytes a vector has; most of them unless given.
    """
    width = width or width_of([row[1] for row in rows])
    kept = [row for row in rows if isinstance(row[1], bytes) and len(row[1]) == width]
    if not kept or not width:
        _tell(len(rows))
        return np.empty(0, dtype=np.int64), np.empty((0, 0), dtype=np.float32)
    ids = np.array([row[0] for row in kept], dtype=np.int64)
    vectors = matrix_of([row[1] for row in kept])
    sound = are_sound(vectors)
    _tell(len(rows) - int(sound.sum()))
    return (ids, vectors) if sound.all() else (ids[sound], vectors[sound])


def unsound(rows: Sequence[Any], width: int) -> list[Any]:
    """Those of the rows, each known by its first column, whose last is no sound vector.

    `width` is how many bytes a vector has.
    """
    fitting = [row for row in rows if isinstance(row[-1], bytes) and 0 < len(row[-1]) == width]
    sound = are_sound(matrix_of([row[-1] for row in fitting])) if fitting else ()
    whole = {row[0] for row, good in zip(fitting, sound, strict=True) if good}
    return [row for row in rows if row[0] not in whole]


def width_of(blobs: Sequence[Any]) -> int:
    """How many bytes most vectors have; 0 where there are none."""
    lengths = Counter(
        len(blob) for blob in blobs if isinstance(blob, bytes) and len(blob) % 2 == 0
    )
    return lengths.most_common(1)[0][0] if lengths else 0


def matrix_of(blobs: Sequence[bytes]) -> Matrix:
    """Half-precision rows of one length as one float32 matrix; at least one row."""
    joined = np.frombuffer(b"".join(blobs), dtype=np.float16)
    return joined.astype(np.float32).reshape(len(blobs), -1)


def are_sound(vectors: Matrix) -> NDArray[np.bool_]:
    """For each row, whether it is finite and of length one."""
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(vectors, axis=1)
        return np.asarray(np.abs(lengths - 1) <= _OFF)  # false for what is no number


def _tell(damaged: int) -> None:
    if damaged:
        logger.error(
            "%d stored vectors are damaged and not searched; run scripts/run doctor --fix", damaged
        )
