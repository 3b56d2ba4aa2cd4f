"""The one thread of bot.db: what waits together is committed together, and fails alone."""

import asyncio
import sqlite3
import threading

import pytest

from bot.database import BotData


@pytest.fixture
async def data(tmp_path):
    async with BotData(tmp_path / "bot.db") as data:
        await data.run(lambda db: db.execute("create table otters (name text unique)"))
        yield data


def born(name: str):
    return lambda db: db.execute("insert into otters values (?)", [name]).rowcount


async def names(data: BotData) -> list[str]:
    rows = await data.run(
        lambda db: db.execute("select name from otters order by name").fetchall()
    )
    return [row[0] for row in rows]


class Held:
    """Work that keeps the thread until it is let go, so that what comes after it waits."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, _: sqlite3.Connection) -> None:
        self.begun.set()
        self.go.wait(10)


async def together(data: BotData, *works):
    """What each of the works came to, all of them having waited behind another."""
    held = Held()
    first = asyncio.create_task(data.run(held))
    await asyncio.to_thread(held.begun.wait, 10)
    waiting = [asyncio.create_task(data.run(work)) for work in works]
    await asyncio.sleep(0)
    held.go.set()
    await first
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_waits_together_shares_a_commit(data, tmp_path):
    inside = []

    def note(db: sqlite3.Connection) -> None:
        # Another connection sees nothing of what waits with this before it is committed.
        with sqlite3.connect(tmp_path / "bot.db") as other:
            inside.append(other.execute("select count(*) from otters").fetchone()[0])

    assert await together(data, born("Ada"), note, born("Brine"), note) == [1, None, 1, None]
    assert inside == [0, 0]
    assert await names(data) == ["Ada", "Brine"]


async def test_one_that_fails_costs_the_others_nothing(data):
    def half(db: sqlite3.Connection) -> None:
        born("Half")(db)
        raise ValueError("a storm")

    first, second, third = await together(data, born("Ada"), half, born("Brine"))

    assert (first, third) == (1, 1)
    assert isinstance(second, ValueError)
    assert await names(data) == ["Ada", "Brine"]


async def test_one_that_is_given_up_while_it_waits_is_not_done(data):
    held = Held()
    first = asyncio.create_task(data.run(held))
    await asyncio.to_thread(held.begun.wait, 10)
    waiting = [asyncio.create_task(data.run(born(name))) for name in ("Ada", "Brine", "Cay")]
    await asyncio.sleep(0)
    waiting[1].cancel()
    await asyncio.sleep(0)
    held.go.set()
    await asyncio.gather(first, *waiting, return_exceptions=True)

    assert await names(data) == ["Ada", "Cay"]


async def test_more_than_share_a_commit_are_all_done_in_order(data):
    order = []

    def noted(number: int):
        return lambda db: (born(f"{number:03}")(db), order.append(number))

    await together(data, *map(noted, range(100)))

    assert order == list(range(100))
    assert len(await names(data)) == 100


async def test_what_waits_when_the_file_is_closed_is_done_first(tmp_path):
    async with BotData(tmp_path / "bot.db") as data:
        await data.run(lambda db: db.execute("create table otters (name text)"))
        tasks = [asyncio.create_task(data.run(born(str(number)))) for number in range(50)]
        await asyncio.sleep(0)
    assert [await task for task in tasks] == [1] * 50
