"""The fake behaves as Telegram does where the bot could tell."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from scripts.simulator.api import TOKEN, FakeTelegram, telegram_server
from scripts.simulator.post import Post


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with telegram_server(FakeTelegram()) as fake:
        yield fake


@pytest.fixture
async def call(telegram):
    async with aiohttp.ClientSession() as session:

        async def post(method, *, token=TOKEN, **fields):
            address = f"{telegram.address}/bot{token}/{method}"
            async with session.post(address, json=fields) as response:
                return await response.json()

        yield post


def ids(answer) -> list[int]:
    return [update["update_id"] for update in answer["result"]]


async def test_updates_are_given_out_until_an_offset_confirms_them(telegram, call):
    post = Post()
    await telegram.push(*(post.says("hello") for _ in range(3)))

    assert ids(await call("getUpdates")) == [1_000, 1_001, 1_002]
    assert ids(await call("getUpdates", limit=1)) == [1_000]
    assert ids(await call("getUpdates", offset=1_002)) == [1_002]
    assert ids(await call("getUpdates", offset=1_003)) == []
    assert telegram.pending == []


async def test_a_negative_offset_forgets_all_but_the_last(telegram, call):
    post = Post()
    await telegram.push(*(post.says("hello") for _ in range(3)))

    assert ids(await call("getUpdates", offset=-1)) == [1_002]


async def test_a_message_that_tells_the_token_is_a_problem(telegram, call):
    await call("sendMessage", chat_id=7, text="all is well")
    await call("sendMessage", chat_id=7, text=f"cannot reach https://a.example/bot{TOKEN}/getMe")

    assert telegram.problems == ["sendMessage tells the token"]


async def test_a_long_poll_ends_when_something_arrives(telegram, call):
    polling = asyncio.create_task(call("getUpdates", timeout=30))
    await telegram.until(lambda: telegram.made("getUpdates"))

    await telegram.push(Post().says("hello"))

    assert ids(await polling) == [1_000]


async def test_a_second_poll_ends_the_first(telegram, call):
    first = asyncio.create_task(call("getUpdates", timeout=30))
    await telegram.until(lambda: telegram.made("getUpdates"))

    assert (await call("getUpdates"))["result"] == []
    assert await first == {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: terminated by other getUpdates request",
    }


async def test_kinds_that_were_not_asked_for_do_not_come(telegram, call):
    await telegram.push({"update_id": 5, "poll": {}})

    assert ids(await call("getUpdates", allowed_updates=["message"])) == []


async def test_while_a_webhook_is_set_polling_is_refused(telegram, call):
    await call("setWebhook", url="https://bot.example")

    assert (await call("getUpdates"))["error_code"] == 409
    await call("deleteWebhook")
    assert (await call("getUpdates"))["ok"] is True


@pytest.mark.parametrize(
    ("fields", "description"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: message text is empty"),
        ({"text": "x" * 4_097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2_049}, "Bad Request: message is too long"),
        ({"text": "<b>x</b> " * 101, "parse_mode": "HTML"}, "Bad Request: too many entities"),
        (
            {"text": "1 < 2", "parse_mode": "HTML"},
            "Bad Request: can't parse entities: unsupported start tag",
        ),
        ({"text": "a", "message_thread_id": 1}, "Bad Request: message thread not found"),
    ],
)
async def test_a_message_that_telegram_would_refuse_is_refused(
    fields, description, telegram, call
):
    answer = await call("sendMessage", chat_id=7, **fields)

    assert (answer["ok"], answer["error_code"], answer["description"]) == (False, 400, description)
    assert telegram.sent == []


async def test_another_token_is_not_let_in(call):
    assert (await call("getMe", token="1:other"))["error_code"] == 401


async def test_a_reply_to_a_deleted_message_needs_leave(telegram, call):
    telegram.deleted.add(5)

    refused = await call("sendMessage", chat_id=7, text="a", reply_parameters={"message_id": 5})
    reply = {"message_id": 5, "allow_sending_without_reply": True}
    taken = await call("sendMessage", chat_id=7, text="a", reply_parameters=reply)

    assert refused["description"] == "Bad Request: message to be replied not found"
    assert taken["ok"] is True


async def test_a_fault_answers_as_often_as_it_was_told_to(telegram, call):
    telegram.fail("sendMessage", 429, "Too Many Requests", parameters={"retry_after": 3}, chat=7)

    assert (await call("sendMessage", chat_id=8, text="a"))["ok"] is True
    assert (await call("sendMessage", chat_id=7, text="a"))["parameters"] == {"retry_after": 3}
    assert (await call("sendMessage", chat_id=7, text="a"))["ok"] is True


async def test_a_fault_after_the_effect_lets_the_message_through(telegram, call):
    telegram.fail("sendMessage", 502, "Bad Gateway", after=True)

    assert (await call("sendMessage", chat_id=7, text="a"))["error_code"] == 502
    assert telegram.texts() == ["a"]
