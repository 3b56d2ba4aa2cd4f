"""The bot, running against a Bot API on loopback."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator
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


class _Listening(logging.Handler):
    """Keeps what would show a secret."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.blabbed: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        told = logging.Formatter().format(record)
        if TOKEN.partition(":")[2] in told:
            self.blabbed.append(f"{record.name}: {told}")


@pytest.fixture(autouse=True)
def _the_token_is_never_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails the test that logs the fake token, at any level of the bot's."""
    listening, root = _Listening(), logging.getLogger()
    ours = [logging.getLogger(name) for name in ("bot", "index")]
    before = [logger.level for logger in ours]
    caplog.handler.setLevel(logging.WARNING)  # what a test sees unless it asks for more
    root.addHandler(listening)
    for logger in ours:
        logger.setLevel(logging.DEBUG)
    yield
    root.removeHandler(listening)
    for logger, level in zip(ours, before, strict=True):
        logger.setLevel(level)
    assert listening.blabbed == []


class Running:
    """A bot that runs; leaving the block stops it as SIGTERM would."""

    def __init__(self, settings: BotSettings, library: Library) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(run(settings, library, stop=self._stop, drain_s=5))

    async def stop(self) -> None:
        self._stop.set()
        if not self._task.cancelled():
            await self._task

    async def ended(self) -> None:
        """Wait until it has stopped by itself, however."""
        await asyncio.wait([self._task])

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
