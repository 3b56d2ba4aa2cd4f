"""The one crossing from async to threads: ask the library, and do not wait for ever."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.clerks import Clerks, Task, told
from bot.logs import describe, reference
from bot.rota import Asker
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
_SHARE_OF_ONE = 4  # a person may hold a quarter of what is left free, a chat as much as that


class Library(Protocol):
    """What the bot needs of an open collection; any thread may call it."""

    @property
    def warm(self) -> bool: ...

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
    ENOUGH = "enough"
    LATE = "late"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Apology:
    """What comes back in place of an answer; a failure carries the id it was logged under."""

    trouble: Trouble
    reference: str = ""


@dataclass(slots=True)
class _Floor:
    """What all who stand at the desk share."""

    library: Library
    patience_s: float
    room: int
    clerks: Clerks
    open: int = 0
    beside: int = 0


class Desk:
    """Takes questions while there is room, and answers each within its patience or apologises.

    Who holds much of the room is turned away before others are, and waits behind them.
    """

    def __init__(
        self, library: Library, *, patience_s: float, room: int, clerks: int = CLERKS
    ) -> None:
        self._floor = _Floor(library, patience_s, room, Clerks(clerks))
        self._asker = Asker()

    def serving(self, asker: Asker) -> "Desk":
        """The same desk, at which somebody stands: what is asked there is theirs."""
        desk = copy(self)
        desk._asker = asker
        return desk

    @property
    def open(self) -> int:
        """How many questions are being looked up, or wait for that."""
        return self._floor.open

    @property
    def warm(self) -> bool:
        """Whether the library is ready; until then a question waits for its model to be loaded."""
        return self._floor.library.warm

    @property
    def crowded(self) -> bool:
        """Whether all clerks are at work while more waits, and niceties should wait too."""
        rota = self._floor.clerks.rota
        return rota.full and rota.waiting > 0

    async def ask(
        self, question: str, *, today: date | None = None, after: Turn | None = None
    ) -> Answer | Apology:
        """The library's answer, or why there is none; never raises for a fault of the library."""
        return await self.look(lambda library: library.ask(question, today=today, after=after))

    async def look(self, work: Callable[[Library], Found]) -> Found | Apology:
        """What the work finds in the library, or why it was not done; raises nothing of it."""
        floor = self._floor
        if refusal := self._refusal():
            return Apology(refusal)
        floor.open += 1
        try:
            return await self._done(Task(self._asker, lambda: work(floor.library)))
        finally:
            floor.open -= 1

    async def aside(self, work: Callable[[Library], Found]) -> Found | Apology:
        """As `look`, for what nobody waits for: it takes no room, and lets questions go first."""
        floor = self._floor
        # It may be crowded again by the time that an event is heard.
        while self.crowded or floor.beside >= _MOST_BESIDE:  # noqa: ASYNC110
            await asyncio.sleep(_CROWD_S)
        floor.beside += 1
        task = Task(Asker(), lambda: work(floor.library))
        loop = asyncio.get_running_loop()
        # A clerk that was given up on is at work until the work ends.
        task.future.add_done_callback(lambda _: told(loop, self._left))
        return await self._done(task)

    def _left(self) -> None:
        self._floor.beside -= 1

    def close(self) -> None:
        """Send the clerks home; one that is still at work is not waited for."""
        self._floor.clerks.close()

    def _refusal(self) -> Trouble | None:
        """Why no more is taken of who stands here.

        Shares are of what is free, so that some of the room is always left for who comes next.
        """
        free, rota = self._floor.room - self._floor.open, self._floor.clerks.rota
        if free <= 0 or rota.of_chat(self._asker) > free:
            return Trouble.BUSY
        return Trouble.ENOUGH if rota.of_one(self._asker) * _SHARE_OF_ONE > free else None

    async def _done(self, task: Task[Found]) -> Found | Apology:
        self._floor.clerks.put(task)
        found = asyncio.wrap_future(task.future)
        try:
            # Not wait_for: before Python 3.12 it loses a cancellation that comes with the result.
            await asyncio.wait({found}, timeout=self._floor.patience_s)
            if not found.done():
                return Apology(Trouble.LATE)
            return found.result()
        except Exception as error:  # noqa: BLE001 - whatever it was, the person is told
            return _failure(error)
        finally:
            # Giving up cancels it, so that a clerk does not begin what nobody waits for.
            self._floor.clerks.give_up(task)
            found.cancel()


def _failure(error: Exception) -> Apology:
    request = reference()
    logger.error("a question failed, reference %s: %s", request, describe(error))
    return Apology(Trouble.FAILED, request)
