"""/watch, /watches, /unwatch and the alerts that follow, as a chat sees them."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts import News, bulletin
from bot.courier import ALERTS_AN_HOUR, Courier, batches
from bot.handlers.watch import stop_all
from bot.limits import ENTITIES, MESSAGE_UNITS
from bot.phrases import phrases_in
from bot.render import utf16_units
from bot.watches import KEPT_S, MOST_IN_CHAT, Pile, Watch, Watches
from scripts.simulator.markup import parse_html
from scripts.simulator.post import anonymous_admin, forum, group, person, private_chat
from scripts.simulator.stage import performing
from tests.support.library import passage
from tests.support.newswire import Newswire, news, office_of

OTTERS = "Nine otters returned to Tidewater."
PUPS = "Eleven pups were taken to the aquarium by the Lantern Guild."
TEA = "The clipper Larkspur landed ninety chests of tea."
CREDIT = "How otters sleep · Tidewater Weekly · 16 September 2017"
HARBOUR = -100_5
NOW = datetime(2017, 9, 16, 12, 0, tzinfo=UTC).timestamp()
WATCH = Watch(HARBOUR, None, 7, "What do otters do?", "en", daily=False, generation=1)


@pytest.fixture
def library():
    return Newswire()


async def said(telegram, update):
    """Say something to the bot, and wait for its reply."""
    before = len(telegram.sent)
    await telegram.push(update)
    await telegram.until(lambda: len(telegram.sent) > before)
    return telegram.texts()[-1]


async def pressed(telegram, post, label, chat, by=None):
    """Press a button of the last message in a chat, and give the notice that comes back."""
    before = len(telegram.made("answerCallbackQuery"))
    data = telegram.buttons(chat)[label]
    await telegram.push(post.presses(telegram.current(chat), data, by))
    await telegram.until(lambda: len(telegram.made("answerCallbackQuery")) > before)
    return telegram.made("answerCallbackQuery")[-1].get("text", "")


async def watched(office, chat=7):
    return [each.question for each in await Watches(office.data).of_chat(chat)]


# Setting up a watch.


async def test_a_watch_is_confirmed_with_how_often_until_when_and_what_is_known(
    tmp_path, telegram, post, library
):
    library.publish(news(1, OTTERS), news(2, PUPS))

    async with performing(telegram, library, tmp_path):
        told = await said(telegram, post.says("/watch What do otters do?"))

    assert told == (
        "👁 I watch: What do otters do?\n"
        "As soon as new articles answer it, I quote them here.\n"
        "That goes on until you press Stop or send /unwatch 1.\n"
        "So far 2 passages answer it; ask me to read them."
    )
    assert list(telegram.buttons(7)) == ["Once a day", "Stop"]


async def test_how_often_it_is_told_is_said_first_or_pressed(tmp_path, telegram, post, library):
    async with performing(telegram, library, tmp_path):
        told = await said(telegram, post.says("/watch daily  What do otters do?"))
        await pressed(telegram, post, "At once", 7)
        await telegram.until(lambda: len(telegram.edited) == 1)
        once = telegram.current(7)["text"]
        await pressed(telegram, post, "Once a day", 7)
        await telegram.until(lambda: len(telegram.edited) == 2)
    async with office_of(telegram, library, tmp_path) as office:
        (watch,) = await Watches(office.data).of_chat(7)

    how = "Once a day, at 09:00, I quote here what new articles answer it."
    assert how in told
    assert "As soon as new articles answer it, I quote them here." in once
    assert telegram.current(7)["text"] == told
    assert (watch.question, watch.daily) == ("What do otters do?", True)


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ("", "Put a question after the command"),
        ("daily", "Put a question after the command"),
        ("?!…", "I cannot watch that: there is nothing in it to look for."),
        ("what is it?", "I cannot watch that: there is nothing in it to look for."),
        ("otters " * 60, "I cannot watch that: it is longer than 400 characters."),
    ],
)
async def test_what_cannot_be_watched_is_refused_with_the_reason(
    asked, refused, tmp_path, telegram, post, library
):
    async with performing(telegram, library, tmp_path):
        told = await said(telegram, post.says(f"/watch {asked}"))
    async with office_of(telegram, library, tmp_path) as office:
        kept = await watched(office)

    assert told.startswith(refused)
    assert kept == []


async def test_a_source_that_there_is_not_cannot_be_watched(tmp_path, telegram, post, library):
    class Sourceless(Newswire):
        def ask(self, question, **options):
            found = super().ask(question, **options)
            return replace(found, filters=replace(found.filters, unknown=("Lantern <Post>",)))

    async with performing(telegram, Sourceless(), tmp_path):
        told = await said(telegram, post.says("/watch otters source:lantern"))

    assert told == "I have no articles of “Lantern <Post>”, so I searched nothing."


async def test_a_library_out_of_order_is_said(tmp_path, telegram, post, library):
    library.broken = True

    async with performing(telegram, library, tmp_path):
        told = await said(telegram, post.says("/watch otters"))

    assert told.startswith("Something went wrong on my side (reference ")


async def test_the_same_question_is_watched_once_and_twenty_at_most(
    tmp_path, telegram, post, library
):
    async with office_of(telegram, library, tmp_path) as office:
        for number in range(MOST_IN_CHAT - 1):
            question = f"otters {number}"
            await Watches(office.data).add(replace(WATCH, chat=7, question=question))
    async with performing(telegram, library, tmp_path):
        first, second, third = [
            await said(telegram, post.says(f"/watch {each}")) for each in ("tea", "tea", "kelp")
        ]

    assert first == second
    assert "/unwatch 20" in first
    assert third == (
        "I watch as much as I can, here at most 20 questions. Stop one first: /watches"
    )


async def test_a_reply_watches_the_question_of_an_answer_or_of_a_message(
    tmp_path, telegram, post, library
):
    library.publish(news(1, OTTERS))
    asked = post.says("where is the kelp", group())

    async with performing(telegram, library, tmp_path):
        await said(telegram, post.says("What do otters do?"))
        told = await said(telegram, post.says("/watch", reply_to_message=telegram.current(7)))
        other = await said(telegram, post.replies("/watch daily", asked))
        unknown = await said(telegram, post.replies_to_bot("/watch"))

    assert told.startswith("👁 I watch: What do otters do?\n")
    assert other.startswith("👁 I watch: where is the kelp\nOnce a day, at 09:00")
    assert unknown.startswith("Put a question after the command")


async def test_where_only_admins_may_watch_others_are_refused(tmp_path, telegram, post, library):
    telegram.members[HARBOUR, 8] = "administrator"

    async with office_of(telegram, library, tmp_path) as office:
        await office.chats.set(HARBOUR, watchers="admins")
    async with performing(telegram, library, tmp_path):
        refused = await said(telegram, post.says("/watch otters", group()))
        by_admin = post.says("/watch otters", group(), **{"from": person(8)})
        told = await said(telegram, by_admin)
        unnamed = {"from": anonymous_admin(), "sender_chat": group()}
        also = await said(telegram, post.says("/watch tea", group(), **unnamed))

    assert refused == "In this group only admins may have me watch a question."
    assert told.startswith("👁 I watch: otters")
    assert also.startswith("👁 I watch: tea")


# Alerts.


async def test_a_reply_to_an_alert_goes_on_from_its_question(tmp_path, telegram, post, library):
    async with performing(telegram, library, tmp_path):
        await said(telegram, post.says("/watch otters", group()))
        library.publish(news(1, OTTERS))
        await telegram.until(lambda: len(telegram.sent) == 2)
        alert = telegram.current(group()["id"])
        with closing(sqlite3.connect(tmp_path / "bot.db")) as db:
            query = "select count(*) from alerts where sent_at is not null"
            await telegram.until(lambda: db.execute(query).fetchone()[0] == 1)
        await said(telegram, post.says("and when?", group(), reply_to_message=alert))

    followed = library.followed[-1]
    assert (followed.question, followed.shown) == ("otters", 1)


async def test_an_alert_goes_to_the_topic_of_its_watch(tmp_path, telegram, post, library):
    async with performing(telegram, library, tmp_path):
        await said(telegram, post.says_in_topic("/watch@quotewire_bot otters", 5))
        library.publish(news(1, OTTERS))
        await telegram.until(lambda: len(telegram.sent) == 2)

    alert = telegram.sent[-1]
    assert (alert["chat_id"], alert["message_thread_id"]) == (forum()["id"], 5)
    assert telegram.texts()[-1] == f"🔔 New: otters\n\n{CREDIT}\n{OTTERS}"
    assert "disable_notification" not in alert


async def sent_of(telegram, office, now=NOW, times=1):
    """Have the courier look at a moment, and give what people see of what it sent."""
    before = len(telegram.sent)
    courier = Courier(office, clock=lambda: now)
    for _ in range(times):
        await courier.look()
        await courier.leave()
    return telegram.texts()[before:]


async def found(office, *passages, watch=WATCH, more=0, now=NOW):
    """A watch for which something was found at a moment."""
    watches = Watches(office.data, clock=lambda: now)
    kept = await watches.add(watch)
    await watches.matched(kept, kept.generation + 1, passages, more=more)
    return kept


@pytest.mark.parametrize(("zone", "silent"), [("UTC", None), ("Asia/Tokyo", True)])
async def test_alerts_make_no_sound_in_quiet_hours(zone, silent, tmp_path, telegram, library):
    library.publish(news(1, OTTERS))

    async with office_of(telegram, library, tmp_path) as office:
        await office.chats.set(HARBOUR, quiet=[21, 7], zone=zone)
        await found(office, news(1, OTTERS))
        await sent_of(telegram, office)

    assert telegram.sent[0].get("disable_notification") is silent


async def test_a_daily_watch_waits_for_nine_and_comes_with_the_others_as_one(
    tmp_path, telegram, library
):
    library.publish(news(1, OTTERS), news(2, PUPS), news(3, TEA))
    morning = datetime(2017, 9, 17, 9, 0, tzinfo=UTC).timestamp()

    async with office_of(telegram, library, tmp_path) as office:
        await found(office, news(1, OTTERS), watch=replace(WATCH, daily=True))
        tea = replace(WATCH, daily=True, question="What about <tea>?")
        await found(office, news(3, TEA), news(2, PUPS), watch=tea, more=4)
        early = await sent_of(telegram, office, morning - 1)
        due = await sent_of(telegram, office, morning)
        again = await sent_of(telegram, office, morning + 90_000)

    assert (early, again) == ([], [])
    assert due == [
        "🔔 New on 2 watched questions\n\n"
        f"What do otters do?\n{CREDIT}\n{OTTERS}\n\n"
        f"What about <tea>?\n{CREDIT}\n{TEA}\n\n"
        "5 more new passages answer this; ask me to read them."
    ]
    assert list(telegram.buttons(HARBOUR)) == [
        "Stop: What do otters do?",
        "Stop: What about <tea>?",
    ]


async def test_an_alert_says_how_much_more_there_is(tmp_path, telegram, library):
    passages = [news(number, text) for number, text in enumerate((OTTERS, PUPS, TEA, "Kelp."), 1)]
    library.publish(*passages)

    async with office_of(telegram, library, tmp_path) as office:
        await found(office, *passages, more=10)
        (told,) = await sent_of(telegram, office)

    assert told.startswith(
        "🔔 New: What do otters do?\n11 more new passages answer this; ask me to read them.\n\n"
    )
    assert told.endswith(f"\n{TEA}")


async def test_beyond_six_messages_an_hour_the_rest_come_as_one(tmp_path, telegram, library):
    passages = [news(number, f"Otter {number} of {number * 7_919}.") for number in range(1, 12)]
    library.publish(*passages)

    async with office_of(telegram, library, tmp_path) as office:
        for each in passages[:8]:
            await found(office, each, watch=replace(WATCH, question=f"otter {each.paragraph}"))
        first = await sent_of(telegram, office)
        for each in passages[8:]:
            await found(office, each, watch=replace(WATCH, question=f"otter {each.paragraph}"))
        within = await sent_of(telegram, office, NOW + 3_500)
        later = await sent_of(telegram, office, NOW + 3_601)

    assert [text.splitlines()[0] for text in first] == [
        *(f"🔔 New: otter {number}" for number in range(1, 6)),
        "🔔 New on 3 watched questions",
    ]
    assert within == []
    assert [text.splitlines()[0] for text in later] == [
        f"🔔 New: otter {number}" for number in range(9, 12)
    ]


async def test_what_says_the_same_as_what_was_told_is_no_news(tmp_path, telegram, library):
    reprint = news(2, PUPS.upper(), publisher="Lantern Post")
    changed = replace(news(3, PUPS.replace("Eleven", "Twelve")), article="1.md")
    library.publish(news(1, PUPS), reprint, changed, news(4, TEA), news(5, TEA + "!"))

    async with office_of(telegram, library, tmp_path) as office:
        watch = await found(office, news(1, PUPS))
        first = await sent_of(telegram, office)
        watches = Watches(office.data, clock=lambda: NOW)
        await watches.matched(watch, 3, [reprint, changed])
        second = await sent_of(telegram, office)
        await watches.matched(watch, 4, [news(4, TEA), news(5, TEA + "!")])
        third = await sent_of(telegram, office)

    assert [len(first), len(second), len(third)] == [1, 0, 1]
    assert third[0].endswith(f"\n\n{CREDIT}\n{TEA}")


async def test_what_has_left_or_may_not_be_seen_any_more_is_not_sent(tmp_path, telegram, library):
    library.publish(news(1, OTTERS), news(2, PUPS, publisher="Lantern Post"))

    async with office_of(telegram, library, tmp_path) as office:
        await found(office, news(1, OTTERS), news(3, TEA))
        other = replace(WATCH, question="pups")
        await found(office, news(2, PUPS, publisher="Lantern Post"), watch=other)
        await office.chats.set(HARBOUR, sources=["Tidewater Weekly"])
        told = await sent_of(telegram, office)
        left = await Watches(office.data).waiting()

    assert told == [f"🔔 New: What do otters do?\n\n{CREDIT}\n{OTTERS}"]
    assert left == ()


async def test_an_alert_speaks_the_language_of_the_chat_or_of_who_set_it_up(
    tmp_path, telegram, library
):
    library.publish(news(1, OTTERS))

    async with office_of(telegram, library, tmp_path) as office:
        await found(office, news(1, OTTERS), watch=replace(WATCH, language="ru"))
        await sent_of(telegram, office)
        sheet = await office.memory.sheet(HARBOUR, telegram.numbers[0])

    assert sheet.told["language"] == "ru"
    assert [quote.text for quote in sheet.quotes] == [OTTERS]


@pytest.mark.parametrize(
    "reason",
    [
        "Forbidden: bot was kicked from the supergroup chat",
        "Bad Request: not enough rights to send text messages to the chat",
        "Bad Request: chat not found",
    ],
)
async def test_a_chat_that_cannot_be_written_to_has_no_watches_any_more(
    reason, tmp_path, telegram, library
):
    library.publish(news(1, OTTERS))
    telegram.blocked[HARBOUR] = reason

    async with office_of(telegram, library, tmp_path) as office:
        for question in ("otters", "pups"):
            await found(office, news(1, OTTERS), watch=replace(WATCH, question=question))
        await found(office, news(1, OTTERS), watch=replace(WATCH, chat=9))
        told = await sent_of(telegram, office, times=3)
        left = await watched(office, HARBOUR)

    assert len(told) == 1
    assert left == []
    assert len([f for f in telegram.made("sendMessage") if f["chat_id"] == HARBOUR]) == 1


async def test_an_alert_to_a_closed_topic_is_told_in_the_general_one(tmp_path, telegram, library):
    library.publish(news(1, OTTERS))
    telegram.fail("sendMessage", 400, "Bad Request: TOPIC_CLOSED")

    async with office_of(telegram, library, tmp_path) as office:
        await found(office, news(1, OTTERS), watch=replace(WATCH, topic=5))
        told = await sent_of(telegram, office, times=2)

    assert len(told) == 1
    assert [each.get("message_thread_id") for each in telegram.made("sendMessage")] == [5, None]


async def test_an_alert_that_is_refused_for_itself_is_dropped(tmp_path, telegram, library, caplog):
    library.publish(news(1, OTTERS))
    telegram.fail("sendMessage", 400, "Bad Request: TOPIC_CLOSED")

    async with office_of(telegram, library, tmp_path) as office:
        await found(office, news(1, OTTERS))
        told = await sent_of(telegram, office, times=2)
        left = await watched(office, HARBOUR)

    assert told == []
    assert left == ["What do otters do?"]
    assert "an alert was refused, and is dropped" in caplog.text


async def test_trouble_in_one_chat_keeps_no_other_waiting(tmp_path, telegram, library):
    library.publish(news(1, OTTERS))
    telegram.fail("sendMessage", 200, hang_up=True, chat=HARBOUR)
    now = [NOW]

    async with office_of(telegram, library, tmp_path) as office:
        await found(office, news(1, OTTERS))
        await found(office, news(1, OTTERS), watch=replace(WATCH, chat=9))
        courier = Courier(office, clock=lambda: now[0])
        counts = []
        for wait in (0, 29, 1):
            now[0] += wait
            await courier.look()
            await courier.leave()
            counts.append(len(telegram.sent))

    assert counts == [1, 1, 2]
    assert [each["chat_id"] for each in telegram.sent] == [9, HARBOUR]


async def test_a_library_out_of_order_puts_alerts_off(tmp_path, telegram, library):
    class Broken(Newswire):
        def passages(self, ids, *, only=()):
            raise OSError("the disk is gone")

    async with office_of(telegram, Broken(), tmp_path) as office:
        await found(office, news(1, OTTERS))
        told = await sent_of(telegram, office)
        (pile,) = await Watches(office.data).waiting()

    assert told == []
    assert [alert.found.paragraph for alert in pile.alerts] == [1]


async def test_a_group_that_became_another_is_alerted_there(tmp_path, telegram, post, library):
    new = group(-100_77)

    async with performing(telegram, library, tmp_path):
        await said(telegram, post.says("/watch otters", group()))
        telegram.moved[HARBOUR] = new["id"]
        await telegram.push(*post.migrates(group(), new))
        library.publish(news(1, OTTERS))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert telegram.sent[-1]["chat_id"] == new["id"]


# Stopping.


async def alerted(telegram, post, library, chat=None):
    await said(telegram, post.says("/watch otters", chat or group()))
    library.publish(news(1, OTTERS))
    await telegram.until(lambda: len(telegram.sent) == 2)


async def test_stop_under_an_alert_works_after_a_restart_for_who_set_it_up(
    tmp_path, telegram, post, library
):
    async with performing(telegram, library, tmp_path):
        await alerted(telegram, post, library)
    async with performing(telegram, library, tmp_path):
        refused = await pressed(telegram, post, "Stop", HARBOUR, person(8))
        stopped = await pressed(telegram, post, "Stop", HARBOUR, person(7))
        await telegram.until(lambda: telegram.edited)
        library.publish(news(2, PUPS))
        empty = await said(telegram, post.says("/watches", group()))

    assert refused == "Only who set it up, or an admin, can change this watch."
    assert stopped == "I no longer watch: otters"
    assert telegram.edited[0]["text"].endswith("\n\n<i>I no longer watch this.</i>")
    assert "reply_markup" not in telegram.edited[0]
    assert empty == "I watch nothing here. To begin: /watch your question"


async def test_an_admin_may_stop_what_others_watch(tmp_path, telegram, post, library):
    telegram.members[HARBOUR, 8] = "administrator"

    async with performing(telegram, library, tmp_path):
        await alerted(telegram, post, library)
        stopped = await pressed(telegram, post, "Stop", HARBOUR, person(8))
        await telegram.until(lambda: telegram.edited)

    assert stopped == "I no longer watch: otters"


async def test_a_stopped_watch_cannot_be_stopped_again_nor_one_of_another_chat(
    tmp_path, telegram, post, library
):
    async with performing(telegram, library, tmp_path):
        await said(telegram, post.says("/watch otters", private_chat(8)))
        await said(telegram, post.says("/watch tea"))
        data = telegram.buttons(7)["Stop"]
        message = telegram.current(7)
        forged = re.sub(r"\d+$", "1", data)
        for each in (forged, data, data):
            await telegram.push(post.presses(message, each))
        await telegram.until(lambda: len(telegram.made("answerCallbackQuery")) == 3)
        await telegram.until(lambda: telegram.edited)
    async with office_of(telegram, library, tmp_path) as office:
        left = await watched(office, 8), await watched(office, 7)

    notices = sorted(each["text"] for each in telegram.made("answerCallbackQuery"))
    assert notices[:1] == ["I no longer watch: tea"]
    assert notices[-1] == "This watch was stopped before."
    assert left == (["otters"], [])
    assert telegram.current(7)["text"] == "I no longer watch: tea"


async def test_the_list_says_since_when_and_stops_each(tmp_path, telegram, post, library):
    async with performing(telegram, library, tmp_path):
        await said(telegram, post.says("/watch otters & kelp"))
        await said(telegram, post.says("/watch daily tea"))
        told = await said(telegram, post.says("/watches"))
        before = list(telegram.buttons(7))
        await pressed(telegram, post, "Stop 1", 7)
        await telegram.until(lambda: telegram.edited)
        after = telegram.current(7)["text"], list(telegram.buttons(7))

    day = phrases_in("en").day(datetime.now(UTC).date().isoformat())
    how = "Press a button to stop one, or send /unwatch with its number or words."
    assert told == (
        "I watch 2 questions here:\n"
        f"1. otters & kelp (since {day})\n2. tea (daily, since {day})\n\n{how}"
    )
    assert before == ["Stop 1", "Stop 2"]
    assert after == (
        f"I watch 1 question here:\n1. tea (daily, since {day})\n\n{how}",
        ["Stop 1"],
    )


@pytest.mark.parametrize(
    ("rest", "told", "left"),
    [
        ("2", "I no longer watch: otters of Tidewater", ["otters", "tea"]),
        ("TEA", "I no longer watch: tea", ["otters", "otters of Tidewater"]),
        ("otters", "I no longer watch: otters", ["otters of Tidewater", "tea"]),
        ("o", "I watch 3 questions here:", ["otters", "otters of Tidewater", "tea"]),
        ("", "I watch 3 questions here:", ["otters", "otters of Tidewater", "tea"]),
        ("0", "I watch nothing like “0” here.", ["otters", "otters of Tidewater", "tea"]),
        (
            "<kelp>",
            "I watch nothing like “<kelp>” here.",
            ["otters", "otters of Tidewater", "tea"],
        ),
    ],
)
async def test_unwatch_takes_a_number_or_words(
    rest, told, left, tmp_path, telegram, post, library
):
    async with office_of(telegram, library, tmp_path) as office:
        for question in ("otters", "otters of Tidewater", "tea"):
            await Watches(office.data).add(replace(WATCH, chat=7, question=question))
    async with performing(telegram, library, tmp_path):
        reply = await said(telegram, post.says(f"/unwatch {rest}"))
    async with office_of(telegram, library, tmp_path) as office:
        kept = await watched(office)

    assert reply.splitlines()[0] == told
    assert kept == left


async def test_only_who_set_it_up_or_an_admin_may_unwatch(tmp_path, telegram, post, library):
    async with office_of(telegram, library, tmp_path) as office:
        await Watches(office.data).add(WATCH)
    async with performing(telegram, library, tmp_path):
        refused = await said(telegram, post.says("/unwatch 1", group(), **{"from": person(8)}))
        unnamed = {"from": anonymous_admin(), "sender_chat": group()}
        stopped = await said(telegram, post.says("/unwatch 1", group(), **unnamed))

    assert refused == "Only who set it up, or an admin, can change this watch."
    assert stopped == "I no longer watch: What do otters do?"


async def test_stop_under_a_digest_leaves_the_others(tmp_path, telegram, post, library):
    library.publish(news(1, OTTERS), news(2, TEA))
    async with office_of(telegram, library, tmp_path) as office:
        for number, text, question in ((1, OTTERS, "otters"), (2, TEA, "tea")):
            watch = replace(WATCH, chat=7, daily=True, question=question)
            await found(office, news(number, text), watch=watch)
        await sent_of(telegram, office, NOW + 90_000)
    async with performing(telegram, library, tmp_path):
        await pressed(telegram, post, "Stop: otters", 7)
        await telegram.until(lambda: telegram.edited)

    assert list(telegram.buttons(7)) == ["Stop"]


async def test_a_watch_stopped_while_alerts_are_on_their_way_is_left_out(
    tmp_path, telegram, library
):
    library.publish(news(1, OTTERS), news(2, TEA))

    async with office_of(telegram, library, tmp_path) as office:
        await found(office, news(1, OTTERS))
        other = await found(office, news(2, TEA), watch=replace(WATCH, question="tea"))
        courier = Courier(office, clock=lambda: NOW)
        await courier.look()
        # What the courier has begun runs no further than this, until something is awaited.
        await Watches(office.data).stop(other.number)
        await courier.leave()
        await stop_all(HARBOUR, office)
        left = await watched(office, HARBOUR)

    assert [text.splitlines()[0] for text in telegram.texts()] == ["🔔 New: What do otters do?"]
    assert left == []


async def test_how_often_a_stopped_watch_is_told_cannot_be_changed(
    tmp_path, telegram, post, library
):
    async with performing(telegram, library, tmp_path):
        await said(telegram, post.says("/watch tea"))
        message, data = telegram.current(7), telegram.buttons(7)["Once a day"]
        await pressed(telegram, post, "Stop", 7)
        await telegram.until(lambda: telegram.edited)
        await telegram.push(post.presses(message, data))
        await telegram.until(lambda: len(telegram.made("answerCallbackQuery")) == 2)

    assert telegram.made("answerCallbackQuery")[-1]["text"] == "This watch was stopped before."
    assert len(telegram.edited) == 1


async def test_quiet_hours_are_named_when_a_watch_begins(tmp_path, telegram, post, library):
    async with office_of(telegram, library, tmp_path) as office:
        await office.chats.set(7, quiet=[22, 7])
    async with performing(telegram, library, tmp_path):
        told = await said(telegram, post.says("/watch tea"))

    assert "I quote them here; from 22:00 to 07:00 without a sound." in told


async def test_a_fault_of_bot_db_puts_alerts_off(tmp_path, telegram, library, caplog):
    library.publish(news(1, OTTERS))

    async with office_of(telegram, library, tmp_path) as office:
        await found(office, news(1, OTTERS))
        courier = Courier(office, clock=lambda: NOW)
        await office.data.run(lambda db: db.execute("drop table sheets"))
        await courier.look()
        await courier.leave()
        left = await Watches(office.data).waiting()

    # It was sent and noted, and only its button does nothing.
    assert len(telegram.sent) == 1
    assert left == ()
    assert "alerts are put off: OperationalError" in caplog.text


# The table, and what is drawn.


async def test_what_was_sent_is_forgotten_after_a_while_and_what_is_stopped_too(
    tmp_path, telegram, library
):
    library.publish(news(1, OTTERS))

    async with office_of(telegram, library, tmp_path) as office:
        watch = await found(office, news(1, OTTERS))
        await sent_of(telegram, office)
        later = Watches(office.data, clock=lambda: NOW + KEPT_S + 1)
        await later.matched(watch, 3, [])
        told = await later.told(watch)
        await Watches(office.data, clock=lambda: NOW).stop(watch.number)
        await later.add(replace(WATCH, question="tea"))
        rows = await office.data.run(lambda db: db.execute("select id from watches").fetchall())

    assert told == []
    assert len(rows) == 1


async def test_a_generation_that_was_looked_at_brings_nothing_twice(tmp_path, telegram, library):
    async with office_of(telegram, library, tmp_path) as office:
        watches = Watches(office.data)
        watch = await watches.add(WATCH)
        for _ in range(2):
            await watches.matched(watch, 2, [news(1, OTTERS)])
        await watches.matched(watch, 2, [news(2, TEA)])
        (pile,) = await watches.waiting()

    assert [alert.found.paragraph for alert in pile.alerts] == [1]


def pile(number, *, daily=False):
    return Pile(replace(WATCH, number=number, daily=daily), ())


@pytest.mark.parametrize(
    ("piles", "room", "expected"),
    [
        ([pile(1), pile(2)], 6, [[1], [2]]),
        ([pile(1), pile(2), pile(3)], 2, [[1], [2, 3]]),
        ([pile(1), pile(2, daily=True), pile(3, daily=True)], 6, [[2, 3], [1]]),
        ([pile(1), pile(2, daily=True)], 1, [[2, 1]]),
        ([pile(1)], 0, []),
        ([], ALERTS_AN_HOUR, []),
    ],
)
def test_what_has_no_message_of_its_own_comes_with_the_last(piles, room, expected):
    planned = batches(piles, room=room)

    assert [[each.watch.number for each in batch] for batch in planned] == expected


texts = st.text(alphabet="aé א<&>\n😀.", min_size=1, max_size=1_500).filter(str.strip)
urls = st.sampled_from(["", "https://tidewater.example/" + "o" * 900])


@given(
    st.lists(
        st.tuples(texts, st.lists(st.tuples(texts, texts, urls), min_size=1, max_size=5)),
        min_size=1,
        max_size=25,
    ),
    st.integers(0, 5_000),
    st.sampled_from(["en", "ar", "ru"]),
)
def test_a_bulletin_is_valid_short_enough_and_counts_what_it_does_not_quote(told, more, language):
    every = [
        News(
            question,
            tuple(passage(text, best=text, title=title, url=url) for text, title, url in found),
            more,
        )
        for question, found in told
    ]

    message = bulletin(every, phrases_in(language))

    seen = parse_html(message.html)
    assert utf16_units(message.html) < MESSAGE_UNITS
    assert len(seen.pieces) <= ENTITIES
    assert message.html.count("<blockquote") == len(message.shown) >= 1
