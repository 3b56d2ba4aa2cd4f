"""The bot, running against a Bot API on loopback."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.__main__ import run
from bot.desk import Library
from bot.settings import BotSettings
from scripts.simulator.api import TOKEN, FakeTelegram, telegram_server
from scripts.simulator.post import Post
from tests.support.library import FakeLibrary


@pytest.fixture(autouse=True)
def _waits_are_told_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with telegram_server(FakeTelegram()) as fake:
        yield fake
    assert fake.problems == []


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary()


class Running:
    """A bot that runs; leaving the block stops it as SIGTERM would."""

    def __init__(self, settings: BotSettings, library: Library) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(run(settings, library, stop=self._stop, drain_s=5))

    async def stop(self) -> None:
        self._stop.set()
        if not self._task.cancelled():
            await self._task

    async def kill(self) -> None:
        """Cut it off where it stands."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


Start = Callable[..., contextlib.AbstractAsyncContextManager[Running]]


@pytest.fixture
def start(telegram: FakeTelegram, library: FakeLibrary, tmp_path: Path) -> Start:
    @contextlib.asynccontextmanager
    async def started(other: Library | None = None, **settings: object) -> AsyncIterator[Running]:
        chosen = BotSettings(
            token=SecretStr(TOKEN), api_url=telegram.address, data=tmp_path / "bot", **settings
        )
        bot = Running(chosen, other or library)
        try:
            yield bot
        finally:
            await bot.stop()

    return started
