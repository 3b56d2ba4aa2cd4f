"""An update that kills the bot is begun three times at most, and takes no other with it."""

import asyncio
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.attempts import Attempts
from bot.database import BotData
from bot.inbox import Inbox, Item, State
from index import ROOT
from scripts.simulator.post import private_chat
from tests.support.deadly import DEADLY

NOW = 2_000_000_000


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    async with BotData(tmp_path / "bot.db") as data:
        yield Inbox(data, clock=lambda: NOW)


class Work:
    """Handles updates, each until it is let go, and remembers in which order they were begun."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.given_up: list[int] = []
        self.go = asyncio.Event()

    async def __call__(self, raw) -> State:
        self.begun.append(raw["update_id"])
        await self.go.wait()
        return State.DONE

    async def give_up(self, raw) -> None:
        self.given_up.append(raw["update_id"])


def attempts_of(inbox: Inbox, work: Work, **more) -> Attempts:
    return Attempts(inbox, work, give_up=work.give_up, **more)


async def begun_before(inbox: Inbox, times: dict[int, int]) -> None:
    await inbox.keep([Item(number, {"update_id": number}, 7, NOW) for number in times])
    for number, often in times.items():
        for _ in range(often):
            await inbox.begin(number)


async def until(reached) -> None:
    """Until something has come true, and a little longer, for what must not follow."""
    async with asyncio.timeout(30):
        while not reached():  # noqa: ASYNC110 - whatever it is about, no event tells of it
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)


async def test_that_an_update_is_begun_is_on_disk_before_it_is(inbox):
    counted = []

    async def handle(raw) -> State:
        counted.append(await inbox.tried())
        return State.DONE

    await begun_before(inbox, {1: 0})
    attempts = Attempts(inbox, handle, give_up=Work().give_up)

    assert await attempts.handle({"update_id": 1}) is State.DONE
    assert counted == [{1: 1}]


async def test_after_three_beginnings_it_is_told_and_put_aside(inbox, caplog):
    work = Work()
    await begun_before(inbox, {1: 3})
    attempts = attempts_of(inbox, work)
    await attempts.recall()

    assert await attempts.handle({"update_id": 1}) is State.ASIDE
    assert (work.begun, work.given_up) == ([], [1])
    assert "update 1 is set aside: the bot ended 3 times while it was at it" in caplog.text


async def test_what_was_in_work_at_a_crash_is_seen_to_one_by_one_the_least_begun_first(inbox):
    work = Work()
    await begun_before(inbox, {1: 2, 2: 1, 3: 1, 4: 0})
    attempts = attempts_of(inbox, work)
    await attempts.recall()

    tasks = [asyncio.create_task(attempts.handle({"update_id": n})) for n in (1, 2, 3, 4)]
    await until(lambda: len(work.begun) == 2)
    begun_at_first = sorted(work.begun)
    work.go.set()
    await asyncio.gather(*tasks)

    assert begun_at_first == [2, 4]
    assert [number for number in work.begun if number != 4] == [2, 3, 1]


async def test_a_suspect_that_waits_for_telegram_does_not_hold_up_the_next(inbox):
    work = Work()
    await begun_before(inbox, {1: 1, 2: 1})
    attempts = attempts_of(inbox, work, alone_s=0.01)
    await attempts.recall()

    tasks = [asyncio.create_task(attempts.handle({"update_id": n})) for n in (1, 2)]
    await until(lambda: len(work.begun) == 2)
    begun = list(work.begun)
    work.go.set()
    await asyncio.gather(*tasks)

    assert begun == [1, 2]


async def test_a_stop_is_no_attempt(inbox):
    work = Work()
    await begun_before(inbox, {1: 0, 2: 1, 3: 1})
    attempts = attempts_of(inbox, work)
    await attempts.recall()

    tasks = [asyncio.create_task(attempts.handle({"update_id": n})) for n in (1, 2, 3)]
    await until(lambda: len(work.begun) == 2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert await inbox.tried() == {2: 1, 3: 1}


async def test_one_that_is_let_through_and_stopped_at_once_lets_the_next_through(inbox):
    work = Work()
    work.go.set()
    await begun_before(inbox, {1: 1, 2: 1})
    attempts = attempts_of(inbox, work)
    await attempts.recall()

    first = asyncio.create_task(attempts.handle({"update_id": 1}))
    second = asyncio.create_task(attempts.handle({"update_id": 2}))
    # Just after the step in which the first is called, before it can go on.
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(first.cancel)
    await asyncio.gather(first, return_exceptions=True)

    assert await second is State.DONE
    assert work.begun[-1] == 2


async def test_where_nothing_can_be_written_people_are_answered_all_the_same(tmp_path, caplog):
    class FullDisk(Inbox):
        async def begin(self, update_id: int) -> int:
            raise sqlite3.OperationalError("database or disk is full")

    work = Work()
    work.go.set()
    async with BotData(tmp_path / "bot.db") as data:
        attempts = attempts_of(FullDisk(data), work)

        assert await attempts.handle({"update_id": 1}) is State.DONE
    assert "that update 1 was begun is not counted: OperationalError" in caplog.text


async def test_what_has_no_number_is_put_aside(inbox):
    assert await attempts_of(inbox, Work()).handle({}) is State.ASIDE


async def test_a_file_from_before_attempts_were_counted_gets_the_column(tmp_path):
    path = tmp_path / "bot.db"
    async with BotData(path) as data:
        await Inbox(data).keep([Item(1, {"update_id": 1}, 7, NOW)])
    with sqlite3.connect(path) as db:
        db.execute("alter table inbox drop column attempts")
        db.execute("pragma user_version = 7")
    db.close()

    async with BotData(path) as data:
        assert await Inbox(data).begin(1) == 1


async def test_a_question_that_kills_the_process_is_begun_three_times_and_the_others_answered(
    telegram, post, tmp_path
):
    others = [post.says(f"question {n}", private_chat(100 + n)) for n in range(6)]
    await telegram.push(*others[:3], post.says(DEADLY), *others[3:])

    ends = []
    for _ in range(3):
        process = await launch(telegram, tmp_path)
        ends.append(await process.wait())
    process = await launch(telegram, tmp_path)
    await telegram.until(lambda: len(telegram.sent) >= 7)
    process.terminate()

    assert (ends, await process.wait()) == ([139, 139, 139], 0)
    asked = Counter((tmp_path / "asked").read_text("utf-8").splitlines())
    assert asked[DEADLY] == 3
    assert sorted(asked) == [*(f"question {n}" for n in range(6)), DEADLY]
    told = telegram.texts(7)
    assert [each.partition(" (")[0] for each in told] == ["Something went wrong on my side"]
    answered = {sent["chat_id"] for sent in telegram.sent}
    assert answered == {7, *range(100, 106)}


async def launch(telegram, folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.deadly", telegram.address, str(folder)),
        cwd=ROOT,
        stderr=asyncio.subprocess.DEVNULL,
    )
