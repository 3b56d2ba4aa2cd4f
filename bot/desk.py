"""The one crossing from async to threads: ask the library, and do not wait for ever."""

import asyncio
import logging
import queue
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from bot.logs import describe
from index import (
    Answer,
    Fate,
    Listing,
    Matches,
    Publisher,
    Quotable,
    Reading,
    Status,
    Surroundings,
    Turn,
    Why,
)

logger = logging.getLogger(__name__)

Found = TypeVar("Found")

_MOST_BESIDE = 3  # clerks that work on what nobody waits for
CLERKS = 8
"""Threads that ask the library. Several, so that its model can take their questions together."""

_CROWD_S = 0.2  # between looks whether there is still a crowd


class Library(Protocol):
    """What the bot needs of an open collection; any thread may call it."""

    def ask(  # noqa: PLR0913 - a question and its circumstances, each by name
        self,
        question: str,
        *,
        limit: int = 3,
        skip: int = 0,
        today: date | None = None,
        after: Turn | None = None,
        only: tuple[str, ...] = (),
        since: int = 0,
    ) -> Answer: ...

    def search(
        self,
        words: str,
        *,
        skip: int = 0,
        limit: int = 5,
        only: tuple[str, ...] = (),
        today: date | None = None,
    ) -> Matches: ...

    def latest(
        self, source: str = "", *, skip: int = 0, limit: int = 10, only: tuple[str, ...] = ()
    ) -> Listing: ...

    def publishers(self, *, only: tuple[str, ...] = ()) -> tuple[Publisher, ...]: ...

    def passages(
        self, ids: Sequence[int], *, only: tuple[str, ...] = ()
    ) -> dict[int, Quotable]: ...

    def reading(self, wanted: int | str, *, only: tuple[str, ...] = ()) -> Reading | None: ...

    def titled(self, words: str, *, only: tuple[str, ...] = ()) -> Reading | None: ...

    def fates(self, quoted: Mapping[int, tuple[str, str]]) -> dict[int, Fate]: ...

    def why(
        self, question: str, paragraph: int, *, evidence: float, only: tuple[str, ...] = ()
    ) -> Why | None: ...

    def around(self, paragraph: int, *, only: tuple[str, ...] = ()) -> Surroundings | None: ...

    def status(self) -> Status: ...

    def close(self) -> None: ...


class Trouble(StrEnum):
    """Why a question was not answered."""

    BUSY = "busy"
    LATE = "late"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Apology:
    """What comes back in place of an answer; a failure carries the id it was logged under."""

    trouble: Trouble
    reference: str = ""


class Desk:
    """Takes questions while there is room, and answers each within its patience or apologises."""

    def __init__(
        self, library: Library, *, patience_s: float, room: int, clerks: int = CLERKS
    ) -> None:
        self._library = library
        self._patience_s = patience_s
        self._room = room
        self._open = 0
        self._beside = 0
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._clerks = [_clerk(self._tasks) for _ in range(clerks)]

    @property
    def open(self) -> int:
        """How many questions are being looked up, or wait for that."""
        return self._open

    @property
    def crowded(self) -> bool:
        """Whether more questions are open than are being worked on, and niceties should wait."""
        return self._open > len(self._clerks)

    async def ask(
        self, question: str, *, today: date | None = None, after: Turn | None = None
    ) -> Answer | Apology:
        """The library's answer, or why there is none; never raises for a fault of the library."""
        return await self.look(lambda library: library.ask(question, today=today, after=after))

    async def look(self, work: Callable[[Library], Found]) -> Found | Apology:
        """What the work finds in the library, or why it was not done; raises nothing of it."""
        if self._open >= self._room:
            return Apology(Trouble.BUSY)
        self._open += 1
        try:
            return await self._done(lambda: work(self._library))
        finally:
            self._open -= 1

    async def aside(self, work: Callable[[Library], Found]) -> Found | Apology:
        """As `look`, for what nobody waits for: it takes no room, and lets questions go first."""
        # It may be crowded again by the time that an event is heard.
        while self.crowded or self._beside >= _MOST_BESIDE:  # noqa: ASYNC110
            await asyncio.sleep(_CROWD_S)
        self._beside += 1
        future: Future[Any] = Future()
        loop = asyncio.get_running_loop()
        # A clerk that was given up on is at work until the work ends.
        future.add_done_callback(lambda _: _told(loop, self._left))
        return await self._done(lambda: work(self._library), future)

    def _left(self) -> None:
        self._beside -= 1

    def close(self) -> None:
        """Send the clerks home; one that is still at work is not waited for."""
        for _ in self._clerks:
            self._tasks.put(None)

    async def _done(
        self, work: Callable[[], Found], future: Future[Any] | None = None
    ) -> Found | Apology:
        future = future or Future()
        self._tasks.put(_Task(future, work))
        found: asyncio.Future[Found] = asyncio.wrap_future(future)
        try:
            # Not wait_for: before Python 3.12 it loses a cancellation that comes with the result.
            await asyncio.wait({found}, timeout=self._patience_s)
            if not found.done():
                return Apology(Trouble.LATE)
            return found.result()
        except Exception as error:  # noqa: BLE001 - whatever it was, the person is told
            return _failure(error)
        finally:
            # Giving up cancels it, so that a clerk does not begin what nobody waits for.
            found.cancel()


@dataclass(frozen=True, slots=True)
class _Task:
    future: Future[Any]
    work: Callable[[], Any]


def _told(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(work)


def _failure(error: Exception) -> Apology:
    reference = secrets.token_hex(3)
    logger.error("a question failed, reference %s: %s", reference, describe(error))
    return Apology(Trouble.FAILED, reference)


def _clerk(tasks: "queue.SimpleQueue[_Task | None]") -> threading.Thread:
    # A daemon, unlike an executor's thread: a question that hangs cannot keep the bot running.
    clerk = threading.Thread(target=_serve, args=(tasks,), name="desk", daemon=True)
    clerk.start()
    return clerk


def _serve(tasks: "queue.SimpleQueue[_Task | None]") -> None:
    while (task := tasks.get()) is not None:
        if not task.future.set_running_or_notify_cancel():
            continue
        try:
            task.future.set_result(task.work())
        except Exception as error:  # noqa: BLE001 - it is raised again where it is awaited
            task.future.set_exception(error)
