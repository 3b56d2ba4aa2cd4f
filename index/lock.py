"""One reindex, and one watch, at a time: locks that no crash leaves behind, with their holders."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from index.errors import Locked
from index.settings import Server, Where

FILE_NAME = "reindex.lock"
WATCH_FILE_NAME = "watch.lock"


@contextmanager
def reindex_lock(where: Where) -> Iterator[None]:
    """Hold the folder's lock. Raises Locked, naming the holder, where another process has it.

    A database has a lock of its own, which its store holds for as long as it is open for writing.
    """
    if isinstance(where, Server):
        yield
        return
    with _lock(where, FILE_NAME, "is being reindexed"):
        yield


@contextmanager
def watch_lock(folder: Path) -> Iterator[None]:
    """Be the one watch over the folder's collection. Raises Locked, naming the other."""
    with _lock(folder, WATCH_FILE_NAME, "is being watched"):
        yield


@contextmanager
def _lock(folder: Path, name: str, what: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / name).open("a+", encoding="utf-8") as file:
        try:
            # The kernel lets go when the process ends, however it ends.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read() or "another process"
            raise Locked(f"{folder} {what} by {holder}; wait for it to end, or stop it") from error
        file.truncate(0)
        started = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        file.write(f"process {os.getpid()} on {socket.gethostname()} since {started}")
        file.flush()
        yield
        file.truncate(0)
