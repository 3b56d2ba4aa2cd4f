"""What is for the bot's admins alone: which button is about what, and commands in private."""

from collections.abc import Awaitable, Callable, Mapping

from telegram import Message

from bot.handlers import feeding, reindexing, reports
from bot.handlers.pressed import Pressed, Run
from bot.memory import Kind
from bot.office import Office
from bot.outbox import reply_to
from bot.scene import Scene

Command = Callable[[Message, str, Scene, Office], Awaitable[None]]

MATTERS: Mapping[str, Run] = {
    reindexing.MATTER: reindexing.press,
    reports.MATTER: reports.press,
    feeding.SOURCE: feeding.press_source,
    feeding.FILE: feeding.press_file,
    feeding.ADDED: feeding.press_added,
}
"""What sees to a press, by what the message is about."""


async def confirm(pressed: Pressed, office: Office) -> None:
    """See to a press on a message for admins, once, however often it is pressed."""
    chat, message, sheet = pressed.scene.chat, pressed.message.message_id, pressed.sheet
    async with office.locks.of("admin", chat, message):
        now = await office.memory.sheet(chat, message)
        matter = MATTERS.get(str(sheet.told.get("matter")))
        if now is None or now.token != sheet.token or now.kind is not Kind.ADMIN or not matter:
            await office.outbox.answer_press(pressed.query, pressed.scene.phrases.admin.too_late)
            return
        await matter(pressed, office)


def in_private(run: Command) -> Command:
    """The command where it is given in private; elsewhere it is said that it is for there."""

    async def given(message: Message, rest: str, scene: Scene, office: Office) -> None:
        if scene.private:
            await run(message, rest, scene, office)
        else:
            await office.outbox.send(reply_to(message, scene.phrases.admin.only_in_private))

    return given


reindex = in_private(reindexing.reindex)
status = in_private(reports.status)
unanswered = in_private(reports.unanswered)
addsource = in_private(feeding.addsource)
