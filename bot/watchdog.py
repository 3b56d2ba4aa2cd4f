"""Notice when the bot no longer moves, and end it, so that whoever supervises it starts it anew.

That Telegram cannot be reached is no such case: no restart would mend it, so it is only told.
"""

import asyncio
import faulthandler
import logging
import os
import sqlite3
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import NoReturn

from bot.database import BotData
from bot.health import Health
from bot.notify import Notifier

logger = logging.getLogger(__name__)

STUCK = 70
"""The exit status of a bot that no longer moved; EX_SOFTWARE in sysexits.h."""

_BEAT_S = 15.0
_LAST_WORDS_S = 5.0


def end_process(why: str) -> NoReturn:
    """Say why and where everything stands, and end at once; what was open is taken up again."""
    # Whoever reads the log may be what everything waits for.
    threading.Timer(_LAST_WORDS_S, os._exit, [STUCK]).start()
    logger.critical("%s; the bot ends with status %d, to be started again", why, STUCK)
    with suppress(OSError, ValueError):
        faulthandler.dump_traceback(sys.__stderr__ or 2)
    os._exit(STUCK)


@dataclass(frozen=True, slots=True)
class Lifeline:
    """Whom the bot tells that it lives, and how it is ended when it does not."""

    notifier: Notifier = field(default_factory=Notifier)
    touch: Callable[[], None] = lambda: None
    end: Callable[[str], object] = end_process


class Watchdog:
    """Gives signs of life while event loop, bot.db and poller move; past `limit_s`, the end.

    A `limit_s` of 0 is no limit. The signs go on then as long as event loop and bot.db move.
    """

    def __init__(
        self,
        limit_s: float,
        *,
        health: Health,
        data: BotData,
        lifeline: Lifeline,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit_s = limit_s
        self._health = health
        self._data = data
        self._lifeline = lifeline
        self._clock = clock
        self._beat_at = clock()
        self._told = False
        self._suspected = False
        wanted = (_BEAT_S, limit_s / 8, lifeline.notifier.watchdog_s / 3)
        self.every_s = min(seconds for seconds in wanted if seconds)

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await self.beat()
            await asyncio.sleep(self.every_s)

    async def beat(self) -> None:
        """Pass through the event loop and bot.db's thread, and say that this went well."""
        with suppress(
            OSError, sqlite3.Error
        ):  # that it fails is no standstill, and told elsewhere
            await self._data.run(lambda _: None)
        self._beat_at = self._clock()
        if self.standstill is None:
            self._lifeline.touch()
            self._lifeline.notifier.alive()
        self._tell_of_silence()

    @property
    def standstill(self) -> str | None:
        """What has not moved for longer than the limit, in words."""
        if not self._limit_s:
            return None
        now = self._clock()
        if (stood := now - self._beat_at) > self._limit_s:
            return f"the event loop, or the work on bot.db, has stood still for {stood:.0f} s"
        until = self._health.lively_until
        if until is not None and (stood := now - until) > self._limit_s:
            return f"the fetching of updates has stood still for {stood:.0f} s"
        return None

    def look(self) -> None:
        """End the process at the second look that finds it at a standstill.

        At the first it may be the whole machine that has just been woken.
        """
        why = self.standstill
        if why and self._suspected:
            self._lifeline.end(why)
        self._suspected = why is not None

    def guard(self, over: threading.Event) -> None:
        """Look again and again until it is over; on a thread, since the loop may not move."""
        while not over.wait(self.every_s):
            self.look()

    def _tell_of_silence(self) -> None:
        silent_s = self._health.silent_s
        silent = bool(self._limit_s) and silent_s is not None and silent_s > self._limit_s
        if silent and not self._told:
            status = f"Telegram has not answered for {silent_s:.0f} s"
            logger.error("%s; the bot goes on trying; scripts/run doctor looks for causes", status)
            self._lifeline.notifier.status(f"{status}; trying on")
        elif self._told and not silent:
            logger.warning("Telegram answers again")
            self._lifeline.notifier.status("serving")
        self._told = silent


@asynccontextmanager
async def watched(watchdog: Watchdog) -> AsyncIterator[None]:
    """Have the watchdog at work for as long as the block lasts."""
    over = threading.Event()
    guarding = threading.Thread(target=watchdog.guard, args=[over], name="watchdog", daemon=True)
    beating = asyncio.create_task(watchdog.run())
    guarding.start()
    try:
        yield
    finally:
        over.set()
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
