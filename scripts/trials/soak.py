"""Ask the bot twenty questions a second for ten minutes, and reindex under it each minute."""

import asyncio
import itertools
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bot.desk import Library
from index import ROOT, IndexSettings, open_library
from scripts.simulator.api import telegram_server
from scripts.simulator.post import Post, private_chat
from scripts.simulator.stage import performing
from scripts.trials.standing import Standing, standing
from scripts.trials.updates import Faults, Forgetful

Publish = Callable[[Path], Awaitable[str]]
"""Indexes what is in a folder, and gives what went wrong, or nothing."""

RATE, MINUTES, MINUTE_S = 20.0, 10, 60.0
GROWTH, MORE_FILES = 1.15, 8
_ARTICLE = "rudaw-convoy.html"
_QUESTIONS = (
    *("How many buses had set out?", "Who was killed near Deir Ezzor?", "when was Raqqa taken?"),
    *("What did Colonel Ryan Dillon tell Rudaw?", "What ended Cassini?", "Who won the Nobel?"),
    *("what did the UN inspectors find on Mars?", "Why is Big Ben silent?", "how is Asmara?"),
)


@dataclass(slots=True)
class Soak:
    """What happened minute by minute: answers, and what the bot's process held at its end."""

    asked: int = 0
    answered: int = 0
    put_off: int = 0
    seconds: float = 0.0
    generations: int = 0
    errors: list[str] = field(default_factory=list)
    minutes: list[tuple[int, float, Standing]] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether all was answered without an error, and memory and files stayed as they were.

        Nobody may have been told to ask again. Memory and files are held against the second
        minute: in the first the model is loaded.
        """
        if self.errors or self.put_off or self.answered < self.asked or len(self.minutes) < 2:
            return False
        early, late = self.minutes[1][2], self.minutes[-1][2]
        flat = late.rss_mb <= early.rss_mb * GROWTH
        return flat and late.files <= early.files + MORE_FILES


async def soak(
    *,
    rate: float = RATE,
    minutes: int = MINUTES,
    minute_s: float = MINUTE_S,
    publish: Publish | None = None,
    opened: Callable[[Path], Library] | None = None,
) -> Soak:
    """Let people ask, `rate` a second, while an article changes and is reindexed every minute.

    `publish` indexes the articles of a folder, its `seeds`, into its `index`, and `opened` opens
    what is there: by the door and with the packaged model unless others are given.
    """
    publish, opened = publish or reindex_by_the_door, opened or packaged
    found = Soak()
    with tempfile.TemporaryDirectory(prefix="quotewire-") as name, _heard(found.errors):
        folder = Path(name)
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        await _publish(publish, folder, found)
        library = await asyncio.to_thread(opened, folder / "index")
        try:
            telegram = Forgetful()
            async with (
                telegram_server(telegram),
                performing(telegram, library, folder / "bot", queue=500),
            ):
                change = partial(_change, publish, folder, found)
                await _minutes(telegram, change, found, rate, minutes, minute_s)
        finally:
            await asyncio.to_thread(library.close)
    return found


async def _minutes(  # noqa: PLR0913, PLR0917 - the trial's figures
    telegram: Forgetful,
    change: Callable[[int], Coroutine[None, None, None]],
    found: Soak,
    rate: float,
    minutes: int,
    minute_s: float,
) -> None:
    began, post = time.monotonic(), Post()
    for minute in range(minutes):
        reindexing = asyncio.create_task(change(minute))
        before = found.answered
        async with aclosing(_ticks(rate, minute_s)) as ticks:
            async for number in ticks:
                await _ask(telegram, post, found.asked + 1, number)
                found.asked += 1
                found.answered = telegram.replies
        await reindexing
        rate_held = (found.answered - before) / minute_s
        found.minutes.append((minute + 1, round(rate_held, 1), standing()))
    try:
        await telegram.until(lambda: telegram.replies >= found.asked, patience_s=60)
    except TimeoutError:
        found.errors.append("questions were left without an answer")
    found.answered, found.put_off = telegram.replies - telegram.put_off, telegram.put_off
    found.seconds = time.monotonic() - began


async def _ticks(rate: float, span_s: float) -> AsyncGenerator[int, None]:
    began = time.monotonic()
    for number in itertools.count():
        due = began + number / rate
        if due - began >= span_s:
            return
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        yield number


async def _ask(telegram: Forgetful, post: Post, person: int, number: int) -> None:
    words = _QUESTIONS[number % len(_QUESTIONS)]
    await telegram.push(post.says(f"/ask {words}", private_chat(1_000 + person % 500)))


async def _change(publish: Publish, folder: Path, found: Soak, minute: int) -> None:
    article = folder / "seeds" / _ARTICLE
    text = article.read_text("utf-8")
    changed = text.replace(
        "</article>", f"<p>Minute {minute} of the trial has begun.</p></article>"
    )
    article.write_text(changed, "utf-8")
    await _publish(publish, folder, found)


async def _publish(publish: Publish, folder: Path, found: Soak) -> None:
    if fault := await publish(folder):
        found.errors.append(fault)
    else:
        found.generations += 1


async def reindex_by_the_door(folder: Path) -> str:
    """Index as an admin does, in a process of its own; gives what went wrong, or nothing."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.reindex", str(folder / "seeds")),
        cwd=ROOT,
        env={**_environment(), "INDEX_URL": str(folder / "index")},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    ended = process.returncode
    return f"reindex ended with {ended}: {said.decode()[-300:]}" if ended else ""


def packaged(collection: Path, *, reads: int = 8) -> Library:
    """The collection with the packaged model, which reads so many passages closely."""
    return open_library(IndexSettings(url=str(collection), read=reads))


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("INDEX_")}


@contextmanager
def _heard(errors: list[str]) -> Iterator[None]:
    heard, logs = Faults(errors.append), [logging.getLogger(name) for name in ("bot", "index")]
    for log in logs:
        log.addHandler(heard)
    try:
        yield
    finally:
        for log in logs:
            log.removeHandler(heard)
