"""/reindex: one message that shows how far it is, and how it ended."""

from pathlib import Path
from typing import Any

from telegram import InlineKeyboardMarkup, Message

from bot.bulletin import Bulletin
from bot.buttons import Verb, button, keyboard
from bot.handlers.pressed import Pressed
from bot.memory import Kind, Sheet
from bot.office import Office
from bot.outbox import Letter, edit_of, reply_to
from bot.phrases.admin import AdminWords
from bot.reindexing import End, Place, Run, Stage, remember
from bot.render import named
from bot.scene import Scene

MATTER = "reindex"

_FAILED_SHOWN = 5
_NAME, _REASON = 80, 200


async def reindex(message: Message, _: str, scene: Scene, office: Office) -> None:
    """Begin a reindex, or point to the one that runs."""
    await begin(message, scene, office)


async def begin(message: Message, scene: Scene, office: Office) -> None:
    """Begin a reindex that is shown in reply to a message, if there is none."""
    if not office.reindexing.claim():
        await office.outbox.send(_pointer(message, scene, office))
        return
    words = scene.phrases.admin
    sheet = Sheet(Kind.ADMIN, {"matter": MATTER}, message.message_id)
    buttons = keyboard([button(words.cancel, Verb.CONFIRM, sheet.token)])
    try:
        sent = await office.outbox.send(reply_to(message, words.reindex_begins, buttons))
        await office.memory.keep(sent.chat.id, sent.message_id, sheet)
    except BaseException:
        office.reindexing.release()
        raise
    place = Place(sent.chat.id, sent.message_id)
    office.reindexing.begin(_follow(sent, buttons, words, office), place)


async def press(pressed: Pressed, office: Office) -> None:
    """Cancel the reindex that the message shows."""
    words, message = pressed.scene.phrases.admin, pressed.message
    if office.reindexing.place == Place(message.chat.id, message.message_id):
        office.reindexing.cancel()
        await office.outbox.answer_press(pressed.query, words.reindex_stopping)
        return
    # It went with a bot that was killed, and nobody was left to say so.
    await office.outbox.answer_press(pressed.query, words.too_late)
    await office.outbox.send(edit_of(message, words.reindex_stopped))


async def _follow(
    sent: Message, buttons: InlineKeyboardMarkup | None, words: AdminWords, office: Office
) -> None:
    async with Bulletin(office.outbox.send) as bulletin:
        run = await office.reindexing.run(
            lambda stage: bulletin.show(edit_of(sent, progress_html(stage, words), buttons))
        )
        office.metrics.reindexed(run.end)
        await office.memory.keep(sent.chat.id, sent.message_id, Sheet(Kind.ADMIN))
        await remember(office.data, run)
        await bulletin.end(edit_of(sent, closing_html(run, words)))


def _pointer(message: Message, scene: Scene, office: Office) -> Letter:
    words, place = scene.phrases.admin, office.reindexing.place
    if place and place.chat == scene.chat:
        return Letter(scene.chat, words.reindex_runs, reply_to=place.message)
    return reply_to(message, words.reindex_runs_elsewhere)


def progress_html(stage: Stage, words: AdminWords) -> str:
    """How far a run is."""
    lines = [words.reindexing(stage.name, stage.done, stage.total)]
    if stage.left_s is not None:
        lines.append(words.pace(stage.rate, stage.left_s))
    if stage.failures:
        lines.append(words.failures(stage.failures))
    return "\n".join(lines)


def closing_html(run: Run, words: AdminWords) -> str:
    """How a run ended."""
    reason = named(run.reason, 600)
    match run.end:
        case End.DONE:
            return _figures_html(run.outcome or {}, words)
        case End.CANCELLED:
            return words.reindex_cancelled
        case End.STOPPED:
            return words.reindex_stopped
        case End.LOCKED:
            return words.reindex_locked(reason)
        case End.FAILED:
            return words.reindex_failed(reason)


def _figures_html(outcome: dict[str, Any], words: AdminWords) -> str:
    lines = [words.reindexed(outcome)]
    if outcome["failed"]:
        lines.append(words.failed_files(outcome["failed_files"]))
        for failure in outcome["failed"][:_FAILED_SHOWN]:
            file, reason = Path(failure["file"]).name, failure["reason"]
            lines.append(f"• {named(file, _NAME)}: {named(reason, _REASON)}")
        if len(outcome["failed"]) > _FAILED_SHOWN:
            lines.append("…")
    return "\n".join(lines)
