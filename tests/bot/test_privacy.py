"""What is kept about people is told to them, deleted when they wish, and expires by itself."""

import logging
import sqlite3
import time

import pytest

from bot.inbox import Inbox, Item, State
from bot.memory import Kind, Memory, Quote, Sheet
from bot.privacy import DAY_S, Kept, Whose, expire, expire_hourly, forget, kept
from bot.unanswered import how_many, record
from bot.votes import Vote, Votes
from bot.watches import Watch, Watches
from index import Turn
from scripts.simulator.post import anonymous_admin, group, person, private_chat
from tests.support.library import FakeLibrary, answer, passage
from tests.support.visit import visiting

ADA, BO, ADMIN = 7, 8, 2
HARBOUR = group()["id"]
ASKED = Turn("how do otters sleep?")


@pytest.fixture
async def visit(telegram, library, tmp_path):
    telegram.members[HARBOUR, ADMIN] = "administrator"
    async with visiting(telegram, library, tmp_path, admins=(99,)) as visit:
        yield visit


@pytest.fixture
def data(visit):
    return visit.office.data


def answered(user):
    quotes = (Quote(1, "otters.md", "Sea otters hold hands."),)
    return Sheet(Kind.ANSWER, {"user": user}, turn=ASKED, quotes=quotes)


async def lived_in(visit):
    """Ada and Bo have asked, voted and watched in the group, and Ada in private too."""
    data = visit.office.data
    memory, votes, watches = Memory(data), Votes(data), Watches(data)
    for chat, message, user in [(ADA, 1, ADA), (HARBOUR, 2, ADA), (HARBOUR, 3, BO)]:
        await memory.keep(chat, message, answered(user))
        await votes.cast(chat, message, Vote(user, helpful=False, question=ASKED.question))
        await watches.add(Watch(chat, None, user, f"otters of {message}?", "en", False, 1))
    await visit.office.chats.set(ADA, language="ru")
    await visit.office.chats.set(HARBOUR, zone="Europe/Berlin")


async def rows(data, table):
    return await data.run(lambda db: db.execute(f"select * from {table}").fetchall())


async def said(visit, text, chat=None, by=ADA, **more):
    await visit.hears(visit.post.says(text, chat, **{"from": person(by), **more}))
    return visit.telegram.texts()[-1]


# What is told.


async def test_in_private_everything_about_the_person_is_told_in_plain_words(visit):
    await lived_in(visit)
    await visit.office.chats.set(ADA, language="en")

    assert await said(visit, "/privacy") == (
        "What I keep about you\n"
        "· 2 messages of mine with the questions behind them, for follow-ups and buttons: "
        "30 days\n"
        "· 2 watched questions: until they are stopped\n"
        "· 2 👍 or 👎, with the questions: 180 days\n"
        "· 1 setting: until it is changed\n"
        "\n"
        "Your messages are erased once I have answered them. Questions without an answer are "
        "counted for 90 days, without who asked them or where. My log holds no words of yours.\n"
        "\n"
        "/forget deletes it."
    )


async def test_in_a_group_the_groups_and_ones_own_are_told(visit):
    await lived_in(visit)

    told = await said(visit, "/privacy", group(), by=BO)

    assert told.splitlines()[:10] == [
        "What I keep of this group",
        "· 2 messages of mine with the questions behind them, for follow-ups and buttons: 30 days",
        "· 2 watched questions: until they are stopped",
        "· 2 👍 or 👎, with the questions: 180 days",
        "· 1 setting: until it is changed",
        "",
        "Of that, yours",
        "· 1 message of mine with the question behind it, for follow-ups and buttons: 30 days",
        "· 1 watched question: until it is stopped",
        "· 1 👍 or 👎, with the question: 180 days",
    ]


async def test_of_a_stranger_nothing_is_kept(visit):
    assert (await said(visit, "/privacy")).splitlines()[:2] == [
        "What I keep about you",
        "Nothing.",
    ]
    assert await said(visit, "/forget") == "There is nothing that I could forget."


async def test_messages_that_wait_or_cannot_be_read_are_counted(data, post):
    inbox = Inbox(data)
    waiting, elsewhere = post.says("a secret"), post.says("another", group())
    poison = {"update_id": 5, "message": {"message_id": "?", "from": [{"id": ADA}], "chat": 1}}
    await inbox.keep(
        [
            Item(waiting["update_id"], waiting, ADA, int(time.time())),
            Item(elsewhere["update_id"], elsewhere, HARBOUR, int(time.time())),
            Item(5, poison, state=State.ASIDE),
        ]
    )

    assert await kept(data, Whose(user=ADA)) == Kept(messages=3)
    assert await kept(data, Whose(HARBOUR, ADA)) == Kept(messages=1)
    assert await kept(data, Whose(HARBOUR)) == Kept(messages=1)
    assert (await kept(data, Whose(user=BO))).nothing

    await forget(data, Whose(user=ADA))

    # What waits is answered still, and erased then; what could not be read is erased now.
    assert await kept(data, Whose(user=ADA)) == Kept(messages=2)
    assert [row[5] for row in await rows(data, "inbox") if row[4] == "aside"] == ["{}"]


