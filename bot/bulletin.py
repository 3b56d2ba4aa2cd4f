"""A message of ours that shows the newest state of something, edited as seldom as need be."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Self

from telegram.error import TelegramError

from bot.limits import EDIT_SPAN_S
from bot.logs import describe
from bot.outbox import Letter

logger = logging.getLogger(__name__)


class Bulletin:
    """Sends the newest letter that it was given, one at a time; those between are never sent."""

    def __init__(
        self, send: Callable[[Letter], Awaitable[object]], *, span_s: float = EDIT_SPAN_S
    ) -> None:
        self._send = send
        self._span_s = span_s
        self._newest: Letter | None = None
        self._changed = asyncio.Event()
        self._ending = asyncio.Event()

    def show(self, letter: Letter) -> None:
        """Have this shown as soon as it may be, unless there is something newer by then."""
        self._newest = letter
        self._changed.set()

    async def __aenter__(self) -> Self:
        """Begin to show what it is given."""
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Show nothing more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def end(self, letter: Letter) -> None:
        """Show this last, and return when that is done or has failed."""
        self.show(letter)
        self._ending.set()
        await self._task

    async def _run(self) -> None:
        shown = None
        while self._newest or not self._ending.is_set():
            await self._changed.wait()
            self._changed.clear()
            letter, self._newest = self._newest, None
            if letter and letter != shown:
                await self._post(letter)
                shown = letter
            await self._pause()

    async def _post(self, letter: Letter) -> None:
        try:
            await self._send(letter)
        except TelegramError as error:
            logger.warning("progress is not shown: %s", describe(error))

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._ending.wait(), self._span_s)
        except TimeoutError:
            return
