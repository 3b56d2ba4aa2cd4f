"""Serve /metrics and /healthz: how the bot is doing, for machines that watch it."""

import asyncio
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.health import Health
from bot.logs import describe
from bot.meters import UNKNOWN, Levels, Meters
from bot.metrics import Metrics
from bot.office import Office
from bot.settings import BotSettings

logger = logging.getLogger(__name__)

Found = TypeVar("Found")

HEARD_WITHIN_S = 120.0
"""Without an answer of Telegram's for so long the bot is not well: a poll takes half a minute."""

LATE_S = 5.0
"""An event loop that is late by so much answers nobody."""

_BEAT_S = 0.5
_BEATS = 60
_DISK_PATIENCE_S = 3.0
_AT_ONCE = 4


def metrics_for(settings: BotSettings) -> Metrics:
    """What counts where the settings ask for numbers, and what counts nothing elsewhere."""
    return Metrics() if settings.metrics_port is None else Meters()


class Pulse:
    """Measures how late the event loop is."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._late: deque[float] = deque([0.0], maxlen=_BEATS)

    @property
    def late_s(self) -> float:
        """By how much the last beat was late."""
        return self._late[-1]

    @property
    def latest_s(self) -> float:
        """By how much the latest of the last half minute was."""
        return max(self._late)

    async def beat(self) -> None:
        """Beat until cancelled."""
        while True:
            due = self._clock() + _BEAT_S
            await self._sleep(_BEAT_S)
            self._late.append(max(0.0, self._clock() - due))


@dataclass(frozen=True, slots=True)
class _Queues:
    """What waits in bot.db."""

    waiting: int
    aside: int
    oldest: float | None
    unsent: int


class Monitor:
    """Watches one office, and tells those who ask; a few of them at a time.

    It lives on the event loop that it watches: where that hangs, nobody is answered, and whoever
    asks takes silence for an answer.
    """

    def __init__(
        self, office: Office, *, pulse: Pulse | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._office = office
        self._pulse = pulse or Pulse()
        self._clock = clock
        self._asking = 0
        self.address = ""

    async def run(self) -> None:
        """Serve until cancelled; nothing where the settings have no port."""
        port, host = self._office.settings.metrics_port, self._office.settings.metrics_host
        meters = self._office.metrics
        if port is None or not isinstance(meters, Meters):
            return
        runner = web.AppRunner(self._app(meters), access_log=None, keepalive_timeout=15)
        await runner.setup()
        try:
            await self._listen(runner, host, port)
            await self._pulse.beat()
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner, host: str, port: int) -> None:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            # Answers matter more than numbers.
            logger.error(  # noqa: TRY400 - the reason is all there is to it
                "numbers and health are not served: %s port %d cannot be had (%s); free it, or"
                " change BOT_METRICS_PORT or BOT_METRICS_HOST and start again",
                *(host, port, error.strerror),
            )
            return
        name, taken = runner.addresses[0][:2]
        self.address = f"http://[{name}]:{taken}" if ":" in name else f"http://{name}:{taken}"
        logger.info("numbers at %s/metrics, health at %s/healthz", self.address, self.address)

    def _app(self, meters: Meters) -> web.Application:
        app = web.Application(client_max_size=1024)
        app.router.add_get("/metrics", self._bounded(partial(self._metrics, meters)))
        app.router.add_get("/healthz", self._bounded(self._healthz))
        return app

    def _bounded(
        self, answer: Callable[[], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answered(_: web.Request) -> web.Response:
            if self._asking >= _AT_ONCE:
                return web.Response(status=503, text="too many ask at once\n")
            self._asking += 1
            try:
                return await answer()
            finally:
                self._asking -= 1

        return answered

    async def _healthz(self) -> web.Response:
        checks = await self._checks()
        told = {
            "ok": all(checks.values()),
            **checks,
            "heard_s": round(_heard_s(self._office.health), 1),
            "late_s": round(self._pulse.late_s, 3),
            "up_s": round(self._office.health.up_s, 1),
        }
        return web.json_response(told, status=200 if told["ok"] else 503)

    async def _metrics(self, meters: Meters) -> web.Response:
        levels = await self._levels(healthy=all((await self._checks()).values()))
        errors = dict(self._office.health.errors)
        # Many numbers take a moment to be written out, and the loop has other things to do.
        body = await asyncio.to_thread(meters.exposition, levels, errors)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _checks(self) -> dict[str, bool]:
        health = self._office.health
        return {
            "heard": _heard_s(health) < HEARD_WITHIN_S,
            "responsive": self._pulse.late_s < LATE_S,
            "collection": health.collection_open,
            "inbox": await self._from_disk(_write) is not None,
        }

    async def _levels(self, *, healthy: bool) -> Levels:
        office, health = self._office, self._office.health
        queues, held, now = await self._from_disk(_queues), health.collection, self._clock()
        return Levels(
            desk_open=office.desk.open,
            desk_room=office.settings.queue,
            inbox_waiting=queues.waiting if queues else UNKNOWN,
            inbox_aside=queues.aside if queues else UNKNOWN,
            inbox_oldest_seconds=_age_of_oldest(queues, now),
            outbox_letters=office.outbox.in_hand.total(),
            outbox_chats=len(office.outbox.in_hand),
            alerts_unsent=queues.unsent if queues else UNKNOWN,
            generation=held.generation if held else UNKNOWN,
            generation_age_seconds=_age(held.published_at, now) if held else UNKNOWN,
            articles=held.articles if held else UNKNOWN,
            paragraphs=held.paragraphs if held else UNKNOWN,
            reindexing=office.reindexing.claimed,
            last_poll_age_seconds=_heard_s(health),
            loop_lag_seconds=self._pulse.latest_s,
            healthy=healthy,
        )

    async def _from_disk(self, work: Callable[[sqlite3.Connection], Found]) -> Found | None:
        """What the work finds in bot.db; None where that fails or takes too long."""
        try:
            async with asyncio.timeout(_DISK_PATIENCE_S):
                return await self._office.data.run(work)
        except TimeoutError:
            return None
        except sqlite3.Error as error:
            logger.warning("bot.db does not answer the monitor: %s", describe(error))
            return None


def _heard_s(health: Health) -> float:
    return health.up_s if health.heard_s is None else health.heard_s


def _age(moment: str, now: float) -> float:
    try:
        told = datetime.fromisoformat(moment)
    except ValueError:
        return UNKNOWN
    return now - (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()


def _age_of_oldest(queues: _Queues | None, now: float) -> float:
    if queues is None:
        return UNKNOWN
    return 0.0 if queues.oldest is None else max(0.0, now - queues.oldest)


def _write(db: sqlite3.Connection) -> bool:
    # Only what is really written shows a full disk, or a folder that was made read-only.
    db.execute("insert or replace into state values ('alive', ?)", (str(int(time.time())),))
    return True


def _queues(db: sqlite3.Connection) -> _Queues:
    states = dict(db.execute("select state, count(*) from inbox group by state").fetchall())
    oldest = db.execute("select min(sent_at) from inbox where state = 'waiting'").fetchone()[0]
    unsent = db.execute("select count(*) from alerts where sent_at is null").fetchone()[0]
    return _Queues(states.get("waiting", 0), states.get("aside", 0), oldest, unsent)