async def test_the_chat_of_an_answered_message_is_forgotten_and_its_number_still_known(data, post):
    inbox, update = Inbox(data), post.says("a secret")
    item = Item(update["update_id"], update, ADA, int(time.time()))
    await inbox.keep([item])
    [waiting] = await inbox.take(0, limit=1)
    await inbox.settle(waiting.seq, State.DONE)

    await forget(data, Whose(user=ADA))
    await inbox.keep([item])

    [[_, number, chat, *_]] = await rows(data, "inbox")
    assert (number, chat) == (update["update_id"], None)


# What is forgotten, by whom.


async def test_in_private_a_person_has_everything_forgotten_in_every_chat(visit, data):
    await lived_in(visit)
    assert "Забыть это?" in await said(visit, "/forget")

    await visit.presses(ADA, "Забыть моё")

    assert visit.shown(ADA) == "Забыто. Я больше ничего о вас не храню."
    assert visit.telegram.buttons(ADA) == {}
    assert (await kept(data, Whose(user=ADA))).nothing
    assert await kept(data, Whose(HARBOUR, BO)) == Kept(answers=1, watches=1, votes=1)
    assert [row[:2] for row in await rows(data, "quoted")] == [(HARBOUR, 3)]
    assert visit.office.chats.of(ADA).language == ""
    assert visit.office.chats.of(HARBOUR).zone == "Europe/Berlin"


def words_on_disk(folder):
    """How often what was asked stands in the files, on whichever page."""
    return sum(file.read_bytes().count(b"otters") for file in folder.iterdir())


async def test_of_what_was_forgotten_no_word_is_left_in_any_file(visit, data, tmp_path):
    await lived_in(visit)
    assert words_on_disk(tmp_path)

    for user in (ADA, BO):
        await forget(data, Whose(user=user))

    assert words_on_disk(tmp_path) == 0


async def test_of_what_has_expired_no_word_is_left_in_any_file(visit, data, tmp_path):
    await Memory(data, clock=lambda: 1.0).keep(ADA, 1, answered(ADA))
    assert words_on_disk(tmp_path)

    await expire(data, visit.office.settings)

    assert words_on_disk(tmp_path) == 0


async def test_in_a_group_a_member_has_only_their_own_forgotten(visit, data):
    await lived_in(visit)
    await said(visit, "/forget", group(), by=BO)
    assert list(visit.telegram.buttons(HARBOUR)) == ["Forget what is mine", "Keep it"]

    await visit.presses(HARBOUR, "Forget what is mine", by=BO)

    assert visit.shown(HARBOUR).startswith("Forgotten. I keep nothing of yours from this group")
    assert (await kept(data, Whose(HARBOUR, BO))).nothing
    assert await kept(data, Whose(user=ADA)) == Kept(answers=2, watches=2, votes=2, settings=1)


async def test_an_admin_has_everything_of_the_group_forgotten(visit, data):
    await lived_in(visit)
    await said(visit, "/forget", group(), by=ADMIN)
    assert list(visit.telegram.buttons(HARBOUR)) == ["Forget all of this group", "Keep it"]

    await visit.presses(HARBOUR, "Forget all of this group", by=ADMIN)

    assert visit.shown(HARBOUR) == "Forgotten. I keep nothing of this group any more."
    assert (await kept(data, Whose(HARBOUR))).nothing
    assert visit.office.chats.of(HARBOUR).zone == ""
    assert await kept(data, Whose(user=ADA)) == Kept(answers=1, watches=1, votes=1, settings=1)


async def test_an_anonymous_admin_may_have_the_group_forgotten_and_has_nothing_of_their_own(visit):
    await lived_in(visit)
    by_group = {"from": anonymous_admin(), "sender_chat": group()}

    await visit.hears(visit.post.says("/forget", group(), **by_group))

    assert list(visit.telegram.buttons(HARBOUR)) == ["Forget all of this group", "Keep it"]


@pytest.mark.parametrize(
    ("label", "by", "notice"),
    [
        ("Forget all of this group", BO, "That is for admins only."),
        ("Forget what is mine", BO, "Only who sent /forget may press that."),
        ("Keep it", BO, "Only who sent /forget may press that."),
    ],
)
async def test_nobody_else_can_press(label, by, notice, visit, data, telegram):
    await lived_in(visit)
    await Votes(data).cast(HARBOUR, 3, Vote(ADMIN, helpful=True, question="tea?"))
    await said(visit, "/forget", group(), by=ADMIN)
    before = await kept(data, Whose(HARBOUR))

    await visit.presses(HARBOUR, label, by=by)

    assert telegram.made("answerCallbackQuery")[-1]["text"] == notice
    assert await kept(data, Whose(HARBOUR)) == before


