"""How much others notice of one chat's flood wait and of one person's 200 questions in 10 s."""

import argparse
import asyncio
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.__main__ import run
from bot.desk import Library
from bot.settings import BotSettings
from scripts.simulator.api import TOKEN, FakeTelegram, telegram_server
from scripts.simulator.post import Json, Post, group, private_chat
from scripts.trials.rote import Rote

OTHERS, EVERY_S = 30, 1.5
QUESTIONS, FLOOD_S, WAIT_S = 200, 10.0, 30
MOST_RATIO = 2.0

_FLOODER, _WAITING = 7, group(-100_77)
_SETTLE_S = 60.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """How long others' answers took, in seconds each, undisturbed and disturbed."""

    calm: tuple[float, ...]
    flooded: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The 99th percentile while it is flooded, over that of undisturbed times."""
        return percentile(self.flooded, 99) / percentile(self.calm, 99)


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` of a hundred do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, len(ranked) * share // 100)]


class Timed(FakeTelegram):
    """Notes when a reply to each message first arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.replied: dict[tuple[int, int], float] = {}

    async def _send_message(self, fields: Json) -> Json:
        asked = fields.get("reply_parameters", {}).get("message_id", 0)
        self.replied.setdefault((fields["chat_id"], asked), time.perf_counter())
        return await super()._send_message(fields)


async def crowd_ratio(
    *,
    cost_s: float = 0.02,
    phase_s: float = FLOOD_S,
    rounds: int = 1,
    library: Library | None = None,
) -> Crowd:
    """Ask from many chats for a while, then as long again beside a flood and a flood wait.

    Each round has a bot of its own; the times of all rounds are judged together.
    """
    found = [await _round(library or Rote(cost_s=cost_s), phase_s) for _ in range(rounds)]
    return Crowd(
        tuple(time_s for each in found for time_s in each.calm),
        tuple(time_s for each in found for time_s in each.flooded),
    )


async def _round(library: Library, phase_s: float) -> Crowd:
    with tempfile.TemporaryDirectory() as folder:
        telegram = Timed()
        async with telegram_server(telegram):
            stop = asyncio.Event()
            settings = BotSettings(
                token=SecretStr(TOKEN), api_url=telegram.address, data=Path(folder)
            )
            bot = asyncio.create_task(run(settings, library, stop=stop, drain_s=1))
            try:
                return await _trial(telegram, Post(), phase_s)
            finally:
                stop.set()
                with suppress(asyncio.CancelledError):
                    await bot


async def _trial(telegram: Timed, post: Post, phase_s: float) -> Crowd:
    await telegram.until(lambda: bool(telegram.made("getUpdates")))
    await _answered(
        telegram, await _ask(telegram, post, min(2 * EVERY_S, phase_s))
    )  # a warm start
    calm = await _answered(telegram, await _ask(telegram, post, phase_s))
    telegram.fail(
        "sendMessage",
        429,
        "Too Many Requests",
        parameters={"retry_after": WAIT_S},
        chat=_WAITING["id"],
    )
    flood = asyncio.create_task(_flood(telegram, post, phase_s))
    flooded = await _answered(telegram, await _ask(telegram, post, phase_s))
    await flood
    return Crowd(calm, flooded)


async def _ask(telegram: Timed, post: Post, span_s: float) -> dict[tuple[int, int], float]:
    """Have each of the others ask in turn, each again as soon as a person would."""
    asked = {}
    chats = itertools.cycle(range(100, 100 + OTHERS))
    for _ in _beats(span_s, EVERY_S / OTHERS):
        update = post.says("how do otters sleep?", private_chat(next(chats)))
        message = update["message"]
        asked[message["chat"]["id"], message["message_id"]] = time.perf_counter()
        await telegram.push(update)
        await asyncio.sleep(EVERY_S / OTHERS)
    return asked


async def _flood(telegram: Timed, post: Post, span_s: float) -> None:
    pause = span_s / QUESTIONS
    for number in range(QUESTIONS):
        await telegram.push(post.says("how do otters sleep?", private_chat(_FLOODER)))
        if number % (QUESTIONS // 10) == 0:
            await telegram.push(post.says("/ask how do otters sleep?", _WAITING))
        await asyncio.sleep(pause)


def _beats(span_s: float, pause_s: float) -> Iterator[int]:
    return iter(range(max(1, round(span_s / pause_s))))


async def _answered(telegram: Timed, asked: dict[Any, float]) -> tuple[float, ...]:
    await telegram.until(lambda: asked.keys() <= telegram.replied.keys(), patience_s=_SETTLE_S)
    return tuple(telegram.replied[each] - moment for each, moment in asked.items())


def told(crowd: Crowd) -> str:
    """The figures in two lines and a verdict."""
    lines = [
        f"{name}: {len(times)} answers to others, p50 {percentile(times, 50) * 1000:.0f} ms, "
        f"p99 {percentile(times, 99) * 1000:.0f} ms"
        for name, times in (("undisturbed", crowd.calm), ("disturbed", crowd.flooded))
    ]
    kept = "below" if crowd.ratio < MOST_RATIO else "NOT below"
    return "\n".join([*lines, f"ratio {crowd.ratio:.2f}, {kept} {MOST_RATIO:.0f}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trial; 0 where others notice less than twice the time, 1 where they notice more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--cost", type=float, default=0.02, metavar="S", help="seconds that a question costs"
    )
    parser.add_argument(
        "--phase", type=float, default=FLOOD_S, metavar="S", help="seconds that each half takes"
    )
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often")
    chosen = parser.parse_args(arguments)
    # PTB tells waiting times as numbers otherwise, and warns about it.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    crowd = asyncio.run(
        crowd_ratio(cost_s=chosen.cost, phase_s=chosen.phase, rounds=chosen.rounds)
    )
    print(told(crowd))
    return 0 if crowd.ratio < MOST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
