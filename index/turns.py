"""Let few of a crowd's questions be worked on at a time, while the others wait without a sound."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from threading import BoundedSemaphore
from typing import TypeVar

T = TypeVar("T")

ENTERING = 2
"""Questions that are read at a time before the model has them: while one waits for the disk,
another has the interpreter. With more of them a crowd takes longer (docs/performance.md)."""
LONGEST_S = 2.0
"""How long a turn is waited for: who has it then may be waiting for a server that is gone."""


class Turns:
    """Whose turn it is. Threads that all want the interpreter take it from each other.

    Each of them wakes every moment to ask for it, so that of 64 questions that are worked on
    together each costs half as much again as one by one.
    """

    def __init__(self, *, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._entering = BoundedSemaphore(ENTERING)
        self._judging = BoundedSemaphore(1)

    @contextmanager
    def taken(self) -> Iterator[Callable[[Future[T]], T]]:
        """A turn, as soon as there is one. What it gives waits for a future, others going on.

        From then on the question is the only one that is worked on.
        """
        with ExitStack() as turn:
            turn.enter_context(self._held(self._entering))

            def awaited(future: Future[T]) -> T:
                turn.close()
                found = future.result()
                turn.enter_context(self._held(self._judging))
                return found

            yield awaited

    @contextmanager
    def _held(self, room: BoundedSemaphore) -> Iterator[None]:
        """Room for one, or after so long none: late is better than never."""
        held = room.acquire(timeout=self._longest_s)
        try:
            yield
        finally:
            if held:
                room.release()
