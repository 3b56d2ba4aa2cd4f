"""bot.db damaged, its disk full, no file handles, a clock set back: said, and outlived."""

import asyncio
import contextlib
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.__main__ import run
from bot.chats import ChatSettings
from bot.courier import _is_due, _Trouble
from bot.crew import Crew, Room
from bot.database import BotData, BotDataDamaged, BotDataUnusable
from bot.health import Health
from bot.inbox import Inbox, Item, State
from bot.logs import describe
from bot.memory import Kind, Memory, Sheet
from bot.phrases import phrases_in
from bot.scene import Scene
from bot.settings import BotSettings
from bot.watches import Alert, Found, Pile, Watch, Watches
from index import ROOT, Turn
from scripts.simulator.post import private_chat
from scripts.simulator.stage import performing
from tests.support.library import FakeLibrary, passage


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bot" / "bot.db"


async def made(path):
    async with BotData(path) as data:
        await Memory(data).keep(7, 1, Sheet(Kind.ANSWER))
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma journal_mode = delete")
    return path


async def refusal(path):
    with pytest.raises(BotDataUnusable) as caught:
        await read_all(path)
    return str(caught.value)


async def read_all(path):
    async with BotData(path) as data:
        await data.run(lambda db: db.execute("select * from sheets").fetchall())
        await data.run(lambda db: db.execute("select * from settings").fetchall())


# The file.


