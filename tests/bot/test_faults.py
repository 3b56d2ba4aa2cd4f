"""What the bot lives through: crowds, kills, bad updates, and a Telegram that is out of order."""

import asyncio
import logging
import stat

import pytest

from bot.application import TokenRefused
from scripts.simulator.api import TOKEN
from scripts.simulator.post import group, person, private_chat
from tests.support.library import FakeLibrary, SlowLibrary, answer, passage

BUSY = "Too many questions are waiting just now. Please ask again in a minute."
LATE = "That took too long, so I stopped looking. Please try again in a minute."


def repliers(telegram) -> list[int]:
    return sorted(sent["reply_parameters"]["message_id"] for sent in telegram.sent)


def numbers(updates) -> list[int]:
    return sorted(update["message"]["message_id"] for update in updates)


async def test_fifty_questions_at_once_are_each_answered_once(telegram, post, library, start):
    updates = [post.says(f"question {n}", private_chat(100 + n)) for n in range(50)]

    async with start():
        await telegram.push(*updates)
        await telegram.until(lambda: len(telegram.sent) >= 50)

    assert repliers(telegram) == numbers(updates)
    assert sorted(library.asked) == sorted(f"question {n}" for n in range(50))
    assert telegram.pending == []


async def test_an_update_that_comes_twice_is_answered_once(telegram, post, library, start):
    update, last = post.says("why?"), post.says("last", private_chat(8))

    async with start():
        await telegram.push(update, update)
        await telegram.until(lambda: telegram.sent)
        await telegram.push(update, last)
        await telegram.until(lambda: len(telegram.sent) >= 2)

    assert library.asked == ["why?", "last"]


async def test_a_kill_between_arrival_and_answer_loses_nothing(telegram, post, library, start):
    updates = [post.says(f"question {n}", private_chat(100 + n)) for n in range(12)]
    stuck = SlowLibrary()

    async with start(stuck) as bot:
        await telegram.push(*updates)
        await telegram.until(lambda: telegram.pending == [])
        await bot.kill()
    stuck.go.set()
    assert telegram.sent == []

    async with start():
        await telegram.until(lambda: len(telegram.sent) >= 12)

    assert repliers(telegram) == numbers(updates)


async def test_a_stop_finishes_what_has_begun(telegram, post, start):
    slow = SlowLibrary()

    async with start(slow) as bot:
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: slow.asked)
        stopping = asyncio.create_task(bot.stop())
        slow.go.set()
        await stopping

    assert len(telegram.sent) == 1


async def test_after_an_outage_only_the_newest_old_message_of_a_chat_is_answered(
    telegram, post, library, start
):
    await telegram.push(
        post.says("old", private_chat(1), ago_s=1_200),
        post.says("old, but the newest", private_chat(1), ago_s=900),
        post.says("old", private_chat(2), ago_s=900),
        post.says("fresh", private_chat(2), ago_s=60),
        post.says("fresh too", private_chat(2), ago_s=30),
    )

    async with start():
        await telegram.until(lambda: len(telegram.sent) >= 3)

    assert sorted(library.asked) == ["fresh", "fresh too", "old, but the newest"]


