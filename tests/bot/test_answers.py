"""The buttons under an answer, and answers to questions that change."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from index import Answer, Reading
from scripts.simulator.post import group, person
from tests.support.library import FakeLibrary, answer, passage

ROOM = group()["id"]
MANY = tuple(
    replace(passage(f"Otter {n} sleeps. It holds hands."), paragraph=n, article=f"{n}.md")
    for n in range(1, 6)
)


def many(question: str) -> Answer:
    return answer(*MANY, question=question)


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary(many)


def quoted(text: str) -> list[int]:
    """The otters that a message quotes."""
    return [n for n in range(1, 6) if f"Otter {n} sleeps." in text]


@pytest.fixture
def asked(telegram, post):
    async def ask(text: str = "/ask which otters sleep?") -> dict:
        update = post.says(text, group())
        await telegram.push(update)
        await telegram.until(lambda: telegram.sent)
        await telegram.until(lambda: telegram.buttons(ROOM))
        return update

    return ask


@pytest.fixture
def press(telegram, post):
    """Press a button of the room's last message, and wait for the answer to the press."""

    async def pressed(label: str, by: dict | None = None, data: str = "") -> dict:
        before = len(telegram.made("answerCallbackQuery"))
        data = data or telegram.buttons(ROOM)[label]
        await telegram.push(post.presses(telegram.current(ROOM), data, by))
        await telegram.until(lambda: len(telegram.made("answerCallbackQuery")) > before)
        return telegram.made("answerCallbackQuery")[-1]

    return pressed


async def edits(telegram, count: int) -> str:
    await telegram.until(lambda: len(telegram.edited) == count)
    return telegram.current(ROOM)["text"]


async def test_more_turns_the_page_in_the_same_message_and_back(telegram, asked, press, start):
    async with start():
        await asked()
        assert quoted(telegram.current(ROOM)["text"]) == [1, 2, 3]
        await press("More")
        assert quoted(await edits(telegram, 1)) == [4, 5]
        assert "More" not in telegram.buttons(ROOM)
        await press("‹ Before")
        assert quoted(await edits(telegram, 2)) == [1, 2, 3]

    assert len(telegram.sent) == 1


async def test_buttons_work_after_a_restart_without_asking_again(
    telegram, asked, press, start, library
):
    async with start():
        await asked()
    async with start():
        await press("More")
        assert quoted(await edits(telegram, 1)) == [4, 5]

    assert library.asked == ["which otters sleep?"]


async def test_a_typed_more_goes_on_behind_the_page_that_is_shown(
    telegram, post, asked, press, start, library
):
    async with start():
        await asked()
        await press("More")
        await edits(telegram, 1)
        await telegram.push(post.says("more", group(), reply_to_message=telegram.current(ROOM)))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert library.followed[-1].shown == 5


async def test_context_shows_what_stands_around_a_quote_and_leads_back(
    telegram, asked, press, start
):
    async with start():
        await asked()
        await press("Context")
        assert await edits(telegram, 1) == (
            "How otters sleep · Tidewater Weekly · 16 September 2017\n\nBefore.\n\n"
            "Otter 1 sleeps. It holds hands.\n\nAfter."
        )
        await press("2")
        assert quoted(await edits(telegram, 2)) == [2]
        assert "· 2 ·" in telegram.buttons(ROOM)
        assert "text" not in await press("· 2 ·")
        await press("‹ Answer")
        assert quoted(await edits(telegram, 3)) == [1, 2, 3]


async def test_why_says_which_words_stand_where(telegram, asked, press, start):
    async with start():
        await asked()
        await press("Why?")
        shown = await edits(telegram, 1)

    assert "Not found: which, otters" in shown
    assert "Evidence: 90 of 100. I quote from 68 on." in shown


async def test_the_whole_article_is_read_in_the_answers_place(
    telegram, asked, press, start, library
):
    paragraphs = tuple((n, f"Paragraph {n}. " * 90) for n in range(1, 6))
    library.readings = {"2.md": Reading("2.md", MANY[1].credit, paragraphs)}
    async with start():
        await asked()
        assert "left the collection" in (await press("Article"))["text"]
        await press("Context")
        await edits(telegram, 1)
        await press("2")
        await edits(telegram, 2)
        await press("Article")
        first = await edits(telegram, 3)
        assert "Paragraph 2." in first
        await press("›")
        assert "Paragraph 4." in await edits(telegram, 4)
        assert "Paragraph 2." not in telegram.current(ROOM)["text"]
        await press("‹ Answer")
        assert quoted(await edits(telegram, 5)) == [1, 2, 3]