async def test_a_file_of_a_newer_version_is_refused_in_words(path):
    await made(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma user_version = 99")

    told = await refusal(path)

    assert told.startswith(f"{path} cannot be used (it is of version 99, and this program knows")
    assert told.endswith("update the program, or name another folder in BOT_DATA")


@pytest.mark.parametrize("left", [50, 1_500, 5_000])
async def test_a_cut_file_is_refused_with_what_mends_it(path, left):
    os.truncate(await made(path), left)

    told = await refusal(path)

    assert "run scripts/run doctor --fix, which keeps the file aside" in told


async def test_a_page_that_breaks_while_it_is_open_is_told_and_the_rest_goes_on(path):
    break_table(await made(path), "sheets")

    async with BotData(path) as data:
        with pytest.raises(BotDataDamaged, match="stop the bot and run scripts/run doctor --fix"):
            await Memory(data).keep(7, 2, Sheet(Kind.ANSWER))
        await Inbox(data).keep([Item(1, {}, 7, 1_000_000)])
        waiting = await Inbox(data).take(0, limit=9)

    assert [each.chat for each in waiting] == [7]


def break_table(path, table):
    with closing(sqlite3.connect(path)) as db:
        size = db.execute("pragma page_size").fetchone()[0]
        root = db.execute("select rootpage from sqlite_master where name = ?", [table]).fetchone()[
            0
        ]
    data = bytearray(path.read_bytes())
    data[(root - 1) * size : root * size] = b"\xa5" * size
    path.write_bytes(bytes(data))


async def test_with_a_broken_memory_questions_are_still_answered(telegram, post, library, path):
    break_table(await made(path), "sheets")

    async with performing(telegram, library, path.parent):
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert library.asked == ["why?"]
    assert len(telegram.sent) == 1


async def test_a_bot_whose_file_is_broken_ends_with_one_sentence(tmp_path):
    (tmp_path / "bot.db").write_bytes(b"a letter" * 999)
    settings = BotSettings(token="42:abc", data=tmp_path)
    with pytest.raises(BotDataUnusable, match="scripts/run doctor --fix"):
        await run(settings, FakeLibrary(), stop=asyncio.Event())


def full_disk() -> sqlite3.Error:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("pragma max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as full:
            db.execute("create table otters (name text)")
    return full.value


def test_an_error_of_sqlites_file_says_in_the_log_what_it_was_and_one_of_a_statement_does_not():
    with closing(sqlite3.connect(":memory:")) as db, pytest.raises(sqlite3.Error) as asked:
        db.execute("select 'what people ask")

    assert describe(full_disk()).startswith("OperationalError: database or disk is full")
    assert "ask" not in describe(asked.value).splitlines()[0]


# The machine.


_LOGGED = """
import logging, runpy
logging.basicConfig(level=logging.WARNING)
runpy.run_module("tests.support.serve", run_name="__main__")
"""


@asynccontextmanager
async def launched(telegram, folder):
    """The bot as a process, and what it logged once it has ended."""
    log = list[str]()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _LOGGED, telegram.address, str(folder)),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await telegram.until(lambda: telegram.made("getUpdates"))
        yield process, log
        process.terminate()
        log.append((await process.communicate())[1].decode())
        assert process.returncode == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def limit(process, kind, most):
    """Let a process have no more than that; what it could have before is given back."""
    before = resource.prlimit(process.pid, kind)
    resource.prlimit(process.pid, kind, (most, before[1]))
    return before


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits another process")
@pytest.mark.parametrize(
    ("kind", "most"),
    [(resource.RLIMIT_FSIZE, 1), (resource.RLIMIT_NOFILE, 3)],
    ids=["disk", "files"],
)
async def test_a_disk_without_room_or_no_file_handles_lose_no_question(
    telegram, post, tmp_path, kind, most
):
    folder = tmp_path / "bot"
    async with launched(telegram, folder) as (process, log):
        await telegram.push(post.says("first", private_chat(1)))
        await telegram.until(lambda: len(telegram.sent) == 1)
        before = limit(process, kind, most)
        polls = len(telegram.made("getUpdates"))
        await telegram.push(*(post.says(f"question {n}", private_chat(10 + n)) for n in range(5)))
        if kind == resource.RLIMIT_FSIZE:
            await telegram.until(lambda: len(telegram.made("getUpdates")) >= polls + 2)
            assert len(telegram.pending) == 5
            assert len(telegram.sent) == 1
        else:
            await asyncio.sleep(0.3)  # whatever it does meanwhile is right
        limit(process, kind, before[0])
        await telegram.until(lambda: len(telegram.sent) >= 6)

    assert sorted(sent["chat_id"] for sent in telegram.sent) == [1, 10, 11, 12, 13, 14]
    if kind == resource.RLIMIT_FSIZE:
        assert "what arrived cannot be stored (" in log[0]
        assert "so Telegram keeps it; scripts/run doctor says what is wrong" in log[0]


class FullInbox(Inbox):
    """An inbox on a disk that is full until there is room."""

    room = False

    async def settle(self, seq, state):
        if not self.room:
            raise full_disk()
        await super().settle(seq, state)


async def test_what_was_answered_on_a_full_disk_is_marked_later_and_not_answered_again(
    path, caplog
):
    handled = []

    async def handle(payload):
        handled.append(payload["n"])
        return State.DONE

    async with BotData(path) as data:
        inbox = FullInbox(data)
        await inbox.keep([Item(n, {"n": n}, 7, 2_000_000_000) for n in range(3)])
        crew = Crew(inbox, handle, Room(at_once=2))
        work = asyncio.create_task(crew.run())
        await until(lambda: len(caplog.records) >= 3)
        inbox.room = True
        await inbox.keep([Item(3, {"n": 3}, 7, 2_000_000_000)])
        crew.wake()
        await until(lambda: len(handled) == 4 and not crew._unsettled)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await crew.drain(5)
        assert await waiting_in(data) == 0

    assert sorted(handled) == [0, 1, 2, 3]
    assert "update not settled: OperationalError: database or disk is full" in caplog.text


async def until(reached):
    async with asyncio.timeout(30):
        while not reached():  # noqa: ASYNC110 - whatever it is about, no event tells of it
            await asyncio.sleep(0.005)


async def waiting_in(data):
    query = "select count(*) from inbox where state = 'waiting'"
    return await data.run(lambda db: db.execute(query).fetchone()[0])


@pytest.fixture
def shut(tmp_path):
    """A folder that this user, root too, cannot write."""
    folder = tmp_path / "disk"
    folder.mkdir(0o500)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,ro", "tmpfs", str(folder)]
    if os.getuid():
        yield folder
    elif subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this root cannot mount a disk")
    else:
        yield folder
        subprocess.run(["umount", str(folder)], check=True)


async def test_a_folder_that_cannot_be_written_is_told(shut):
    told = await refusal(shut / "bot.db")

    assert told.endswith(
        "check its folder, which BOT_DATA names: scripts/run doctor looks at its rights and room"
    )


# The clock.


class Clock:
    def __init__(self):
        self.now = 1_700_000_000.0

    def __call__(self):
        return self.now


async def test_after_the_clock_was_set_back_the_last_answer_is_still_the_last(path):
    clock = Clock()
    async with BotData(path) as data:
        memory = Memory(data, clock=clock)
        await memory.keep(7, 1, Sheet(Kind.ANSWER, turn=Turn("first?", 1)))
        clock.now -= 600
        await memory.keep(7, 2, Sheet(Kind.ANSWER, turn=Turn("second?", 1)))

        assert (await memory.last(7)).question == "second?"
        clock.now -= 86_400
        assert await memory.last(7) is None


async def test_alerts_sent_by_a_clock_that_was_ahead_hold_back_no_others(path):
    clock = Clock()
    async with BotData(path) as data:
        watches = Watches(data, clock=clock)
        watch = await watches.add(Watch(7, None, 7, "otters?", "en", daily=False, generation=1))
        await watches.matched(watch, 2, [passage()])
        (pile,) = await watches.waiting()
        await watches.sent(pile.alerts, 55)
        assert await watches.messages(7, within_s=3600) == 1
        clock.now -= 86_400

        assert await watches.messages(7, within_s=3600) == 0


def test_a_chat_in_trouble_is_not_given_up_when_the_clock_is_set_back():
    trouble = _Trouble(until=1_000.0, pause=60.0)

    assert [trouble.lasts(now) for now in (939, 940, 999, 1_000)] == [False, True, True, False]
    assert not trouble.lasts(1_000 - 86_400)


@pytest.mark.parametrize(
    ("found", "due"), [(0, False), (1_800, False), (7_200, True), (-86_400 * 2, True)]
)
def test_a_digest_of_what_was_found_in_the_future_is_due(found, due):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    scene = Scene(7, None, 7, True, ChatSettings(), phrases_in("en"), ZoneInfo("UTC"))
    watch = Watch(7, None, 7, "otters?", "en", daily=True, generation=1)
    at = (now + timedelta(seconds=found)).timestamp()
    alert = Alert(1, Found(1, "a", (0, 1), 0.9, ()), "print", at, 0)

    assert _is_due(Pile(watch, (alert,)), now, scene) is due


def test_how_long_the_bot_has_been_up_is_not_told_by_a_clock_that_can_be_set():
    health = Health()
    health.polled()

    assert health.up_s >= 0
    assert 0 <= health.heard_s < 60


async def test_fresh_messages_are_answered_however_far_back_the_clock_was_set(path):
    async with BotData(path) as data:
        clock = Clock()
        inbox = Inbox(data, clock=clock)
        await inbox.keep([Item(n, {"n": n}, 7, int(clock.now) + 86_400) for n in range(3)])

        taken = await inbox.take(0, limit=9)

    assert [each.payload["n"] for each in taken] == [0, 1, 2]
