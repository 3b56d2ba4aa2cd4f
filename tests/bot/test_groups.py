"""Coming into chats and leaving them, groups that become supergroups, and who may be served."""

import asyncio

import pytest

from bot.outbox import Letter, Outbox
from bot.pace import Pace
from bot.phrases import phrases_in
from scripts.simulator.post import (
    forum,
    group,
    person,
    private_chat,
)
from scripts.simulator.stage import performing
from tests.support.newswire import Newswire, news
from tests.support.visit import Clock, visiting

HARBOUR = group()["id"]
OLD = {"id": -5, "type": "group", "title": "Harbour"}
CHANNEL = {"id": -100_77, "type": "channel", "title": "Tides"}

HELLO = (
    "Hello! I answer questions with word-for-word quotes from news articles, each with its "
    "source.\n\n/ask@quotewire_bot who was hurt near the harbour?\n\nA reply to one of my "
    "messages is a question too."
)
COMMANDS_ONLY = (
    "Telegram shows me nothing else that is written here, so mentioning me does not work unless "
    "you make me an admin."
)
MENTIONS = "Mentioning me, @quotewire_bot, works as well. Otherwise I keep quiet."
ADMINS = (
    "Admins choose language, sources and more in /settings. What else I can do, such as watching "
    "for news, is in /help."
)
NOT_HERE = "My owner has me work in certain chats only, and this is none of them."


@pytest.fixture
async def visit(telegram, library, tmp_path):
    async with visiting(telegram, library, tmp_path) as visit:
        yield visit


def greeting(how):
    return "\n\n".join([HELLO, how, ADMINS])


# Joining.


async def test_help_names_what_else_a_group_can_do(visit, telegram):
    await visit.hears(visit.post.says("/help@quotewire_bot", group()))

    [told] = telegram.texts()
    assert all(name in told for name in ("/ask", "/watch", "/search", "/latest", "/settings"))


async def test_a_group_that_the_bot_joins_is_told_once_how_to_ask(telegram, post, start):
    async with start():
        await telegram.push(
            post.membership(group(), "left", "member"),
            post.membership(group(), "member", "administrator"),
            post.says("how do otters sleep?"),
        )
        await telegram.until(lambda: len(telegram.sent) == 2 and not telegram.pending)

    assert telegram.texts(HARBOUR) == [greeting(COMMANDS_ONLY)]


@pytest.mark.parametrize(
    ("status", "reads", "how"),
    [
        ("member", False, COMMANDS_ONLY),
        ("member", True, MENTIONS),
        ("administrator", False, MENTIONS),
    ],
)
async def test_the_greeting_says_whether_a_mention_reaches_the_bot(
    status, reads, how, visit, telegram
):
    # Changed at BotFather after the bot was started, as one must to have it added anew.
    telegram.reads_groups = reads

    await visit.hears(visit.post.membership(group(), "left", status))

    assert telegram.texts() == [greeting(how)]


async def test_where_telegram_does_not_say_what_the_bot_reads_it_is_what_it_was(visit, telegram):
    telegram.fail("getMe", 500, "Internal Server Error")

    await visit.hears(visit.post.membership(group(), "left", "member"))

    assert telegram.texts() == [greeting(COMMANDS_ONLY)]


@pytest.mark.parametrize("language", ["ar", "ru"])
async def test_the_greeting_is_in_the_language_of_whoever_brought_the_bot(
    language, visit, telegram
):
    by = {**person(), "language_code": language}

    await visit.hears(visit.post.membership(group(), "kicked", "member", by=by))

    assert phrases_in(language).rooms.hears_commands_only in telegram.texts()[0]


async def test_the_language_that_a_group_has_set_stays_when_the_bot_comes_back(visit, telegram):
    await visit.office.chats.set(HARBOUR, language="ru")

    await visit.hears(visit.post.membership(group(), "left", "member"))

    assert phrases_in("ru").rooms.hears_commands_only in telegram.texts()[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [("member", "administrator"), ("administrator", "member"), ("restricted", "member")],
)
async def test_another_standing_in_a_group_is_no_joining(before, after, visit, telegram):
    change = visit.post.membership(group(), before, after)
    change["my_chat_member"]["old_chat_member"]["is_member"] = True

    await visit.hears(change)

    assert telegram.sent == []


