"""Updates are worked through at once, but not all, and whatever happens to one of them."""

import asyncio
from collections.abc import AsyncIterator
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


async def settled(crew: Crew, patience_s: float = 5) -> None:
    """Let the crew take all that waits and finish it."""
    running = asyncio.create_task(crew.run())
    await asyncio.sleep(0.05)
    await crew.drain(patience_s)
    running.cancel()


async def test_few_updates_of_one_chat_are_handled_at_once(inbox, worker):
    await inbox.keep([*items(1, 2, 3, chat=7), *items(4, 5, chat=8), *items(6, 7, 8, chat=None)])

    await settled(Crew(inbox, worker, Room(at_once=9, in_chat=1)), patience_s=0)

    assert worker.begun == [1, 4, 6, 7, 8]


async def test_no_more_are_handled_at_once_than_there_is_room_for(inbox, worker):
    await inbox.keep([item for chat in range(5) for item in items(chat, chat=chat)])

    await settled(Crew(inbox, worker, Room(at_once=2)), patience_s=0)

    assert worker.begun == [0, 1]


async def test_what_has_no_room_in_memory_is_taken_from_disk_later(inbox, worker):
    await inbox.keep([item for chat in range(7) for item in items(chat, chat=chat)])
    worker.go.set()

    await settled(Crew(inbox, worker, Room(at_once=9, in_hand=2)))

    assert worker.through == [0, 1, 2, 3, 4, 5, 6]


async def test_what_was_cut_off_waits_for_the_next_start(inbox, worker):
    await inbox.keep(items(1, 2))

    await settled(Crew(inbox, worker, Room(at_once=1)), patience_s=0)

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
    await settled(Crew(inbox, handle, Room(at_once=9)))

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
        await settled(Crew(inbox, worker, Room(at_once=9), sleep=pause))

    assert pauses == [5.0]
    assert worker.through == [1]
