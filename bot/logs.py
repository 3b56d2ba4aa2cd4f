"""Keep the token and people's words out of the log."""

import logging
import re
import sys
import traceback

from telegram.error import Conflict, InvalidToken, TelegramError

from index import IndexFault

_TOKEN = re.compile(r"(bot)\d+:[A-Za-z0-9_-]+|\b\d{3,}:[A-Za-z0-9_-]{10,}")

_LONGEST_MESSAGE = 300  # a proxy's whole page may be in it


class Redaction(logging.Filter):
    """Blackens the token, and whatever looks like one, in message, traceback and stack."""

    def __init__(self, token: str = "") -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without tokens."""
        record.msg, record.args = self._blacken(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_text = record.exc_text and self._blacken(record.exc_text)
        record.stack_info = record.stack_info and self._blacken(record.stack_info)
        return True

    def _blacken(self, text: str) -> str:
        return redacted(text.replace(self._token, "<token>") if self._token else text)


def redacted(text: str) -> str:
    """The text with everything that looks like a token replaced."""
    return _TOKEN.sub(lambda found: f"{found[1] or ''}<token>", text)


def configure(token: str, *, level: int = logging.INFO) -> None:
    """Log to stderr and never write the token: called once, by `main`.

    `level` is for the bot and the index; libraries log what is at least a warning.
    """
    logging.basicConfig(
        level=logging.WARNING,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for name in ("bot", "index"):
        logging.getLogger(name).setLevel(level)
    for handler in logging.root.handlers:
        handler.addFilter(Redaction(token))


def quiet_libraries() -> None:
    """Silence what libraries would log of addresses and of people's messages."""
    # httpx writes the address of every call at INFO, and the token is part of it.
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # PTB logs the body of an answer that is not JSON, people's messages included.
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)


def describe(error: BaseException) -> str:
    """What went wrong, for the log: what our errors and Telegram's say, or where another arose.

    Another's own message is left out, since it may hold a question's words.
    """
    kind = type(error).__name__
    if isinstance(error, IndexFault | TelegramError):
        return redacted(f"{kind}: {error}")[:_LONGEST_MESSAGE]
    trail = "".join(traceback.format_tb(error.__traceback__))
    return redacted(f"{kind}\n{trail}").rstrip()


def explained(error: Exception) -> str:
    """What stands in the way of talking to Telegram, with advice where there is any."""
    match error:
        case InvalidToken():
            return "Telegram does not know this token; if that stays, check BOT_TOKEN"
        case Conflict():
            return "another process polls with this token, or did a moment ago"
        case _:
            return describe(error)