async def test_a_bot_that_is_taken_out_and_brought_back_at_once_says_hello_once(visit, telegram):
    for before, after in (("left", "member"), ("member", "left"), ("left", "member")):
        await visit.hears(visit.post.membership(group(), before, after))

    assert len(telegram.sent) == 1


@pytest.mark.parametrize("chat", [CHANNEL, private_chat()])
async def test_a_channel_or_a_person_is_not_greeted(chat, visit, telegram):
    await visit.hears(visit.post.membership(chat, "kicked", "member"))

    assert telegram.sent == []


async def test_a_new_admin_gets_from_adding_the_bot_to_a_working_watch_by_what_it_says(
    telegram, post, tmp_path
):
    wire = Newswire()
    telegram.members[HARBOUR, 7] = "creator"

    async def shows(text):
        def there():
            return (HARBOUR in {m["chat"]["id"] for m in telegram.shown.values()}) and (
                text in telegram.current(HARBOUR)["text"]
            )

        await telegram.until(there)

    async def press(label):
        data = telegram.buttons(HARBOUR)[label]
        await telegram.push(post.presses(telegram.current(HARBOUR), data, by=person()))

    async with performing(telegram, wire, tmp_path):
        await telegram.push(post.membership(group(), "left", "member"))
        await shows("/settings")
        await telegram.push(post.says("/settings", group()))
        await shows("Watches: Everyone")
        await press("Watches")
        await shows("/watch")
        await press("Admins only")
        await shows("Watches: Admins only")
        await press("Done")
        await shows("All saved.")
        await telegram.push(post.says("/watch", group(), **{"from": person(8)}))
        await shows("In this group only admins may have me watch a question.")
        await telegram.push(post.says("/watch", group()))
        await shows("/watch what happened in the harbour?")
        await telegram.push(post.says("/watch what happened in the harbour?", group()))
        await shows("I watch: what happened in the harbour?")
        wire.publish(news(1, "Nine otters returned to Tidewater."))
        await shows("New: what happened in the harbour?")

    assert "Nine otters returned to Tidewater." in telegram.current(HARBOUR)["text"]


# Kicked, blocked, muted.


async def watch(visit, chat):
    await visit.office.data.run(
        lambda db: db.execute(
            "insert into watches (chat, topic, user, question, language, generation, created_at)"
            " values (?, 0, 7, 'otters', 'en', 1, 0)",
            (chat,),
        )
    )


async def watching(visit):
    return [
        chat
        for (chat,) in await visit.office.data.run(
            lambda db: db.execute(
                "select chat from watches where stopped_at is null order by chat"
            ).fetchall()
        )
    ]


@pytest.mark.parametrize(
    ("chat", "status"),
    [
        (group(), "kicked"),
        (group(), "left"),
        (group(), "restricted"),
        (private_chat(), "kicked"),
    ],
)
async def test_where_the_bot_may_not_write_any_more_watches_stop_and_settings_stay(
    chat, status, visit, telegram
):
    await visit.office.chats.set(chat["id"], language="ru")
    await watch(visit, chat["id"])
    await watch(visit, 8)

    await visit.hears(visit.post.membership(chat, "member", status))

    assert await watching(visit) == [8]
    assert visit.office.chats.of(chat["id"]).language == "ru"
    assert telegram.sent == []


async def test_a_muted_bot_that_comes_into_a_group_says_nothing(visit, telegram):
    change = visit.post.membership(group(), "left", "restricted")
    change["my_chat_member"]["new_chat_member"]["is_member"] = True

    await visit.hears(change)

    assert telegram.sent == []


async def test_a_restricted_bot_that_may_write_goes_on(visit, telegram):
    await watch(visit, HARBOUR)
    change = visit.post.membership(group(), "member", "restricted")
    change["my_chat_member"]["new_chat_member"] |= {"is_member": True, "can_send_messages": True}

    await visit.hears(change)

    assert await watching(visit) == [HARBOUR]


@pytest.mark.parametrize(
    "refusal",
    [
        "Forbidden: bot was kicked from the supergroup chat",
        "Bad Request: not enough rights to send text messages to the chat",
    ],
)
async def test_an_answer_that_may_not_be_sent_is_one_line_in_the_log_and_not_tried_again(
    refusal, telegram, post, start, caplog
):
    telegram.blocked[HARBOUR] = refusal

    async with start():
        await telegram.push(post.says("/ask how do otters sleep?", group()), post.says("and tea?"))
        await telegram.until(lambda: telegram.sent and not telegram.pending)
        await telegram.until(lambda: "a message failed" in caplog.text)

    assert [call["chat_id"] for call in telegram.made("sendMessage")].count(HARBOUR) == 1
    [line] = [each for each in caplog.messages if "a message failed" in each]
    assert "\n" not in line
    assert "otters" not in caplog.text


