"""Messages arrive through Telegram's faults, and no chat waits for another."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from bot.metrics import Metrics
from bot.outbox import Letter, Outbox
from bot.pace import Pace
from bot.wire import Wire
from scripts.simulator.api import TOKEN
from tests.bot.test_pace import Clock

BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="page.x.1")]])
TO_ADA, TO_BOB = Letter(7, "to <b>Ada</b>"), Letter(8, "to Bob")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def bot(telegram) -> AsyncIterator[Bot]:
    request = Wire(Metrics(), connections=8, read_s=5)
    async with Bot(TOKEN, base_url=f"{telegram.address}/bot", request=request) as bot:
        yield bot


@pytest.fixture
def outbox(bot, clock) -> Outbox:
    return Outbox(bot, pace=Pace(clock), patience_s=30, sleep=clock.sleep, clock=clock)


async def test_a_flood_wait_is_waited_out_however_often_it_comes(telegram, outbox, clock):
    telegram.fail("sendMessage", 429, "Flood", parameters={"retry_after": 40}, times=3)

    await outbox.send(TO_ADA)

    assert telegram.texts() == ["to Ada"]
    assert clock.now >= 100 + 3 * 40


async def test_one_chats_flood_wait_does_not_hold_up_another(telegram, bot):
    waiting = asyncio.Event()

    async def sleep(seconds: float) -> None:
        if seconds == 40:
            await waiting.wait()

    outbox = Outbox(bot, pace=Pace(), sleep=sleep)
    telegram.fail("sendMessage", 429, "Flood", parameters={"retry_after": 40}, chat=7)
    to_ada = asyncio.create_task(outbox.send(TO_ADA))
    await telegram.until(lambda: telegram.made("sendMessage"))

    await outbox.send(TO_BOB)

    assert telegram.texts() == ["to Bob"]
    waiting.set()
    await to_ada
    assert telegram.texts() == ["to Bob", "to Ada"]


async def test_letters_to_one_chat_leave_in_order(telegram, outbox):
    telegram.fail("sendMessage", 502, "Bad Gateway")

    await asyncio.gather(*(outbox.send(Letter(7, f"{n}")) for n in range(5)))

    assert telegram.texts() == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("fault", [{"status": 502}, {"status": 503, "body": b"<html>no</html>"}])
async def test_a_server_that_is_down_is_tried_again(fault, telegram, outbox):
    telegram.fail("sendMessage", times=4, **fault)

    await outbox.send(TO_ADA)

    assert telegram.texts() == ["to Ada"]


@pytest.mark.parametrize(
    ("status", "description"),
    [(401, "Unauthorized"), (404, "Not Found"), (409, "Conflict: something else")],
)
async def test_what_a_broken_proxy_says_once_loses_no_message(
    status, description, telegram, outbox
):
    telegram.fail("sendMessage", status, description, times=3)

    await outbox.send(TO_ADA)

    assert telegram.texts() == ["to Ada"]


NO_RECEIPTS = [
    b'{"ok": true, "resu',
    b'{"ok": true, "result": true}',
    b'{"ok": true, "result": [{}]}',
    b'{"ok": true}',
    b"[]",
]


@pytest.mark.parametrize("body", NO_RECEIPTS)
async def test_a_reply_whose_receipt_cannot_be_read_is_sent_again(body, telegram, outbox):
    telegram.fail("sendMessage", 200, body=body, after=True)

    await outbox.send(Letter(7, "to Ada", reply_to=5))

    assert telegram.texts() == ["to Ada", "to Ada"]


@pytest.mark.parametrize("body", NO_RECEIPTS)
async def test_a_message_whose_receipt_cannot_be_read_is_not_sent_twice(body, telegram, outbox):
    telegram.fail("sendMessage", 200, body=body, after=True)

    with pytest.raises(TelegramError):
        await outbox.send(TO_ADA)

    assert telegram.texts() == ["to Ada"]


async def test_a_flood_wait_of_a_kind_that_is_unknown_is_tried_again(telegram, outbox):
    telegram.fail("sendMessage", 429, body=b'{"ok": false, "parameters": 5}')

    await outbox.send(Letter(7, "to Ada", reply_to=5))

    assert telegram.texts() == ["to Ada"]


async def test_a_server_that_stays_down_is_given_up_in_the_end(telegram, outbox, clock):
    telegram.fail("sendMessage", 502, "Bad Gateway", times=99)

    with pytest.raises(NetworkError):
        await outbox.send(TO_ADA)

    assert 110 < clock.now < 140


async def test_a_server_that_cannot_be_reached_is_tried_again(telegram, clock):
    nobody = Wire(Metrics())
    outbox = Outbox(
        Bot(TOKEN, base_url="http://127.0.0.1:1/bot", request=nobody),
        pace=Pace(clock),
        patience_s=3,
        sleep=clock.sleep,
        clock=clock,
    )

    with pytest.raises(NetworkError):
        await outbox.send(TO_ADA)

    assert clock.now > 100 + 1
    await nobody.shutdown()


async def test_what_may_have_arrived_is_not_sent_twice(telegram, outbox):
    telegram.fail("sendMessage", 200, hang_up=True, after=True)

    with pytest.raises(NetworkError):
        await outbox.send(TO_ADA)

    assert telegram.texts() == ["to Ada"]


@pytest.mark.parametrize("after", [True, False])
async def test_a_reply_is_rather_sent_twice_than_not_at_all(after, telegram, outbox):
    telegram.fail("sendMessage", 200, hang_up=True, after=after)

    await outbox.send(Letter(7, "to Ada", reply_to=5))

    assert telegram.texts() == ["to Ada"] * (1 + after)


async def test_markup_that_telegram_cannot_read_is_sent_plain(telegram, outbox):
    await outbox.send(Letter(7, '<a href="https://a.example">Title</a> 1 < 2', reply_to=5))

    assert telegram.texts() == ["Title (https://a.example) 1 < 2"]
    assert telegram.sent[0]["reply_parameters"]["message_id"] == 5


async def test_a_group_that_has_moved_gets_its_message_in_the_new_place(telegram, outbox):
    telegram.fail(
        "sendMessage", 400, "Upgraded", parameters={"migrate_to_chat_id": -1005}, chat=-5
    )

    await outbox.send(Letter(-5, "hello", reply_to=9))

    assert [(sent["chat_id"], sent["text"]) for sent in telegram.sent] == [(-1005, "hello")]


async def test_an_edit_that_may_have_arrived_is_made_again(telegram, outbox):
    number = (await outbox.send(TO_ADA)).message_id
    telegram.fail("editMessageText", 200, hang_up=True, after=True)

    edited = await outbox.send(Letter(7, "changed", edits=number))

    assert edited.message_id == number
    assert len(telegram.made("editMessageText")) == 2
    assert telegram.current(7)["text"] == "changed"


@pytest.mark.parametrize("reason", ["message to be replied not found", "reply message not found"])
async def test_a_question_that_telegram_has_lost_is_answered_without_pointing_at_it(
    reason, telegram, outbox
):
    telegram.fail("sendMessage", 400, f"Bad Request: {reason}")

    await outbox.send(Letter(7, "hello", reply_to=5))

    assert telegram.texts() == ["hello"]
    assert "reply_parameters" not in telegram.sent[0]


@pytest.mark.parametrize("reason", ["BUTTON_URL_INVALID", "can't parse inline keyboard button"])
async def test_buttons_that_telegram_refuses_are_left_out(reason, telegram, outbox):
    telegram.fail("sendMessage", 400, f"Bad Request: {reason}")

    await outbox.send(Letter(7, "hello", buttons=BUTTONS))

    assert telegram.texts() == ["hello"]
    assert "reply_markup" not in telegram.sent[0]


@pytest.mark.parametrize("reason", ["ENTITIES_TOO_LONG", "message is too long"])
async def test_what_telegram_finds_too_long_is_sent_plain_and_cut(reason, telegram, outbox):
    telegram.fail("sendMessage", 400, f"Bad Request: {reason}")

    await outbox.send(Letter(7, f"<b>{'o' * 5_000}</b>"))

    assert telegram.texts() == ["o" * 4_096]


@pytest.fixture
def patient(bot, clock) -> Outbox:
    """An outbox of which others hear while it waits."""

    async def sleep(wait_s: float) -> None:
        await asyncio.sleep(0)
        await clock.sleep(wait_s)

    return Outbox(bot, pace=Pace(clock), patience_s=30, sleep=sleep, clock=clock)


async def test_an_answer_overtakes_an_alert_that_waits_for_its_chats_turn(telegram, patient):
    await patient.send(TO_ADA)

    await asyncio.gather(
        patient.send(Letter(7, "alert", urgent=False)), patient.send(Letter(7, "answer"))
    )

    assert telegram.texts() == ["to Ada", "answer", "alert"]


async def test_an_answer_overtakes_an_alert_that_waits_in_line(telegram, patient):
    letters = [TO_ADA, Letter(7, "alert", urgent=False), Letter(7, "answer"), Letter(7, "another")]

    await asyncio.gather(*map(patient.send, letters))

    assert telegram.texts() == ["to Ada", "answer", "another", "alert"]


async def test_an_alert_waits_out_a_flood_without_holding_up_the_answer(telegram, patient):
    telegram.fail("sendMessage", 429, "Flood", parameters={"retry_after": 40})

    await asyncio.gather(
        patient.send(Letter(7, "alert", urgent=False)), patient.send(Letter(7, "answer"))
    )

    assert telegram.texts() == ["answer", "alert"]


async def test_alerts_to_many_chats_leave_room_for_answers(telegram, bot):
    """Of 60 alerts, 20 leave in the first second; an answer leaves at once after them."""
    clock, halted = Clock(), asyncio.Event()

    async def sleep(wait_s: float) -> None:
        if wait_s:
            await halted.wait()
        await asyncio.sleep(0)

    outbox = Outbox(bot, pace=Pace(clock), sleep=sleep, clock=clock)
    alerts = [
        asyncio.create_task(outbox.send(Letter(chat, "alert", urgent=False)))
        for chat in range(100, 160)
    ]
    await telegram.until(lambda: len(telegram.sent) == 20)

    await outbox.send(Letter(7, "answer"))

    assert telegram.texts() == ["alert"] * 20 + ["answer"]
    clock.now += 100
    halted.set()
    clock.now += 100
    for alert in alerts:
        alert.cancel()
    await asyncio.gather(*alerts, return_exceptions=True)


async def test_an_alert_that_is_given_up_while_it_waits_leaves_the_lane_to_others(telegram, bot):
    waiting = asyncio.Event()
    outbox = Outbox(bot, pace=Pace(), sleep=lambda _: waiting.wait())
    first = asyncio.create_task(outbox.send(TO_ADA))
    others = [
        asyncio.create_task(outbox.send(Letter(7, text, urgent=False))) for text in ("b", "c")
    ]
    await asyncio.sleep(0)
    others[0].cancel()
    first.cancel()
    await asyncio.gather(first, others[0], return_exceptions=True)
    waiting.set()

    await others[1]

    assert telegram.texts() == ["c"]


async def test_a_topic_that_is_gone_is_left_out(telegram, outbox):
    telegram.fail("sendMessage", 400, "Bad Request: message thread not found")

    await outbox.send(Letter(-5, "hello", topic=77))

    assert "message_thread_id" not in telegram.sent[0]


@pytest.mark.parametrize(
    ("status", "error"), [(403, Forbidden), (400, BadRequest)], ids=["kicked", "refused"]
)
async def test_what_cannot_succeed_is_tried_once(status, error, telegram, outbox):
    telegram.fail("sendMessage", status, "No", times=9)

    with pytest.raises(error):
        await outbox.send(TO_ADA)

    assert len(telegram.made("sendMessage")) == 1


async def test_a_reply_goes_out_though_the_question_was_deleted(telegram, outbox):
    telegram.deleted.add(5)

    await outbox.send(Letter(7, "hello", reply_to=5))

    assert telegram.texts() == ["hello"]


async def test_typing_is_a_nicety_that_may_fail(telegram, outbox):
    telegram.fail("sendChatAction", 429, "Flood", parameters={"retry_after": 40})

    await outbox.show_typing(7, None)

    assert len(telegram.made("sendChatAction")) == 1


async def test_typing_is_left_out_while_the_chat_waits(telegram, bot):
    waiting = asyncio.Event()
    outbox = Outbox(bot, pace=Pace(), sleep=lambda _: waiting.wait())
    sending = asyncio.create_task(outbox.send(TO_ADA))
    await asyncio.sleep(0)

    await outbox.show_typing(7, None)

    assert telegram.made("sendChatAction") == []
    waiting.set()
    await sending
