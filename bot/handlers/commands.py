"""Which command is seen to by what, for those who may give it."""

from collections.abc import Awaitable, Callable, Mapping

from telegram import Message

from bot.commands import BY_NAME
from bot.handlers.start import explain, welcome
from bot.office import Office
from bot.outbox import reply_to
from bot.rights import may
from bot.scene import Scene

Run = Callable[[Message, str, Scene, Office], Awaitable[None]]
"""Sees to a command: its message, what followed it, where, and what to work with."""

RUN: Mapping[str, Run] = {
    "start": welcome,
    "help": explain,
}


async def give(name: str, message: Message, rest: str, scene: Scene, office: Office) -> None:
    """See to a command, or say that it is for others."""
    if not await may(BY_NAME[name].who, scene, office, message=message):
        await office.outbox.send(reply_to(message, scene.phrases.rooms.not_allowed))
        return
    await RUN[name](message, rest, scene, office)
