"""Count how often an update was begun, so that one that kills the process cannot do so for ever.

The count is on disk before the work begins, since a process that is killed can say nothing. What
was in work when it died is under suspicion, and of that one is seen to at a time, so that the
innocent are not counted with the guilty again.
"""

import asyncio
import heapq
import itertools
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.inbox import Inbox, State
from bot.intake import identifier_of
from bot.logs import describe

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""An update is taken up again twice at most."""

ALONE_S = 5.0
"""How long the others under suspicion wait for one, whose answer may wait longer for Telegram."""

Handle = Callable[[dict[str, Any]], Awaitable[State]]


class Attempts:
    """Handles updates by `handle`; one begun too often is left to `give_up` and put aside."""

    def __init__(
        self,
        inbox: Inbox,
        handle: Handle,
        *,
        give_up: Callable[[dict[str, Any]], Awaitable[None]],
        alone_s: float = ALONE_S,
    ) -> None:
        self._inbox = inbox
        self._handle = handle
        self._give_up = give_up
        self._suspects: dict[int, int] = {}
        self._line = _Line(alone_s)

    async def recall(self) -> None:
        """Learn what was in work when the bot last ended without being asked to."""
        self._suspects = await self._inbox.tried()

    async def handle(self, raw: dict[str, Any]) -> State:
        """See to an update that is stored, and say what has become of it."""
        number = identifier_of(raw)
        if number is None:
            return State.ASIDE
        before = self._suspects.pop(number, 0)
        if before >= MOST_ATTEMPTS:
            return await self._put_aside(number, raw)
        if not before:
            return await self._try(number, raw)
        async with self._line.turn(before):
            return await self._try(number, raw)

    async def _try(self, number: int, raw: dict[str, Any]) -> State:
        try:
            await self._inbox.begin(number)
        except sqlite3.Error as error:  # a full disk: better answered uncounted than not at all
            logger.error("that update %d was begun is not counted: %s", number, describe(error))  # noqa: TRY400
        try:
            return await self._handle(raw)
        except asyncio.CancelledError:
            # The bot was told to stop: that is nobody's fault.
            await self._inbox.put_back(number)
            raise

    async def _put_aside(self, number: int, raw: dict[str, Any]) -> State:
        logger.error(
            "update %d is set aside: the bot ended %d times while it was at it",
            number,
            MOST_ATTEMPTS,
        )
        await self._give_up(raw)
        return State.ASIDE


class _Line:
    """Lets one through at a time, first what was begun least often; nothing holds it for long."""

    def __init__(self, alone_s: float) -> None:
        self._alone_s = alone_s
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._taken = False

    @asynccontextmanager
    async def turn(self, before: int) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        called = loop.create_future()
        heapq.heappush(self._waiting, (before, next(self._numbers), called))
        # Whoever comes in the same moment is in the line before the first is let through.
        loop.call_soon(self._call)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._next()
            raise
        held = _Held(self._next)
        timer = loop.call_later(self._alone_s, held.let_go)
        try:
            yield
        finally:
            timer.cancel()
            held.let_go()

    def _next(self) -> None:
        self._taken = False
        self._call()

    def _call(self) -> None:
        while self._waiting and not self._taken:
            _, _, called = heapq.heappop(self._waiting)
            if not called.done():
                self._taken = True
                called.set_result(None)


class _Held:
    def __init__(self, free: Callable[[], None]) -> None:
        self._free: Callable[[], None] | None = free

    def let_go(self) -> None:
        if self._free:
            free, self._free = self._free, None
            free()
