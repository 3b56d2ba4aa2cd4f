"""The bot as a process: how it ends, and what survives when it is not asked."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.__main__ import main, run, serve_until_signalled
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


def test_a_missing_collection_is_told_in_a_sentence(tmp_path):
    settings = {"BOT_TOKEN": TOKEN, "INDEX_URL": str(tmp_path / "nothing")}
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
