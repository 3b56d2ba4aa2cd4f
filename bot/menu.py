"""What Telegram itself shows of the bot: its commands for each kind of chat, and what it is."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from telegram import (
    Bot,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, TelegramError

from bot.commands import COMMANDS, Command, Who
from bot.logs import describe
from bot.phrases import LANGUAGES, phrases_in

logger = logging.getLogger(__name__)


async def offer_commands(bot: Bot, admins: Iterable[int] = ()) -> None:
    """Set the menus; where that fails the bot works on, as a menu only shows what there is.

    The private chats of the bot's admins have a menu of their own.
    """
    try:
        for scope, commands in _menus():
            await _offer(bot, scope, commands)
        for admin in admins:
            await _offer_admin(bot, admin)
    except TelegramError as error:
        logger.warning("the list of commands was not set: %s", describe(error))


async def describe_bot(bot: Bot) -> None:
    """Set what Telegram tells of the bot, where it tells something else: setting is rationed."""
    try:
        for language in LANGUAGES:
            rooms, code = phrases_in(language).rooms, _code(language)
            told = (await bot.get_my_description(code)).description
            await _unless(
                told == rooms.description, bot.set_my_description, rooms.description, code
            )
            short = (await bot.get_my_short_description(code)).short_description
            await _unless(
                short == rooms.short_description,
                bot.set_my_short_description,
                rooms.short_description,
                code,
            )
    except TelegramError as error:
        logger.warning("what the bot is was not set: %s", describe(error))


async def _unless(
    done: bool,  # noqa: FBT001 - it reads as a sentence where it stands
    call: Callable[[str, str | None], Awaitable[Any]],
    text: str,
    code: str | None,
) -> None:
    if not done:
        await call(text, code)


async def _offer(bot: Bot, scope: BotCommandScope, commands: Iterable[Command]) -> None:
    for language in LANGUAGES:
        rooms = phrases_in(language).rooms
        listed = [(each.name, rooms.command(each.name)) for each in commands]
        await bot.set_my_commands(listed, scope=scope, language_code=_code(language))


async def _offer_admin(bot: Bot, admin: int) -> None:
    commands = [each for each in COMMANDS if each.private]
    try:
        await _offer(bot, BotCommandScopeChat(admin), commands)
    except BadRequest as error:
        # Nobody has a menu before the first word to the bot; at its next start it is tried again.
        logger.info("an admin has no menu yet: %s", describe(error))


def _code(language: str) -> str | None:
    """English is for everybody whose language has no words of its own."""
    return None if language == "en" else language


def _menus() -> list[tuple[BotCommandScope, list[Command]]]:
    everybody = [each for each in COMMANDS if each.who is Who.ANYONE]
    admins = [each for each in COMMANDS if each.who in {Who.ANYONE, Who.CHAT_ADMIN}]
    return [
        (BotCommandScopeAllPrivateChats(), [each for each in admins if each.private]),
        (BotCommandScopeAllGroupChats(), [each for each in everybody if each.groups]),
        (BotCommandScopeAllChatAdministrators(), [each for each in admins if each.groups]),
    ]
