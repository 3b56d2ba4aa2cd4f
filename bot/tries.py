"""Ask Telegram again and again until it answers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram.error import RetryAfter

from bot.logs import explained
from bot.outbox import seconds

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
"""The pause after a failure, doubled with each one more."""


async def until_done(
    name: str,
    call: Callable[[], Awaitable[object]],
    *,
    sleep: Sleep = asyncio.sleep,
    for_good: tuple[type[Exception], ...] = (),
) -> None:
    """Make the call until it succeeds; failures of the kinds `for_good` are raised."""
    pause = FIRST_PAUSE_S
    while True:
        try:
            await call()
        except for_good:
            raise
        except RetryAfter as flood:
            await sleep(seconds(flood.retry_after))
        except Exception as error:  # noqa: BLE001 - what a broken proxy answers raises anything
            logger.warning("%s failed, again in %.0f s: %s", name, pause, explained(error))
            await sleep(pause)
        else:
            return
        pause = min(pause * 2, LONGEST_PAUSE_S)
