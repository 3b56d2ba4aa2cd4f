"""A bot that hears one update after the other, by a clock of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot import application
from bot.chats import Chats
from bot.database import BotData
from bot.desk import Desk
from bot.handlers.dispatch import see_to
from bot.office import Office
from bot.outbox import Outbox
from bot.pace import Pace
from bot.settings import BotSettings
from scripts.simulator.api import TOKEN, FakeTelegram
from scripts.simulator.post import Json, Post, person
from tests.support.library import FakeLibrary


class Clock:
    """Jumps to where somebody wants to sleep until."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Visit:
    """The office of a bot, and what happens in front of it."""

    office: Office
    telegram: FakeTelegram
    post: Post = field(default_factory=Post)

    async def hears(self, *updates: Json) -> None:
        """Let updates arrive, each seen to before the next."""
        for raw in updates:
            if update := application.read(self.office, raw):
                await see_to(update, self.office)

    async def presses(self, chat: int, label: str, by: int = 7) -> None:
        """Let somebody press the button with a label, chosen or not, under the last message."""
        buttons = self.telegram.buttons(chat)
        data = next(data for told, data in buttons.items() if told.removeprefix("✓ ") == label)
        await self.hears(self.post.presses(self.telegram.current(chat), data, by=person(by)))

    def shown(self, chat: int) -> str:
        """What the last message in a chat says now."""
        return str(self.telegram.current(chat)["text"])


@asynccontextmanager
async def visiting(
    telegram: FakeTelegram, library: FakeLibrary, folder: Path, **settings: Any
) -> AsyncIterator[Visit]:
    """Open a bot whose messages leave without waiting."""
    chosen = BotSettings(token=SecretStr(TOKEN), api_url=telegram.address, data=folder, **settings)
    desk = Desk(library, patience_s=5, room=10)
    async with BotData(folder / "bot.db") as data:
        chats = Chats(data)
        await chats.load()
        bot, office = application.build(chosen, desk, data, chats)
        await bot.initialize()
        clock = Clock()
        outbox = Outbox(
            bot.bot, pace=Pace(clock), moved=chats.move, sleep=clock.sleep, clock=clock
        )
        try:
            yield Visit(replace(office, outbox=outbox), telegram)
        finally:
            await application.leave(bot)
            desk.close()