async def test_more_than_a_batch_of_updates_is_taken_in_whole(telegram, post, library, start):
    chatter = [post.says("good morning", group()) for _ in range(250)]

    async with start():
        await telegram.push(*chatter, post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert library.asked == ["why?"]
    assert telegram.pending == []


@pytest.mark.parametrize("chat", [{"type": "private"}, {"id": [7], "type": "private"}, 7, None])
async def test_a_malformed_chat_amid_good_ones_costs_no_other(chat, telegram, post, start, caplog):
    bad = post.says("why?")
    bad["message"]["chat"] = chat

    async with start():
        await telegram.push(post.says("one", private_chat(1)), bad, post.says("two"))
        await telegram.until(lambda: len(telegram.sent) >= 2)

    assert telegram.pending == []
    assert sorted(sent["chat_id"] for sent in telegram.sent) == [1, 7]


@pytest.mark.parametrize("number", [2**63, -(2**70)])
async def test_a_chat_that_no_database_could_keep_costs_no_other(
    number, telegram, post, start, caplog
):
    async with start():
        await telegram.push(post.says("x", {"id": number, "type": "private"}), post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert telegram.pending == []
    assert "update 1000 cannot be read and is set aside: ValueError" in caplog.text


@pytest.mark.parametrize(
    "spoilt", [{"from": {**person(), "id": [7]}}, {"migrate_to_chat_id": [5]}]
)
async def test_numbers_that_are_none_amid_good_ones_cost_no_other(
    spoilt, telegram, post, start, caplog
):
    bad = post.says("why?", private_chat(1))
    bad["message"] |= spoilt

    async with start():
        await telegram.push(bad, post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert telegram.pending == []
    assert "update 1000 cannot be read and is set aside: " in caplog.text
    assert [sent["chat_id"] for sent in telegram.sent] == [7]


async def test_a_setting_says_how_old_a_message_may_be(telegram, post, library, start):
    await telegram.push(*(post.says(f"question {n}", ago_s=1_200) for n in range(2)))

    async with start(fresh_s=3_600):
        await telegram.until(lambda: len(telegram.sent) >= 2)

    assert sorted(library.asked) == ["question 0", "question 1"]


async def test_an_update_that_cannot_be_read_is_set_aside(telegram, post, start, caplog):
    async with start():
        await telegram.push(post.poison(), post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert telegram.pending == []
    assert "update 1000 cannot be read and is set aside: " in caplog.text


@pytest.mark.parametrize("status", [401, 404, 409, 500, 502])
async def test_polling_outlives_refusals(status, telegram, post, start):
    telegram.fail("getUpdates", status, "Refused")

    async with start():
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert len(telegram.sent) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "parameters": {"retry_after": 1}},
        {"status": 200, "body": b"<html>a proxy's login page</html>"},
        {"status": 200, "body": b'{"ok": true, "result": 5}'},
        {"status": 200, "hang_up": True},
        {"status": 200, "half": True},
        {"status": 200, "body": b'{"ok": true, "result": [{"update_id"'},
        {"status": 200, "body": b'{"ok": true, "result": [5, {"update_id": "7"}]}'},
    ],
)
async def test_polling_outlives_faults(fault, telegram, post, start):
    telegram.fail("getUpdates", **fault)

    async with start():
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert len(telegram.sent) == 1


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("getMe", {"status": 502, "description": "Bad Gateway"}),
        ("getMe", {"status": 200, "body": b'{"ok": true, "result": 5}'}),
        ("deleteWebhook", {"status": 200, "half": True}),
        ("setMyCommands", {"status": 502, "description": "Bad Gateway"}),
    ],
)
async def test_a_fault_at_the_start_is_outlived(method, fault, telegram, post, start):
    telegram.fail(method, **fault)

    async with start():
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert len(telegram.sent) == 1


@pytest.mark.parametrize("status", [401, 404])
async def test_a_token_that_telegram_does_not_know_ends_the_bot_at_the_start(
    status, telegram, start
):
    telegram.fail("getMe", status, "Unauthorized")

    with pytest.raises(TokenRefused, match=r"Telegram does not know the token in BOT_TOKEN; put"):
        async with start() as bot:
            await bot.ended()

    assert [call.method for call in telegram.calls] == ["getMe"]


async def test_a_bot_that_telegram_never_greets_can_be_stopped(telegram, start):
    telegram.fail("getMe", 502, "Bad Gateway", times=99)

    async with start():
        await telegram.until(lambda: telegram.made("getMe"))

    assert telegram.sent == []


async def test_beyond_the_queue_people_are_told_that_it_is_busy(telegram, post, start):
    slow = SlowLibrary()

    async with start(slow, queue=2):
        await telegram.push(*(post.says("why?", private_chat(n)) for n in (1, 2, 3)))
        await telegram.until(lambda: telegram.sent)
        assert telegram.texts() == [BUSY]
        slow.go.set()
        await telegram.until(lambda: len(telegram.sent) >= 3)


