"""The way to one chat: one letter at a time, and what is urgent first, in order."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Lane:
    """A lock that is given to the urgent before the others."""

    def __init__(self) -> None:
        self._taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    def locked(self) -> bool:
        """Whether somebody has it."""
        return self._taken

    async def take(self, *, urgent: bool, again: bool = False) -> None:
        """Wait for the lane; who had it `again` goes before others of the kind."""
        if not self._taken:
            self._taken = True
            return
        ours: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line = self._urgent if urgent else self._others
        (line.appendleft if again else line.append)(ours)
        try:
            await ours
        except asyncio.CancelledError:
            if ours.done() and not ours.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Give the lane to the next who waits."""
        for line in (self._urgent, self._others):
            while line:
                if not (following := line.popleft()).done():
                    following.set_result(None)
                    return
        self._taken = False


class Turn:
    """A letter's time in its lane. One that is not urgent lets others pass while it waits."""

    def __init__(
        self, lane: Lane, *, urgent: bool, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._lane = lane
        self._urgent = urgent
        self._sleep = sleep
        self._has_it = False

    async def begin(self) -> None:
        """Wait for the lane."""
        await self._lane.take(urgent=self._urgent)
        self._has_it = True

    async def pause(self, wait_s: float) -> None:
        """Wait some seconds."""
        if self._urgent:
            await self._sleep(wait_s)
            return
        if wait_s <= 0:
            return
        self.end()
        await self._sleep(wait_s)
        await self._lane.take(urgent=False, again=True)
        self._has_it = True

    def end(self) -> None:
        """Leave the lane, where the letter is in it."""
        if self._has_it:
            self._has_it = False
            self._lane.leave()


class Lanes:
    """Lanes by chat; one that nobody uses is forgotten."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._lanes: WeakValueDictionary[int, Lane] = WeakValueDictionary()
        self._sleep = sleep

    def busy(self, chat: int) -> bool:
        """Whether a letter to the chat is on its way."""
        lane = self._lanes.get(chat)
        return lane is not None and lane.locked()

    @asynccontextmanager
    async def turn(self, chat: int, *, urgent: bool) -> AsyncIterator[Turn]:
        """The chat's lane for as long as the block lasts, but for pauses."""
        turn = Turn(self._lanes.setdefault(chat, Lane()), urgent=urgent, sleep=self._sleep)
        try:
            await turn.begin()
            yield turn
        finally:
            turn.end()
