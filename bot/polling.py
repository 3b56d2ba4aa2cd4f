"""Fetch updates by long polling, and let Telegram forget one only when it is on our disk."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Bot
from telegram.error import RetryAfter

from bot.inbox import Inbox, Item
from bot.intake import Read, identifier_of, item_of
from bot.limits import BATCH, LONG_POLL_S, UPDATES
from bot.logs import explained
from bot.outbox import seconds
from bot.tries import FIRST_PAUSE_S, LONGEST_PAUSE_S
from index import IndexFault

logger = logging.getLogger(__name__)

_NETWORK_ROOM_S = 15.0


class _NotStored(IndexFault):
    """Updates could not be stored, and are not confirmed."""


class Poller:
    """Keeps the updates that are for the bot in the inbox, and says when some have `arrived`.

    `polled` is told whenever Telegram has given an answer, `tried` after every round, well or not,
    how many seconds it pauses until the next.

    No fault ends it: it pauses, longer each time up to half a minute, and asks again.
    """

    def __init__(  # noqa: PLR0913 - by name, and most of them to be told something
        self,
        bot: Bot,
        inbox: Inbox,
        *,
        read: Read,
        arrived: Callable[[], None],
        polled: Callable[[], None] = lambda: None,
        tried: Callable[[float], None] = lambda _: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        network_room_s: float = _NETWORK_ROOM_S,
    ) -> None:
        self._bot = bot
        self._inbox = inbox
        self._read = read
        self._arrived = arrived
        self._polled = polled
        self._tried = tried
        self._sleep = sleep
        self._network_room_s = network_room_s
        self._offset: int | None = None
        self._more = True

    async def run(self) -> None:
        """Poll until cancelled."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                await self._round()
            except RetryAfter as flood:
                await self._rest(seconds(flood.retry_after))
            except Exception as error:  # noqa: BLE001 - whatever it is, polling goes on
                logger.warning("getUpdates failed, again in %.0f s: %s", pause, explained(error))
                await self._rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                self._tried(0)
                pause = FIRST_PAUSE_S

    async def _rest(self, pause_s: float) -> None:
        self._tried(pause_s)
        await self._sleep(pause_s)

    async def _round(self) -> None:
        batch = await self._fetch()
        self._polled()
        ids = [identifier for raw in batch if (identifier := identifier_of(raw)) is not None]
        if batch and not ids:
            raise ValueError("no update in the batch has a number")
        keeping = asyncio.create_task(
            self._keep([item for raw in batch if (item := item_of(raw, self._read))])
        )
        # All that piled up is gathered before it is taken up, so that the newest can be told. What
        # is taken up then waits for bot.db behind what is kept, and is given out once that is
        # committed: told afterwards, each update would wait for it twice.
        self._more = len(batch) >= BATCH
        # The work must stand in line for bot.db by now: who is told looks there at once, and is
        # told nothing more until the next update.
        await asyncio.sleep(0)
        if not self._more:
            self._arrived()
        await keeping
        # Once an empty batch has confirmed the last one, no offset is needed: Telegram may begin
        # to count anew, lower, after a quiet week.
        self._offset = max(ids) + 1 if ids else None

    async def _keep(self, items: list[Item]) -> None:
        try:
            await self._inbox.keep(items)
        except sqlite3.Error as error:
            raise _NotStored(
                f"what arrived cannot be stored ({error}), so Telegram keeps it;"
                " scripts/run doctor says what is wrong"
            ) from error

    async def _fetch(self) -> Sequence[Any]:
        patience_s = 0 if self._more else LONG_POLL_S
        wish = {
            "offset": self._offset,
            "limit": BATCH,
            "timeout": patience_s,
            "allowed_updates": list(UPDATES),
        }
        # PTB's public get_updates parses a batch as a whole: one bad update would lose them all.
        batch = await self._bot._post(
            "getUpdates", wish, read_timeout=patience_s + self._network_room_s
        )
        if not isinstance(batch, list):
            raise TypeError("getUpdates did not return a list")
        return batch
