"""A bot that no longer moves is ended; one whom Telegram does not answer is not."""

import asyncio
import logging
import os
import socket
import sys
import threading
from pathlib import Path

import pytest

from bot.database import BotData
from bot.health import Health
from bot.inbox import Inbox
from bot.notify import Notifier, notifier_of
from bot.polling import Poller
from bot.settings import load_bot_settings
from bot.watchdog import STUCK, Lifeline, Watchdog, watched
from index import ROOT, UnknownSetting
from scripts.simulator.api import TOKEN
from tests.bot.test_pace import Clock


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = 1_000.0
    return clock


@pytest.fixture
def health(clock) -> Health:
    return Health(clock=lambda: 0.0, steady=clock)


@pytest.fixture
async def data(tmp_path):
    async with BotData(tmp_path / "bot.db") as data:
        yield data


@pytest.fixture
def manager(tmp_path):
    """What systemd would hear; ask it for the messages so far."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        yield Manager(listening, str(tmp_path / "notify"))


class Manager:
    def __init__(self, listening: socket.socket, address: str) -> None:
        self._listening = listening
        self.address = address
        self.heard: list[str] = []

    def listen(self) -> list[str]:
        while True:
            try:
                self.heard.append(self._listening.recv(4_096).decode())
            except BlockingIOError:
                return self.heard


class Ended:
    """Takes the place of the end of the process."""

    def __init__(self) -> None:
        self.why: list[str] = []
        self.touched = 0

    def lifeline(self, notifier: Notifier | None = None) -> Lifeline:
        return Lifeline(notifier or Notifier(), touch=self.touch, end=self.why.append)

    def touch(self) -> None:
        self.touched += 1


@pytest.fixture
def ended() -> Ended:
    return Ended()


@pytest.fixture
def watchdog(health, data, ended, clock) -> Watchdog:
    return Watchdog(600, health=health, data=data, lifeline=ended.lifeline(), clock=clock)


def look_twice(watchdog: Watchdog) -> None:
    watchdog.look()
    watchdog.look()


async def test_an_event_loop_that_stands_still_ends_the_bot(watchdog, ended, clock):
    await watchdog.beat()
    clock.now += 600
    look_twice(watchdog)
    assert ended.why == []

    clock.now += 1
    look_twice(watchdog)

    assert ended.why == [
        "the event loop, or the work on bot.db, has stood still for 601 s",
    ]


async def test_a_machine_that_has_just_been_woken_is_given_the_time_to_move(
    watchdog, ended, clock
):
    await watchdog.beat()
    clock.now += 9_999

    watchdog.look()
    await watchdog.beat()
    watchdog.look()
    clock.now += 9_999
    watchdog.look()

    assert ended.why == []


async def test_a_thread_of_bot_db_that_hangs_ends_the_bot(watchdog, data, ended, clock):
    go = threading.Event()
    hanging = asyncio.create_task(data.run(lambda _: go.wait(30)))
    beating = asyncio.create_task(watchdog.beat())
    await asyncio.sleep(0.05)
    clock.now += 601

    look_twice(watchdog)
    go.set()
    await asyncio.gather(hanging, beating)

    assert ended.why == ["the event loop, or the work on bot.db, has stood still for 601 s"]
    assert watchdog.standstill is None


async def test_a_full_disk_is_no_standstill(watchdog, data, ended, clock):
    class Full(BotData):
        async def run(self, work):
            raise OSError(28, "No space left on device")

    full = Full(Path("nowhere"))
    watchdog = Watchdog(600, health=Health(), data=full, lifeline=ended.lifeline(), clock=clock)
    clock.now += 601

    await watchdog.beat()

    assert (watchdog.standstill, ended.touched) == (None, 1)


async def test_a_poller_that_hangs_ends_the_bot_though_everything_else_moves(
    watchdog, health, ended, clock
):
    health.tried(0)
    for _ in range(3):
        clock.now += 200.5
        await watchdog.beat()

    look_twice(watchdog)

    assert ended.why == ["the fetching of updates has stood still for 602 s"]
    assert ended.touched == 2


async def test_telegram_being_down_for_days_ends_nothing_and_is_told_once_and_when_it_is_over(
    data, health, ended, clock, manager, caplog
):
    notifier = Notifier(manager.address)
    watchdog = Watchdog(
        600, health=health, data=data, lifeline=ended.lifeline(notifier), clock=clock
    )
    for _ in range(10_000):
        health.tried(30)
        clock.now += 30
        await watchdog.beat()
        manager.listen()
        look_twice(watchdog)
    health.polled()
    await watchdog.beat()
    notifier.close()

    assert ended.why == []
    assert ended.touched == 10_001
    assert [record.getMessage() for record in caplog.records] == [
        "Telegram has not answered for 630 s; the bot goes on trying; scripts/run doctor looks"
        " for causes",
        "Telegram answers again",
    ]
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]
    assert [each for each in manager.listen() if each != "WATCHDOG=1"] == [
        "STATUS=Telegram has not answered for 630 s; trying on",
        "STATUS=serving",
    ]


async def test_a_long_wait_that_telegram_asked_for_is_no_standstill(
    watchdog, health, ended, clock
):
    health.tried(5_000)
    clock.now += 5_600
    await watchdog.beat()
    assert watchdog.standstill is None

    clock.now += 1
    await watchdog.beat()
    look_twice(watchdog)

    assert ended.why == ["the fetching of updates has stood still for 601 s"]


async def test_nobody_waits_for_a_poller_that_does_not_poll(watchdog, health, ended, clock):
    health.tried(0)
    health.polled()
    health.rests()
    clock.now += 9_999

    await watchdog.beat()
    look_twice(watchdog)

    assert (health.silent_s, ended.why, ended.touched) == (None, [], 1)


async def test_without_a_limit_nothing_is_ended_and_the_signs_go_on(
    health, data, ended, clock, caplog
):
    watchdog = Watchdog(0, health=health, data=data, lifeline=ended.lifeline(), clock=clock)
    health.tried(0)
    clock.now += 99_999

    await watchdog.beat()
    look_twice(watchdog)

    assert (ended.why, ended.touched, caplog.messages) == ([], 1, [])
    assert watchdog.every_s == 15


async def test_the_signs_come_more_often_than_systemd_and_the_limit_want_them(health, data):
    def every_s(limit_s: float, wanted_s: float) -> float:
        lifeline = Lifeline(Notifier(watchdog_s=wanted_s))
        return Watchdog(limit_s, health=health, data=data, lifeline=lifeline).every_s

    assert [every_s(600, 0), every_s(600, 30), every_s(0, 9), every_s(8, 0)] == [15, 10, 3, 1]


async def test_the_poller_tells_of_every_round_and_pause(telegram, bot, data, health, clock):
    paused: list[tuple[float, float]] = []
    telegram.fail("getUpdates", 502, "Bad Gateway")
    telegram.fail("getUpdates", 429, "Flood", parameters={"retry_after": 3})

    async def pause(seconds: float) -> None:
        paused.append((seconds, health.lively_until))
        clock.now += seconds

    arrived = asyncio.Event()
    poller = Poller(
        bot,
        Inbox(data),
        read=lambda raw: None,
        arrived=arrived.set,
        polled=health.polled,
        tried=health.tried,
        sleep=pause,
    )
    polling = asyncio.create_task(poller.run())
    await arrived.wait()
    polling.cancel()

    assert paused == [(1, 1_001), (3, 1_004)]
    assert (health.silent_s, health.lively_until) == (0, 1_004)


@pytest.fixture
async def bot(telegram):
    from telegram import Bot

    async with Bot(TOKEN, base_url=f"{telegram.address}/bot") as bot:
        yield bot


async def test_the_guard_looks_from_a_thread_of_its_own(health, data, ended):
    clock = Clock()
    ending = threading.Event()
    lifeline = Lifeline(end=lambda _: ending.set())
    watchdog = Watchdog(0.08, health=health, data=data, lifeline=lifeline, clock=clock)
    health.tried(-1_000_000)

    async with watched(watchdog):
        await asyncio.to_thread(ending.wait, 30)

    assert ending.is_set()


@pytest.mark.parametrize("text", ["1", "119.9", "-5", "nan"])
def test_a_limit_below_what_a_quiet_poll_takes_is_refused(text):
    with pytest.raises(UnknownSetting) as caught:
        load_bot_settings({"BOT_WATCHDOG_S": text}, None)

    assert str(caught.value) == (
        f'BOT_WATCHDOG_S cannot be "{text}"; what is wanted is a number of seconds from 120,'
        " or 0 for never"
    )
    assert load_bot_settings({"BOT_WATCHDOG_S": "0"}, None).watchdog_s == 0
    assert load_bot_settings({"BOT_WATCHDOG_S": "120"}, None).watchdog_s == 120


# systemd's side.


def test_systemd_is_told_in_its_own_words(manager):
    notifier = Notifier(manager.address)

    notifier.status("opening\nthe collection")
    notifier.ready("serving")
    notifier.alive()
    notifier.stopping()
    notifier.close()
    notifier.alive()

    assert manager.listen() == [
        "STATUS=opening the collection",
        "READY=1\nSTATUS=serving",
        "WATCHDOG=1",
        "STOPPING=1\nSTATUS=stopping",
    ]


def test_a_socket_without_a_file_is_spoken_to_as_well():
    name = f"quotewire-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        notifier = Notifier(f"@{name}")
        notifier.alive()
        notifier.close()

        assert listening.recv(99) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "vsock:2:9", "otters", "/nowhere/at/all"])
def test_without_somebody_who_listens_nothing_is_said_and_nothing_fails(address):
    notifier = Notifier(address)
    notifier.ready("serving")
    notifier.close()
    notifier.close()


def test_a_manager_who_does_not_listen_any_more_makes_nobody_wait(manager):
    notifier = Notifier(manager.address)

    for _ in range(5_000):
        notifier.alive()
    notifier.close()

    assert 0 < len(manager.listen()) < 5_000


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, 0),
        ({"WATCHDOG_USEC": "30000000"}, 30),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, 30),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
    ],
)
def test_systemds_wish_for_signs_is_read_from_the_environment(environ, seconds):
    assert notifier_of(environ, process=7).watchdog_s == pytest.approx(seconds)


async def test_a_process_tells_systemd_of_its_whole_life(telegram, tmp_path, manager):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.whole"),
        env={
            **os.environ,
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": telegram.address,
            "BOT_DATA": str(tmp_path / "bot"),
            "XDG_RUNTIME_DIR": str(tmp_path),
            "NOTIFY_SOCKET": manager.address,
            "WATCHDOG_USEC": "1500000",
        },
        cwd=ROOT,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await telegram.until(lambda: manager.listen().count("WATCHDOG=1") >= 3)
    await telegram.until(lambda: "READY=1\nSTATUS=serving" in manager.listen())
    process.terminate()

    assert await process.wait() == 0
    assert [each for each in manager.listen() if each != "WATCHDOG=1"] == [
        "STATUS=opening the collection",
        "STATUS=introducing itself to Telegram",
        "READY=1\nSTATUS=serving",
        "STOPPING=1\nSTATUS=stopping",
    ]


async def test_a_process_whose_event_loop_is_blocked_ends_itself_and_says_where_it_stood(
    telegram, post, tmp_path
):
    await telegram.push(post.says("why?"))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.stuck", telegram.address, str(tmp_path)),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )

    _, said = await process.communicate()

    assert process.returncode == STUCK == 70
    text = said.decode()
    assert "the event loop, or the work on bot.db, has stood still for" in text
    assert "; the bot ends with status 70, to be started again" in text
    assert "asyncio/base_events.py" in text
    assert TOKEN not in text
    assert "why?" not in text
