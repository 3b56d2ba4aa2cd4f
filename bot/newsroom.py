"""Notice that something was published: have watches matched and quotes corrected."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.corrector import Corrector
from bot.courier import Courier
from bot.desk import Apology
from bot.logs import describe
from bot.office import Office
from bot.watches import Watch, Watches

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0

MOST_FOUND = 30
"""Passages that are kept of what one publication brought for one watch."""

_AFTER_TROUBLE_S = 30.0
_BATCH = 100


class Newsroom:
    """Works beside the answers, after each publication, and lets questions go first."""

    def __init__(
        self,
        office: Office,
        *,
        courier: Courier | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._office = office
        self._watches = Watches(office.data)
        self._courier = courier or Courier(office)
        self._corrector = Corrector(office)
        self._sleep = sleep
        self._seen: int | None = None

    async def run(self) -> None:
        """Follow what is published, and send what is due, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._repeat(self.follow))
                group.create_task(self._repeat(self._deliver))
        finally:
            await self._courier.leave()

    async def follow(self) -> bool:
        """See to a generation that is new; False if something of it must wait."""
        status = await self._office.desk.aside(lambda library: library.status())
        self._office.health.looked_at(None if isinstance(status, Apology) else status)
        if isinstance(status, Apology):
            return False
        generation = status.generation
        if generation == self._seen:
            return True
        looked_at = await self._office.data.run(_looked_at)
        if looked_at is not None and generation < looked_at:
            await self._watches.rewind(generation)
        complete = await self._match(generation)
        # At the very first start, what left before was quoted by nobody.
        if looked_at is not None and generation > looked_at:
            complete = await self._corrector.look() and complete
        if complete:
            await self._office.data.run(lambda db: _look_at(db, generation))
            self._seen = generation
        return complete

    async def _deliver(self) -> bool:
        await self._courier.look()
        return True

    async def _match(self, generation: int) -> bool:
        complete, last = True, 0
        while batch := await self._watches.behind(generation, after=last, limit=_BATCH):
            for watch in batch:
                complete = await self._ask(watch, generation) and complete
            last = batch[-1].number
        return complete

    async def _ask(self, watch: Watch, generation: int) -> bool:
        scene = self._office.scene_of(watch.chat, watch.topic, watch.language)
        today, only = datetime.now(UTC).astimezone(scene.zone).date(), scene.settings.sources
        answer = await self._office.desk.aside(
            lambda library: library.ask(
                watch.question, limit=MOST_FOUND, today=today, only=only, since=watch.generation
            )
        )
        if isinstance(answer, Apology):
            return False
        if answer.searched.generation < generation:
            return False  # a process that answers, or a replica, is behind: asked again, it is not
        reached = answer.searched.generation
        await self._watches.matched(watch, reached, answer.passages, more=answer.more)
        return True

    async def _repeat(self, work: Callable[[], Awaitable[bool]]) -> None:
        while True:
            try:
                done = await work()
            except Exception as error:  # noqa: BLE001 - alerts must not end the answers
                logger.error("the newsroom failed: %s", describe(error))  # noqa: TRY400
                done = False
            await self._sleep(LOOK_EVERY_S if done else _AFTER_TROUBLE_S)


def _looked_at(db: sqlite3.Connection) -> int | None:
    row = db.execute("select value from state where name = 'looked_at'").fetchone()
    return int(row[0]) if row else None


def _look_at(db: sqlite3.Connection, generation: int) -> None:
    db.execute("insert or replace into state values ('looked_at', ?)", (str(generation),))
