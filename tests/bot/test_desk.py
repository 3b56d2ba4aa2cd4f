"""Questions cross to the library's threads and come back with an answer or an apology."""

import asyncio
import threading

import pytest

from bot.desk import Apology, Desk, Trouble
from tests.support.library import FakeLibrary, SlowLibrary, answer, passage


@pytest.fixture
def slow():
    library = SlowLibrary()
    yield library
    library.go.set()


async def test_a_question_is_answered_off_the_event_loop():
    threads = []
    desk = Desk(
        FakeLibrary(lambda _: threads.append(threading.current_thread()) or answer(passage())),
        patience_s=5,
        room=1,
    )

    assert await desk.ask("why?") == answer(passage())
    assert threads != [threading.current_thread()]
    desk.close()


async def test_a_full_desk_says_that_it_is_busy_and_takes_questions_again_later(slow):
    desk = Desk(slow, patience_s=20, room=2, clerks=1)
    first = [asyncio.create_task(desk.ask("why?")) for _ in range(2)]
    await asyncio.sleep(0)

    assert await desk.ask("why?") == Apology(Trouble.BUSY)
    assert desk.crowded
    slow.go.set()
    assert await asyncio.gather(*first) == [answer(passage())] * 2
    assert await desk.ask("why?") == answer(passage())
    desk.close()


async def test_a_question_that_was_given_up_is_not_begun(slow):
    desk = Desk(slow, patience_s=0.05, room=9, clerks=1)

    late = await asyncio.gather(desk.ask("first"), desk.ask("never begun"))
    slow.go.set()
    desk.close()

    assert late == [Apology(Trouble.LATE)] * 2
    assert slow.asked == ["first"]


async def test_a_library_that_fails_does_not_take_its_clerk_with_it():
    faults = iter([RuntimeError("once"), None])

    def reply(_: str):
        if fault := next(faults):
            raise fault
        return answer()

    desk = Desk(FakeLibrary(reply), patience_s=5, room=1, clerks=1)

    first = await desk.ask("why?")
    assert (first.trouble, len(first.reference)) == (Trouble.FAILED, 6)
    assert await desk.ask("why?") == answer()
    desk.close()
