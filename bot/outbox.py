"""Send messages so that each arrives: at Telegram's pace, through its faults, chat by chat."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import (
    Bot,
    CallbackQuery,
    Chat,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    RetryAfter,
    TelegramError,
)

from bot.lanes import Lanes, Turn
from bot.limits import GENERAL_TOPIC, NOTICE_CHARACTERS, PLAIN_UNITS
from bot.logs import describe
from bot.pace import Pace
from bot.receipts import as_message, may_have_arrived, readable
from bot.render import plain_text

logger = logging.getLogger(__name__)

Moved = Callable[[int, int], Awaitable[None]]
"""Is told that a group has become another chat: the old number and the new."""

PATIENCE_S = 600.0
"""How long a message is tried again while Telegram or the way there is out of order.

An outage seldom lasts longer, and after it an answer is hardly waited for any more.
"""

_NO_LINK_PREVIEW = LinkPreviewOptions(is_disabled=True)
_SLOWEST_RETRY_S = 15.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to send: HTML, where to, which message it replies to, and its buttons.

    A silent one makes no sound; with `edits`, the text and buttons of that message are replaced.
    One that is not urgent, as nobody waits for it, lets all others go first.
    """

    chat: int
    html: str
    topic: int | None = None
    reply_to: int | None = None
    buttons: InlineKeyboardMarkup | None = None
    silent: bool = False
    edits: int | None = None
    formatted: bool = True
    urgent: bool = True


def reply_to(message: Message, html: str, buttons: InlineKeyboardMarkup | None = None) -> Letter:
    """A letter that replies to the message, in its topic."""
    return Letter(message.chat.id, html, topic_of(message), message.message_id, buttons)


def edit_of(message: Message, html: str, buttons: InlineKeyboardMarkup | None = None) -> Letter:
    """A letter that replaces what a message of ours says."""
    topic = topic_of(message)
    return Letter(message.chat.id, html, topic, buttons=buttons, edits=message.message_id)


def topic_of(message: Message) -> int | None:
    """The topic to name when writing to where the message is; replies have thread ids too."""
    topic = message.message_thread_id if message.is_topic_message else None
    return None if topic == GENERAL_TOPIC else topic


