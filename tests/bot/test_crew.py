"""Updates are worked through at once, but not all, and whatever happens to one of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.crew import Crew, Room
from bot.database import BotData
from bot.inbox import Inbox, Item, State

NOW = 2_000_000_000


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    async with BotData(tmp_path / "bot.db") as data:
        inbox = Inbox(data, clock=lambda: NOW)
        yield inbox


class Worker:
    """Handles updates when it is let, and remembers which are begun and which are through."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.through: list[int] = []
        self.go = asyncio.Event()

    async def __call__(self, raw) -> State:
        self.begun.append(raw["update_id"])
        await self.go.wait()
        self.through.append(raw["update_id"])
        return State.DONE


@pytest.fixture
def worker() -> Worker:
    return Worker()


def items(*numbers: int, chat: int | None = 7) -> list[Item]:
    return [Item(number, {"update_id": number}, chat, NOW) for number in numbers]


async def settled(crew: Crew, reached: Callable[[], bool], patience_s: float = 5) -> None:
    """Let the crew take what waits until so much is reached, and finish what it has begun."""
    running = asyncio.create_task(crew.run())
    await until(reached)
    await crew.drain(patience_s)
    running.cancel()


async def until(reached) -> None:
    async with asyncio.timeout(30):
        while not reached():  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(0.005)


async def test_few_updates_of_one_chat_are_handled_at_once(inbox, worker):
    await inbox.keep([*items(1, 2, 3, chat=7), *items(4, 5, chat=8), *items(6, 7, 8, chat=None)])

    await settled(
        Crew(inbox, worker, Room(at_once=9, in_chat=1)),
        lambda: len(worker.begun) >= 5,
        patience_s=0,
    )

    assert worker.begun == [1, 4, 6, 7, 8]


def said(number: int, person: int, *, chat: int = -5, kind: str = "message", **more) -> Item:
    """An update of somebody, as it is in the inbox."""
    told = {"from": {"id": person}, **more}
    return Item(number, {"update_id": number, kind: told}, chat, NOW)


async def test_a_person_who_floods_a_group_keeps_only_their_own_questions_waiting(inbox, worker):
    await inbox.keep([*(said(n, 7) for n in range(200)), said(500, 8), said(501, 9)])

    await settled(
        Crew(inbox, worker, Room(at_once=9)), lambda: len(worker.begun) >= 4, patience_s=0
    )

    assert worker.begun == [0, 1, 500, 501]


async def test_who_has_no_number_for_a_number_keeps_nobody_waiting(inbox, worker, caplog):
    await inbox.keep([said(n, person) for n, person in enumerate([[7], {"id": 7}, "7", 8])])

    await settled(
        Crew(inbox, worker, Room(at_once=9)), lambda: len(worker.begun) >= 4, patience_s=0
    )

    assert worker.begun == [0, 1, 2, 3]
    assert caplog.text == ""


async def test_with_no_room_left_another_is_next_and_not_the_rest_of_a_flood(inbox, worker):
    await inbox.keep([*(said(n, 7, chat=7) for n in range(200)), said(500, 8, chat=8)])
    worker.go.set()

    await settled(
        Crew(inbox, worker, Room(at_once=1)), lambda: len(worker.begun) >= 4, patience_s=20
    )

    assert worker.begun[:4] == [0, 1, 500, 2]


async def test_a_press_does_not_wait_behind_its_persons_questions(inbox, worker):
    questions = [said(n, 7, chat=7) for n in range(9)]
    await inbox.keep([*questions, said(500, 7, chat=7, kind="callback_query")])

    await settled(
        Crew(inbox, worker, Room(at_once=9)), lambda: len(worker.begun) >= 3, patience_s=0
    )

    assert worker.begun == [0, 1, 500]


