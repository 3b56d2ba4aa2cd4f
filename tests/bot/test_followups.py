"""Which answer a message follows up, and how the reply says what was searched."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest

from bot.database import BotData
from bot.memory import KEPT_S, RECENT_S, Kind, Memory, Sheet
from bot.phrases import phrases_in
from bot.render import answer_html, plain_text
from bot.searched import window_spoken
from index import Answer, Filters, Turn, Window
from scripts.simulator.post import bot_user, group
from tests.support.library import SEARCHED, FakeLibrary, answer, passage

ENGLISH = phrases_in("en").answers


def english(answer: Answer) -> str:
    return answer_html(answer, ENGLISH)


FIRST = Turn("how do otters sleep?", 1, "otters.md", "2017-09-16", "Tidewater Weekly")


def repeat(question: str) -> Answer:
    return answer(passage(), question=question)


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary(repeat)


async def test_a_reply_to_an_answer_follows_that_answer(telegram, post, library, start):
    async with start():
        await telegram.push(post.says("/ask how do otters sleep?", group()))
        await telegram.until(lambda: len(telegram.sent) == 1)
        await telegram.push(post.says("/ask who feeds them?", group()))
        await telegram.until(lambda: len(telegram.sent) == 2)
        first = {"message_id": telegram.numbers[0], "date": 1, "chat": group(), "from": bot_user()}
        await telegram.push(post.says("and where?", group(), reply_to_message=first))
        await telegram.until(lambda: len(telegram.sent) == 3)

    assert library.asked == ["how do otters sleep?", "who feeds them?", "and where?"]
    assert library.followed == [None, None, FIRST]


async def test_in_private_a_message_follows_the_last_answer(telegram, post, library, start):
    async with start():
        await telegram.push(post.says("how do otters sleep?"))
        await telegram.until(lambda: len(telegram.sent) == 1)
        await telegram.push(post.says("more"))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert library.followed == [None, FIRST]


async def test_answers_are_remembered_through_a_restart(telegram, post, library, start):
    async with start():
        await telegram.push(post.says("how do otters sleep?"))
        await telegram.until(lambda: len(telegram.sent) == 1)
    async with start():
        await telegram.push(post.says("more"))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert library.followed == [None, FIRST]


async def test_days_are_reckoned_from_the_message_in_the_zone_that_is_set(
    telegram, post, library, start
):
    update = post.says("what happened yesterday?")
    update["message"]["date"] = 1_505_516_400  # 15 September 2017, 23:00 UTC

    async with start(time_zone="Asia/Damascus"):
        await telegram.push(update)
        await telegram.until(lambda: telegram.sent)

    assert library.days == [date(2017, 9, 16)]


async def test_old_answers_are_forgotten(tmp_path):
    now = 1_000_000.0
    async with BotData(tmp_path / "bot.db") as data:
        memory = Memory(data, clock=lambda: now)
        await memory.keep(5, 1, Sheet(Kind.ANSWER, turn=FIRST))
        assert await memory.last(5) == FIRST
        assert await memory.last(6) is None
        now += RECENT_S + 1
        assert await memory.last(5) is None
        assert await memory.turn(5, 1) == FIRST
        now += KEPT_S
        await memory.keep(5, 2, Sheet(Kind.ANSWER, turn=FIRST))
        assert await memory.turn(5, 1) is None


def test_the_reply_prints_what_was_searched_when_that_is_not_what_was_asked():
    said = Answer(
        question='who was hurt near Raqqa? from:"Tidewater <Weekly>"',
        words="who was hurt near Raqqa?",
        passages=(passage(),),
        searched=SEARCHED,
        filters=Filters(
            sources=("Tidewater <Weekly>",),
            window=Window(date(2017, 9, 1), date(2017, 9, 30)),
            phrases=("kelp & tea",),
            without=("storm",),
        ),
    )

    html = english(said)

    assert html.startswith(
        "<i>Searched: who was hurt near Raqqa? · published in September 2017"
        " · only Tidewater &lt;Weekly&gt; · with “kelp &amp; tea” · without “storm”</i>\n\n<a href"
    )
    assert "· without “storm”\n\nHow otters sleep" in plain_text(html)


def test_what_was_mended_is_printed_and_a_plain_question_is_not():
    mended = Answer("where is Raqqa?", (), SEARCHED, words="where is Raqqa?",
                    mended=(("Raqa", "Raqqa"),))  # fmt: skip
    plain = Answer("where is Raqqa?", (), SEARCHED, words="where is Raqqa?")

    assert english(mended).startswith("<i>Searched: where is Raqqa?</i>\nI found nothing")
    assert english(plain).startswith("I found nothing")


def test_a_phrase_that_nothing_holds_is_told():
    said = Answer("tea", (passage(),), SEARCHED, words="who called it “fun”?", loosened=("fun",))

    assert english(said).startswith(
        "<i>Searched: who called it “fun”? · “fun” not word for word</i>"
    )


def test_a_source_that_there_is_not_and_a_limit_without_a_question_are_told():
    unknown = Answer("tea from:x", (), SEARCHED, words="tea", filters=Filters(unknown=("<x>",)))
    bare = Answer("", (), SEARCHED, filters=Filters(window=Window(date(2017, 9, 1))))
    no_more = Answer("tea", (), SEARCHED, words="tea", skipped=3)

    assert "I have no articles of “&lt;x&gt;”, so I searched nothing." in english(unknown)
    assert "Tell me also what to look for" in english(bare)
    assert english(no_more) == "There is no more to that."


@pytest.mark.parametrize(
    ("first", "last", "told", "spoken"),
    [
        (date(2017, 9, 4), date(2017, 9, 10), False, "published from 4 September 2017 to 10 September 2017"),  # noqa: E501 - a row
        (date(2017, 9, 4), date(2017, 9, 4), False, "published on 4 September 2017"),
        (date(2017, 9, 1), date(2017, 9, 30), True, "in September 2017"),
        (date(2016, 2, 1), date(2016, 2, 29), True, "in February 2016"),
        (date(2017, 1, 1), date(2017, 12, 31), True, "in 2017"),
        (date(2017, 5, 3), date.max, False, "published since 3 May 2017"),
        (date.min, date(2017, 5, 3), False, "published until 3 May 2017"),
    ],
)  # fmt: skip
def test_a_window_is_said_as_people_say_it(first, last, told, spoken):
    assert window_spoken(Window(first, last, told), ENGLISH) == spoken


async def test_more_goes_on_behind_what_the_reply_had_room_for(telegram, post, start):
    long = [
        passage("Sea otters sleep. " * 200, url=f"https://{'x' * 900}.example/{n}") for n in "abc"
    ]
    library = FakeLibrary(lambda question: replace(answer(*long, question=question), skipped=3))

    async with start(library):
        await telegram.push(post.says("how do otters sleep?"))
        await telegram.until(lambda: len(telegram.sent) == 1)
        await telegram.push(post.says("more"))
        await telegram.until(lambda: len(telegram.sent) == 2)

    quoted = telegram.sent[0]["text"].count("<blockquote")
    assert 0 < quoted < 3
    assert library.followed[1].shown == 3 + quoted


async def test_a_question_is_answered_while_the_memory_is_out_of_order(
    telegram, post, start, tmp_path, caplog
):
    async with start():
        await telegram.push(post.says("how do otters sleep?"))
        await telegram.until(lambda: len(telegram.sent) == 1)
        with closing(sqlite3.connect(tmp_path / "bot" / "bot.db")) as db:
            await telegram.until(lambda: _remembered(db) == 1)
            db.execute("drop table sheets")
        await telegram.push(post.says("do otters hold hands?"))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert ["<blockquote" in sent["text"] for sent in telegram.sent] == [True, True]
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "no answer can be followed up",
        "an answer is not remembered",
    ]


async def test_a_turn_that_another_version_kept_is_followed_by_nothing(tmp_path):
    async with BotData(tmp_path / "bot.db") as data:
        memory = Memory(data)
        await memory.keep(5, 1, Sheet(Kind.ANSWER, turn=FIRST))
        await data.run(lambda db: db.execute("update sheets set turn = '{\"words\": 1}'"))

        assert await memory.turn(5, 1) is None


async def test_a_step_of_the_tables_that_was_broken_off_is_taken_again(tmp_path):
    path = tmp_path / "bot.db"
    async with BotData(path) as data:
        await Memory(data).keep(5, 1, Sheet(Kind.ANSWER, turn=FIRST))
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma user_version = 1")  # the tables were made, the number not yet

    async with BotData(path) as data:
        assert await Memory(data).turn(5, 1) == FIRST


def _remembered(db: sqlite3.Connection) -> int:
    return int(db.execute("select count(*) from sheets").fetchone()[0])