class Outbox:
    """Sends letters; answers to one chat leave in order, and no chat waits for another.

    What nobody waits for leaves only while its chat, and Telegram's limit for all chats together,
    have room that no answer wants.
    """

    def __init__(  # noqa: PLR0913 - all but two have their defaults
        self,
        bot: Bot,
        *,
        pace: Pace,
        patience_s: float = PATIENCE_S,
        moved: Moved | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bot = bot
        self._pace = pace
        self._patience_s = patience_s
        self._moved = moved
        self._sleep = sleep
        self._clock = clock
        self._lanes = Lanes(sleep)
        self.in_hand: Counter[int] = Counter()

    async def send(self, letter: Letter) -> Message:
        """Send the letter, however long the chat must wait, and return the message that it became.

        Raises TelegramError on giving up. Given up at once is what cannot succeed (kicked,
        blocked, refused) and what may have been sent already; other faults are tried again for
        `patience_s`.
        """
        self.in_hand[letter.chat] += 1
        try:
            async with self._lanes.turn(letter.chat, urgent=letter.urgent) as turn:
                return await self._deliver(letter, turn)
        finally:
            self.in_hand -= Counter([letter.chat])

    async def show_typing(self, chat: int, topic: int | None) -> None:
        """Show that an answer is on its way; left out when the chat has to wait, or it fails."""
        if self._lanes.busy(chat):
            return
        try:
            await self._bot.send_chat_action(chat, ChatAction.TYPING, message_thread_id=topic)
        except TelegramError as error:
            logger.info("no typing action: %s", type(error).__name__)

    async def answer_press(
        self, query: CallbackQuery, text: str = "", *, alert: bool = False
    ) -> None:
        """End the waiting sign on a pressed button, with a short notice if there is a text.

        Telegram takes this for a few seconds only, so it is never tried again.
        """
        try:
            await self._bot.answer_callback_query(
                query.id, text[:NOTICE_CHARACTERS] or None, show_alert=alert
            )
        except TelegramError as error:
            logger.info("a press was not answered: %s", type(error).__name__)

    async def _deliver(self, letter: Letter, turn: Turn) -> Message:
        deadline: float | None = None
        pause = 0.5
        while True:
            await self._in_pace(letter, turn)
            try:
                return await self._post(letter)
            except RetryAfter as flood:
                wait = seconds(flood.retry_after)
                logger.warning("Telegram asks for %s s of silence in one chat", wait)
            except (ChatMigrated, BadRequest) as error:
                await self._follow(letter.chat, error)
                letter = _amended(letter, error)
                wait = 0.0
            except Forbidden:
                raise
            except TelegramError as error:  # the way there, the server, or what answers for it
                deadline = deadline or self._clock() + self._patience_s
                lost = not _bears_repeating(letter) and may_have_arrived(error)
                if lost or self._clock() + pause > deadline:
                    raise
                wait, pause = pause, min(pause * 2, _SLOWEST_RETRY_S)
                logger.warning("sending failed, again in %s s: %s", wait, type(error).__name__)
            await turn.pause(wait)

    async def _in_pace(self, letter: Letter, turn: Turn) -> None:
        """Wait until Telegram's limits let the letter leave, and count it."""
        if not letter.urgent:
            while wait := self._pace.spare(letter.chat):
                await turn.pause(wait)
        await turn.pause(self._pace.book_chat(letter.chat))
        await turn.pause(self._pace.book_all())

    async def _follow(self, chat: int, error: TelegramError) -> None:
        if self._moved is None or not isinstance(error, ChatMigrated):
            return
        try:
            await self._moved(chat, error.new_chat_id)
        except Exception as fault:  # noqa: BLE001 - the message can be sent all the same
            logger.error("a group's move is not kept: %s", describe(fault))  # noqa: TRY400

    async def _post(self, letter: Letter) -> Message:
        html = letter.html if letter.formatted else plain_text(letter.html)[:PLAIN_UNITS]
        look: dict[str, Any] = {
            "parse_mode": ParseMode.HTML if letter.formatted else None,
            "link_preview_options": _NO_LINK_PREVIEW,
            "reply_markup": letter.buttons,
        }
        if letter.edits is not None:
            return await self._edit(letter.edits, letter.chat, html, look)
        with readable():
            return as_message(
                await self._bot.send_message(
                    letter.chat,
                    html,
                    message_thread_id=letter.topic,
                    reply_parameters=_reply(letter.reply_to),
                    disable_notification=letter.silent or None,
                    **look,
                )
            )

    async def _edit(self, message: int, chat: int, html: str, look: dict[str, Any]) -> Message:
        await self._sleep(self._pace.book_edit(chat, message))
        try:
            with readable():
                edited = await self._bot.edit_message_text(
                    html, chat_id=chat, message_id=message, **look
                )
        except BadRequest as error:
            if "message is not modified" not in str(error).lower():
                raise
            edited = True
        if isinstance(edited, Message):
            return edited
        return Message(message, datetime.now(UTC), Chat(chat, _kind_of(chat)))


def _amended(letter: Letter, error: TelegramError) -> Letter:
    """The letter as it can be sent after all; raises the error when nothing can be changed."""
    if isinstance(error, ChatMigrated) and letter.edits is None:
        return replace(letter, chat=error.new_chat_id, reply_to=None, topic=None)
    reason = str(error).lower()
    for amend in (_plain, _in_general, _to_nobody, _without_buttons):
        if (amended := amend(letter, reason)) != letter:
            logger.warning("a message was refused, and is sent otherwise: %s", error)
            return amended
    raise error


def _plain(letter: Letter, reason: str) -> Letter:
    refused = ("can't parse entities", "too long", "too_long")
    return replace(letter, formatted=letter.formatted and not _says(reason, refused))


def _in_general(letter: Letter, reason: str) -> Letter:
    # What answers nobody in a topic that was closed is said in the general one.
    closed = letter.reply_to is None and "topic_closed" in reason
    gone = _says(reason, ("thread not found", "topic_deleted"))
    return replace(letter, topic=None) if closed or gone else letter


def _to_nobody(letter: Letter, reason: str) -> Letter:
    gone = _says(reason, ("replied not found", "reply message not found", "reply_message_id"))
    return replace(letter, reply_to=None) if gone else letter


def _without_buttons(letter: Letter, reason: str) -> Letter:
    refused = _says(reason, ("button_", "inline keyboard", "reply markup"))
    return replace(letter, buttons=None) if refused else letter


def _says(reason: str, any_of: tuple[str, ...]) -> bool:
    return any(each in reason for each in any_of)


def _kind_of(chat: int) -> str:
    return Chat.PRIVATE if chat > 0 else Chat.SUPERGROUP


def _bears_repeating(letter: Letter) -> bool:
    """Whether a letter is better sent twice than not at all: a change, or a reply to somebody."""
    return letter.edits is not None or letter.reply_to is not None


def seconds(wait: int | timedelta) -> float:
    """A retry_after in seconds, whichever way PTB tells it."""
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _reply(message: int | None) -> ReplyParameters | None:
    if message is None:
        return None
    return ReplyParameters(message, allow_sending_without_reply=True)
