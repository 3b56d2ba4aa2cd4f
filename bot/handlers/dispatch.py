"""Every kind of update, and what sees to it."""

from telegram import Message, Update

from bot.handlers.feeding import brings, take
from bot.handlers.groups import is_welcome, moved, standing, turn_away
from bot.handlers.guest import reply_as_guest, request_of_guest
from bot.handlers.inline import suggest
from bot.handlers.presses import press
from bot.handlers.text import receive, request_of
from bot.office import Office
from bot.outbox import reply_to
from bot.rota import Asker


def concerns(update: Update, office: Office) -> bool:
    """Whether the bot has anything to say or do about an update: all others are not even kept."""
    message = update.message or update.edited_message
    if message:
        return bool(
            moved(message)
            or request_of(message, office)
            or (update.message and brings(update.message, office))
        )
    if update.guest_message:
        return request_of_guest(update.guest_message, office) is not None
    return bool(update.callback_query or update.inline_query or update.my_chat_member)


async def see_to(update: Update, office: Office) -> None:
    """See to an update that concerns the bot."""
    office = office.serving(asker_of(update))
    if update.message and (move := moved(update.message)):
        await office.chats.move(*move)
    elif not is_welcome(update, office):
        await turn_away(update, office)
    else:
        await _see_to(update, office)


async def _see_to(update: Update, office: Office) -> None:
    if update.my_chat_member:
        await standing(update.my_chat_member, office)
    elif update.callback_query:
        await press(update.callback_query, office)
    elif update.message and brings(update.message, office):
        await take(update.message, office)
    elif update.message:
        await receive(update.message, office)
    elif update.edited_message:
        await receive(update.edited_message, office, edited=True)
    elif update.inline_query:
        await suggest(update.inline_query, office)
    elif update.guest_message:
        await reply_as_guest(update.guest_message, office)


def message_of(update: object) -> Message | None:
    """The message that an update brought, to which one can reply."""
    return update.message if isinstance(update, Update) else None


def asker_of(update: Update) -> Asker:
    """Who wants something, and where; who writes as a group or a channel is nobody by name."""
    message = update.effective_message
    named = (
        None
        if message and message.sender_chat and not update.callback_query
        else (update.effective_user)
    )
    chat = update.effective_chat or named
    return Asker(chat.id if chat else None, named.id if named else None)


async def put_off(update: Update, office: Office) -> None:
    """Say that earlier wishes of the same person come first."""
    if update.callback_query and (scene := office.pressed(update.callback_query)):
        await office.outbox.answer_press(update.callback_query, scene.phrases.answers.enough)
    elif message := update.message:
        words = office.scene(message).phrases.answers
        await office.outbox.send(reply_to(message, words.enough))
