"""Guest mode: called by name where the bot is no member, it replies once."""

import pytest

from index import Answer
from scripts.simulator.markup import parse_html
from scripts.simulator.post import bot_user, group, person
from tests.support.library import OTTERS, FakeLibrary, answer


def called(post, text: str, **more) -> dict:
    """The bot is called in a group of which it is no member."""
    said = post.says(text, group(-100_77), guest_query_id="guest-5", **more)
    return {"update_id": said["update_id"], "guest_message": said["message"]}


async def reply(telegram, post, text: str, **more) -> dict:
    """What the bot sends to where it was called."""
    await telegram.push(called(post, text, **more))
    await telegram.until(lambda: telegram.made("answerGuestQuery"))
    [told] = telegram.made("answerGuestQuery")
    assert told["guest_query_id"] == "guest-5"
    return told["result"]


def seen(result: dict) -> str:
    return parse_html(result["input_message_content"]["message_text"]).text


async def test_a_guest_replies_with_quotes_from_the_whole_collection(
    telegram, post, start, library
):
    async with start():
        result = await reply(telegram, post, "@quotewire_bot how do otters sleep?")

    assert seen(result) == f"How otters sleep · Tidewater Weekly · 16 September 2017\n{OTTERS}"
    assert result["reply_markup"]["inline_keyboard"] == [
        [{"text": "Read the article here", "url": "https://t.me/quotewire_bot?start=p_1"}]
    ]
    assert result["input_message_content"]["link_preview_options"] == {"is_disabled": True}
    assert library.asked == ["how do otters sleep?"]
    assert library.only == [()]
    assert telegram.sent == []
    assert telegram.made("sendChatAction") == []


async def test_a_guest_called_in_a_reply_answers_what_was_replied_to(
    telegram, post, start, library
):
    asked = post.says("how do otters sleep?", group(-100_77))["message"]
    async with start():
        await reply(telegram, post, "@quotewire_bot", reply_to_message=asked)

    assert library.asked == ["how do otters sleep?"]


async def test_a_guest_says_what_was_searched_in_vain(telegram, post, start):
    async with start(FakeLibrary(lambda _: answer())):
        result = await reply(telegram, post, "@quotewire_bot who won in 2018?")

    assert seen(result).startswith("I found nothing that answers this. I searched 1,234 articles")
    assert "reply_markup" not in result


@pytest.mark.parametrize("text", ["@quotewire_bot", "@quotewire_bot /settings"])
async def test_a_guest_that_is_asked_nothing_says_how_to_ask(telegram, post, start, library, text):
    async with start():
        result = await reply(telegram, post, text)

    assert seen(result) == (
        "Put your question after my name, and I answer with quotes from news articles."
    )
    assert library.asked == []


async def test_a_guest_apologises_for_trouble(telegram, post, start):
    def broken(_: str) -> Answer:
        raise ValueError("the disk is gone")

    async with start(FakeLibrary(broken)):
        result = await reply(telegram, post, "@quotewire_bot who was hurt?")

    assert seen(result).startswith("Something went wrong on my side (reference ")


async def test_a_guest_speaks_the_language_of_who_calls(telegram, post, start):
    async with start():
        caller = {**person(), "language_code": "ru"}
        result = await reply(telegram, post, "@quotewire_bot otters?", **{"from": caller})

    assert "16 сентября 2017" in seen(result)


async def test_a_guest_answers_one_who_cannot_be_named(telegram, post, start):
    async with start():
        result = await reply(
            telegram, post, "@quotewire_bot otters?", **{"from": None, "sender_chat": group(-8)}
        )

    assert seen(result).endswith(OTTERS)


async def test_a_guest_keeps_quiet_towards_bots_and_without_a_query(telegram, post, start):
    by_bot = called(post, "@quotewire_bot otters?", **{"from": {**bot_user(), "id": 99}})
    unasked = called(post, "@quotewire_bot otters?")
    del unasked["guest_message"]["guest_query_id"]

    async with start():
        await telegram.push(by_bot, unasked)
        await reply(telegram, post, "@quotewire_bot how do otters sleep?")

    assert len(telegram.made("answerGuestQuery")) == 1


async def test_a_guest_that_is_too_late_lets_go(telegram, post, start, caplog):
    telegram.fail("answerGuestQuery", 400, "Bad Request: query is too old")
    async with start():
        await telegram.push(called(post, "@quotewire_bot otters?"))
        await telegram.until(lambda: telegram.made("answerGuestQuery"))
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert len(telegram.made("answerGuestQuery")) == 1
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
