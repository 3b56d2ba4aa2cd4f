"""Work through the updates that wait: many at once, few of one chat, each until it is answered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from weakref import WeakValueDictionary

from telegram import Update

from bot.inbox import Inbox, State, Waiting
from bot.logs import describe
from bot.polling import Read

logger = logging.getLogger(__name__)

AT_ONCE_IN_CHAT = 8
"""So that a chat whose answers must wait for Telegram's pace leaves room for the others."""

IN_HAND = 2_000
"""Most updates in memory; what goes beyond waits on disk."""

_AFTER_A_FAULT_S = 5.0


class Crew:
    """Takes updates from the inbox and settles each once `process` has returned."""

    def __init__(
        self,
        inbox: Inbox,
        *,
        read: Read,
        process: Callable[[Update], Awaitable[None]],
        at_once: int,
    ) -> None:
        self._inbox = inbox
        self._read = read
        self._process = process
        self._slots = asyncio.Semaphore(at_once)
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
                await asyncio.sleep(_AFTER_A_FAULT_S)
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
        room = IN_HAND - len(self._tasks)
        self._left_on_disk = True
        if room <= 0:
            return
        waiting = await self._inbox.take(self._last_seq, limit=room)
        self._left_on_disk = len(waiting) == room
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
                await self._inbox.settle(item.seq, await self._state_after(item))
            except Exception as error:  # noqa: BLE001 - one update must not take others with it
                logger.error("update not settled: %s", describe(error))  # noqa: TRY400

    async def _state_after(self, item: Waiting) -> State:
        try:
            update = self._read(item.payload)
        except Exception as error:  # noqa: BLE001 - kept for a look, and never tried again
            logger.error("an update cannot be read: %s", type(error).__name__)  # noqa: TRY400
            return State.ASIDE
        if update:
            await self._process(update)
        return State.DONE

    def _turn_of(self, chat: int | None) -> AbstractAsyncContextManager[None]:
        if chat is None:
            return nullcontext()
        return self._chats.setdefault(chat, asyncio.Semaphore(AT_ONCE_IN_CHAT))
