"""A file that is read where it lies, and of which only a part stays in the process's memory."""

import mmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RESIDENT = 256 << 20  # bytes that may be held before they are given back


class Mapping:
    """The bytes of a file. Raises OSError, and ValueError where there are none."""

    def __init__(self, path: Path, *, resident: int = RESIDENT) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.bytes: NDArray[np.uint8] = np.frombuffer(self._map, dtype=np.uint8)
        self._resident = resident
        self._held = 0

    def looked_at(self, size: int) -> None:
        """Note that about so many bytes were read; beyond the limit all are given back.

        The system keeps them as long as it has room, so that reading them again is no read of the
        disk.
        """
        self._held += size
        if self._held > self._resident:
            self._map.madvise(mmap.MADV_DONTNEED)
            self._held = 0