# A group becomes a supergroup.


@pytest.mark.parametrize("order", [(0,), (1,), (0, 1), (1, 0), (0, 1, 1, 0)])
async def test_a_group_that_becomes_a_supergroup_keeps_all_however_it_is_told(
    order, visit, telegram
):
    await visit.office.chats.set(OLD["id"], language="ru", sources=("Reuters",))
    await watch(visit, OLD["id"])
    notices = visit.post.migrates(OLD, group())

    await visit.hears(*(notices[each] for each in order))

    assert await watching(visit) == [HARBOUR]
    assert visit.office.chats.of(HARBOUR).language == "ru"
    assert visit.office.chats.of(HARBOUR).sources == ("Reuters",)
    assert telegram.sent == []


async def test_both_notices_at_once_and_the_bots_new_standing_are_no_trouble(visit, telegram):
    await visit.office.chats.set(OLD["id"], language="ru")
    first, second = visit.post.migrates(OLD, group())

    await asyncio.gather(visit.hears(first), visit.hears(second))
    await visit.hears(visit.post.membership(group(), "left", "administrator"))

    assert visit.office.chats.of(HARBOUR).language == "ru"
    assert telegram.sent == []


async def test_an_answer_to_the_old_number_goes_to_the_new_one_and_takes_the_settings_along(
    telegram, post, start
):
    async with start():
        await telegram.push(post.says("/settings quiet 22-7", OLD, **{"from": person(3)}))
        telegram.members[OLD["id"], 3] = "creator"
        await telegram.until(lambda: telegram.texts(OLD["id"]))
        telegram.moved[OLD["id"]] = HARBOUR
        await telegram.push(post.says("/ask how do otters sleep?", OLD))
        await telegram.until(lambda: telegram.texts(HARBOUR))
        telegram.members[HARBOUR, 3] = "creator"
        await telegram.push(post.says("/settings", group(), **{"from": person(3)}))
        await telegram.until(lambda: len(telegram.texts(HARBOUR)) == 2)

    answer, shown = telegram.texts(HARBOUR)
    assert answer.startswith("How otters sleep · Tidewater Weekly")
    assert "Quiet hours: 22:00 to 07:00" in shown
    assert "reply_parameters" not in next(m for m in telegram.sent if m["chat_id"] == HARBOUR)


async def test_a_move_that_cannot_be_kept_costs_no_message(visit, telegram, caplog):
    told = []

    async def broken(old, new):
        told.append((old, new))
        raise OSError("the disk is full")

    telegram.moved[OLD["id"]] = HARBOUR
    clock = Clock()
    outbox = Outbox(
        visit.office.bot, pace=Pace(clock), moved=broken, sleep=clock.sleep, clock=clock
    )

    sent = await outbox.send(Letter(OLD["id"], "Otters hold hands."))

    assert (sent.chat.id, telegram.texts(HARBOUR)) == (HARBOUR, ["Otters hold hands."])
    assert told == [(OLD["id"], HARBOUR)]
    assert "a group's move is not kept" in caplog.text


async def test_an_edited_question_does_not_change_what_answered_another_of_the_old_group(
    visit, telegram
):
    asked = visit.post.says("/ask how do otters sleep?", OLD)
    await visit.hears(asked, *visit.post.migrates(OLD, group()))
    number = asked["message"]["message_id"]
    other = visit.post.says("see you at the harbour", group(), message_id=number)

    await visit.hears(visit.post.edits(other, "/ask do otters hold hands?"))

    assert telegram.edited == []
    assert [m["chat_id"] for m in telegram.sent] == [OLD["id"], HARBOUR]


# Every question of a group or topic.


async def test_every_question_is_answered_in_the_topic_that_wants_it_and_in_no_other(
    visit, telegram, library
):
    place = forum()["id"]
    telegram.members[place, 7] = "administrator"
    await visit.hears(visit.post.says_in_topic("/settings", 12))
    await visit.presses(place, "Answers")
    await visit.presses(place, "Every question")
    telegram.sent.clear()

    await visit.hears(
        visit.post.says_in_topic("how do otters really sleep?", 12),
        visit.post.says_in_topic("they hold hands", 12),
        visit.post.says_in_topic("and you?", 12),
        visit.post.says_in_topic("how do otters really sleep?", 13),
        visit.post.says("how do otters really sleep?", forum()),
    )

    assert [m.get("message_thread_id") for m in telegram.sent] == [12]
    assert library.asked == ["how do otters really sleep?"]


