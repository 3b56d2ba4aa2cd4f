"""Run the real bot against a Telegram of our own, for as long as a block lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bot.__main__ import run
from bot.desk import Library
from bot.pace import Pace
from bot.settings import BotSettings
from scripts.simulator.api import TOKEN, FakeTelegram, telegram_server
from scripts.simulator.room import Room


class Unhurried(Pace):
    """No limits: nobody waits for a simulated Telegram."""

    def book_chat(self, chat: int) -> float:  # noqa: ARG002
        """At once."""
        return 0.0

    def book_all(self) -> float:
        """At once."""
        return 0.0

    def book_edit(self, chat: int, message: int) -> float:  # noqa: ARG002
        """At once."""
        return 0.0


@asynccontextmanager
async def on_stage(
    library: Library, data: Path, *, fake: FakeTelegram | None = None, **settings: object
) -> AsyncIterator[Room]:
    """A room in which the bot is at work; its data stay in a folder."""
    async with (
        telegram_server(fake or FakeTelegram()) as telegram,
        performing(telegram, library, data, **settings),
    ):
        yield Room(telegram, data)


@asynccontextmanager
async def performing(
    telegram: FakeTelegram, library: Library, data: Path, **settings: object
) -> AsyncIterator[None]:
    """The bot at work; leaving the block stops it as SIGTERM would."""
    chosen = BotSettings.model_validate(
        {"token": SecretStr(TOKEN), "api_url": telegram.address, "data": data, **settings}
    )
    stop = asyncio.Event()
    bot = asyncio.create_task(run(chosen, library, stop=stop, drain_s=5, pace=Unhurried()))
    try:
        yield
    finally:
        stop.set()
        await bot
