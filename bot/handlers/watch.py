"""/watch, /watches and /unwatch, and the buttons of what they show."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from telegram import InlineKeyboardMarkup, Message

from bot.alerts import limits_html, question_html, refusal_html
from bot.chats import Watchers
from bot.commands import Who
from bot.desk import Apology
from bot.handlers.answers import View
from bot.handlers.ask import apology
from bot.handlers.pressed import Pressed
from bot.handlers.watched import begun, listed, stop_buttons
from bot.limits import MESSAGE_UNITS
from bot.memory import Kind, Sheet
from bot.office import Office
from bot.outbox import edit_of, reply_to
from bot.phrases import Phrases
from bot.render import named, plain_text, utf16_units
from bot.rights import may
from bot.scene import Scene
from bot.watches import MOST_IN_CHAT, Watch, Watches
from index import Answer

LONGEST = 400
"""Characters of a question that can be watched."""

_DAILY = re.compile(r"(?:daily|ежедневно|يوميا|يوميًا)(?:\s+|$)", re.IGNORECASE)


async def watch(message: Message, rest: str, scene: Scene, office: Office) -> None:
    """Begin to watch a question, that of the message replied to where there is none."""
    words = scene.phrases.watches
    daily = _DAILY.match(rest)
    question = rest[daily.end() :] if daily else rest
    question = question.strip() or await _replied_to(message, office)
    if scene.settings.watchers is Watchers.ADMINS and not await may(
        Who.CHAT_ADMIN, scene, office, message=message
    ):
        refusal = words.admins_watch
    elif not question:
        refusal = words.how_to_watch
    elif len(question) > LONGEST:
        refusal = words.too_long(LONGEST)
    else:
        refusal = await _begin(message, question, scene, office, daily=bool(daily))
    if refusal:
        await office.outbox.send(reply_to(message, refusal))


async def watches(message: Message, _: str, scene: Scene, office: Office) -> None:
    """Show what the chat watches."""
    kept = await Watches(office.data).of_chat(scene.chat)
    await _reply(message, listed(kept, scene, Sheet(Kind.ALERT)), office)


async def unwatch(message: Message, rest: str, scene: Scene, office: Office) -> None:
    """Stop the watch of a number in the list, or the one with the words."""
    words = scene.phrases.watches
    kept = await Watches(office.data).of_chat(scene.chat)
    meant = _meant(rest, kept)
    if not kept or not rest or len(meant) > 1:
        await watches(message, rest, scene, office)
        return
    if not meant:
        said = words.no_such_watch(named(rest, 100))
    elif not await _may_change(meant[0], scene, office, message=message):
        said = words.not_yours
    else:
        await Watches(office.data).stop(meant[0].number)
        said = words.stopped(question_html(meant[0].question))
    await office.outbox.send(reply_to(message, said))


async def stop(pressed: Pressed, office: Office) -> None:
    """Stop a watch, and show that it is."""
    kept = await _of_press(pressed, office)
    if kept is None:
        return
    await Watches(office.data).stop(kept.number)
    said = pressed.scene.phrases.watches.stopped(question_html(kept.question))
    await office.outbox.answer_press(pressed.query, plain_text(said))
    await _show(pressed, await _without(pressed, said, office), office)


async def often(pressed: Pressed, office: Office) -> None:
    """Have a watch told daily, or at once, and say so."""
    kept = await _of_press(pressed, office)
    if kept is None:
        return
    await office.outbox.answer_press(pressed.query)
    daily = bool(pressed.press.number(1))
    await Watches(office.data).tell(kept.number, daily=daily)
    told = pressed.sheet.told
    place, known = int(told.get("place", 1)), int(told.get("known", 0))
    view = begun(replace(kept, daily=daily), (place, known, ""), pressed.scene, pressed.sheet)
    await _show(pressed, view, office)


async def stop_all(chat: int, office: Office) -> None:
    """Stop all that a chat watches, as the bot may not write there any more."""
    await Watches(office.data).stop_all(chat)


async def _replied_to(message: Message, office: Office) -> str:
    """The question that the message replied to has answered, or is."""
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created:
        return ""
    if replied.from_user and replied.from_user.id == office.me.id:
        turn = await office.memory.turn(message.chat.id, replied.message_id)
        return turn.question if turn else ""
    return (replied.text or replied.caption or "").strip()


async def _begin(
    message: Message, question: str, scene: Scene, office: Office, *, daily: bool
) -> str:
    """Keep a watch and confirm it; why it cannot be kept, where that is so."""
    today = message.date.astimezone(scene.zone).date()
    found = await office.desk.look(
        lambda library: library.ask(question, today=today, only=scene.settings.sources)
    )
    if isinstance(found, Apology):
        return apology(found, scene.phrases.answers)
    if refusal := refusal_html(found, scene.phrases):
        return refusal
    wanted = Watch(
        scene.chat,
        scene.topic,
        scene.user or 0,
        question,
        scene.phrases.language,
        daily,
        found.searched.generation,
    )
    known = await Watches(office.data).same(scene.chat, scene.topic, question)
    # To ask again is to change how often it is told, which is not everybody's to do.
    changes = known is not None and known.daily is not daily
    if known and changes and not await _may_change(known, scene, office, message=message):
        return scene.phrases.watches.not_yours
    kept = await Watches(office.data).add(wanted)
    if kept is None:
        return scene.phrases.watches.too_many(MOST_IN_CHAT)
    await _reply(message, await _confirmed(kept, found, scene, office), office)
    return ""


async def _confirmed(kept: Watch, found: Answer, scene: Scene, office: Office) -> View:
    known = len(found.passages) + found.more
    numbers = [each.number for each in await Watches(office.data).of_chat(scene.chat)]
    place = numbers.index(kept.number) + 1 if kept.number in numbers else len(numbers)
    read_as = limits_html(found, scene.phrases)
    return begun(kept, (place, known, read_as), scene, Sheet(Kind.ALERT))


def _meant(rest: str, kept: Sequence[Watch]) -> list[Watch]:
    """The watches that a number or words may mean; none for a number that there is not."""
    if rest.isdecimal():
        return list(kept[int(rest) - 1 : int(rest)]) if int(rest) else []
    wanted = " ".join(rest.casefold().split())
    exact = [each for each in kept if " ".join(each.question.casefold().split()) == wanted]
    return exact or [each for each in kept if wanted in each.question.casefold()]


async def _of_press(pressed: Pressed, office: Office) -> Watch | None:
    """The watch that a button is about; None once it is said why it cannot be changed."""
    words = pressed.scene.phrases.watches
    kept = await Watches(office.data).one(pressed.press.number(0))
    if kept is None or kept.chat != pressed.scene.chat:
        await office.outbox.answer_press(pressed.query, words.stopped_before)
        return None
    if not await _may_change(kept, pressed.scene, office):
        await office.outbox.answer_press(pressed.query, words.not_yours, alert=True)
        return None
    return kept


async def _may_change(
    kept: Watch, scene: Scene, office: Office, *, message: Message | None = None
) -> bool:
    asked = Sheet(Kind.ALERT, told={"user": kept.user})
    return await may(Who.ASKER, scene, office, sheet=asked) or await may(
        Who.CHAT_ADMIN, scene, office, message=message
    )


async def _without(pressed: Pressed, said: str, office: Office) -> View:
    """The message of a press once a watch of it has been stopped."""
    sheet, scene = pressed.sheet, pressed.scene
    if sheet.told.get("role") == "list":
        return listed(await Watches(office.data).of_chat(scene.chat), scene, sheet)
    if sheet.told.get("role") == "begun":
        return View(said, None, sheet)
    left = await _still(sheet.told, office)
    html = str(sheet.told["html"])
    if not left:
        told = f"{html}\n\n<i>{scene.phrases.watches.alert_stopped}</i>"
        html = told if utf16_units(told) < MESSAGE_UNITS else html
    buttons = stop_buttons(left, sheet.token, scene.phrases) if left else None
    return View(html, buttons, sheet)


async def _still(told: dict[str, Any], office: Office) -> list[Watch]:
    """The watches of which an alert tells and that go on."""
    found = [await Watches(office.data).one(number) for number in told.get("watches", ())]
    return [each for each in found if each]


async def buttons_of_alert(
    sheet: Sheet, phrases: Phrases, office: Office
) -> InlineKeyboardMarkup | None:
    """The buttons of an alert, for those of its watches that go on."""
    return stop_buttons(await _still(sheet.told, office), sheet.token, phrases)


async def _reply(message: Message, view: View, office: Office) -> None:
    sent = await office.outbox.send(reply_to(message, view.html, view.buttons))
    sheet = replace(view.sheet, asked=message.message_id)
    await office.memory.keep(sent.chat.id, sent.message_id, sheet)


async def _show(pressed: Pressed, view: View, office: Office) -> None:
    await office.outbox.send(edit_of(pressed.message, view.html, view.buttons))
    await office.memory.keep(pressed.scene.chat, pressed.message.message_id, view.sheet)
