"""A question: show that it is being worked on, and reply with quotes."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from telegram import Message

from bot import phrases
from bot.desk import Apology, Trouble
from bot.logs import describe
from bot.office import Office
from bot.outbox import reply_to, topic_of
from bot.render import answer_html, quoted_in
from index import Answer, Turn

logger = logging.getLogger(__name__)

_TYPING_MAY_LAG_S = 1.0


async def answer(message: Message, question: str, office: Office) -> None:
    """Reply with quoted passages, or say why there are none."""
    today = message.date.astimezone(office.zone).date()
    async with _typing(message, office):
        followed = await _followed(message, office)
        outcome = await office.desk.ask(question, today=today, after=followed)
    sent = await office.outbox.send(reply_to(message, reply_html(outcome)))
    if isinstance(outcome, Answer):
        await _remember(sent, outcome, office)


async def _remember(sent: Message, given: Answer, office: Office) -> None:
    """Keep what was quoted; "more" goes on behind that. The answer stands, kept or not."""
    turn = replace(given.turn, shown=given.skipped + len(quoted_in(given)))
    try:
        await office.memory.keep(sent.chat.id, sent.message_id, turn)
    except sqlite3.Error as error:
        logger.error("an answer is not remembered: %s", describe(error))  # noqa: TRY400


async def _followed(message: Message, office: Office) -> Turn | None:
    """What the message may follow up: the answer replied to, or in private the last one.

    Nothing where the memory is out of order: the message is answered all the same.
    """
    try:
        if message.reply_to_message:
            return await office.memory.turn(message.chat.id, message.reply_to_message.message_id)
        if message.chat.type == message.chat.PRIVATE:
            return await office.memory.last(message.chat.id)
    except sqlite3.Error as error:
        logger.error("no answer can be followed up: %s", describe(error))  # noqa: TRY400
    return None


def reply_html(outcome: Answer | Apology) -> str:
    """What is said about the outcome of a question."""
    match outcome:
        case Apology(Trouble.BUSY):
            return phrases.BUSY
        case Apology(Trouble.LATE):
            return phrases.TOOK_TOO_LONG
        case Apology(Trouble.FAILED, reference):
            return phrases.failed(reference)
        case Answer():
            return answer_html(outcome)
    raise AssertionError(outcome)


@asynccontextmanager
async def _typing(message: Message, office: Office) -> AsyncIterator[None]:
    """One typing action beside the work, and none when many questions are waiting."""
    if office.desk.crowded:
        yield
        return
    action = asyncio.create_task(office.outbox.show_typing(message.chat.id, topic_of(message)))
    try:
        yield
        # Were it to overtake the answer, the bot would seem to type on after it.
        await asyncio.wait({action}, timeout=_TYPING_MAY_LAG_S)
    finally:
        action.cancel()
