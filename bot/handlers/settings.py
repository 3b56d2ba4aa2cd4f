"""/settings: one message with buttons, edited in place, shows and sets what holds in a chat."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from telegram import InlineKeyboardMarkup, Message

from bot import panel, zones
from bot.choices import TURN, Menu, Page, chosen, hours, page_of, too_many
from bot.desk import Apology
from bot.handlers.pressed import Pressed
from bot.memory import Kind, Sheet
from bot.office import Office
from bot.outbox import edit_of, reply_to
from bot.render import named
from bot.rights import hears_everything
from bot.scene import Scene

logger = logging.getLogger(__name__)

_MOST_LISTED = 400  # publishers in the list of a menu; those with the most articles come first
_ZONE = 60


async def settings(message: Message, written: str, scene: Scene, office: Office) -> None:
    """Show the settings of the chat, or set what is written, as in "quiet 22-7"."""
    name, _, value = written.partition(" ")
    match name.casefold(), value.strip():
        case "", _:
            await _open(Page.MAIN, message, scene, office)
        case "zone", "":
            await _open(Page.ZONE, message, scene, office)
        case "quiet", "":
            await _open(Page.QUIET, message, scene, office)
        case "zone", value:
            await _set_zone(value, message, scene, office)
        case "quiet", value:
            await _set_quiet(value, message, scene, office)
        case _:
            await office.outbox.send(reply_to(message, scene.phrases.rooms.settings_how))


async def choose(pressed: Pressed, office: Office) -> None:
    """Set what a button says, and show its page."""
    menu = _pressed(pressed.sheet, pressed)
    notice = menu.words.too_many_sources if too_many(pressed.press, menu) else ""
    await office.outbox.answer_press(pressed.query, notice)
    learnt = await _learnt(menu, pressed.sheet, office)
    await _set(pressed, learnt, office)
    await _show(pressed, office)


async def _set(pressed: Pressed, learnt: dict[str, Any], office: Office) -> None:
    """Set what a button says, and remember which page is open. One press after the other."""
    chat, number = pressed.message.chat.id, pressed.message.message_id
    async with office.locks.of("settings", chat, number):
        sheet = await office.memory.sheet(chat, number) or pressed.sheet
        scene = office.scene(pressed.message, pressed.query.from_user)
        menu = _pressed(sheet, replace(pressed, scene=scene))
        if values := chosen(pressed.press, menu):
            # Of a forum's topic only that is its own.
            topic = scene.topic if menu.page is Page.MODE else None
            await office.chats.set(chat, topic, **values)
        told = {**sheet.told, **learnt, "page": menu.page.value, "part": menu.part}
        await office.memory.keep(chat, number, replace(sheet, told=told))


async def _show(pressed: Pressed, office: Office) -> None:
    """Show the page that is open; of several quick presses only the last needs to be drawn."""
    chat, number = pressed.message.chat.id, pressed.message.message_id
    next_one = office.locks.of("settings next", chat, number)
    if next_one.locked():
        return  # somebody waits to draw, and will draw what holds by then
    drawing = office.locks.of("settings drawn", chat, number)
    async with next_one:
        await drawing.acquire()
    try:
        sheet = await office.memory.sheet(chat, number)
        if sheet:
            html, buttons = _drawn(sheet, _spoken(sheet, pressed.scene, office))
            await office.outbox.send(edit_of(pressed.message, html, buttons))
    finally:
        drawing.release()


async def _open(page: Page, message: Message, scene: Scene, office: Office) -> None:
    told = {
        "user": scene.user,
        "language": scene.phrases.language,
        "page": page.value,
        "zones": await asyncio.to_thread(zones.common),
    }
    sheet = Sheet(Kind.SETTINGS, told, asked=message.message_id)
    html, buttons = _drawn(sheet, scene)
    sent = await office.outbox.send(reply_to(message, html, buttons))
    await office.memory.keep(sent.chat.id, sent.message_id, sheet)


async def _set_zone(written: str, message: Message, scene: Scene, office: Office) -> None:
    words = scene.phrases.rooms
    zone = await asyncio.to_thread(zones.meant, written)
    if zone is None:
        near = await asyncio.to_thread(zones.nearest, written)
        said = words.zone_unknown(named(written, _ZONE), near)
    else:
        await office.chats.set(scene.chat, zone=zone)
        said = words.setting(words.zone, panel.clock(office.scene(message), datetime.now(UTC)))
    await office.outbox.send(reply_to(message, said))


async def _set_quiet(written: str, message: Message, scene: Scene, office: Office) -> None:
    words, quiet = scene.phrases.rooms, hours(written)
    if quiet is None:
        said = words.quiet_not_understood
    else:
        await office.chats.set(scene.chat, quiet=quiet)
        said = words.setting(words.quiet, panel.silence(quiet, words))
    await office.outbox.send(reply_to(message, said))


async def _learnt(menu: Menu, sheet: Sheet, office: Office) -> dict[str, Any]:
    """What a page must know that the menu does not know yet."""
    match menu.page:
        case Page.SOURCES if "sources" not in sheet.told:
            found = await office.desk.look(lambda library: library.publishers())
            if isinstance(found, Apology):
                return {}
            # What was chosen can be taken back, even where nothing of it is left.
            names = (*menu.settings.sources, *(each.name for each in found if each.name))
            return {"sources": list(dict.fromkeys(names))[:_MOST_LISTED]}
        case Page.MODE:
            return {"deaf": not await hears_everything(menu.scene.chat, office)}
    return {}


def _pressed(sheet: Sheet, pressed: Pressed) -> Menu:
    """The menu with the page that a button belongs to, or opens."""
    menu = _menu(sheet, pressed.scene)
    page = page_of(pressed.press.number(0), pressed.scene)
    turned = pressed.press.number(2) if pressed.press.number(1) == TURN else None
    part = 0 if page is not menu.page else menu.part
    return replace(menu, page=page, part=part if turned is None else turned)


def _menu(sheet: Sheet, scene: Scene) -> Menu:
    told = sheet.told
    return Menu(
        scene,
        page_of(told.get("page", 0), scene),
        told.get("part", 0),
        tuple(told.get("sources", ())),
        tuple(told.get("zones", ())),
        deaf=told.get("deaf", False),
    )


def _drawn(sheet: Sheet, scene: Scene) -> tuple[str, InlineKeyboardMarkup | None]:
    menu = _menu(sheet, scene)
    return panel.html(menu, datetime.now(UTC)), panel.buttons(menu, sheet.token)


def _spoken(sheet: Sheet, scene: Scene, office: Office) -> Scene:
    """The scene as it is now, in the language of whoever opened the menu unless one is set."""
    now = office.scene_of(scene.chat, scene.topic, sheet.told.get("language"))
    return replace(now, user=scene.user, private=scene.private)
