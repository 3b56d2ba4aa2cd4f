"""Keep secrets and people's words out of the log, and say which request a line belongs to."""

import faulthandler
import json
import logging
import re
import secrets
import sqlite3
import sys
import threading
import traceback
from collections.abc import Iterable
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import Any, TextIO

from telegram.error import Conflict, InvalidToken, TelegramError

from index import IndexFault

_TOKEN = re.compile(r"(bot)\d+:[A-Za-z0-9_-]+|\b\d{3,}(?::|%3A)[A-Za-z0-9_-]{10,}", re.IGNORECASE)
_LOGIN = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")

_LONGEST_MESSAGE = 300  # a proxy's whole page may be in it
_SHORTEST_SECRET = 4  # a shorter one would blacken half the log, and is worth as little
_LONGEST_CHAIN = 5

_request: ContextVar[str] = ContextVar("request", default="")


class Form(StrEnum):
    """What a line of the log looks like."""

    TEXT = "text"
    JSON = "json"


class Level(StrEnum):
    """From which weight on the bot and the index log; libraries log warnings at least."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def begin_request() -> str:
    """Have all that the running task logs from now on carry a new id; that id."""
    request = secrets.token_hex(3)
    _request.set(request)
    return request


def reference() -> str:
    """The id of the request that is being handled, or else a new one: for an apology."""
    return _request.get() or secrets.token_hex(3)


class Redaction(logging.Filter):
    """Blackens secrets, and whatever looks like a token, in message, traceback and stack.

    Of an error that a record carries, only what `describe` says is kept.
    """

    def __init__(self, *hidden: str) -> None:
        super().__init__()
        # The second half of a token is the secret one, however its colon is written.
        parts = {part for each in hidden for part in (each, each.partition(":")[2])}
        kept = (part for part in parts if len(part) >= _SHORTEST_SECRET)
        self._hidden = sorted(kept, key=len, reverse=True)

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without secrets and with its request."""
        record.msg, record.args = self._blacken(_message(record)), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _described(record.exc_info[1])
        record.exc_info = None
        record.exc_text = record.exc_text and self._blacken(record.exc_text)
        record.stack_info = record.stack_info and self._blacken(record.stack_info)
        record.request = getattr(record, "request", "") or _request.get()
        return True

    def _blacken(self, text: str) -> str:
        for each in self._hidden:
            text = text.replace(each, "<token>" if ":" in each else "<secret>")
        return redacted(text)


def redacted(text: str) -> str:
    """The text with everything that looks like a token, or a login in an address, replaced."""
    return _LOGIN.sub("<login>", _TOKEN.sub(lambda found: f"{found[1] or ''}<token>", text))


class TextLines(logging.Formatter):
    """A line for people: when, how grave, who says it, of which request, and what."""

    def usesTime(self) -> bool:  # noqa: N802 - logging calls it so
        """It does."""
        return True

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as above
        """The first line of a record."""
        request = getattr(record, "request", "")
        name = f"{record.name} [{request}]" if request else record.name
        return f"{record.asctime} {record.levelname} {name}: {record.message}"


class JsonLines(logging.Formatter):
    """A line for machines: one JSON object, `time` in UTC, `request` and `trace` where known."""

    def format(self, record: logging.LogRecord) -> str:
        """The object of a record."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": getattr(record, "request", ""),
            "message": record.getMessage(),
            "trace": "\n".join(filter(None, (record.exc_text, record.stack_info))),
        }
        return json.dumps({name: each for name, each in told.items() if each}, ensure_ascii=False)


def configure(
    hidden: Iterable[str] = (), *, form: Form = Form.TEXT, level: Level = Level.INFO
) -> None:
    """Log to stderr and never write what is `hidden`: called once, by `main`.

    Python's own last words on an error, in any thread, go to the log as well, without secrets.
    """
    redaction = Redaction(*hidden)
    handler = _Stderr()
    handler.setFormatter(JsonLines() if form is Form.JSON else TextLines())
    handler.addFilter(redaction)
    for other in [each for each in logging.root.handlers if isinstance(each, _Stderr)]:
        logging.root.removeHandler(other)
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.WARNING)
    for name in ("bot", "index"):
        logging.getLogger(name).setLevel(level.upper())
    # A library may have a handler of its own, or get one later: so no record is born otherwise.
    logging.setLogRecordFactory(_Factory(redaction))
    logging.captureWarnings(capture=True)
    _mind_last_words()


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what is stderr at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # as logging's own last resort
        return sys.stderr


class _Factory:
    """Makes records that never held a secret."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = logging.LogRecord(*args, **kwargs)
        self._redaction.filter(record)
        return record


