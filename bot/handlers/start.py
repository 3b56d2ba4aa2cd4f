"""/start and /help: say what the bot does, and how to ask."""

from telegram import Message

from bot.handlers.article import article_at
from bot.office import Office
from bot.outbox import reply_to
from bot.scene import Scene


async def welcome(message: Message, rest: str, scene: Scene, office: Office) -> None:
    """Reply with what the bot does, or with the article to which a link led."""
    if await article_at(message, rest, scene, office):
        return
    await office.outbox.send(reply_to(message, scene.phrases.rooms.start))


async def explain(message: Message, _: str, scene: Scene, office: Office) -> None:
    """Reply with how to ask, in private and in groups."""
    await office.outbox.send(reply_to(message, scene.phrases.rooms.help))
