"""/addsource, links and files from admins: shown first, and added once that is confirmed."""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telegram import Document, InlineKeyboardButton, Message
from telegram.error import BadRequest, TelegramError

from bot.buttons import Verb, button, keyboard
from bot.doors import Command, Refused, ask
from bot.handlers import reindexing
from bot.handlers.pressed import Pressed
from bot.incoming import folder_in, forget, place_for, sweep
from bot.limits import DOWNLOAD_BYTES
from bot.memory import Kind, Sheet
from bot.office import Office
from bot.outbox import edit_of, reply_to
from bot.phrases.admin import AdminWords
from bot.render import named
from bot.scene import Scene

SOURCE, FILE, ADDED = "source", "file", "added"

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_CANCEL, _ADD, _REINDEX, _WITH_PAGES, _PAGE_ONLY = range(5)
_TEXT, _LONG, _ADDRESS = 200, 300, 400


def brings(message: Message, office: Office) -> bool:
    """Whether a message is something to be added: in private a file, or an admin's bare link.

    A file under which others than admins write is their question, and no file to them.
    """
    if message.chat.type != message.chat.PRIVATE or message.via_bot or not message.from_user:
        return False
    admin = message.from_user.id in office.settings.admins
    if message.document:
        return admin or not message.caption
    return admin and bool(_LINK.fullmatch((message.text or "").strip()))


async def take(message: Message, office: Office) -> None:
    """See to a message that brings something."""
    scene = office.scene(message)
    if message.document:
        await _take_file(message, message.document, scene, office)
    else:
        await _look_at(message, (message.text or "").strip(), "", scene, office)


async def addsource(message: Message, rest: str, scene: Scene, office: Office) -> None:
    """Show what a page or feed has, to be confirmed."""
    where, _, name = rest.partition(" ")
    if not where:
        await office.outbox.send(reply_to(message, scene.phrases.admin.how_to_add))
        return
    address = where if "://" in where else f"https://{where}"
    await _look_at(message, address, name.strip(), scene, office)


async def press_source(pressed: Pressed, office: Office) -> None:
    """Add the feed or page that the message shows, or not."""
    await office.outbox.answer_press(pressed.query)
    wish, told = pressed.press.number(0), pressed.sheet.told
    if wish == _CANCEL:
        await _not_added(pressed, office)
        return
    only_page = wish == _PAGE_ONLY
    words = ["add", "--yes", "--json"]
    words += ["--page"] if only_page or told["kind"] == "page" else []
    words += ["--follow"] if wish == _WITH_PAGES else []
    words += [f"--name={told['name']}"] if told["name"] else []
    # Behind the dashes nothing is an option, however it begins.
    words += ["--", told["url"] if only_page else told["where"]]
    found = await _ask(office, office.doors.sources, *words)
    name = found.get("name") if isinstance(found, dict) else None
    await _added(pressed, found if isinstance(found, Refused) else str(name), office)


async def press_file(pressed: Pressed, office: Office) -> None:
    """Put the file that the message shows among the sources, or delete it."""
    await office.outbox.answer_press(pressed.query)
    told = pressed.sheet.told
    file = folder_in(office.settings.data) / Path(str(told["file"])).name
    if pressed.press.number(0) == _CANCEL:
        await asyncio.to_thread(forget, file)
        await _not_added(pressed, office)
        return
    if not await asyncio.to_thread(file.is_file):
        await _close(pressed.message, pressed.scene.phrases.admin.gone, office)
        return
    found = await _ask(
        office, office.doors.add, "--yes", "--json", f"--name={told['name']}", "--", str(file)
    )
    await asyncio.to_thread(forget, file)
    name = Path(str(found["target"])).name if isinstance(found, dict) else found
    await _added(pressed, name, office)


async def press_added(pressed: Pressed, office: Office) -> None:
    """Begin a reindex that reads what was added."""
    await office.outbox.answer_press(pressed.query)
    await _close(pressed.message, str(pressed.sheet.told["html"]), office)
    await reindexing.begin(pressed.message, pressed.scene, office)


async def _look_at(
    message: Message, address: str, name: str, scene: Scene, office: Office
) -> None:
    words = scene.phrases.admin
    sent = await office.outbox.send(reply_to(message, words.looking))
    named_so = (f"--name={name}",) if name else ()
    found = await _ask(office, office.doors.sources, "add", "--json", *named_so, "--", address)
    if isinstance(found, Refused):
        await _close(sent, _refused(found, words), office)
        return
    told = {"url": address, "name": name, "where": found["where"], "kind": found["kind"]}
    choices = [(words.add, _ADD)]
    if found.get("summaries"):
        choices.append((words.add_with_pages, _WITH_PAGES))
    if found["kind"] == "feed" and found["where"] != address:
        choices.append((words.add_page_only, _PAGE_ONLY))
    preview = _Preview(_source_html(found, words), {"matter": SOURCE, **told}, choices)
    await _offer(sent, preview, words, office)


