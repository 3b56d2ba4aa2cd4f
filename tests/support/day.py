"""A day in a busy group, played with the real bot over a small collection of its own.

`python -m tests.support.day` plays it and writes the transcript that the test compares with.
"""

import asyncio
import itertools
import re
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.phrases import phrases_in
from scripts.simulator.api import FakeTelegram, telegram_server
from scripts.simulator.lines import read_line
from scripts.simulator.post import forum
from scripts.simulator.room import Room
from scripts.simulator.stage import performing
from tests.support.collections import OTTERS, Desk

FOLDER = Path(__file__).parents[1] / "data" / "day"
SCRIPT, TRANSCRIPT, TALK = FOLDER / "script.txt", FOLDER / "transcript.txt", FOLDER / "talk.txt"
GROUP = {"id": -42, "type": "group", "title": "Harbour watchers"}
THRESHOLD = 0.6
_LATE_S = 60


class Day:
    """Plays a script line by line; a line that begins with ! is for the stage, not the people."""

    def __init__(self, folder: Path) -> None:
        self._desk = Desk(folder)
        self._data = folder / "bot"
        self._fake = FakeTelegram()
        self._room = Room(self._fake, self._data, chat=GROUP)
        self._stack = AsyncExitStack()
        self._talk: Iterator[str] = itertools.cycle(TALK.read_text("utf-8").splitlines())
        self.messages = 0
        self.problems = self._fake.problems
        self.broken_silence: list[str] = []

    async def play(self, script: str) -> AsyncIterator[str]:
        """What can be seen of each line."""
        async with telegram_server(self._fake):
            self._desk.write("otters.txt", OTTERS)
            await asyncio.to_thread(self._desk.reindex)
            library = await asyncio.to_thread(self._desk.library, threshold=THRESHOLD)
            self._library = library
            await self._begin()
            for line in filter(None, map(str.strip, script.splitlines())):
                for seen in await self._line(line):
                    yield seen
            await self._stack.aclose()
            await asyncio.to_thread(library.close)

    async def _line(self, line: str) -> list[str]:
        if line.startswith("#"):
            return ["", line]
        if not line.startswith("!"):
            self.messages += "press" not in line.partition(":")[0]
            return await self._room.do(read_line(line))
        word, _, rest = line.removeprefix("!").strip().partition(" ")
        return await getattr(self, f"_{word}")(rest)

    async def _begin(self) -> None:
        await self._stack.enter_async_context(
            performing(self._fake, self._library, self._data, time_zone="UTC")
        )

    # What happens on the stage.

    async def _joins(self, who: str) -> list[str]:
        return [f"— {who} adds the bot", *await self._room.join(who)]

    async def _chatter(self, count: str) -> list[str]:
        """People talk among themselves; whatever the bot does then, it should not have."""
        talk = itertools.islice(self._talk, int(count))
        lines = [
            read_line(f"{who}: {text}")
            for who, text in zip(itertools.cycle(("ada", "bo", "cleo", "dan")), talk, strict=False)
        ]
        self.messages += len(lines)
        broken = await self._room.crowd(lines)
        self.broken_silence += broken
        return [f"… {count} messages among people", *broken]

    async def _publish(self, name: str) -> list[str]:
        text = (FOLDER / name).read_text("utf-8")
        self._desk.write(name.partition("-")[0] + ".txt", text)
        await asyncio.to_thread(self._desk.reindex)
        generation = (await asyncio.to_thread(self._library.status)).generation
        async with asyncio.timeout(_LATE_S):
            while not self._settled(generation):  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(0.05)
        await self._room.calm()
        return [f"— {name} is published", *await self._room.watch()]

    async def _restart(self, _: str) -> list[str]:
        await self._stack.aclose()
        await self._begin()
        return ["— the bot is started again"]

    async def _supergroup(self, _: str) -> list[str]:
        return ["— the group becomes a supergroup with topics", *await self._room.migrate(forum())]

    def _settled(self, generation: int) -> bool:
        """Whether the bot has looked at a generation, and sent what it found."""
        with closing(sqlite3.connect(self._data / "bot.db")) as db:
            row = db.execute("select value from state where name = 'looked_at'").fetchone()
            unsent = db.execute(
                """select count(*) from alerts a join watches w on w.id = a.watch
                   where a.sent_at is null and w.stopped_at is null"""
            ).fetchone()
        return bool(row) and int(row[0]) >= generation and unsent[0] == 0


async def played(folder: Path) -> tuple[str, Day]:
    """The transcript of the day, and the day for further questions."""
    day = Day(folder)
    seen = [line async for line in day.play(SCRIPT.read_text("utf-8"))]
    return "\n".join(_undated(line.rstrip()) for line in seen).strip() + "\n", day


def _undated(line: str) -> str:
    """A line without the day and the hour on which it was played."""
    now = datetime.now(UTC)
    for moment in (now, now - timedelta(hours=1)):  # it may have been midnight meanwhile
        line = line.replace(phrases_in("en").day(moment.date().isoformat()), "TODAY")
    return re.sub(r"\b\d\d:\d\d\b", "HH:MM", line)


def main() -> int:
    """Write the transcript anew."""
    with tempfile.TemporaryDirectory() as folder:
        transcript, day = asyncio.run(played(Path(folder)))
    TRANSCRIPT.write_text(transcript, "utf-8")
    sys.stdout.write(f"{day.messages} messages; {day.broken_silence}; {day.problems}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
