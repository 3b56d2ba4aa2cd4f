"""Processes that answer, as threads of the test: they end when they are told to."""

import os
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

from index.branch import serve
from index.wire import Wire


class Thread:
    """Has the other end of a connection until it is killed, or its work ends."""

    def __init__(self, theirs: Connection, work: Callable[[Wire], None]) -> None:
        # A descriptor of its own, as a process has: who begins one lets go of `theirs`.
        self._connection = Connection(os.dup(theirs.fileno()))
        self._cord = socket.socket(fileno=os.dup(theirs.fileno()))
        self._work = work
        self.killed = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def kill(self) -> None:
        self.killed = True
        with suppress(OSError):
            self._cord.shutdown(socket.SHUT_RDWR)

    def wait(self, timeout: float | None = 30) -> int:
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise subprocess.TimeoutExpired("a thread", timeout or 0)
        return -9 if self.killed else 0

    def _run(self) -> None:
        with self._connection, suppress(EOFError, OSError):
            self._work(Wire(self._connection))
        self._cord.close()


class Beginner:
    """Begins such processes: each with the next of the works, then ever the last of them."""

    def __init__(self, *works: Callable[[Wire], None]) -> None:
        self._works = list(works)
        self._guard = threading.Lock()
        self.begun: list[Thread] = []

    def __call__(self, theirs: Connection) -> Thread:
        with self._guard:
            work = self._works.pop(0) if len(self._works) > 1 else self._works[0]
            thread = Thread(theirs, work)
            self.begun.append(thread)
        return thread


def serving(open_library: Callable[[], object]) -> Callable[[Wire], None]:
    """The work of a process: to serve a library."""
    return lambda wire: serve(wire, opened=lambda _: open_library())  # type: ignore[arg-type, return-value]


def dying(wire: Wire) -> None:
    """The work of a process that ends as soon as it is asked anything."""
    wire.receive()
    wire.receive()
