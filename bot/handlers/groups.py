"""Coming into chats, leaving them, and groups that become supergroups."""

import logging

from telegram import Chat, ChatMember, ChatMemberRestricted, ChatMemberUpdated, Message, Update
from telegram.error import TelegramError

from bot.logs import describe
from bot.office import Office
from bot.outbox import Letter, reply_to
from bot.rights import ADMINS, is_served
from bot.watches import Watches

logger = logging.getLogger(__name__)

_GROUPS = {Chat.GROUP, Chat.SUPERGROUP}


def is_welcome(update: Update, office: Office) -> bool:
    """Whether the bot works where an update comes from: BOT_CHATS decides."""
    place = update.effective_chat or update.effective_user
    return place is None or is_served(place.id, office)


async def turn_away(update: Update, office: Office) -> None:
    """Say once that this is no place for the bot, and leave it if it is a group."""
    chat = update.effective_chat
    if update.callback_query:
        language = update.callback_query.from_user.language_code
        words = office.scene_of(0, None, language).phrases.rooms
        await office.outbox.answer_press(update.callback_query, words.not_served, alert=True)
    elif chat and chat.type == Chat.PRIVATE and update.message:
        words = office.scene(update.message).phrases.rooms
        await office.outbox.send(reply_to(update.message, words.not_served))
    if chat and chat.type != Chat.PRIVATE and not update.guest_message and _is_there(update):
        await _leave(update, chat, office)


async def standing(changed: ChatMemberUpdated, office: Office) -> None:
    """The bot may do more or less in a chat than before: greet a group, or end its watches."""
    before, after = changed.old_chat_member, changed.new_chat_member
    if not can_write(after):
        logger.info("the bot may not write in a chat any more (%s)", after.status)
        await Watches(office.data).stop_all(changed.chat.id)
    elif changed.chat.type in _GROUPS and not is_in(before):
        await _greet(changed, office)


def moved(message: Message) -> tuple[int, int] | None:
    """The numbers that a group had and has, where a message tells of a change."""
    if message.migrate_to_chat_id:
        return message.chat.id, message.migrate_to_chat_id
    if message.migrate_from_chat_id:
        return message.migrate_from_chat_id, message.chat.id
    return None


def is_in(member: ChatMember) -> bool:
    """Whether somebody is in the chat."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}


def can_write(member: ChatMember) -> bool:
    """Whether somebody is in the chat and may send messages to it."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member and member.can_send_messages
    return is_in(member)


async def _greet(changed: ChatMemberUpdated, office: Office) -> None:
    """Say how to ask, in the language of whoever brought the bot; not twice in a short time."""
    chat = changed.chat.id
    if not await office.chats.first_greeting(chat):
        return
    words = office.scene_of(chat, None, changed.from_user.language_code).phrases.rooms
    name = office.me.username
    hears = changed.new_chat_member.status in ADMINS or await _reads_groups(office)
    how = words.hears_mentions(name) if hears else words.hears_commands_only
    more = f"{words.admins_can_set} {words.help_tells_more}"
    html = "\n\n".join([words.joined(name), how, more])
    await office.outbox.send(Letter(chat, html))


async def _reads_groups(office: Office) -> bool:
    """Whether Telegram shows the bot what is written in groups.

    The answer is that of today: after a change of it a bot has to be added anew.
    """
    try:
        await office.bot.get_me()
    except TelegramError as error:
        logger.warning("whether the bot reads groups was learnt at its start: %s", describe(error))
    return office.bot.can_read_all_group_messages


def _is_there(update: Update) -> bool:
    return update.my_chat_member is None or is_in(update.my_chat_member.new_chat_member)


async def _leave(update: Update, chat: Chat, office: Office) -> None:
    language = update.effective_user.language_code if update.effective_user else None
    words = office.scene_of(chat.id, None, language).phrases.rooms
    try:
        if chat.type in _GROUPS and await office.chats.first_greeting(chat.id):
            await office.outbox.send(Letter(chat.id, words.not_served))
        await office.bot.leave_chat(chat.id)
    except TelegramError as error:
        logger.warning("a chat that is not served was not left in order: %s", describe(error))
