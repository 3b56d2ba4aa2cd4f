"""Work through the updates that wait: many at once, few of one chat, each until it is answered."""

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.inbox import Inbox, State, Waiting
from bot.logs import describe
from bot.rota import Asker
from bot.turns import Turns

logger = logging.getLogger(__name__)

_AFTER_A_FAULT_S = 5.0


@dataclass(frozen=True, slots=True)
class Room:
    """How many updates are handled at once, of one chat, of one person, and are in memory.

    The bound on a chat leaves room for the others while its answers wait for Telegram's pace, that
    on a person leaves room for the others of the chat; what goes beyond memory waits on disk.
    """

    at_once: int
    in_chat: int = 8
    of_one: int = 2
    in_hand: int = 2_000

    @property
    def waiting_of_one(self) -> int:
        """How many of one person may wait; memory is for everybody."""
        return max(1, self.in_hand // 10)


class Crew:
    """Takes updates from the inbox and settles each as `handle` says once it is through.

    Of who sends more than may wait, the rest is settled unseen; `refuse` is given the first.
    """

    def __init__(
        self,
        inbox: Inbox,
        handle: Callable[[dict[str, Any]], Awaitable[State]],
        room: Room,
        *,
        refuse: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._inbox = inbox
        self._handle = handle
        self._room = room
        self._sleep = sleep
        self._refuse = refuse
        self._turns = Turns(at_once=room.at_once, in_chat=room.in_chat, of_one=room.of_one)
        self._of_one: Counter[Asker] = Counter()
        self._refused: set[Asker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._unsettled: dict[int, State] = {}
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

    async def _settle_left(self) -> None:
        """Mark what was answered while the disk was full, or else it would be answered again."""
        for seq, state in list(self._unsettled.items()):
            await self._inbox.settle(seq, state)
            self._unsettled.pop(seq, None)

    async def _take(self) -> None:
        await self._settle_left()
        free = self._room.in_hand - len(self._tasks)
        self._left_on_disk = True
        if free <= 0:
            return
        waiting = await self._inbox.take(self._last_seq, limit=free)
        self._left_on_disk = len(waiting) == free
        for item in waiting:
            self._last_seq = item.seq
            asker = _asker(item)
            much = self._of_one[asker] >= self._room.waiting_of_one and asker.one is not None
            self._of_one[asker] += not much
            task = asyncio.create_task(
                self._turn_away(item, asker) if much else self._work(item, asker)
            )
            self._tasks.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._left_on_disk:
            self.wake()

    async def _work(self, item: Waiting, asker: Asker) -> None:
        try:
            async with self._turns.turn(asker):
                if not self._leaving:
                    await self._see_to(item)
        finally:
            self._of_one[asker] -= 1
            if not self._of_one[asker]:
                del self._of_one[asker]
                self._refused.discard(asker)

    async def _see_to(self, item: Waiting) -> None:
        try:
            state = await self._handle(item.payload)
            try:
                await self._inbox.settle(item.seq, state)
            except sqlite3.Error:
                self._unsettled[item.seq] = state
                raise
        except Exception as error:  # noqa: BLE001 - one update must not take others with it
            logger.error("update not settled: %s", describe(error))  # noqa: TRY400

    async def _turn_away(self, item: Waiting, asker: Asker) -> None:
        """Settle what is too much of one person, who is told once until the rest is through."""
        first = asker not in self._refused
        self._refused.add(asker)
        try:
            await self._inbox.settle(item.seq, State.STALE)
            if first and self._refuse:
                await self._refuse(item.payload)
        except Exception as error:  # noqa: BLE001 - one update must not take others with it
            logger.error("somebody is not told to wait: %s", describe(error))  # noqa: TRY400


def _asker(item: Waiting) -> Asker:
    """Who sent an update, as far as its JSON tells; who writes as a chat is nobody by name."""
    for kind, told in item.payload.items():
        if not isinstance(told, dict):
            continue
        sender = None if told.get("sender_chat") else told.get("from")
        person = sender.get("id") if isinstance(sender, dict) else None
        if type(person) is not int:  # nothing else could be counted by
            break
        # A press waits for no answer, and neither for what is typed behind the bot's name.
        line = kind if kind in {"callback_query", "inline_query"} else ""
        chat = item.chat if item.chat is not None else (kind, person)
        return Asker(chat, (line, chat, person))
    return Asker(item.chat)