def _mind_last_words() -> None:
    sys.excepthook = _on_death
    sys.unraisablehook = _on_unraisable
    threading.excepthook = _on_thread_death
    # It writes files, lines and names of functions, and no value of any variable.
    with suppress(OSError, ValueError):  # stderr is no real file
        faulthandler.enable()


def _on_death(
    kind: type[BaseException], error: BaseException, trail: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").critical("uncaught: %s", describe(error.with_traceback(trail)))


def _on_thread_death(told: threading.ExceptHookArgs) -> None:
    name = told.thread.name if told.thread else "nameless"
    said = describe(told.exc_value) if told.exc_value else told.exc_type.__name__
    logging.getLogger("bot").error("the thread %s died: %s", name, said)


def _on_unraisable(told: "sys.UnraisableHookArgs") -> None:
    said = describe(told.exc_value) if told.exc_value else told.exc_type.__name__
    logging.getLogger("bot").error("an error while tidying up: %s", said)


def quiet_libraries() -> None:
    """Silence what libraries would log of addresses and of people's messages."""
    # httpx writes the address of every call at INFO, and the token is part of it.
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # PTB logs the body of an answer that is not JSON, people's messages included.
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)


def describe(error: BaseException) -> str:
    """What went wrong, for the log: what our errors and Telegram's say, or where another arose.

    Another's own message is left out, since it may hold a question's words; of the operating
    system's errors the reason is told.
    """
    kind = type(error).__name__
    if isinstance(error, IndexFault | TelegramError):
        return redacted(f"{kind}: {error}")[:_LONGEST_MESSAGE]
    if isinstance(error, OSError) and isinstance(error.strerror, str):
        kind = f"{kind}: {error.strerror[:_LONGEST_MESSAGE]}"
    if isinstance(error, sqlite3.Error) and _is_of_the_file(error):
        kind = f"{kind}: {error}"[:_LONGEST_MESSAGE]
    trail = "".join(traceback.format_tb(error.__traceback__))
    return redacted(f"{kind}\n{trail}").rstrip()


def _is_of_the_file(error: sqlite3.Error) -> bool:
    """Whether it tells of the file: of a statement it may repeat what was looked for."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF != sqlite3.SQLITE_ERROR


def explained(error: Exception) -> str:
    """What stands in the way of talking to Telegram, with advice where there is any."""
    match error:
        case InvalidToken():
            return (
                "Telegram does not know this token; if that stays, it was revoked:"
                " put the one that @BotFather shows into BOT_TOKEN and start the bot again"
            )
        case Conflict() if "webhook" in error.message:
            return (
                "a webhook is set for this token, and so polling is refused;"
                " stop what has set it, then start this bot again: that deletes it"
            )
        case Conflict():
            return (
                "another process polls with this token, or did a moment ago;"
                " if that stays, find it and stop it, or give it a token of its own"
            )
        case _:
            return describe(error)


def _message(record: logging.LogRecord) -> str:
    try:
        said = record.getMessage()
    except Exception as error:  # noqa: BLE001 - logging would write all the arguments instead
        return f"a line that cannot be written ({type(error).__name__})"
    # asyncio repeats what a callback was given and what an error said, in angles or brackets.
    return re.split(r"[\n(<]", said, maxsplit=1)[0] if record.name == "asyncio" else said


def _described(error: BaseException | None) -> str:
    """An error and those that it came from, the last one first."""
    chain: list[str] = []
    while error is not None and len(chain) < _LONGEST_CHAIN:
        chain.append(describe(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nfrom ".join(chain)
