"""Questions that got no answer: counted by what they ask, and by nothing else."""

from contextlib import closing
from sqlite3 import connect

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.database import BotData
from bot.unanswered import (
    KEPT_S,
    LONGEST,
    MOST,
    Unanswered,
    clear,
    how_many,
    most_asked,
    record,
    same,
    to_be_mended,
)
from bot.votes import Vote, Votes


@pytest.fixture
async def data(tmp_path):
    async with BotData(tmp_path / "bot.db") as opened:
        yield opened


async def test_a_question_is_counted_whatever_its_case_spaces_and_stops(data):
    for asked in ("Who fed the otters?", " who  fed the OTTERS", "¿Who fed the otters?!", "Why?"):
        await record(data, asked)

    assert await most_asked(data) == (
        Unanswered("Who fed the otters?", 3),
        Unanswered("Why?", 1),
    )
    assert await how_many(data) == 2


async def test_the_table_holds_a_question_a_number_and_a_time_alone(data):
    await record(data, "Who fed the otters?", clock=lambda: 5.0)

    rows = await data.run(lambda db: db.execute("select * from unanswered").fetchall())

    assert rows == [("who fed the otters", "Who fed the otters?", 1, 5.0)]


async def test_of_questions_asked_as_often_the_newest_stands_first(data):
    for at, asked in enumerate(("kelp?", "tea?", "tides?")):
        await record(data, asked, clock=lambda at=at: float(at))

    assert [each.question for each in await most_asked(data, limit=2)] == ["tides?", "tea?"]


async def test_a_question_is_forgotten_after_ninety_days(data):
    await record(data, "kelp?", clock=lambda: 0.0)
    await record(data, "tea?", clock=lambda: KEPT_S + 1.0)

    assert await most_asked(data) == (Unanswered("tea?", 1),)


async def test_only_the_newest_thousand_are_kept(data):
    for at in range(MOST + 3):
        await record(data, f"otter {at}?", clock=lambda at=at: float(at))

    assert await how_many(data) == MOST
    rows = await data.run(lambda db: db.execute("select min(last_at) from unanswered").fetchone())
    assert rows == (3.0,)


async def test_what_is_no_question_at_all_is_not_kept(data):
    await record(data, " ?! ")

    assert await how_many(data) == 0


async def test_an_odd_or_endless_question_is_kept_as_far_as_it_goes(data):
    await record(data, "otter\ud800 " * 1_000)

    (kept,) = await most_asked(data)
    assert kept.question == ("otter? " * 1_000)[:LONGEST].strip()


async def test_the_list_can_be_cleared(data):
    await record(data, "kelp?")
    await clear(data)

    assert await most_asked(data) == ()


@example("ẞ ΐ ŉ?")
@given(st.text())
def test_what_stands_around_a_question_does_not_matter(question):
    assert same(f" ({question} ?!\n") == same(question)


async def test_golden_questions_are_proposed_from_both_kinds_of_failure(data, tmp_path):
    votes = Votes(data)
    for user in (7, 8, 9):
        await votes.cast(7, user, Vote(user, helpful=False, question="Who fed the otters?"))
    await votes.cast(7, 10, Vote(7, helpful=True, question="Where is the harbour?"))
    for _ in range(2):
        await record(data, "What is kelp?")
    await record(data, "who fed the otters")

    with closing(connect(tmp_path / "bot.db")) as db:
        assert to_be_mended(db) == ["Who fed the otters?", "What is kelp?"]
