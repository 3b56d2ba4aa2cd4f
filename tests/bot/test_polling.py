"""Telegram may forget an update only once it is on our disk."""

import asyncio
import logging
from pathlib import Path

import pytest
from telegram import Bot, Update

from bot.database import BotData
from bot.inbox import Inbox
from bot.polling import Poller
from scripts.simulator.api import TOKEN


class FullDisk(Inbox):
    """An inbox whose disk is full the first time."""

    full = True

    async def keep(self, items) -> None:
        if self.full and items:
            self.full = False
            raise OSError(28, "No space left on device")
        await super().keep(items)


class Noting(Inbox):
    """An inbox that notes what it was to keep, as soon as it is asked to."""

    def __init__(self, data) -> None:
        super().__init__(data)
        self.noted: list[int] = []

    async def keep(self, items) -> None:
        self.noted += [item.update_id for item in items]
        await super().keep(items)


@pytest.fixture
async def bot(telegram):
    async with Bot(TOKEN, base_url=f"{telegram.address}/bot") as bot:
        yield bot


async def test_what_cannot_be_kept_is_not_confirmed(telegram, post, bot, tmp_path: Path):
    await telegram.push(post.says("why?"))
    pending_at_pauses: list[list[int]] = []

    async def pause(seconds: float) -> None:
        pending_at_pauses.append(telegram.pending)

    async with BotData(tmp_path / "bot.db") as data:
        inbox = FullDisk(data)
        arrived = asyncio.Event()
        poller = Poller(
            bot,
            inbox,
            read=lambda raw: Update.de_json(raw, bot),
            arrived=arrived.set,
            sleep=pause,
        )
        polling = asyncio.create_task(poller.run())
        await telegram.until(lambda: telegram.pending == [])
        polling.cancel()
        kept = await inbox.take(0, limit=9)

    assert pending_at_pauses == [[1_000]]
    assert [waiting.payload["update_id"] for waiting in kept] == [1_000]


async def test_nobody_is_told_of_an_update_before_the_inbox_has_it(telegram, post, bot, tmp_path):
    """Who is told looks into the inbox, and is told again only with the next update."""
    await telegram.push(post.says("why?"))
    found_when_told: list[list[int]] = []

    async with BotData(tmp_path / "bot.db") as data:
        inbox = Noting(data)
        poller = Poller(
            bot,
            inbox,
            read=lambda raw: Update.de_json(raw, bot),
            arrived=lambda: found_when_told.append(list(inbox.noted)),
        )
        polling = asyncio.create_task(poller.run())
        await telegram.until(lambda: bool(found_when_told))
        polling.cancel()

    assert found_when_told[0] == [1_000]


async def test_pauses_grow_to_half_a_minute_and_begin_anew_after_a_success(
    telegram, post, bot, tmp_path: Path
):
    pauses: list[float] = []
    telegram.fail("getUpdates", 401, "Unauthorized", times=7)

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with BotData(tmp_path / "bot.db") as data:
        inbox = Inbox(data)
        arrived = asyncio.Event()
        poller = Poller(bot, inbox, read=lambda raw: None, arrived=arrived.set, sleep=pause)
        polling = asyncio.create_task(poller.run())
        await arrived.wait()
        arrived.clear()
        telegram.fail("getUpdates", 429, "Flood", parameters={"retry_after": 3})
        telegram.fail("getUpdates", 502, "Bad Gateway")
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: len(pauses) >= 9)
        polling.cancel()

    assert pauses == [1, 2, 4, 8, 16, 30, 30, 3, 1]


async def test_a_silence_of_telegrams_is_waited_for_only_so_long(
    telegram, post, bot, tmp_path: Path, caplog
):
    pauses: list[float] = []
    telegram.fail("getUpdates", 200, silent_s=30)
    await telegram.push(post.says("why?"))

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with BotData(tmp_path / "bot.db") as data:
        arrived = asyncio.Event()
        poller = Poller(
            bot,
            Inbox(data),
            read=lambda raw: Update.de_json(raw, bot),
            arrived=arrived.set,
            sleep=pause,
            network_room_s=0.1,
        )
        polling = asyncio.create_task(poller.run())
        await arrived.wait()
        polling.cancel()

    assert pauses[0] == 1
    assert "getUpdates failed, again in 1 s: TimedOut" in caplog.messages[0]


@pytest.mark.parametrize(
    ("status", "description", "said"),
    [
        (401, "Unauthorized", "put the one that @BotFather shows into BOT_TOKEN"),
        (404, "Not Found", "put the one that @BotFather shows into BOT_TOKEN"),
        (
            409,
            "Conflict: can't use getUpdates method while webhook is active",
            "a webhook is set for this token, and so polling is refused; stop what has set it",
        ),
        (
            409,
            "Conflict: terminated by other getUpdates request",
            "another process polls with this token, or did a moment ago; if that stays, find it",
        ),
    ],
)
async def test_the_log_says_what_to_do_about_a_refusal_that_stays(
    status, description, said, telegram, bot, tmp_path: Path, caplog
):
    telegram.fail("getUpdates", status, description)
    paused = asyncio.Event()

    async def pause(seconds: float) -> None:
        paused.set()

    async with BotData(tmp_path / "bot.db") as data:
        poller = Poller(bot, Inbox(data), read=lambda _: None, arrived=paused.set, sleep=pause)
        with caplog.at_level(logging.WARNING):
            polling = asyncio.create_task(poller.run())
            await paused.wait()
            polling.cancel()

    assert said in caplog.text
