"""What has come from Telegram, polled or brought, made ready to be kept."""

import logging
import time
from collections.abc import Callable
from typing import Any

from telegram import Message, Update

from bot.inbox import Item, State

logger = logging.getLogger(__name__)

Read = Callable[[dict[str, Any]], Update | None]
"""Turns JSON into an update; None if the bot has nothing to say to it, any error if it is none."""

_PAST_ALL_NUMBERS = 2**63
"""SQLite keeps no larger ones, and Telegram's are far smaller."""


def identifier_of(raw: Any) -> int | None:
    """The number of an update; None if the JSON has none that can be one."""
    identifier = raw.get("update_id") if isinstance(raw, dict) else None
    return identifier if identifier is not None and _fits(identifier) else None


def item_of(raw: Any, read: Read) -> Item | None:
    """What is to be kept of a piece of JSON: nothing of what has no number or is not for the bot.

    What cannot be read is to be kept aside.
    """
    if (identifier := identifier_of(raw)) is None:
        return None
    try:
        update = read(raw)
        return item_from(identifier, raw, update) if update else None
    except Exception as error:  # noqa: BLE001 - a bad update is set aside, the others go on
        logger.error(  # noqa: TRY400 - a traceback could show what people wrote
            "update %d cannot be read and is set aside: %s", identifier, type(error).__name__
        )
        return Item(identifier, raw, state=State.ASIDE)


def item_from(identifier: int, raw: dict[str, Any], update: Update) -> Item:
    """What is to be kept of an update; ValueError if its chat is no number."""
    # The message that a button is under is old; the press is not.
    message = None if update.callback_query else update.effective_message
    moved = _moves(message)
    # That a group has moved is never too old to know.
    moment = message and not moved and (message.edit_date or message.date)
    sent_at = int(moment.timestamp() if moment else time.time())
    chat = update.effective_chat.id if update.effective_chat else None
    who = update.effective_user.id if update.effective_user else None
    if not all(number is None or _fits(number) for number in (chat, who, *moved)):
        raise ValueError("no chat and nobody has such a number")
    return Item(identifier, raw, chat=chat, sent_at=sent_at)


def _moves(message: Message | None) -> tuple[int, ...]:
    """The numbers that a group gets or had, where a message tells of such a change."""
    told = (message.migrate_to_chat_id, message.migrate_from_chat_id) if message else ()
    return tuple(number for number in told if number)


def _fits(number: Any) -> bool:
    return type(number) is int and -_PAST_ALL_NUMBERS <= number < _PAST_ALL_NUMBERS
