"""Have Telegram bring the updates, and thank it only for what is on our disk."""

import asyncio
import hmac
import json
import logging
import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot

from bot.database import BotData
from bot.inbox import Inbox
from bot.intake import Read, item_of
from bot.limits import UPDATES, WEBHOOK_CONNECTIONS
from bot.logs import describe
from bot.settings import BotSettings
from bot.tries import until_done
from index import IndexFault

logger = logging.getLogger(__name__)

BODY_BYTES = 2**20
"""Largest update that is taken; Telegram's are a few kilobytes."""

HEALTH = "/healthz"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of it

_AT_ONCE = 2 * WEBHOOK_CONNECTIONS
_READ_S = 20.0
_CHECK_S = 60.0
_LULL_S, _LONGEST_LULL_S = 1.0, 10.0
_SECRET = "webhook_secret"  # noqa: S105 - the name of it


class WebhookUnusable(IndexFault):
    """The bot cannot listen; the message says where, and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where Telegram brings updates to, what it has to show, and where that arrives here."""

    url: str
    secret: str
    host: str
    port: int

    @property
    def path(self) -> str:
        """The path of the one, at which the other listens."""
        return urlsplit(self.url).path or "/"


async def place_of(settings: BotSettings, data: BotData) -> Place | None:
    """The place of the settings, with a secret made up once where there is none; None to poll."""
    if settings.webhook_url is None:
        return None
    given = settings.webhook_secret
    secret = given.get_secret_value() if given else await data.run(_kept_secret)
    return Place(settings.webhook_url, secret, settings.webhook_host, settings.webhook_port)


class Webhook:
    """Keeps the updates that are brought in the inbox, and says when some have `arrived`.

    `heard` is told whenever Telegram has answered that it still brings them here.
    """

    def __init__(  # noqa: PLR0913 - by name, the last one for tests
        self,
        bot: Bot,
        inbox: Inbox,
        place: Place,
        *,
        read: Read,
        arrived: Callable[[], None],
        heard: Callable[[], None] = lambda: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._inbox = inbox
        self._place = place
        self._read = read
        self._heard = heard
        self._sleep = sleep
        self._lull = _Lull(arrived)
        self._at_once = 0
        self._strangers = 0
        self._is_set = False

    async def run(self) -> None:
        """Listen, and have Telegram bring updates, until cancelled."""
        app = web.Application(client_max_size=BODY_BYTES)
        app.router.add_route("*", "/{path:.*}", self._answer)
        # Its own log would show what strangers send.
        silent = logging.getLogger(f"{__name__}.http")
        silent.setLevel(logging.CRITICAL)
        runner = web.AppRunner(app, access_log=None, logger=silent, shutdown_timeout=2)
        await runner.setup()
        try:
            await self._listen(runner)
            await self._tend()
        finally:
            await runner.cleanup()
            self._lull.end()

    async def _listen(self, runner: web.AppRunner) -> None:
        host, port = self._place.host, self._place.port
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            reason = (error.strerror or type(error).__name__).rpartition(": ")[2]
            raise WebhookUnusable(
                f"the webhook cannot listen on {host}, port {port} ({reason});"
                " set BOT_WEBHOOK_HOST and BOT_WEBHOOK_PORT to what is free here"
            ) from error
        logger.info("listening for updates on %s, port %d", host, port)

    async def _tend(self) -> None:
        while True:
            await until_done("setWebhook", self._see_that_it_is_set, sleep=self._sleep)
            await self._sleep(_CHECK_S)

    async def _see_that_it_is_set(self) -> None:
        """Set the webhook at the start, and again when somebody has deleted it."""
        if not self._is_set:
            return await self._set()
        info = await self._bot.get_webhook_info()
        self._heard()
        if not info.url:
            logger.warning(
                "the webhook was deleted, and is set again;"
                " if that comes back, another bot polls with this token: stop it"
            )
            return await self._set()
        if info.url != self._place.url:
            logger.error(
                "Telegram brings updates to another address now;"
                " stop what has set it, then start this bot again"
            )
        elif info.pending_update_count and info.last_error_message:
            logger.warning(
                "%d updates wait at Telegram, whose last trouble with the webhook was: %s",
                info.pending_update_count,
                info.last_error_message,
            )
        return None

    async def _set(self) -> None:
        await self._bot.set_webhook(
            self._place.url,
            allowed_updates=list(UPDATES),
            secret_token=self._place.secret,
            max_connections=WEBHOOK_CONNECTIONS,
        )
        self._is_set = True
        self._heard()

    async def _answer(self, request: web.Request) -> web.Response:
        if request.method in {"GET", "HEAD"} and request.path == HEALTH:
            return web.Response(text="ok\n")
        if request.path != self._place.path:
            return web.Response(status=404)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        if not self._knows(request.headers.get(SECRET_HEADER, "")):
            return self._turn_away()
        if self._at_once >= _AT_ONCE:
            return web.Response(status=503, headers={"Retry-After": "1"})
        self._at_once += 1
        try:
            return await self._receive(request)
        finally:
            self._at_once -= 1

    def _knows(self, shown: str) -> bool:
        expected = self._place.secret.encode()
        return hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), expected)

    def _turn_away(self) -> web.Response:
        self._strangers += 1
        if self._strangers & (self._strangers - 1) == 0:  # 1, 2, 4, 8: a flood fills no log
            logger.warning(
                "%d requests did not show the webhook's secret and were refused", self._strangers
            )
        return web.Response(status=403)

    async def _receive(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_READ_S):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            # Told to send it again, Telegram would do so for a day.
            logger.error("what was brought is no JSON and is dropped: %d bytes", len(body))  # noqa: TRY400
            return web.Response()
        return await self._keep(raw)

    async def _keep(self, raw: Any) -> web.Response:
        item = item_of(raw, self._read)
        if item is None:
            return web.Response()
        try:
            await self._inbox.keep([item])
        except Exception as error:  # noqa: BLE001 - whatever it is, Telegram still has the update
            logger.error(  # noqa: TRY400 - a traceback could show what people wrote
                "what arrived cannot be stored, so Telegram keeps it: %s", describe(error)
            )
            return web.Response(status=503, headers={"Retry-After": "5"})
        self._lull.came(old=self._inbox.is_old(item))
        return web.Response()


class _Lull:
    """Tells at once of what is new; of what is old once no more of it comes, or it takes long.

    After an outage Telegram brings the old one by one, and only the newest of a chat is answered.
    """

    def __init__(self, arrived: Callable[[], None]) -> None:
        self._arrived = arrived
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def came(self, *, old: bool) -> None:
        """One more has been stored."""
        if not old and self._timer is None:
            return self._arrived()
        if not old:
            return None
        loop = asyncio.get_running_loop()
        if self._timer is None:
            self._since = loop.time()
        self.end()
        at = min(loop.time() + _LULL_S, self._since + _LONGEST_LULL_S)
        self._timer = loop.call_at(at, self._tell)
        return None

    def end(self) -> None:
        """Tell of nothing more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _tell(self) -> None:
        self._timer = None
        self._arrived()


def _kept_secret(db: sqlite3.Connection) -> str:
    db.execute("insert or ignore into state values (?, ?)", (_SECRET, secrets.token_urlsafe(32)))
    row = db.execute("select value from state where name = ?", (_SECRET,)).fetchone()
    return str(row[0])
