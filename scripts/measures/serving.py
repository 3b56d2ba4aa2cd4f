"""What the bot adds to the library's time: a message arrives, and its answer leaves."""

import asyncio
import tempfile
import time
from pathlib import Path

from scripts.measures.measure import Measure, against, percentile
from scripts.simulator.api import FakeTelegram, telegram_server
from scripts.simulator.post import Post, private_chat
from scripts.simulator.stage import performing
from scripts.trials.rote import Rote

MAY_ADD_S = 0.015


def measure_serving(*, questions: int) -> list[Measure]:
    """Lone questions over HTTP, one after the other, to a library that takes no time."""
    took = asyncio.run(_served(questions))
    name = "the bot's own part of a lone question: p50, by what it may be"
    return [against(name, percentile(took, 50), MAY_ADD_S, 1)]


async def _served(questions: int) -> list[float]:
    took: list[float] = []
    with tempfile.TemporaryDirectory(prefix="quotewire-") as folder:
        async with (
            telegram_server(FakeTelegram()) as telegram,
            performing(telegram, Rote(cost_s=0), Path(folder)),
        ):
            await telegram.until(lambda: bool(telegram.made("getUpdates")))
            post = Post()
            for number in range(questions):
                started, sent = time.perf_counter(), len(telegram.sent)
                await telegram.push(post.says("why do otters sleep?", private_chat(5 + number)))
                await telegram.until_sent(sent + 1)
                took.append(time.perf_counter() - started)
    return took
