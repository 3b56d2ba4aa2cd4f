"""A text's tokens as the model saw them, and how a paragraph's are kept: four bits a number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MOST = 7  # of a number in four bits with a sign
_LEAST, _MOST_SQUARED = 0.2, 4.0  # a unit vector's length, squared, with room for rounding
_HEAD = np.dtype([("start", "<u4"), ("length", "u1"), ("step", "<f2")])
"""Of a token: its place in the text, and what a step of its numbers stands for."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens: unit vectors, float32 (tokens, width), and the slices that they stand for.

    Marks of the model's own that stand for no part of the text are left out.
    """

    vectors: NDArray[np.float32]
    spans: tuple[tuple[int, int], ...]


def shrunk(tokens: Tokens) -> bytes:
    """Tokens in an eighth of their size: each number is one of 15 steps of its row's largest.

    The products of what `restored` gives differ from the exact ones by some .007.
    """
    rows = tokens.vectors
    heads = np.empty(len(rows), dtype=_HEAD)
    heads["start"] = [start for start, _ in tokens.spans]
    heads["length"] = [min(end - start, 255) for start, end in tokens.spans]
    heads["step"] = np.abs(rows).max(axis=1, initial=1e-3) / _MOST
    steps = np.rint(rows / heads["step"].astype(np.float32)[:, None]).clip(-_MOST, _MOST)
    halves = np.pad((steps + _MOST).astype(np.uint8), ((0, 0), (0, steps.shape[1] % 2)))
    pairs = halves[:, ::2] << 4 | halves[:, 1::2]
    return b"".join((np.int32(len(heads)).tobytes(), heads.tobytes(), pairs.tobytes()))


def restored(kept: bytes, width: int) -> Tokens:
    """The tokens that `shrunk` made bytes of; raises ValueError where they are not such bytes."""
    count = int(np.frombuffer(kept, dtype="<i4", count=1)[0])
    heads = np.frombuffer(kept, dtype=_HEAD, count=count, offset=4)
    pairs = np.frombuffer(kept, dtype=np.uint8, offset=4 + heads.nbytes)
    steps = np.empty((count, width + width % 2), dtype=np.int8)
    steps.reshape(-1)[::2], steps.reshape(-1)[1::2] = pairs >> 4, pairs & 15
    steps -= _MOST
    starts = heads["start"].tolist()
    spans = zip(starts, (heads["start"] + heads["length"]).tolist(), strict=True)
    with np.errstate(invalid="ignore"):  # a step that is no number is seen by the lengths
        rows = steps[:, :width] * heads["step"].astype(np.float32)[:, None]
    lengths = np.vecdot(rows, rows)
    if not ((lengths >= _LEAST) & (lengths <= _MOST_SQUARED)).all():
        raise ValueError("not unit vectors")
    return Tokens(rows, tuple(spans))