async def test_an_admin_of_yesterday_cannot_have_the_group_forgotten(visit, data, telegram):
    await lived_in(visit)
    await said(visit, "/forget", group(), by=ADMIN)
    telegram.members[HARBOUR, ADMIN] = "member"

    await visit.presses(HARBOUR, "Forget all of this group", by=ADMIN)

    assert (await kept(data, Whose(HARBOUR))).votes == 2


async def test_what_is_kept_after_all_is_kept_and_the_buttons_are_gone(visit, data):
    await lived_in(visit)
    await said(visit, "/forget", group(), by=BO)

    await visit.presses(HARBOUR, "Keep it", by=BO)

    assert visit.shown(HARBOUR) == "Nothing was forgotten."
    assert await kept(data, Whose(HARBOUR, BO)) == Kept(answers=1, watches=1, votes=1)


# What expires.


async def test_everything_expires_as_the_settings_say_though_nobody_asks(visit, data):
    now = time.time()
    for age in (9, 11):
        at = now - age * DAY_S
        then = {"clock": lambda at=at: at}
        await Memory(data, kept_s=99 * DAY_S, **then).keep(ADA, age, answered(ADA))
        await Votes(data, kept_s=99 * DAY_S, **then).cast(ADA, age, Vote(ADA, True, "tea?"))
        await record(data, f"tea {age}?", kept_s=99 * DAY_S, **then)
        watches = Watches(data, clock=lambda at=at: at - 80 * DAY_S)
        begun = await watches.add(Watch(ADA, None, ADA, f"tea {age}?", "en", False, 1))
        await watches.stop(begun.number)
        await Inbox(data, **then).keep([Item(age, {}, state=State.ASIDE)])
    settings = visit.office.settings.model_copy(
        update={"remember_days": 10, "votes_days": 10, "unanswered_days": 10}
    )

    await expire(data, settings)

    assert [row[1] for row in await rows(data, "sheets")] == [9]
    assert [row[:2] for row in await rows(data, "quoted")] == [(ADA, 9)]
    assert [row[1] for row in await rows(data, "votes")] == [9]
    assert await how_many(data) == 1
    assert [row[4] for row in await rows(data, "watches")] == ["tea 9?"]
    assert await rows(data, "inbox") == []


async def test_expiry_goes_on_though_the_disk_is_full_for_an_hour(visit, caplog):
    told = "my secret"

    class Full:
        async def run(self, _):
            raise sqlite3.OperationalError(told)

    pauses = []

    async def sleep(pause_s: float) -> None:
        pauses.append(pause_s)
        if len(pauses) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await expire_hourly(Full(), visit.office.settings, sleep=sleep)

    assert pauses == [3600, 3600]
    assert caplog.text.count("what is too old is still kept: OperationalError") == 2
    assert told not in caplog.text


# What is never kept.


async def test_the_log_holds_no_words_of_people_however_they_are_said(telegram, tmp_path, caplog):
    caplog.set_level(logging.DEBUG, "bot")
    caplog.set_level(logging.DEBUG, "index")

    def reply(question):
        if "broken" in question:
            raise ValueError(question)
        return answer(passage(), question=question) if "otters" in question else answer()

    async with visiting(telegram, FakeLibrary(reply), tmp_path, admins=(ADA,)) as visit:
        post = visit.post
        asked = post.says("xyzzy otters?")
        await visit.hears(
            asked,
            post.edits(asked, "xyzzy otters again?"),
            post.says("xyzzy broken?"),
            post.says("xyzzy unanswered?", private_chat(BO)),
            post.says("/ask xyzzy otters?", group()),
            *(
                post.says(f"/{name} xyzzy otters")
                for name in ("search", "latest", "article", "watch", "unwatch", "settings")
            ),
            post.says("/addsource ftp://xyzzy.example"),
            post.says("/xyzzy"),
            post.queries("xyzzy otters"),
            post.says("/privacy"),
            post.says("/forget"),
        )
        telegram.fail("sendMessage", 400, "Bad Request: refused")
        with pytest.raises(Exception, match="Refused"):
            await visit.hears(post.says("xyzzy otters?"))

    assert "a question failed, reference" in caplog.text
    assert "xyzzy" not in caplog.text


async def test_what_is_counted_names_nobody_and_no_chat(visit, data):
    names = await data.run(
        lambda db: [row[1] for row in db.execute("pragma table_info(unanswered)")]
    )
    assert names == ["key", "question", "times", "last_at"]

    await lived_in(visit)
    for command in ("/stats", "/status"):
        told = await said(visit, command, private_chat(99), by=99)
        assert not [each for each in (str(HARBOUR), ASKED.question) if each in told]
