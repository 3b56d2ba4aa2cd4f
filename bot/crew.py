"""Work through the updates that wait: many at once, few of one chat, each until it is answered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from bot.inbox import Inbox, State, Waiting
from bot.logs import describe

logger = logging.getLogger(__name__)

_AFTER_A_FAULT_S = 5.0


@dataclass(frozen=True, slots=True)
class Room:
    """How many updates are handled at once, how many of one chat, and how many are in memory.

    The bound on a chat leaves room for the others while its answers wait for Telegram's pace;
    what goes beyond memory waits on disk.
    """

    at_once: int
    in_chat: int = 8
    in_hand: int = 2_000


class Crew:
    """Takes updates from the inbox and settles each as `handle` says once it is through."""

    def __init__(
        self,
        inbox: Inbox,
        handle: Callable[[dict[str, Any]], Awaitable[State]],
        room: Room,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._inbox = inbox
        self._handle = handle
        self._room = room
        self._sleep = sleep
        self._slots = asyncio.Semaphore(room.at_once)
        self._chats: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._last_seq = 0
        self._left_on_disk = False
        self._leaving = False

    def wake(self) -> None:
        """Say that updates may be waiting in the inbox."""
        self._news.set()

    async def run(self) -> None:
        """Take up what waits, first what an earlier run left, until cancelled."""
        self.wake()
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._take()
            except Exception as error:  # noqa: BLE001 - a full disk must not end the bot
                logger.error("the inbox cannot be read: %s", describe(error))  # noqa: TRY400
                await self._sleep(_AFTER_A_FAULT_S)
                self.wake()

    async def drain(self, patience_s: float) -> None:
        """Begin nothing more, wait for what has begun, and leave the rest for the next start."""
        self._leaving = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _take(self) -> None:
        free = self._room.in_hand - len(self._tasks)
        self._left_on_disk = True
        if free <= 0:
            return
        waiting = await self._inbox.take(self._last_seq, limit=free)
        self._left_on_disk = len(waiting) == free
        for item in waiting:
            self._last_seq = item.seq
            task = asyncio.create_task(self._work(item))
            self._tasks.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._left_on_disk:
            self.wake()

    async def _work(self, item: Waiting) -> None:
        async with self._turn_of(item.chat), self._slots:
            if self._leaving:
                return
            try:
                await self._inbox.settle(item.seq, await self._handle(item.payload))
            except Exception as error:  # noqa: BLE001 - one update must not take others with it
                logger.error("update not settled: %s", describe(error))  # noqa: TRY400

    def _turn_of(self, chat: int | None) -> AbstractAsyncContextManager[None]:
        if chat is None:
            return nullcontext()
        return self._chats.setdefault(chat, asyncio.Semaphore(self._room.in_chat))