async def test_who_writes_as_the_group_is_nobody_by_name(inbox, worker):
    await inbox.keep([said(n, 1_087_968_824, sender_chat={"id": -5}) for n in range(4)])

    await settled(
        Crew(inbox, worker, Room(at_once=9)), lambda: len(worker.begun) >= 4, patience_s=0
    )

    assert worker.begun == [0, 1, 2, 3]


async def test_beyond_what_may_wait_one_person_is_told_once_and_the_rest_is_dropped(inbox, worker):
    told = []

    async def refuse(raw) -> None:
        told.append(raw["update_id"])

    await inbox.keep([*(said(n, 7) for n in range(20)), said(500, 8)])
    crew = Crew(inbox, worker, Room(at_once=9, in_hand=100), refuse=refuse)
    running = asyncio.create_task(crew.run())
    worker.go.set()
    await until(lambda: len(worker.through) == 11 and told)
    await crew.drain(5)
    running.cancel()

    assert told == [10]
    assert sorted(worker.through) == [*range(10), 500]
    assert await inbox.take(0, limit=99) == []


async def test_a_notice_that_cannot_be_given_costs_nothing_else(inbox, worker, caplog):
    async def refuse(_) -> None:
        raise ValueError("my secret")

    await inbox.keep([said(n, 7) for n in range(12)])
    worker.go.set()
    crew = Crew(inbox, worker, Room(at_once=9, in_hand=100), refuse=refuse)
    running = asyncio.create_task(crew.run())
    await until(lambda: len(worker.through) == 10)
    await crew.drain(5)
    running.cancel()

    assert "somebody is not told to wait: ValueError" in caplog.text
    assert sorted(worker.through) == [*range(10)]


async def test_no_more_are_handled_at_once_than_there_is_room_for(inbox, worker):
    await inbox.keep([item for chat in range(5) for item in items(chat, chat=chat)])

    await settled(
        Crew(inbox, worker, Room(at_once=2)), lambda: len(worker.begun) >= 2, patience_s=0
    )

    assert worker.begun == [0, 1]


async def test_what_has_no_room_in_memory_is_taken_from_disk_later(inbox, worker):
    await inbox.keep([item for chat in range(7) for item in items(chat, chat=chat)])
    worker.go.set()

    await settled(
        Crew(inbox, worker, Room(at_once=9, in_hand=2)), lambda: len(worker.through) >= 7
    )

    assert worker.through == [0, 1, 2, 3, 4, 5, 6]


async def test_what_was_cut_off_waits_for_the_next_start(inbox, worker):
    await inbox.keep(items(1, 2))

    await settled(
        Crew(inbox, worker, Room(at_once=1)), lambda: len(worker.begun) >= 1, patience_s=0
    )

    assert worker.begun == [1]
    assert [waiting.payload["update_id"] for waiting in await inbox.take(0, limit=9)] == [1, 2]


async def test_an_update_that_breaks_its_handler_takes_no_other_with_it(inbox, caplog):
    through = []

    async def handle(raw) -> State:
        if raw["update_id"] == 1:
            raise ValueError("my secret")
        through.append(raw["update_id"])
        return State.DONE

    await inbox.keep(items(1, 2))
    await settled(Crew(inbox, handle, Room(at_once=9)), lambda: bool(through))

    assert through == [2]
    assert "update not settled: ValueError" in caplog.text
    assert "my secret" not in caplog.text.replace('ValueError("my secret")', "")


async def test_an_inbox_that_fails_is_tried_again(tmp_path, worker):
    class Failing(Inbox):
        failed = False

        async def take(self, after, *, limit):
            if not self.failed:
                self.failed = True
                raise OSError(28, "No space left on device")
            return await super().take(after, limit=limit)

    pauses = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    worker.go.set()
    async with BotData(tmp_path / "bot.db") as data:
        inbox = Failing(data, clock=lambda: NOW)
        await inbox.keep(items(1))
        await settled(
            Crew(inbox, worker, Room(at_once=9), sleep=pause), lambda: len(worker.through) >= 1
        )

    assert pauses == [5.0]
    assert worker.through == [1]
