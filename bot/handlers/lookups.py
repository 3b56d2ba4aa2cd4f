"""/search, /latest and /sources, and the buttons that page through what they show."""

from collections.abc import Callable
from typing import Any

from telegram import Message

from bot.desk import Apology, Library
from bot.handlers.answers import View
from bot.handlers.article import remember
from bot.handlers.ask import apology
from bot.handlers.lists import PAGES, opened
from bot.handlers.pressed import Pressed
from bot.memory import Kind, Sheet
from bot.office import Office
from bot.outbox import edit_of, reply_to
from bot.scene import Scene

_LONGEST = 1_000  # characters; the library reads no more of a question
_FURTHEST = 1_000_000  # pages; a list of a collection has fewer, and a forged button has any


async def search(message: Message, rest: str, scene: Scene, office: Office) -> None:
    """Reply with the passages that hold the words."""
    if not rest:
        await office.outbox.send(reply_to(message, scene.phrases.lookups.search_how))
        return
    # Kept, so that "last week" means the same on every page.
    today = message.date.astimezone(scene.zone).date()
    told = {"words": rest[:_LONGEST], "today": today.isoformat()}
    await _reply(message, Kind.SEARCH, told, scene, office)


async def latest(message: Message, rest: str, scene: Scene, office: Office) -> None:
    """Reply with the newest articles, of one source if it is named."""
    await _reply(message, Kind.LATEST, {"source": rest[:_LONGEST]}, scene, office)


async def sources(message: Message, _: str, scene: Scene, office: Office) -> None:
    """Reply with the publishers."""
    await _reply(message, Kind.SOURCES, {}, scene, office)


async def turn(pressed: Pressed, office: Office) -> None:
    """Show another page of a list, or of an article."""
    await office.outbox.answer_press(pressed.query)
    sheet, scene = pressed.sheet, pressed.scene
    page = min(max(0, pressed.press.number(0)), _FURTHEST)
    await _show(pressed, lambda library: PAGES[sheet.kind](library, sheet, page, scene), office)


async def open_one(pressed: Pressed, office: Office) -> None:
    """Show an article of a list in its place."""
    sheet, scene, press = pressed.sheet, pressed.scene, pressed.press
    numbers = press.number(0), press.number(1), press.number(2, -1)
    if sheet.told.get("page") != numbers[0]:
        # What is shown is not the page that is remembered, and its numbers mean other articles.
        await office.outbox.answer_press(pressed.query, scene.phrases.rooms.button_too_old)
        return
    await office.outbox.answer_press(pressed.query)
    await _show(pressed, lambda library: opened(library, sheet, numbers, scene), office)


async def _reply(
    message: Message, kind: Kind, told: dict[str, Any], scene: Scene, office: Office
) -> None:
    """Reply with the first page of a list."""
    sheet = Sheet(kind, told, asked=message.message_id)
    outcome = await office.desk.look(lambda library: PAGES[kind](library, sheet, 0, scene))
    if isinstance(outcome, Apology):
        await office.outbox.send(reply_to(message, apology(outcome, scene.phrases.answers)))
        return
    sent = await office.outbox.send(reply_to(message, outcome.html, outcome.buttons))
    if outcome.buttons:
        await remember(sent.chat.id, sent.message_id, outcome.sheet, office)


async def _show(pressed: Pressed, look: Callable[[Library], View], office: Office) -> None:
    """Show something else in a list's message; its buttons stay where it cannot be looked up."""
    message = pressed.message
    async with office.locks.of("list", message.chat.id, message.message_id):
        outcome = await office.desk.look(look)
        if isinstance(outcome, Apology):
            said = apology(outcome, pressed.scene.phrases.answers)
            await office.outbox.send(edit_of(message, said, message.reply_markup))
            return
        await office.outbox.send(edit_of(message, outcome.html, outcome.buttons))
        await remember(message.chat.id, message.message_id, outcome.sheet, office)
