"""A button was pressed: find out what it wants of which message, and see to it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from telegram import CallbackQuery, Message

from bot.buttons import Press, Verb, unpack
from bot.commands import Who
from bot.memory import Sheet
from bot.office import Office
from bot.rights import may
from bot.scene import Scene


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press with all that it is about: the message under which the button is, and its sheet."""

    query: CallbackQuery
    message: Message
    press: Press
    sheet: Sheet
    scene: Scene


Run = Callable[[Pressed, Office], Awaitable[None]]
"""Sees to a press; it answers the press first, since Telegram takes that for seconds only."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What sees to a verb, and who may press."""

    run: Run
    who: Who = Who.ANYONE


async def _nothing(pressed: Pressed, office: Office) -> None:
    await office.outbox.answer_press(pressed.query)


RULES: Mapping[Verb, Rule] = {
    Verb.NOTHING: Rule(_nothing),
}


async def press(query: CallbackQuery, office: Office) -> None:
    """See to a press, or say why it does nothing."""
    scene = office.pressed(query)
    wanted = unpack(query.data or "")
    if scene is None or wanted is None or not isinstance(query.message, Message):
        await office.outbox.answer_press(query)
        return
    sheet = await office.memory.sheet(scene.chat, query.message.message_id)
    if sheet is None or sheet.token != wanted.token:
        await office.outbox.answer_press(query, scene.phrases.rooms.button_too_old)
        return
    rule = RULES[wanted.verb]
    if not await may(rule.who, scene, office, sheet=sheet):
        await office.outbox.answer_press(query, scene.phrases.rooms.not_allowed, alert=True)
        return
    await rule.run(Pressed(query, query.message, wanted, sheet, scene), office)
