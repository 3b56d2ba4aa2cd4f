"""Updates that have arrived outlive the process, and answered ones are forgotten in time."""

import os
from pathlib import Path

import pytest

from bot.database import BotData, BotDataUnusable
from bot.inbox import REMEMBERED_S, Inbox, Item, State
from tests.bot.test_pace import Clock


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = 1_000_000.0
    return clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "bot.db"


def item(number: int, *, chat: int = 7, ago_s: int = 0, state: State = State.WAITING) -> Item:
    return Item(number, {"update_id": number}, chat, 1_000_000 - ago_s, state)


async def waiting(inbox: Inbox, after: int = 0, limit: int = 100) -> list[int]:
    return [found.payload["update_id"] for found in await inbox.take(after, limit=limit)]


async def test_what_was_kept_waits_in_order_after_a_restart(path, clock):
    async with BotData(path) as data:
        inbox = Inbox(data, clock=clock)
        await inbox.keep([item(5), item(3), item(5)])

    async with BotData(path) as data:
        inbox = Inbox(data, clock=clock)
        assert await waiting(inbox) == [5, 3]


async def test_what_was_taken_is_not_taken_again(path, clock):
    async with BotData(path) as data:
        inbox = Inbox(data, clock=clock)
        await inbox.keep([item(5), item(6)])
        [first] = await inbox.take(0, limit=1)

        assert await waiting(inbox, after=first.seq) == [6]


async def test_an_answered_update_does_not_come_back_when_telegram_sends_it_again(path, clock):
    async with BotData(path) as data:
        inbox = Inbox(data, clock=clock)
        await inbox.keep([item(5)])
        [taken] = await inbox.take(0, limit=1)
        await inbox.settle(taken.seq, State.DONE)
        await inbox.keep([item(5)])

        assert await waiting(inbox) == []


async def test_answered_updates_are_forgotten_after_a_day(path, clock):
    async with BotData(path) as data:
        inbox = Inbox(data, clock=clock)
        await inbox.keep([item(5)])
        [taken] = await inbox.take(0, limit=1)
        await inbox.settle(taken.seq, State.DONE)
        clock.now += REMEMBERED_S + 1
        await inbox.keep([])
        await inbox.keep([item(5)])

        assert await waiting(inbox) == [5]


async def test_of_old_messages_only_the_newest_of_a_chat_waits(path, clock):
    async with BotData(path) as data:
        inbox = Inbox(data, clock=clock)
        await inbox.keep([item(1, ago_s=900), item(2, ago_s=800), item(3, chat=8, ago_s=900)])

        assert await waiting(inbox) == [2, 3]


async def test_an_old_message_gives_way_to_a_fresh_one(path, clock):
    async with BotData(path) as data:
        inbox = Inbox(data, clock=clock)
        await inbox.keep([item(1, ago_s=900), item(2), item(3)])

        assert await waiting(inbox) == [2, 3]


async def test_what_was_set_aside_neither_waits_nor_counts_as_newest(path, clock):
    async with BotData(path) as data:
        inbox = Inbox(data, clock=clock)
        await inbox.keep([item(1, ago_s=900), item(2, state=State.ASIDE)])

        assert await waiting(inbox) == [1]


async def test_the_words_of_answered_updates_are_erased(path, clock):
    async with BotData(path) as data:
        inbox = Inbox(data, clock=clock)
        await inbox.keep([Item(1, {"text": "my secret"}, 7, 1_000_000)])
        [taken] = await inbox.take(0, limit=1)
        await inbox.settle(taken.seq, State.DONE)

    assert b"my secret" not in path.read_bytes()


async def test_the_file_is_its_owners_alone(path, clock):
    async with BotData(path) as data:
        inbox = Inbox(data, clock=clock)
        await inbox.keep([item(1)])
        rights = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}

    assert set(rights.values()) == {0o600}
    assert "bot.db" in rights


async def test_whatever_the_umask_and_the_rights_before_the_files_become_the_owners_alone(path):
    umask = os.umask(0)
    try:
        async with BotData(path) as data:
            await data.run(lambda db: db.execute("delete from inbox"))
            made = rights_beside(path)
            for file in path.parent.iterdir():
                file.chmod(0o666)
            async with BotData(path):
                mended = rights_beside(path)
    finally:
        os.umask(umask)

    owners = {"bot.db": 0o600, "bot.db-shm": 0o600, "bot.db-wal": 0o600}
    assert made == mended == owners
    assert path.parent.stat().st_mode & 0o777 == 0o700


def rights_beside(path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}


async def test_a_file_that_is_no_inbox_is_named(path):
    path.parent.mkdir()
    path.write_bytes(b"this is a letter, not a database" * 100)

    with pytest.raises(
        BotDataUnusable, match=r"bot\.db cannot be used \(file is not a database\)"
    ):
        async with BotData(path):
            pass
