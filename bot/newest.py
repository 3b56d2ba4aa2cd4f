"""See to the newest of a person's wishes only: with every key that is pressed comes another."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable

PAUSE_S = 0.3
"""How long a person must have stopped typing."""


class Newest:
    """Works for many people at once, for each on one wish; one that nobody awaits is dropped."""

    def __init__(
        self,
        *,
        pause_s: float = PAUSE_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pause_s = pause_s
        self._sleep = sleep
        self._working: dict[Hashable, asyncio.Task[None]] = {}

    async def see_to(
        self,
        person: Hashable,
        work: Callable[[], Coroutine[None, None, None]],
        *,
        at_once: bool = False,
    ) -> None:
        """Do the work after a pause, unless the same person wants something else by then.

        Returns when it is done or dropped; raises what the work raises.
        """
        if earlier := self._working.get(person):
            earlier.cancel()
        task = asyncio.create_task(self._paused(work, 0 if at_once else self._pause_s))
        self._working[person] = task
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
            if self._working.get(person) is task:
                del self._working[person]
        if not task.cancelled():
            task.result()

    async def _paused(
        self, work: Callable[[], Coroutine[None, None, None]], pause_s: float
    ) -> None:
        if pause_s:
            await self._sleep(pause_s)
        await work()
