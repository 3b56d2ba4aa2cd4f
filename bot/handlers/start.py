"""/start: say what the bot does."""

from telegram import Message

from bot import phrases
from bot.office import Office
from bot.outbox import reply_to


async def welcome(message: Message, office: Office) -> None:
    """Reply with what the bot does."""
    await office.outbox.send(reply_to(message, phrases.START))
