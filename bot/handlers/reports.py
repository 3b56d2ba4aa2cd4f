"""/status and /unanswered: how the bot is doing, and what it could not answer."""

import asyncio
import platform
import sqlite3
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from telegram import Message
from telegram import __version__ as ptb

from bot.buttons import Verb, button, keyboard
from bot.desk import Apology
from bot.handlers.ask import apology
from bot.handlers.pressed import Pressed
from bot.health import Health, room_of
from bot.logs import redacted
from bot.memory import Kind, Sheet
from bot.office import Office
from bot.outbox import edit_of, reply_to
from bot.phrases.admin import AdminWords
from bot.reindexing import last_run
from bot.render import named
from bot.scene import Scene
from bot.unanswered import clear, how_many, most_asked
from index import ROOT, Status

MATTER = "unanswered"

_KINDS = 5
_QUESTION = 120
_KEEP, _CLEAR, _SURE = 0, 1, 2


async def status(message: Message, _: str, scene: Scene, office: Office) -> None:
    """Reply with how the bot and its collection are doing."""
    found = await office.desk.look(lambda library: library.status())
    lines = [
        _collection_line(found, scene),
        await _reindex_line(scene, office),
        await _queues_line(scene.phrases.admin, office),
        _telegram_line(office.health, scene.phrases.admin),
        _errors_line(office.health, scene.phrases.admin),
        await _room_line(scene.phrases.admin, office),
        scene.phrases.admin.running(office.health.up_s, await _versions(found)),
    ]
    await office.outbox.send(reply_to(message, "\n".join(lines)))


async def unanswered(message: Message, _: str, scene: Scene, office: Office) -> None:
    """Reply with the questions that got no answer, those asked most often first."""
    words = scene.phrases.admin
    number, listed = await how_many(office.data), await most_asked(office.data)
    if not number:
        await office.outbox.send(reply_to(message, words.all_answered))
        return
    lines = [f"{words.number(each.times)} × {named(each.question, _QUESTION)}" for each in listed]
    html = "\n".join((words.unanswered(number), *lines, "", words.make_golden))
    sheet = Sheet(Kind.ADMIN, {"matter": MATTER, "html": html}, message.message_id)
    buttons = keyboard([button(words.clear, Verb.CONFIRM, sheet.token, _CLEAR)])
    sent = await office.outbox.send(reply_to(message, html, buttons))
    await office.memory.keep(sent.chat.id, sent.message_id, sheet)


async def press(pressed: Pressed, office: Office) -> None:
    """Clear the list, once that has been made sure of."""
    await office.outbox.answer_press(pressed.query)
    words, message = pressed.scene.phrases.admin, pressed.message
    sheet = Sheet(Kind.ADMIN, pressed.sheet.told, pressed.sheet.asked)
    match pressed.press.number(0):
        case 2:
            await clear(office.data)
            html, buttons = words.cleared, None
        case 1:
            html = str(sheet.told["html"])
            surely = button(words.clear_surely, Verb.CONFIRM, sheet.token, _SURE)
            buttons = keyboard([surely, button(words.cancel, Verb.CONFIRM, sheet.token, _KEEP)])
        case _:
            html = str(sheet.told["html"])
            buttons = keyboard([button(words.clear, Verb.CONFIRM, sheet.token, _CLEAR)])
    await office.memory.keep(message.chat.id, message.message_id, sheet)
    await office.outbox.send(edit_of(message, html, buttons))


def _collection_line(found: Status | Apology, scene: Scene) -> str:
    if isinstance(found, Apology):
        return apology(found, scene.phrases.answers)
    words, published = scene.phrases.admin, "—"
    if found.published_at:
        published = words.moment(datetime.fromisoformat(found.published_at), scene.zone)
    return words.serving(found.generation, found.articles, published)


async def _reindex_line(scene: Scene, office: Office) -> str:
    words = scene.phrases.admin
    if office.reindexing.claimed:
        return words.is_reindexing
    if (run := await last_run(office.data)) is None:
        return words.never_reindexed
    ended = datetime.fromtimestamp(run.ended_at, UTC)
    return words.last_reindex(words.moment(ended, scene.zone), run.end)


async def _queues_line(words: AdminWords, office: Office) -> str:
    counts = await office.data.run(_inbox_counts)
    # This very command waits too, until it is answered.
    waiting = max(0, counts.get("waiting", 0) - 1)
    return words.queues(waiting, counts.get("aside", 0), office.desk.open)


def _inbox_counts(db: sqlite3.Connection) -> dict[str, int]:
    return dict(db.execute("select state, count(*) from inbox group by state").fetchall())


def _telegram_line(health: Health, words: AdminWords) -> str:
    return words.never_heard if health.heard_s is None else words.heard(health.heard_s)


def _errors_line(health: Health, words: AdminWords) -> str:
    number = health.errors.total()
    if not number:
        return words.no_errors
    kinds = health.errors.most_common(_KINDS)
    return words.errors(number, (f"{_plain(kind)} {words.number(n)}" for kind, n in kinds))


async def _room_line(words: AdminWords, office: Office) -> str:
    own, collection = office.settings.data, office.doors.collection
    room = await asyncio.to_thread(room_of, own)
    if collection is None or collection == own:
        return words.room(room.used, None, room.free)
    held = await asyncio.to_thread(room_of, collection)
    return words.room(room.used, held.used, room.free)


async def _versions(found: Status | Apology) -> str:
    own = await asyncio.to_thread(_own_version)
    model = "" if isinstance(found, Apology) else f", {_plain(Path(found.model).name)}"
    return f"Quotewire {own}, Python {platform.python_version()}, PTB {ptb}{model}"


def _own_version() -> str:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return str(told["project"]["version"])


def _plain(name: str) -> str:
    # A name may come from a setting; what looks like a token is none to be shown.
    return named(redacted(name), 60)