async def test_a_passage_that_has_left_the_collection_is_said_to_have(
    telegram, asked, press, start, library
):
    async with start():
        await asked()
        library.held.clear()
        notice = await press("Context")

    assert notice["text"] == "This passage has left the collection since."
    assert notice["show_alert"] is True
    assert telegram.edited == []


async def test_what_is_left_of_a_page_is_shown(telegram, asked, press, start, library):
    async with start():
        await asked()
        del library.held[4]
        await press("More")

        assert quoted(await edits(telegram, 1)) == [5]


async def test_a_button_of_another_state_of_the_message_does_nothing(
    telegram, asked, press, start
):
    async with start():
        await asked()
        for data in ("page.ffffff.1", "page..1", "nonsense", "context.{0}.7.0", "page.{0}.9"):
            token = telegram.buttons(ROOM)["More"].split(".")[1]
            notice = await press("", data=data.format(token))
            assert notice.get("text", "This message has changed, or is too old for its buttons.")

    assert telegram.edited == []


async def test_a_vote_counts_once_a_person_and_the_last_one(
    telegram, asked, press, start, tmp_path
):
    async with start():
        await asked()
        assert (await press("👍"))["text"] == "Thank you."
        assert (await press("👍", by=person(8, "Bo")))["text"] == "Thank you."
        assert "What was wrong" in (await press("👎"))["text"]
        await edits(telegram, 1)
        await press("Out of date")
        assert quoted(await edits(telegram, 2)) == [1, 2, 3]
        assert "👎" in telegram.buttons(ROOM)

    with closing(sqlite3.connect(tmp_path / "bot" / "bot.db")) as db:
        votes = db.execute(
            "select user, helpful, reason, question, paragraphs from votes order by user"
        ).fetchall()
    assert votes == [
        (7, 0, "old", "which otters sleep?", "[1, 2, 3]"),
        (8, 1, "", "which otters sleep?", "[1, 2, 3]"),
    ]


async def test_the_copy_button_holds_the_best_sentence_and_its_source(telegram, asked, start):
    async with start():
        await asked()

    assert telegram.buttons(ROOM)["Copy"] == (
        "“Otter 1 sleeps.” — How otters sleep, Tidewater Weekly, 16 September 2017"
    )


async def test_an_edited_question_edits_its_answer(telegram, post, asked, start, library):
    async with start():
        update = await asked()
        library._reply = lambda question: answer(passage("Rafts."), question=question)
        await telegram.push(post.edits(update, "/ask what is a raft?"))
        assert "Rafts." in await edits(telegram, 1)
        await telegram.push(post.edits(update, "/ask what is a raft?"))
        await telegram.push(post.says("/ask and?", group()))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert library.asked == ["which otters sleep?", "what is a raft?", "and?"]
    assert len(telegram.edited) == 1


async def test_a_message_that_becomes_a_question_is_answered(telegram, post, start, library):
    async with start():
        update = post.says("how do otters sleep?", group())
        await telegram.push(update, post.edits(update, "@quotewire_bot how do otters sleep?"))
        await telegram.until(lambda: telegram.sent)
        old = post.says("why?", group(), ago_s=3_000)
        await telegram.push(post.edits(old, "/ask why?"), post.says("/ask last", group()))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert library.asked == ["how do otters sleep?", "last"]


async def test_ask_alone_as_a_reply_asks_what_the_other_message_says(
    telegram, post, start, library
):
    async with start():
        said = post.says("do otters hold hands?", group())
        await telegram.push(said, post.replies("/ask", said))
        await telegram.until(lambda: telegram.sent)

    assert library.asked == ["do otters hold hands?"]


async def test_an_answer_that_quotes_nothing_has_no_buttons(telegram, post, start):
    async with start(FakeLibrary(lambda question: answer(question=question))):
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert "reply_markup" not in telegram.sent[0]
