"""A question: show that it is being worked on where that takes long, and reply with quotes."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from telegram import Message
from telegram.error import BadRequest

from bot.desk import Apology, Trouble
from bot.handlers.answers import Asked, answer_view, followed_by
from bot.handlers.warming import Note, while_warming
from bot.logs import describe
from bot.memory import Kind, Sheet
from bot.metrics import Stage
from bot.office import Office
from bot.outbox import Letter, reply_to, topic_of
from bot.phrases.answers import AnswerWords
from bot.privacy import DAY_S
from bot.scene import Scene
from bot.unanswered import record
from index import Answer, Turn

logger = logging.getLogger(__name__)

MOST_PASSAGES = 30
"""Passages that are looked for at once; an answer is paged through without asking again."""

_MENDED_WITHIN = timedelta(minutes=10)
_TYPING_AFTER_S, _TYPING_MAY_LAG_S = 0.3, 1.0


async def answer(
    message: Message, question: str, scene: Scene, office: Office, *, overheard: bool = False
) -> None:
    """Reply with quoted passages, or say why there are none.

    To a question that was put to the whole group, nothing is said unless it is an answer.
    """
    with office.metrics.timing(Stage.WHOLE):
        # An edit of the question waits here until there is an answer that it can change.
        async with office.locks.of(scene.chat, message.message_id):
            async with _typing(message, office), _noted(message, scene, office, overheard) as note:
                after = await _followed(message, scene, office)
                outcome = await _looked_up(message, question, scene, office, after)
            if overheard and (isinstance(outcome, Apology) or outcome.abstained):
                return
            with office.metrics.timing(Stage.RENDER):
                asked = _asked(message, question, scene, after)
                letter, sheet = _reply(message, asked, outcome, scene)
            await _give(letter, sheet, office, note)
            await _count(outcome, office)


async def answer_again(
    message: Message, question: str, scene: Scene, office: Office, *, overheard: bool = False
) -> None:
    """The question was changed, and so is its answer; one that became a question is answered."""
    # One edit after the other, or the answer to an earlier one could come last.
    async with office.locks.of("again", scene.chat, message.message_id):
        async with office.locks.of(scene.chat, message.message_id):
            replied = await office.memory.reply_to(scene.chat, message.message_id)
        if replied is None:
            if datetime.now(UTC) - message.date < _MENDED_WITHIN:
                await answer(message, question, scene, office, overheard=overheard)
            return
        number, sheet = replied
        if sheet.told.get("asked") == question:
            return  # a preview was added, or what was mended is not part of the question
        after = followed_by(sheet)
        outcome = await _looked_up(message, question, scene, office, after)
        letter, now = _reply(message, _asked(message, question, scene, after), outcome, scene)
        # Of an apology nothing is shown that could be pressed, and any other question is asked.
        now = now or Sheet(Kind.ANSWER, asked=message.message_id)
        async with office.locks.of("shown", scene.chat, number):
            await _send(replace(letter, reply_to=None, edits=number), now, office)


def apology(outcome: Apology, words: AnswerWords) -> str:
    """What is said where a question could not be looked up."""
    match outcome.trouble:
        case Trouble.BUSY:
            return words.busy
        case Trouble.ENOUGH:
            return words.enough
        case Trouble.LATE:
            return words.took_too_long
        case Trouble.FAILED:
            return words.failed(outcome.reference)


def _reply(
    message: Message, asked: Asked, outcome: Answer | Apology, scene: Scene
) -> tuple[Letter, Sheet | None]:
    """The reply to a question, and what is to be remembered of it."""
    if isinstance(outcome, Apology):
        return reply_to(message, apology(outcome, scene.phrases.answers)), None
    view = answer_view(outcome, asked, scene)
    return reply_to(message, view.html, view.buttons), view.sheet


def _asked(message: Message, question: str, scene: Scene, after: Turn | None) -> Asked:
    today = message.date.astimezone(scene.zone).date().isoformat()
    return Asked(question, message.message_id, today, after)


def _noted(
    message: Message,
    scene: Scene,
    office: Office,
    overheard: bool,  # noqa: FBT001 - passed on
) -> AbstractAsyncContextManager[Note]:
    # What was put to the whole group waits for no answer of the bot's.
    return nullcontext(Note()) if overheard else while_warming(message, scene, office)


async def _give(letter: Letter, sheet: Sheet | None, office: Office, note: Note) -> None:
    """Send an answer, in place of the note that told of it where there is one."""
    if change := note.replaced_by(letter):
        try:
            return await _send(change, sheet, office)
        except BadRequest as error:  # somebody has deleted the note
            logger.info("a note cannot become the answer: %s", describe(error))
    return await _send(letter, sheet, office)


async def _send(letter: Letter, sheet: Sheet | None, office: Office) -> None:
    """Send an answer and remember it; it stands, whether or not that can be done."""
    with office.metrics.timing(Stage.SEND):
        sent = await office.outbox.send(letter)
    if sheet is None:
        return
    try:
        await office.memory.keep(sent.chat.id, sent.message_id, sheet)
    except sqlite3.Error as error:
        logger.error("an answer is not remembered: %s", describe(error))  # noqa: TRY400


async def _count(outcome: Answer | Apology, office: Office) -> None:
    """Count a question that got no answer, for the admins: without who asked it, or where."""
    if isinstance(outcome, Apology) or not outcome.abstained or outcome.skipped:
        return
    try:
        kept_s = office.settings.unanswered_days * DAY_S
        await record(office.data, outcome.question, kept_s=kept_s)
    except sqlite3.Error as error:
        logger.error("a question without an answer is not counted: %s", describe(error))  # noqa: TRY400


async def _looked_up(
    message: Message, question: str, scene: Scene, office: Office, after: Turn | None
) -> Answer | Apology:
    today = message.date.astimezone(scene.zone).date()
    only = scene.settings.sources
    outcome = await office.desk.look(
        office.metrics.looking(
            lambda library: library.ask(
                question, limit=MOST_PASSAGES, today=today, after=after, only=only
            )
        )
    )
    office.metrics.question(outcome)
    return outcome


async def _followed(message: Message, scene: Scene, office: Office) -> Turn | None:
    """What the message may follow up: the answer replied to, or in private the last one.

    Nothing where the memory is out of order: the message is answered all the same.
    """
    try:
        if message.reply_to_message:
            return await office.memory.turn(scene.chat, message.reply_to_message.message_id)
        if scene.private:
            return await office.memory.last(scene.chat)
    except sqlite3.Error as error:
        logger.error("no answer can be followed up: %s", describe(error))  # noqa: TRY400
    return None


@asynccontextmanager
async def _typing(message: Message, office: Office) -> AsyncIterator[None]:
    """Typing shown while the work takes long; not when many questions are waiting.

    Most answers are there sooner than it could be seen, and it would cost them a call each.
    """
    if office.desk.crowded:
        yield
        return
    begun = asyncio.Event()
    action = asyncio.create_task(_type_soon(message, office, begun))
    try:
        yield
        if begun.is_set():
            # Were it to overtake the answer, the bot would seem to type on after it.
            await asyncio.wait({action}, timeout=_TYPING_MAY_LAG_S)
    finally:
        action.cancel()


async def _type_soon(message: Message, office: Office, begun: asyncio.Event) -> None:
    await asyncio.sleep(_TYPING_AFTER_S)
    begun.set()
    await office.outbox.show_typing(message.chat.id, topic_of(message))
