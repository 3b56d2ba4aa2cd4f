"""/help: say how to ask."""

from telegram import Message

from bot import phrases
from bot.office import Office
from bot.outbox import reply_to


async def explain(message: Message, office: Office) -> None:
    """Reply with how to ask, in private and in groups."""
    await office.outbox.send(reply_to(message, phrases.HELP))
