"""Who asks while the model is loaded hears that the answer will come, and gets it there."""

import threading

import pytest

from scripts.simulator.post import group
from tests.support.library import FakeLibrary, answer, passage

NOTE = "I have just been started and am warming up. Your answer will appear here."


@pytest.fixture
def loaded() -> threading.Event:
    return threading.Event()


@pytest.fixture
def library(loaded) -> FakeLibrary:
    """One that loads its model until it is told that this is done."""

    def reply(question: str):
        assert loaded.wait(30)
        return answer(passage(), question=question)

    library = FakeLibrary(reply)
    library.warm = False
    return library


async def test_the_note_of_the_warming_up_becomes_the_answer(telegram, post, start, loaded):
    async with start():
        await telegram.push(post.says("why do otters hold hands?"))
        await telegram.until(lambda: telegram.sent)
        assert telegram.sent[0]["text"] == NOTE
        assert "reply_parameters" in telegram.sent[0]

        loaded.set()
        await telegram.until(lambda: telegram.made("editMessageText"))

    assert "Sea otters hold hands" in telegram.made("editMessageText")[0]["text"]
    assert len(telegram.sent) == 1


async def test_a_note_that_was_deleted_is_no_loss(telegram, post, start, loaded):
    telegram.fail("editMessageText", 400, "Bad Request: message to edit not found")

    async with start():
        await telegram.push(post.says("why do otters hold hands?"))
        await telegram.until(lambda: telegram.sent)
        loaded.set()
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert "Sea otters hold hands" in telegram.sent[1]["text"]


async def test_a_note_that_cannot_be_sent_keeps_nobody_from_the_answer(
    telegram, post, start, loaded
):
    telegram.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")

    async with start():
        await telegram.push(post.says("why do otters hold hands?"))
        await telegram.until(lambda: telegram.made("sendMessage"))
        loaded.set()
        await telegram.until(lambda: telegram.sent)

    assert "Sea otters hold hands" in telegram.sent[0]["text"]


async def test_nothing_is_said_where_the_answer_comes_at_once(telegram, post, start, loaded):
    loaded.set()
    async with start():
        await telegram.push(post.says("/ask why do otters hold hands?", group()))
        await telegram.until(lambda: telegram.sent)

    assert "Sea otters hold hands" in telegram.sent[0]["text"]
    assert not telegram.made("editMessageText")


async def test_a_question_that_is_given_up_leaves_no_note_behind(telegram, post, start):
    async with start() as bot:
        await telegram.push(post.says("why do otters hold hands?"))
        await telegram.until(lambda: telegram.made("sendChatAction"))
        await bot.kill()

    assert telegram.sent == []
