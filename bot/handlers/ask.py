"""A question: show that it is being worked on, and reply with quotes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Message

from bot import phrases
from bot.desk import Apology, Trouble
from bot.office import Office
from bot.outbox import reply_to, topic_of
from bot.render import answer_html
from index import Answer, Turn

_TYPING_MAY_LAG_S = 1.0


async def answer(message: Message, question: str, office: Office) -> None:
    """Reply with quoted passages, or say why there are none."""
    today = message.date.astimezone(office.zone).date()
    async with _typing(message, office):
        followed = await _followed(message, office)
        outcome = await office.desk.ask(question, today=today, after=followed)
    sent = await office.outbox.send(reply_to(message, reply_html(outcome)))
    if isinstance(outcome, Answer):
        await office.memory.keep(sent.chat.id, sent.message_id, outcome.turn)


async def _followed(message: Message, office: Office) -> Turn | None:
    """What the message may follow up: the answer replied to, or in private the last one."""
    if message.reply_to_message:
        return await office.memory.turn(message.chat.id, message.reply_to_message.message_id)
    if message.chat.type == message.chat.PRIVATE:
        return await office.memory.last(message.chat.id)
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
