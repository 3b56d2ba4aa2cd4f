"""Bring the bot a great many updates, right ones and spoilt ones, and see whether it goes on."""

import logging
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.phrases import phrases_in
from scripts.simulator.api import FakeTelegram, Refusal, telegram_server
from scripts.simulator.post import Json, Post, private_chat
from scripts.simulator.stage import performing
from scripts.trials.invention import Inventor
from scripts.trials.rote import Rote
from scripts.trials.standing import standing

BATCH, FIRST = 100, 5_000_000
PATIENCE_S = 60.0


@dataclass(slots=True)
class Fed:
    """What became of the updates that were brought."""

    updates: int = 0
    seconds: float = 0.0
    sentinels: int = 0
    silent: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    rss_half_mb: float = 0.0
    rss_end_mb: float = 0.0
    files_half: int = 0
    files_end: int = 0

    @property
    def well(self) -> bool:
        """Whether every sentinel was answered, and memory stood still over the last half."""
        return not self.silent and self.rss_end_mb <= max(self.rss_half_mb * 1.1, 1)


class Forgetful(FakeTelegram):
    """Keeps nothing but who was answered, and how many were told to ask again instead.

    It refuses what makes no sense, as Telegram does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.answered: set[int] = set()
        self.replies = 0
        self.put_off = 0
        words = phrases_in("en").answers
        self._putting_off = (words.busy, words.enough, words.took_too_long, words.failed("")[:20])

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self._forget()
        return await super().answer(request)

    async def _do(self, call: Any) -> Any:
        try:
            done = await super()._do(call)
        except (TypeError, KeyError, ValueError, AttributeError, OverflowError) as error:
            raise Refusal(400, "Bad Request: it makes no sense") from error
        if call.method == "sendMessage":
            self.answered.add(call.fields["chat_id"])
            self.replies += 1
            self.put_off += call.fields["text"].startswith(self._putting_off)
        return done

    def _forget(self) -> None:
        if len(self.calls) > 4 * BATCH:
            for kept in (self.calls, self.sent, self.numbers, self.edited, self.problems):
                kept.clear()
            self.deleted.clear()
            self.shown.clear()
            self._written.clear()
            self.described.clear()
            self.left.clear()


class Faults(logging.Handler):
    """Passes on the errors that the bot logs, without their numbers."""

    def __init__(self, told: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        told = re.sub(r"reference \w+|\bupdate -?\d+", "…", record.getMessage())
        self._told(f"{record.name}: {told[:3000]}")


async def feed(count: int, *, seed: int = 1, spoilt: bool = True) -> Fed:
    """Bring that many updates, a sentinel question after every hundred of them."""
    fed = Fed()
    watching, log = Faults(lambda told: fed.failed.update((told,))), logging.getLogger("bot")
    log.addHandler(watching)
    try:
        with tempfile.TemporaryDirectory(prefix="quotewire-") as folder:
            telegram = Forgetful()
            async with (
                telegram_server(telegram),
                performing(telegram, Rote(cost_s=0), Path(folder)),
            ):
                await _bring(telegram, count, Inventor(seed), fed, spoilt=spoilt)
    finally:
        log.removeHandler(watching)
    return fed


async def _bring(
    telegram: Forgetful, count: int, inventor: Inventor, fed: Fed, *, spoilt: bool
) -> None:
    began, post = time.monotonic(), Post()
    while fed.updates < count:
        size = min(BATCH, count - fed.updates)
        make = [inventor.spoilt if spoilt and n % 2 else inventor.valid for n in range(size)]
        await _round(telegram, [each(FIRST + fed.updates + n) for n, each in enumerate(make)], fed)
        fed.updates += size
        await _sentinel(telegram, post, fed)
        if not fed.rss_half_mb and fed.updates >= count / 2:
            fed.rss_half_mb, fed.files_half = standing().rss_mb, standing().files
    fed.rss_end_mb, fed.files_end = standing().rss_mb, standing().files
    fed.seconds = time.monotonic() - began


async def _round(telegram: Forgetful, updates: list[Json], fed: Fed) -> None:
    await telegram.push(*updates)
    try:
        await telegram.until(lambda: not telegram.pending, patience_s=PATIENCE_S)
    except TimeoutError:
        fed.failed["the batch was never confirmed"] += 1
        telegram._waiting.clear()


async def _sentinel(telegram: Forgetful, post: Post, fed: Fed) -> None:
    chat = 1_000_000 + fed.updates
    question = post.says("how do otters sleep?", private_chat(chat))
    question["update_id"] = FIRST * 2 + fed.updates
    fed.sentinels += 1
    await telegram.push(question)
    try:
        await telegram.until(lambda: chat in telegram.answered, patience_s=PATIENCE_S)
    except TimeoutError:
        fed.silent += 1
    telegram.answered.clear()
