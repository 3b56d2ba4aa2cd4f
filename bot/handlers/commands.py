"""Which command is seen to by what, for those who may give it."""

from collections.abc import Awaitable, Callable, Mapping

from telegram import Message

from bot.commands import BY_NAME
from bot.handlers import admin
from bot.handlers.about import about, stats
from bot.handlers.article import article
from bot.handlers.lookups import latest, search, sources
from bot.handlers.privacy import forget, privacy
from bot.handlers.settings import settings
from bot.handlers.start import explain, welcome
from bot.handlers.watch import unwatch, watch, watches
from bot.office import Office
from bot.outbox import reply_to
from bot.rights import may
from bot.scene import Scene

Run = Callable[[Message, str, Scene, Office], Awaitable[None]]
"""Sees to a command: its message, what followed it, where, and what to work with."""

RUN: Mapping[str, Run] = {
    "start": welcome,
    "help": explain,
    "settings": settings,
    "search": search,
    "latest": latest,
    "sources": sources,
    "article": article,
    "watch": watch,
    "watches": watches,
    "unwatch": unwatch,
    "about": about,
    "stats": stats,
    "privacy": privacy,
    "forget": forget,
    "reindex": admin.reindex,
    "status": admin.status,
    "unanswered": admin.unanswered,
    "addsource": admin.addsource,
}


async def give(name: str, message: Message, rest: str, scene: Scene, office: Office) -> None:
    """See to a command, or say that it is for others."""
    if not await may(BY_NAME[name].who, scene, office, message=message):
        await office.outbox.send(reply_to(message, scene.phrases.rooms.not_allowed))
        return
    await RUN[name](message, rest, scene, office)
