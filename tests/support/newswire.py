"""A library to which a test publishes, and the rooms in which the bot works on it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from pydantic import SecretStr

from bot.application import build, leave
from bot.chats import Chats
from bot.database import BotData
from bot.desk import Desk
from bot.office import Office
from bot.settings import BotSettings
from index import Answer, Fate, Passage, Quotable, Turn
from scripts.simulator.api import TOKEN, FakeTelegram
from scripts.simulator.stage import Unhurried
from tests.support.library import SEARCHED, FakeLibrary, passage, quotable


class Newswire(FakeLibrary):
    """Answers every question with what was published after the generation that is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.now = replace(SEARCHED, generation=1)
        self.published: list[tuple[int, Passage]] = []
        self.broken = False

    def publish(self, *passages: Passage) -> None:
        """A new generation, with passages that none had before."""
        generation = self.now.generation + 1
        self.published += [(generation, each) for each in passages]
        self.held |= {each.paragraph: quotable(each) for each in passages}
        self.now = replace(self.now, generation=generation)

    def withdraw(self, gone: Passage, now: Quotable | None = None, *, on: str) -> None:
        """A new generation without a passage, of which another may have taken the place."""
        self.published = [each for each in self.published if each[1] is not gone]
        self.held.pop(gone.paragraph, None)
        self.fated[gone.paragraph] = Fate(now, on)
        if now:
            self.held[now.paragraph] = now
        self.now = replace(self.now, generation=self.now.generation + 1)

    def ask(
        self,
        question: str,
        *,
        limit: int = 3,
        skip: int = 0,
        today: date | None = None,
        after: Turn | None = None,
        only: tuple[str, ...] = (),
        since: int = 0,
    ) -> Answer:
        self.asked.append(question)
        self.followed.append(after)
        self.since.append(since)
        self.only.append(only)
        if self.broken:
            raise OSError("the disk is gone")
        found = [
            each
            for generation, each in self.published
            if generation > since and (not only or each.credit.publisher in only)
        ]
        shown = tuple(found[:limit])
        more = len(found) - len(shown)
        return Answer(question, shown, self.now, more, words=question)


def news(paragraph: int, text: str, **credit: str) -> Passage:
    """A passage of that number."""
    return replace(passage(text, **credit), paragraph=paragraph, article=f"{paragraph}.md")


@asynccontextmanager
async def office_of(
    telegram: FakeTelegram, library: FakeLibrary, data: Path
) -> AsyncIterator[Office]:
    """The bot's office with nobody at work in it."""
    settings = BotSettings(token=SecretStr(TOKEN), api_url=telegram.address, data=data)
    desk = Desk(library, patience_s=30, room=20)
    async with BotData(data / "bot.db") as kept:
        chats = Chats(kept)
        await chats.load()
        application, office = build(settings, desk, kept, chats, pace=Unhurried())
        await application.initialize()
        try:
            yield office
        finally:
            await leave(application)
    desk.close()


def texts_of(passages: Sequence[Passage]) -> list[str]:
    """The texts of passages."""
    return [each.text for each in passages]