# The chats that are served.


@pytest.fixture
async def listed(telegram, library, tmp_path):
    async with visiting(telegram, library, tmp_path, chats=(HARBOUR,), admins=(9,)) as visit:
        yield visit


async def test_a_group_that_is_not_listed_gets_one_sentence_and_is_left(listed, telegram):
    other = group(-100_9)

    await listed.hears(
        listed.post.membership(other, "left", "member"),
        listed.post.says("/ask how do otters sleep?", other),
        listed.post.membership(other, "member", "left"),
    )

    assert telegram.texts(-100_9) == [NOT_HERE]
    assert telegram.left == [-100_9, -100_9]
    assert listed.office.chats.of(-100_9) == listed.office.chats.of(1)


async def test_a_channel_that_is_not_listed_is_left_without_a_word(listed, telegram):
    await listed.hears(listed.post.membership(CHANNEL, "left", "administrator"))

    assert (telegram.sent, telegram.left) == ([], [CHANNEL["id"]])


async def test_a_group_that_cannot_be_left_in_order_stops_nothing(listed, telegram, caplog):
    telegram.fail("leaveChat", 403, "Forbidden: bot is not a member of the supergroup chat")

    await listed.hears(listed.post.says("/ask how do otters sleep?", group(-100_9)))

    assert telegram.texts() == [NOT_HERE]
    assert "was not left in order" in caplog.text


async def test_a_listed_group_people_in_private_and_a_group_that_moved_are_served(
    listed, telegram
):
    moved = group(-100_55)
    first, second = listed.post.migrates(group(), moved)

    await listed.hears(
        listed.post.says("/ask how do otters sleep?", group()),
        listed.post.says("how do otters sleep?"),
        second,
        listed.post.says("/ask how do otters sleep?", moved),
        first,
    )

    assert [m["chat_id"] for m in telegram.sent] == [HARBOUR, 7, -100_55]
    assert telegram.left == []


async def test_once_people_are_listed_others_are_told_so_whatever_they_try(
    telegram, library, tmp_path
):
    async with visiting(telegram, library, tmp_path, chats=(3,)) as visit:
        question = visit.post.says("how do otters sleep?")
        await visit.hears(question, visit.post.edits(question, "how do sea otters sleep?"))
        under = visit.post.by_bot(private_chat())
        await visit.hears(visit.post.presses(under, "why.abc.0"), visit.post.queries("otters"))
        await visit.hears(visit.post.says("how do otters sleep?", private_chat(3)))

    assert telegram.texts(7) == [NOT_HERE]
    [press] = telegram.made("answerCallbackQuery")
    assert (press["text"], press["show_alert"]) == (NOT_HERE, True)
    assert telegram.made("answerInlineQuery") == []
    assert library.asked == ["how do otters sleep?"]
    assert telegram.left == []


async def test_a_press_in_a_group_that_is_not_listed_any_more_leaves_it(listed, telegram):
    under = listed.post.by_bot(group(-100_9))

    await listed.hears(listed.post.presses(under, "why.abc.0"))

    assert telegram.made("answerCallbackQuery")[0]["text"] == NOT_HERE
    assert telegram.left == [-100_9]


async def test_a_guest_question_from_a_group_that_is_not_listed_is_left_alone(
    listed, telegram, library
):
    update = listed.post.says("@quotewire_bot how do otters sleep?", group(-100_9))
    message = {**update["message"], "guest_query_id": "5"}

    await listed.hears({"update_id": 1, "guest_message": message})

    assert (telegram.sent, telegram.left, library.asked) == ([], [], [])
    assert telegram.made("answerGuestQuery") == []


async def test_watches_go_on_where_the_bot_has_left_before_it_is_told_of_the_move(visit):
    await watch(visit, OLD["id"])
    await visit.hears(visit.post.membership(OLD, "member", "left"))
    assert await watching(visit) == []

    await visit.hears(*visit.post.migrates(OLD, group()))

    assert await watching(visit) == [HARBOUR]
