"""What Telegram says of the bot: its token, what it may see, its webhook; and what time it is."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.settings import BotSettings
from index import Finding
from index.findings import fine, note, unseen, wrong

PATIENCE_S = 10.0
_HERE = {"localhost", "127.0.0.1", "::1"}
MOST_BYTES = 1 << 20
LITTLE_OFF_S, OFF_S = 5.0, 60.0
MANY_WAIT = 100
_LONGEST = 160

Clock = Callable[[], float]


class _Refused(Exception):  # noqa: N818 - nobody else sees it
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Line:
    """One connection to the Bot API; it never says the token."""

    def __init__(self, settings: BotSettings, *, clock: Clock = time.time) -> None:
        self._settings = settings
        self._clock = clock
        self.ahead_s: float | None = None

    def ask(self, method: str) -> dict[str, Any]:
        """The result of a method without parameters. Raises _Refused, httpx.HTTPError."""
        token = self._settings.token
        path = f"/bot{token.get_secret_value()}/{method}" if token else "/"
        with (
            httpx.Client(timeout=PATIENCE_S) as client,
            client.stream("GET", f"{self._settings.api_url}{path}") as answer,
        ):
            self._note_time(answer)
            told = _body(answer)
        if told.get("ok") is not True:
            raise _Refused(answer.status_code, str(told.get("description", "no reason given")))
        result = told.get("result")
        return result if isinstance(result, dict) else {}

    def _note_time(self, answer: httpx.Response) -> None:
        try:
            theirs = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
        except (TypeError, ValueError):
            return
        # The header has whole seconds: half of one is how far it is off on the average.
        self.ahead_s = self._clock() - theirs - 0.5


def _body(answer: httpx.Response) -> dict[str, Any]:
    held = b""
    for block in answer.iter_bytes():
        held += block
        if len(held) > MOST_BYTES:
            break
    try:
        told = httpx.Response(200, content=held).json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def look_at_telegram(
    settings: BotSettings, *, running: bool, clock: Clock = time.time
) -> Iterator[Finding]:
    """The token, what the bot may see, its webhook, and the clock, as far as Telegram tells.

    `running` is whether the bot is at work here; getUpdates is never called, since that would be
    the second poller that it looks for.
    """
    line = Line(settings, clock=clock)
    if settings.token is None:
        advice = "put BOT_TOKEN=... as @BotFather gave it into .env"
        yield note("token", "there is none: scripts/run opens the chat in the terminal", advice)
        yield _reached(line, settings)
    else:
        yield from _of_bot(line, settings, running=running)
        yield from _way(settings)
    yield _clock(line)


def _way(settings: BotSettings) -> Iterator[Finding]:
    """Whether the token, which stands in every address, leaves this machine unencrypted."""
    address = urlsplit(settings.api_url)
    if address.scheme == "http" and address.hostname not in _HERE:
        told = f"{_plain(address.hostname)} is spoken to by http: on the way the token can be read"
        yield note("BOT_API_URL", told, "use https, or a server on this machine")


def _reached(line: Line, settings: BotSettings) -> Finding:
    """Whether the Bot API answers at all, where there is no token to ask it with."""
    try:
        line.ask("")
    except _Refused:
        return fine("telegram", f"{settings.api_url} answers")
    except httpx.HTTPError as error:
        return note("telegram", f"{settings.api_url} cannot be reached ({type(error).__name__})")
    return fine("telegram", f"{settings.api_url} answers")


def _of_bot(line: Line, settings: BotSettings, *, running: bool) -> Iterator[Finding]:
    try:
        me = line.ask("getMe")
    except httpx.HTTPError as error:
        told = f"{settings.api_url} cannot be reached ({type(error).__name__})"
        yield unseen("token", told, "see to the network, or to BOT_API_URL")
        return
    except _Refused as refused:
        yield _refusal(refused, settings)
        return
    yield fine("token", f"Telegram knows it as @{_plain(me.get('username', '?'))}")
    yield from _abilities(me)
    try:
        info = line.ask("getWebhookInfo")
    except (httpx.HTTPError, _Refused) as error:
        yield unseen("updates", f"getWebhookInfo failed ({type(error).__name__})", "try again")
        return
    yield from _delivery(info, settings, running=running)


def _refusal(refused: _Refused, settings: BotSettings) -> Finding:
    if refused.status == 401:
        advice = "ask @BotFather for a new one and put it in .env as BOT_TOKEN=..."
        return wrong("token", "Telegram does not know it", advice)
    if refused.status == 404:
        told = f"{settings.api_url} knows no such bot, or is no Bot API server"
        return wrong("token", told, "check BOT_TOKEN and BOT_API_URL in .env")
    told = f"Telegram answers {refused.status} ({_plain(refused)})"
    return unseen("token", told, "try again in a minute")


def _abilities(me: dict[str, Any]) -> Iterator[Finding]:
    if me.get("can_read_all_group_messages"):
        yield fine("privacy mode", "off: in groups it is shown every message")
    else:
        told = "on: in groups it is shown commands and replies to it, not plain mentions"
        advice = (
            "for mentions: /setprivacy at @BotFather, Disable, then remove it from the group and"
            " add it again"
        )
        yield note("privacy mode", told, advice)
    if me.get("supports_inline_queries"):
        yield fine("inline", "on: @name QUESTION works in any chat")
    else:
        yield note("inline", "off", "to have it: /setinline at @BotFather")
    if "supports_guest_queries" in me:
        state = "on" if me["supports_guest_queries"] else "off"
        yield fine("guest mode", f"{state}: whether it can be asked where it is no member")
    if me.get("can_join_groups") is False:
        yield note("groups", "it may not be added to any", "to have it: /setjoingroups")


def _delivery(info: dict[str, Any], settings: BotSettings, *, running: bool) -> Iterator[Finding]:
    url = str(info.get("url") or "")
    wanted = str(getattr(settings, "webhook_url", "") or "")
    yield _webhook(url, wanted, running=running)
    waiting = int(info.get("pending_update_count") or 0)
    told = f"{waiting:,} wait at Telegram"
    if waiting > MANY_WAIT and running:
        advice = "see the bot's log: another process may poll with this token, or the bot may hang"
        yield wrong("updates", f"{told}, though the bot runs here", advice)
    else:
        yield fine("updates", told)
    if info.get("last_error_message"):
        when = _moment(info.get("last_error_date"))
        yield note("webhook error", f"{when}: {_plain(info['last_error_message'])}")


def _webhook(url: str, wanted: str, *, running: bool) -> Finding:
    host = _plain(urlsplit(url).hostname or "?")
    if url and not wanted:
        if running:
            told = f"one is set, to {host}, and while it is, Telegram refuses polling"
            return wrong("webhook", told, "start the bot again, which ends it; see who set it")
        return note("webhook", f"one is set, to {host}; the bot ends it when it starts")
    if wanted and urlsplit(url).hostname != urlsplit(wanted).hostname:
        told = f"Telegram sends to {host if url else 'none'}, and not where BOT_WEBHOOK_URL says"
        kind = wrong if running else note
        return kind("webhook", told, "start the bot, which sets it")
    if url:
        return fine("webhook", f"set to {host}")
    known = "the bot runs here" if running else "nobody is seen to poll from here"
    told = (
        f"none: updates are polled; {known}. Whether another machine polls too, Telegram tells"
        " only the poller: 'another process polls' in the bot's log"
    )
    return fine("webhook", told)


def _clock(line: Line) -> Finding:
    if line.ahead_s is None:
        return note("clock", "not compared, as Telegram's could not be asked")
    off, way = abs(line.ahead_s), "ahead of" if line.ahead_s > 0 else "behind"
    told = f"{off:,.0f} s {way} Telegram's"
    advice = "type: sudo timedatectl set-ntp true"
    if off > OFF_S:
        return wrong("clock", f"{told}: old and new messages are told apart by it", advice)
    if off > LITTLE_OFF_S:
        return note("clock", told, advice)
    return fine("clock", f"agrees with Telegram's to {LITTLE_OFF_S:.0f} s")


def _moment(seconds: Any) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (TypeError, ValueError, OverflowError, OSError):
        return "at some time"


def _plain(text: object) -> str:
    """A text from outside on one line, of bounded length."""
    line = "".join(char if char.isprintable() else " " for char in str(text))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