async def _take_file(message: Message, document: Document, scene: Scene, office: Office) -> None:
    words = scene.phrases.admin
    if scene.user not in office.settings.admins:
        await office.outbox.send(reply_to(message, words.files_from_admins))
        return
    if (document.file_size or 0) > DOWNLOAD_BYTES:
        await office.outbox.send(reply_to(message, words.too_large(DOWNLOAD_BYTES)))
        return
    sent = await office.outbox.send(reply_to(message, words.looking))
    await asyncio.to_thread(sweep, office.settings.data)
    name = document.file_name or "article.txt"
    file = await asyncio.to_thread(place_for, name, office.settings.data)
    if fault := await _fetch(document, file, words, office):
        await _close(sent, fault, office)
        return
    found = await _ask(office, office.doors.add, "--json", f"--name={name}", "--", str(file))
    if isinstance(found, Refused):
        await asyncio.to_thread(forget, file)
        await _close(sent, _refused(found, words), office)
        return
    told = {"matter": FILE, "file": file.name, "name": name}
    preview = _Preview(_file_html(found, name, words), told, [(words.add, _ADD)])
    await _offer(sent, preview, words, office)


async def _fetch(document: Document, file: Path, words: AdminWords, office: Office) -> str:
    """Download the file; why that could not be done, "" where it was."""
    try:
        told = await office.bot.get_file(document.file_id)
        await told.download_to_drive(file)
    except BadRequest as error:
        big = "too big" in str(error).lower()
        return words.too_large(DOWNLOAD_BYTES) if big else words.not_fetched
    except TelegramError:
        return words.not_fetched
    return ""


@dataclass(frozen=True, slots=True)
class _Preview:
    """What is shown of something, what is remembered of it, and the ways to add it."""

    html: str
    told: dict[str, Any]
    choices: list[tuple[str, int]]


async def _offer(sent: Message, preview: _Preview, words: AdminWords, office: Office) -> None:
    """Show a preview in place of a message, with a button for each choice."""
    sheet = Sheet(Kind.ADMIN, preview.told)
    choices = [*preview.choices, (words.cancel, _CANCEL)]
    rows = [[_choice(label, sheet, number)] for label, number in choices]
    # Before the buttons are there, or one could be pressed before it is known.
    await office.memory.keep(sent.chat.id, sent.message_id, sheet)
    await office.outbox.send(edit_of(sent, preview.html, keyboard(*rows)))


async def _added(pressed: Pressed, what: str | Refused, office: Office) -> None:
    words = pressed.scene.phrases.admin
    if isinstance(what, Refused):
        await _close(pressed.message, _refused(what, words), office)
        return
    html = words.added(named(what, _TEXT))
    sheet = Sheet(Kind.ADMIN, {"matter": ADDED, "html": html})
    await office.memory.keep(pressed.message.chat.id, pressed.message.message_id, sheet)
    buttons = keyboard([_choice(words.reindex_now, sheet, _REINDEX)])
    await office.outbox.send(edit_of(pressed.message, html, buttons))


async def _not_added(pressed: Pressed, office: Office) -> None:
    await _close(pressed.message, pressed.scene.phrases.admin.not_added, office)


async def _close(message: Message, html: str, office: Office) -> None:
    """Have a message say this last, without buttons."""
    await office.memory.keep(message.chat.id, message.message_id, Sheet(Kind.ADMIN))
    await office.outbox.send(edit_of(message, html))


async def _ask(office: Office, door: Command, *words: str) -> dict[str, Any] | Refused:
    # One at a time, or an album of files would be as many processes.
    async with office.locks.of("door"):
        return await ask(door, *words)


def _choice(label: str, sheet: Sheet, number: int) -> InlineKeyboardButton:
    return button(label, Verb.CONFIRM, sheet.token, number)


def _refused(refused: Refused, words: AdminWords) -> str:
    return words.refused(named(refused.reason, 2 * _LONG))


def _source_html(found: dict[str, Any], words: AdminWords) -> str:
    title = named(found.get("title", ""), _TEXT) or words.untitled
    where = named(found["where"], _ADDRESS)
    if found["kind"] == "feed":
        lines = [words.feed(title, where, found["articles"])]
    else:
        lines = [words.page(title, where)]
    lines += [f"• {named(line, _LONG)}" for line in found.get("shown", ())]
    if found.get("summaries"):
        lines.append(words.summaries_only)
    return "\n".join(lines)


def _file_html(found: dict[str, Any], name: str, words: AdminWords) -> str:
    title = named(found["title"] or name, _TEXT)
    credit = (named(found["publisher"], _TEXT), words.day(found["published"]))
    lines = [
        words.document(title, found["articles"], found["paragraphs"]),
        " · ".join(filter(None, credit)),
        f"<blockquote>{named(found['begins'], _LONG)}</blockquote>",
    ]
    if found["faulty"]:
        lines.append(words.faults(found["faulty"]))
        lines += [f"• {named(fault, _LONG)}" for fault in found["faults"]]
    return "\n".join(filter(None, lines))