async def test_a_question_that_takes_too_long_is_given_up(telegram, post, start):
    slow = SlowLibrary()

    async with start(slow, patience_s=0.05):
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)
        slow.go.set()

    assert telegram.texts() == [LATE]


async def test_a_failure_is_told_with_the_reference_under_which_it_is_logged(
    telegram, post, start, caplog
):
    def fail(question: str) -> None:
        raise ValueError(f"cannot think about {question}")

    async with start(FakeLibrary(fail)):
        await telegram.push(post.says("a secret of mine"))
        await telegram.until(lambda: telegram.sent)

    [said] = telegram.texts()
    reference = said.partition("reference ")[2][:6]
    assert said == (f"Something went wrong on my side (reference {reference}). Please try again.")
    assert f"a question failed, reference {reference}: ValueError" in caplog.text
    assert "secret of mine" not in caplog.text


async def test_a_fault_of_ours_in_writing_the_reply_is_told_too(telegram, post, start, caplog):
    broken = answer(passage(title=None))

    async with start(FakeLibrary(lambda _: broken)):
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert telegram.texts()[0].startswith("Something went wrong on my side (reference ")
    assert "a message failed, reference " in caplog.text


async def test_the_log_holds_neither_the_token_nor_peoples_words(telegram, post, start, caplog):
    caplog.set_level(logging.INFO)
    telegram.fail("getMe", 409, "Conflict")
    telegram.fail("getUpdates", 502, body=b"<html>Bad Gateway</html>")
    telegram.fail("getUpdates", 200, body=b'{"ok": true, "result": [{"text": "my secret')
    telegram.fail("sendMessage", 400, "Bad Request: chat not found")

    async with start():
        await telegram.push(post.says("my secret"), post.says("my secret", private_chat(8)))
        await telegram.until(lambda: telegram.sent)

    assert TOKEN.partition(":")[2] not in caplog.text
    assert "secret" not in caplog.text
    assert "serving as @quotewire_bot" in caplog.text


async def test_what_people_write_is_kept_for_the_owner_alone_and_then_erased(
    telegram, post, start, tmp_path
):
    async with start():
        await telegram.push(post.says("my secret"), post.says("gossip", group()))
        await telegram.until(lambda: telegram.sent)

    files = sorted((tmp_path / "bot").iterdir())
    assert [file.name for file in files] == ["bot.db"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert b"gossip" not in files[0].read_bytes()


async def test_a_chat_that_must_wait_leaves_room_for_the_others(telegram, post, start):
    flood = {"parameters": {"retry_after": 1_000}, "times": 99, "chat": 7}
    telegram.fail("sendMessage", 429, "Too Many Requests", **flood)

    async with start(queue=1) as bot:
        await telegram.push(*(post.says("/help") for _ in range(60)))
        await telegram.until(lambda: telegram.made("sendMessage"))
        await telegram.push(post.says("why?", private_chat(8)))
        await telegram.until(lambda: telegram.sent)
        await bot.kill()

    assert [sent["chat_id"] for sent in telegram.sent] == [8]


async def test_one_persons_flood_and_a_chats_flood_wait_leave_the_others_their_turn(
    telegram, post, start
):
    slow = SlowLibrary()
    flood_wait = {"parameters": {"retry_after": 1_000}, "times": 99, "chat": group()["id"]}
    telegram.fail("sendMessage", 429, "Too Many Requests", **flood_wait)

    async with start(slow) as bot:
        await telegram.push(*(post.says(f"flood {n}", private_chat(5)) for n in range(200)))
        await telegram.push(*(post.says("/help@quotewire_bot", group()) for _ in range(20)))
        others = [post.says(f"other {n}", private_chat(100 + n)) for n in range(6)]
        await telegram.push(*others)
        await telegram.until(lambda: len(slow.asked) == 8)

        assert sorted(slow.asked) == ["flood 0", "flood 1", *(f"other {n}" for n in range(6))]
        slow.go.set()
        await telegram.until(lambda: {*numbers(others)} <= {*repliers(telegram)})
        await bot.kill()

    assert {sent["chat_id"] for sent in telegram.sent} <= {5, *range(100, 106)}
