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

_ADMINS = {ChatMember.OWNER, ChatMember.ADMINISTRATOR}


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
            return sheet is not None and scene.user is not None and _asked(sheet) == scene.user
        case Who.CHAT_ADMIN:
            return scene.private or _as_the_group(message) or await _is_admin(scene, office)
        case Who.BOT_ADMIN:
            return scene.user in office.settings.admins


def _asked(sheet: Sheet) -> int:
    return int(sheet.told.get("user", 0))


def _as_the_group(message: Message | None) -> bool:
    """Whether an admin wrote as the group: nobody else can, and only in that very group."""
    if message is None or message.sender_chat is None:
        return False
    return message.sender_chat.id == message.chat.id


async def _is_admin(scene: Scene, office: Office) -> bool:
    if scene.user is None:
        return False
    try:
        member = await office.bot.get_chat_member(scene.chat, scene.user)
    except TelegramError as error:
        logger.warning("whether somebody is an admin is unknown: %s", describe(error))
        return False
    return member.status in _ADMINS
