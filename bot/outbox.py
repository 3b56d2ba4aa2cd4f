"""Send messages so that each arrives: at Telegram's pace, through its faults, chat by chat."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from weakref import WeakValueDictionary

from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.limits import GENERAL_TOPIC, PLAIN_UNITS
from bot.pace import Pace
from bot.render import plain_text

logger = logging.getLogger(__name__)

PATIENCE_S = 60.0
"""How long a message is tried again while Telegram or the way there is out of order."""

_NO_LINK_PREVIEW = LinkPreviewOptions(is_disabled=True)
_SLOWEST_RETRY_S = 15.0
# These failed before anything was sent. After others the message may have arrived all the same.
_BEFORE_EFFECT = {"ConnectError", "ConnectTimeout", "PoolTimeout"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to send: HTML, where to, and which message it replies to."""

    chat: int
    html: str
    topic: int | None = None
    reply_to: int | None = None
    formatted: bool = True


def reply_to(message: Message, html: str) -> Letter:
    """A letter that replies to the message, in its topic."""
    return Letter(message.chat.id, html, topic_of(message), message.message_id)


def topic_of(message: Message) -> int | None:
    """The topic to name when writing to where the message is; replies have thread ids too."""
    topic = message.message_thread_id if message.is_topic_message else None
    return None if topic == GENERAL_TOPIC else topic


class Outbox:
    """Sends letters; those to one chat leave in order, and no chat waits for another."""

    def __init__(
        self,
        bot: Bot,
        *,
        pace: Pace,
        patience_s: float = PATIENCE_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bot = bot
        self._pace = pace
        self._patience_s = patience_s
        self._sleep = sleep
        self._clock = clock
        self._lanes: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def send(self, letter: Letter) -> Message:
        """Send the letter, however long the chat must wait, and return the message that it became.

        Raises TelegramError on giving up.

        Given up at once is what cannot succeed (kicked, blocked, refused) and what may have been
        sent already; other faults are tried again for `patience_s`.
        """
        async with self._lane(letter.chat):
            return await self._deliver(letter)

    async def show_typing(self, chat: int, topic: int | None) -> None:
        """Show that an answer is on its way; left out when the chat has to wait, or it fails."""
        if self._lane(chat).locked():
            return
        try:
            await self._bot.send_chat_action(chat, ChatAction.TYPING, message_thread_id=topic)
        except TelegramError as error:
            logger.info("no typing action: %s", type(error).__name__)

    def _lane(self, chat: int) -> asyncio.Lock:
        return self._lanes.setdefault(chat, asyncio.Lock())

    async def _deliver(self, letter: Letter) -> Message:
        deadline: float | None = None
        pause = 0.5
        while True:
            await self._sleep(self._pace.book_chat(letter.chat))
            await self._sleep(self._pace.book_all())
            try:
                return await self._post(letter)
            except RetryAfter as flood:
                wait = seconds(flood.retry_after)
                logger.warning("Telegram asks for %s s of silence in one chat", wait)
            except (ChatMigrated, BadRequest) as error:
                letter = _amended(letter, error)
                wait = 0.0
            except NetworkError as error:
                deadline = deadline or self._clock() + self._patience_s
                if _may_have_arrived(error) or self._clock() + pause > deadline:
                    raise
                wait, pause = pause, min(pause * 2, _SLOWEST_RETRY_S)
                logger.warning("sending failed, again in %s s: %s", wait, type(error).__name__)
            await self._sleep(wait)

    async def _post(self, letter: Letter) -> Message:
        plain = None if letter.formatted else plain_text(letter.html)[:PLAIN_UNITS]
        return await self._bot.send_message(
            letter.chat,
            letter.html if plain is None else plain,
            parse_mode=ParseMode.HTML if plain is None else None,
            message_thread_id=letter.topic,
            link_preview_options=_NO_LINK_PREVIEW,
            reply_parameters=_reply(letter.reply_to),
        )


def _amended(letter: Letter, error: TelegramError) -> Letter:
    """The letter as it can be sent after all; raises the error when nothing can be changed."""
    if isinstance(error, ChatMigrated):
        return replace(letter, chat=error.new_chat_id, reply_to=None, topic=None)
    reason = str(error).lower()
    if "can't parse entities" in reason and letter.formatted:
        logger.error("Telegram could not read our markup; sent plain: %s", error)
        return replace(letter, formatted=False)
    if "thread not found" in reason and letter.topic is not None:
        return replace(letter, topic=None)
    raise error


def _may_have_arrived(error: NetworkError) -> bool:
    """Whether the message may have been sent although no answer came back."""
    cause = error.__cause__
    if cause is None or isinstance(cause, TelegramError):
        return isinstance(error, TimedOut)  # Telegram answered, with a 5xx
    return type(cause).__name__ not in _BEFORE_EFFECT


def seconds(wait: int | timedelta) -> float:
    """A retry_after in seconds, whichever way PTB tells it."""
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _reply(message: int | None) -> ReplyParameters | None:
    if message is None:
        return None
    return ReplyParameters(message, allow_sending_without_reply=True)
