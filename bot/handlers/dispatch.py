"""Every kind of update, and what sees to it."""

from telegram import Message, Update

from bot.handlers.presses import press
from bot.handlers.text import receive, request_of
from bot.office import Office


def concerns(update: Update, office: Office) -> bool:
    """Whether the bot has anything to say or do about an update: all others are not even kept."""
    message = update.message or update.edited_message
    if message:
        return request_of(message, office) is not None
    return bool(update.callback_query)


async def see_to(update: Update, office: Office) -> None:
    """See to an update that concerns the bot."""
    if update.callback_query:
        await press(update.callback_query, office)
    elif update.message:
        await receive(update.message, office)
    elif update.edited_message:
        await receive(update.edited_message, office, edited=True)


def message_of(update: object) -> Message | None:
    """The message that an update brought, to which one can reply."""
    return update.message if isinstance(update, Update) else None
