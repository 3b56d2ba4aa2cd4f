"""Telegram's menu of commands: in every language, and for each kind of chat its own."""

import logging

from telegram import (
    Bot,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from bot.commands import COMMANDS, Command, Who
from bot.logs import describe
from bot.phrases import LANGUAGES, phrases_in

logger = logging.getLogger(__name__)


async def offer_commands(bot: Bot) -> None:
    """Set the menus; where that fails the bot works on, as a menu only shows what there is."""
    try:
        for scope, commands in _menus():
            for language in LANGUAGES:
                rooms = phrases_in(language).rooms
                listed = [(each.name, rooms.command(each.name)) for each in commands]
                # English is for everybody whose language has no menu of its own.
                code = None if language == "en" else language
                await bot.set_my_commands(listed, scope=scope, language_code=code)
    except TelegramError as error:
        logger.warning("the list of commands was not set: %s", describe(error))


def _menus() -> list[tuple[BotCommandScope, list[Command]]]:
    everybody = [each for each in COMMANDS if each.who is Who.ANYONE]
    admins = [each for each in COMMANDS if each.who in {Who.ANYONE, Who.CHAT_ADMIN}]
    return [
        (BotCommandScopeAllPrivateChats(), [each for each in admins if each.private]),
        (BotCommandScopeAllGroupChats(), [each for each in everybody if each.groups]),
        (BotCommandScopeAllChatAdministrators(), [each for each in admins if each.groups]),
    ]
