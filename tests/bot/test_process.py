"""The bot as a process: how it ends, and what survives when it is not asked."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.__main__ import main, run, serve_until_signalled
from bot.claim import holder_of
from bot.settings import BotSettings
from index import ROOT, UnknownSetting
from scripts.simulator.api import TOKEN
from scripts.simulator.post import private_chat
from tests.support.library import FakeLibrary, SlowLibrary


@pytest.fixture
def launch(telegram, tmp_path: Path):
    """Starts the bot over the fake Bot API; all starts share one folder."""
    return lambda: asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.serve", telegram.address, str(tmp_path)),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_kills_at_any_moment_lose_nothing(telegram, post, launch):
    updates = [post.says(f"question {n}", private_chat(100 + n)) for n in range(40)]
    await telegram.push(*updates)

    for answered in (1, 17, 31):
        process = await launch()
        await telegram.until(lambda enough=answered: len(telegram.sent) >= enough)
        process.kill()
        await process.wait()
    process = await launch()
    await telegram.until(lambda: len(repliers(telegram)) == 40)
    process.terminate()

    assert await process.wait() == 0
    assert repliers(telegram) == {update["message"]["message_id"] for update in updates}


def repliers(telegram) -> set[int]:
    return {sent["reply_parameters"]["message_id"] for sent in telegram.sent}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_cleanly(number, telegram, launch):
    process = await launch()
    await telegram.until(lambda: telegram.made("getUpdates"))

    process.send_signal(number)
    _, said = await process.communicate()

    assert (process.returncode, said) == (0, b"")


async def test_a_second_signal_does_not_wait(telegram, post, tmp_path):
    slow = SlowLibrary()
    settings = BotSettings(token=SecretStr(TOKEN), api_url=telegram.address, data=tmp_path)
    serving = asyncio.create_task(serve_until_signalled(settings, slow))
    await telegram.push(post.says("why?"))
    await telegram.until(lambda: slow.asked)

    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.05)
    assert not serving.done()
    os.kill(os.getpid(), signal.SIGTERM)
    await serving
    slow.go.set()

    assert telegram.sent == []


async def test_a_signal_leaves_time_for_the_answers_that_have_begun(telegram, post, tmp_path):
    slow = SlowLibrary()
    settings = BotSettings(token=SecretStr(TOKEN), api_url=telegram.address, data=tmp_path)
    serving = asyncio.create_task(serve_until_signalled(settings, slow))
    question = post.says("why?")
    await telegram.push(question)
    await telegram.until(lambda: slow.asked)

    os.kill(os.getpid(), signal.SIGTERM)
    polls = len(telegram.made("getUpdates"))
    await telegram.push(post.says("and then?"))
    slow.go.set()
    await serving

    assert slow.asked == ["why?"]
    assert repliers(telegram) == {question["message"]["message_id"]}
    assert len(telegram.made("getUpdates")) == polls
    assert telegram.pending == [1_001]


async def test_what_takes_longer_than_the_drain_is_answered_after_the_next_start(
    telegram, post, tmp_path
):
    slow = SlowLibrary()
    settings = BotSettings(
        token=SecretStr(TOKEN), api_url=telegram.address, data=tmp_path, drain_s=0.05
    )
    serving = asyncio.create_task(serve_until_signalled(settings, slow))
    question = post.says("why?")
    await telegram.push(question)
    await telegram.until(lambda: slow.asked)

    os.kill(os.getpid(), signal.SIGTERM)
    await serving
    slow.go.set()
    assert telegram.sent == []
    serving = asyncio.create_task(serve_until_signalled(settings, FakeLibrary()))
    await telegram.until(lambda: telegram.sent)
    os.kill(os.getpid(), signal.SIGTERM)
    await serving

    assert repliers(telegram) == {question["message"]["message_id"]}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "BOT_TOKEN is not set; ask @BotFather for a token and put it in .env\n"),
        ({"BOT_TOKEN": TOKEN, "BOT_QUEUE": "many"}, 'BOT_QUEUE cannot be "many"; what is wanted'),
    ],
)
def test_a_setting_that_stops_the_bot_is_told_in_a_sentence(settings, said, monkeypatch, capsys):
    for name, value in {"BOT_TOKEN": "", **settings}.items():
        monkeypatch.setenv(name, value)

    assert main() == 2

    told = capsys.readouterr().err
    assert told.startswith(said)
    assert told.count("\n") == 1


@pytest.fixture
def own_logging():
    """Logs as a process of its own would, and leaves the tests' logging as it was."""
    root, ours = logging.getLogger(), [logging.getLogger(name) for name in ("bot", "index")]
    handlers, levels = root.handlers[:], [root.level, *(each.level for each in ours)]
    root.handlers[:] = []
    yield
    root.handlers[:] = handlers
    for each, level in zip([root, *ours], levels, strict=True):
        each.setLevel(level)


