"""Questions cross to the library's threads and come back with an answer or an apology."""

import asyncio
import threading

import pytest

from bot.desk import Apology, Desk, Trouble
from bot.rota import Asker
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
    desk = Desk(slow, patience_s=0.5, room=9, clerks=1)

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


ADA, BO = Asker(7, 7), Asker(8, 8)


def asking(desk, asker, *questions):
    """Tasks that ask, begun in this order."""
    stood = desk.serving(asker)
    return [asyncio.create_task(stood.ask(question)) for question in questions]


async def test_one_persons_flood_leaves_the_other_clerks_to_the_others(slow):
    desk = Desk(slow, patience_s=20, room=99, clerks=8)
    flood = asking(desk, ADA, *["flood"] * 16)
    other = asking(desk, BO, "another")
    while len(slow.asked) < 3:  # noqa: ASYNC110 - threads tell no event
        await asyncio.sleep(0.005)

    assert sorted(slow.asked) == ["another", "flood", "flood"]
    assert not desk.crowded
    slow.go.set()
    assert await asyncio.gather(*flood, *other) == [answer(passage())] * 17
    desk.close()


async def test_with_one_clerk_others_take_turns_with_a_flood(slow):
    desk = Desk(slow, patience_s=20, room=99, clerks=1)
    tasks = asking(desk, ADA, "1", "2", "3") + asking(desk, BO, "another")
    await asyncio.sleep(0)

    slow.go.set()
    await asyncio.gather(*tasks)

    assert slow.asked == ["1", "2", "another", "3"]
    desk.close()


async def test_one_person_may_hold_a_quarter_of_what_is_left_and_others_are_still_served(slow):
    desk = Desk(slow, patience_s=20, room=20, clerks=2)
    flood = asking(desk, ADA, *["flood"] * 10)
    other = asking(desk, BO, "another")
    await asyncio.sleep(0.01)

    refused = [task.result() for task in flood if task.done()]
    assert refused == [Apology(Trouble.ENOUGH)] * 5
    assert desk.open == 6
    slow.go.set()
    assert await asyncio.gather(*other) == [answer(passage())]
    await asyncio.gather(*flood)
    desk.close()


async def test_one_chat_may_hold_half_of_the_room_however_many_ask_there(slow):
    desk = Desk(slow, patience_s=20, room=10, clerks=1)
    crowd = [asking(desk, Asker(-5, person), "crowd")[0] for person in range(8)]
    await asyncio.sleep(0.01)

    refused = [task.result() for task in crowd if task.done()]
    assert refused == [Apology(Trouble.BUSY)] * 2
    slow.go.set()
    await asyncio.gather(*crowd)
    desk.close()


async def test_what_nobody_waits_for_is_looked_up_once_there_is_no_crowd(slow):
    desk = Desk(slow, patience_s=20, room=9, clerks=1)
    questions = asking(desk, ADA, "first") + asking(desk, BO, "second")
    await asyncio.sleep(0)

    aside = asyncio.create_task(desk.aside(lambda library: library.ask("aside")))
    slow.go.set()
    await asyncio.gather(*questions, aside)

    assert slow.asked == ["first", "second", "aside"]
    desk.close()
