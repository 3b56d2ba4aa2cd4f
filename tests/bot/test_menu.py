"""What Telegram shows of the bot by itself."""

import pytest
from telegram import Bot

from bot.commands import COMMANDS, Who
from bot.menu import describe_bot, offer_commands
from bot.phrases import LANGUAGES, phrases_in
from scripts.simulator.api import TOKEN


@pytest.fixture
async def bot(telegram):
    async with Bot(TOKEN, base_url=f"{telegram.address}/bot") as bot:
        yield bot


def names(call):
    return [each["command"] for each in call["commands"]]


def menus(telegram, language=None):
    """The names in each menu of a language, by its scope."""
    return {
        call["scope"].get("chat_id", call["scope"]["type"]): names(call)
        for call in telegram.made("setMyCommands")
        if call.get("language_code") == language
    }


ANYONE = ["ask", "search", "latest", "sources", "watch", "watches", "unwatch", "about", "stats"]
ANYONE += ["privacy", "forget"]


@pytest.mark.parametrize("language", [None, "ar", "ru"])
async def test_each_kind_of_chat_is_offered_what_can_be_used_there(language, telegram, bot):
    await offer_commands(bot)

    assert menus(telegram, language) == {
        "all_private_chats": [*ANYONE, "help", "start", "settings", "article"],
        "all_group_chats": [*ANYONE, "help"],
        "all_chat_administrators": [*ANYONE, "help", "settings"],
    }


async def test_the_private_chats_of_the_bots_admins_offer_their_commands_too(telegram, bot):
    await offer_commands(bot, (7, 8))

    everything = [each.name for each in COMMANDS if each.private]
    assert {each.name for each in COMMANDS if each.who is Who.BOT_ADMIN} <= {*everything}
    assert menus(telegram)[7] == menus(telegram, "ar")[8] == everything


async def test_an_admin_who_never_spoke_to_the_bot_costs_the_other_nothing(telegram, bot, caplog):
    telegram.strangers.add(7)

    await offer_commands(bot, (7, 8))

    assert [call["scope"]["chat_id"] for call in telegram.made("setMyCommands")[9:]] == [
        7,
        8,
        8,
        8,
    ]
    assert caplog.messages == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_commands_are_told_in_the_words_of_the_language(language, telegram, bot):
    await offer_commands(bot)

    code = None if language == "en" else language
    told = [
        call["commands"]
        for call in telegram.made("setMyCommands")
        if call.get("language_code") == code and call["scope"]["type"] == "all_group_chats"
    ]
    words = phrases_in(language).rooms
    assert [each["description"] for each in told[0]] == [
        words.command(name) for name in names({"commands": told[0]})
    ]
    assert all(3 <= len(each["description"]) <= 256 for each in told[0])


async def test_a_menu_that_cannot_be_set_does_not_keep_the_bot_from_working(
    telegram, post, start, caplog
):
    telegram.fail("setMyCommands", 500, "Internal Server Error", times=100)
    telegram.fail("getMyDescription", 500, "Internal Server Error", times=100)

    async with start():
        await telegram.push(post.says("/help"))
        await telegram.until(lambda: telegram.sent)

    assert "the list of commands was not set" in caplog.text
    assert "what the bot is was not set" in caplog.text


async def test_what_the_bot_is_is_told_in_every_language_within_telegrams_limits(telegram, bot):
    await describe_bot(bot)

    told = {each.get("language_code", "en"): each for each in telegram.made("setMyDescription")}
    short = {
        each.get("language_code", "en"): each for each in telegram.made("setMyShortDescription")
    }
    for language in LANGUAGES:
        words = phrases_in(language).rooms
        assert told[language]["description"] == words.description
        assert short[language]["short_description"] == words.short_description
        assert len(words.description) <= 512
        assert len(words.short_description) <= 120


async def test_what_is_told_already_is_not_set_again(telegram, bot):
    await describe_bot(bot)
    telegram.calls.clear()

    await describe_bot(bot)

    assert len(telegram.made("getMyDescription")) == len(LANGUAGES)
    assert telegram.made("setMyDescription") == telegram.made("setMyShortDescription") == []


async def test_menus_and_descriptions_are_set_when_the_bot_starts(telegram, post, start):
    async with start(admins=(7,)):
        await telegram.push(post.says("/help"))
        await telegram.until(lambda: telegram.sent)

    assert {7, "all_private_chats"} <= {*menus(telegram)}
    assert len(telegram.made("setMyDescription")) == len(LANGUAGES)