def once_signals_are_heeded(act) -> None:
    """Do something, from a thread, as soon as SIGTERM does not kill this process any more."""

    def waiting() -> None:
        while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            time.sleep(0.005)
        act()

    threading.Thread(target=waiting, daemon=True).start()


@pytest.fixture
def unreached(tmp_path, monkeypatch, own_logging):
    """The settings of a bot whose Telegram cannot be reached."""
    settings = {"BOT_TOKEN": TOKEN, "BOT_API_URL": "http://127.0.0.1:9", "INDEX_WATCH": "false"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("BOT_DATA", str(tmp_path / "bot"))
    return tmp_path / "bot"


def test_main_gives_back_what_it_claimed_and_opened(unreached):
    library = FakeLibrary()
    holders = []

    def stop() -> None:
        holders.append(holder_of(unreached))
        os.kill(os.getpid(), signal.SIGTERM)

    once_signals_are_heeded(stop)

    assert main(opened=lambda _: library) == 0
    assert library.closed
    assert holders[0].startswith(f"process {os.getpid()} on ")
    assert holder_of(unreached) is None


@pytest.mark.parametrize(
    ("spoilt", "status", "said"),
    [
        ("bot.db", 2, "bot.db cannot be used (file is not a database)"),
        ("bot.lock", 2, "bot.lock cannot be used (is a directory)"),
    ],
)
def test_a_data_folder_that_cannot_be_used_is_told_in_a_sentence(
    spoilt, status, said, unreached, capsys
):
    unreached.mkdir()
    if spoilt == "bot.db":
        (unreached / spoilt).write_bytes(b"this is a letter, not a database" * 100)
    else:
        (unreached / spoilt).mkdir()

    assert main(opened=lambda _: FakeLibrary()) == status

    told = capsys.readouterr().err
    assert said in told.lower()
    assert told.count("\n") == 1


def test_a_missing_collection_is_told_in_a_sentence(tmp_path):
    settings = {
        "BOT_TOKEN": TOKEN,
        "BOT_DATA": str(tmp_path / "bot"),
        "INDEX_URL": str(tmp_path / "nothing"),
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    process = subprocess.run(
        [sys.executable, "-m", "bot"],
        env={**os.environ, **settings},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode == 2
    assert "reindex" in process.stderr
    assert process.stderr.count("\n") == 1


async def test_without_a_token_nothing_is_run():
    with pytest.raises(UnknownSetting, match="BOT_TOKEN is not set"):
        await run(BotSettings(), FakeLibrary(), stop=asyncio.Event())


async def test_a_token_that_telegram_does_not_know_is_told_in_a_sentence(telegram, tmp_path):
    telegram.fail("getMe", 401, "Unauthorized")
    told = {"BOT_TOKEN": TOKEN, "BOT_API_URL": telegram.address, "BOT_DATA": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.whole"),
        cwd=ROOT,
        env={**os.environ, **told, "XDG_RUNTIME_DIR": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()

    assert process.returncode == 2
    assert said.decode() == (
        "Telegram does not know the token in BOT_TOKEN; put the one that @BotFather shows into"
        " .env (or check BOT_API_URL, if the server is your own)\n"
    )
