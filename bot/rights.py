"""Who may do what: checked at the moment it is wanted, by number, never by name."""

import logging

from telegram import ChatMember, Message
from telegram.error import TelegramError

from bot.commands import Who
from bot.logs import describe
from bot.memory import Sheet
from bot.office import Office
from bot.scene import Scene

logger = logging.getLogger(__name__)

ANONYMOUS_ADMIN = 1_087_968_824
"""Who Telegram names as the sender of what an admin writes as the group itself."""

CHANNEL_POSTS = 777_000
"""Who Telegram names as the sender of what a group's channel posts into it."""

_NOBODY = {0, ANONYMOUS_ADMIN, CHANNEL_POSTS}
ADMINS = {ChatMember.OWNER, ChatMember.ADMINISTRATOR}
"""What Telegram calls those who may set up a group."""


async def may(
    who: Who,
    scene: Scene,
    office: Office,
    *,
    message: Message | None = None,
    sheet: Sheet | None = None,
) -> bool:
    """Whether who speaks or presses in the scene is one of those whose wish it is."""
    match who:
        case Who.ANYONE:
            return True
        case Who.ASKER:
            return sheet is not None and await _is_asker(sheet, scene, office)
        case Who.CHAT_ADMIN:
            return scene.private or _as_the_group(message) or await _is_admin(scene, office)
        case Who.BOT_ADMIN:
            return scene.user in office.settings.admins


def is_served(chat: int, office: Office) -> bool:
    """Whether the bot works in a chat at all: BOT_CHATS may name those where it does.

    People are served in private unless it names people too, and the bot's admins always.
    """
    listed = office.settings.chats
    if not listed or office.chats.names(chat) & set(listed):
        return True
    return chat > 0 and (chat in office.settings.admins or max(listed) < 0)


async def _is_asker(sheet: Sheet, scene: Scene, office: Office) -> bool:
    """Whether who presses has asked; what an anonymous admin asked is any admin's."""
    asker = int(sheet.told.get("user") or 0)
    if asker in _NOBODY:
        return scene.private or await _is_admin(scene, office)
    return asker == scene.user


async def hears_everything(chat: int, office: Office) -> bool:
    """Whether every message of a group reaches the bot; where that cannot be learnt, it may.

    Its owner can have it so everywhere, and a group by making it an admin.
    """
    if office.bot.can_read_all_group_messages:
        return True
    try:
        own = await office.bot.get_chat_member(chat, office.bot.id)
    except TelegramError as error:
        logger.warning("whether the bot is an admin is unknown: %s", describe(error))
        return True
    return own.status in ADMINS


def _as_the_group(message: Message | None) -> bool:
    """Whether an admin wrote as the group: nobody else can, and only in that very group."""
    if message is None or message.sender_chat is None:
        return False
    return message.sender_chat.id == message.chat.id


async def _is_admin(scene: Scene, office: Office) -> bool:
    if scene.user is None or scene.user in _NOBODY:
        return False
    try:
        member = await office.bot.get_chat_member(scene.chat, scene.user)
    except TelegramError as error:
        logger.warning("whether somebody is an admin is unknown: %s", describe(error))
        return False
    return member.status in ADMINS
