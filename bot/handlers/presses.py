"""A button was pressed: find out what it wants of which message, and see to it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from telegram import CallbackQuery, Message

from bot.buttons import Verb, unpack
from bot.commands import Who
from bot.handlers import lookups, privacy
from bot.handlers.admin import confirm
from bot.handlers.lists import PAGES
from bot.handlers.pressed import Pressed, Rule
from bot.handlers.settings import choose
from bot.handlers.turning import context, source, turn, why
from bot.handlers.voting import reason, vote
from bot.handlers.watch import often, stop
from bot.memory import Kind, Sheet
from bot.office import Office
from bot.phrases import LANGUAGES, phrases_in
from bot.rights import may
from bot.scene import Scene


async def _nothing(pressed: Pressed, office: Office) -> None:
    await office.outbox.answer_press(pressed.query)


_WRITTEN_AFTER_S = 0.5

RULES: Mapping[Verb, Rule] = {
    Verb.PAGE: Rule(turn),
    Verb.CONTEXT: Rule(context),
    Verb.SOURCE: Rule(source),
    Verb.WHY: Rule(why),
    Verb.VOTE: Rule(vote),
    Verb.REASON: Rule(reason),
    Verb.LIST: Rule(lookups.turn),
    Verb.OPEN: Rule(lookups.open_one),
    Verb.STOP: Rule(stop),
    Verb.OFTEN: Rule(often),
    Verb.SET: Rule(choose, Who.CHAT_ADMIN),
    Verb.FORGET: Rule(privacy.press),
    Verb.CONFIRM: Rule(confirm, Who.BOT_ADMIN),
    Verb.NOTHING: Rule(_nothing),
}


async def _shown(chat: int, message: int, office: Office) -> Sheet | None:
    """What a message shows; a quick press may be here before that is written down."""
    sheet = await office.memory.sheet(chat, message)
    if sheet is None:
        await asyncio.sleep(_WRITTEN_AFTER_S)
        sheet = await office.memory.sheet(chat, message)
    return sheet


_ANSWERS, _ARTICLES = {Kind.ANSWER}, {Kind.SEARCH, Kind.LATEST}
KINDS: Mapping[Verb, set[Kind]] = {
    **dict.fromkeys(
        (Verb.PAGE, Verb.CONTEXT, Verb.SOURCE, Verb.WHY, Verb.VOTE, Verb.REASON), _ANSWERS
    ),
    Verb.LIST: set(PAGES),
    Verb.OPEN: _ARTICLES,
    Verb.STOP: {Kind.ALERT},
    Verb.OFTEN: {Kind.ALERT},
    Verb.SET: {Kind.SETTINGS},
    Verb.FORGET: {Kind.PRIVACY},
    Verb.CONFIRM: {Kind.ADMIN},
    Verb.NOTHING: set(Kind),
}
"""The messages that have buttons with a verb: what a press says need not come from a button."""


def _as_it_was_written(scene: Scene, sheet: Sheet) -> Scene:
    """The scene in the language of the message: in a group it stays what the asker reads."""
    language = sheet.told.get("language")
    if scene.private or scene.settings.language or language not in LANGUAGES:
        return scene
    return replace(scene, phrases=phrases_in(language))


async def press(query: CallbackQuery, office: Office) -> None:
    """See to a press, or say why it does nothing."""
    scene = office.pressed(query)
    wanted = unpack(query.data or "")
    if scene is None or wanted is None or not isinstance(query.message, Message):
        await office.outbox.answer_press(query)
        return
    sheet = await _shown(scene.chat, query.message.message_id, office)
    stale = sheet is None or sheet.token != wanted.token
    if sheet is None or stale or sheet.kind not in KINDS[wanted.verb]:
        await office.outbox.answer_press(query, scene.phrases.rooms.button_too_old)
        return
    scene = _as_it_was_written(scene, sheet)
    rule = RULES[wanted.verb]
    if not await may(rule.who, scene, office, sheet=sheet):
        await office.outbox.answer_press(query, scene.phrases.rooms.not_allowed, alert=True)
        return
    await rule.run(Pressed(query, query.message, wanted, sheet, scene), office)
