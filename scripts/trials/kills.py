"""Kill the bot again and again while people ask and Telegram errs; count the answers."""

import asyncio
import itertools
import random
import socket
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from index import ROOT
from scripts.simulator.api import Call, FakeTelegram, Fault, telegram_server
from scripts.simulator.faults import confound, muddled
from scripts.simulator.hook import bringing
from scripts.simulator.post import Json, Post, private_chat

QUESTIONS, KILLS = 200, 20
PATIENCE_S = 180.0
_COST_S = 0.02


@dataclass(slots=True)
class Killed:
    """How many questions there were, which went unanswered, and how many were answered twice.

    Of those answered again, `unmarked` had been answered and were not marked so when the bot was
    killed, and `unsure` met a connection that broke after the message had been taken. `left` tells
    in which state of the inbox the lost ones are.
    """

    questions: int
    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    twice: int = 0
    unmarked: int = 0
    unsure: int = 0
    left: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def well(self) -> bool:
        """Whether none is lost, and none twice without a kill or a break between the two."""
        return not self.lost and self.twice <= self.unmarked + self.unsure


class Breaking(FakeTelegram):
    """Muddles what a poll brings, and notes whose answers it took without a word to the sender."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.broken: set[int] = set()
        self._chance = chance

    async def _get_updates(self, fields: Json) -> list[Json]:
        return muddled(await super()._get_updates(fields), self._chance)

    def _fault(self, call: Call) -> Fault | None:
        fault = super()._fault(call)
        if fault and fault.after and call.method == "sendMessage":
            self.broken.add(call.fields.get("reply_parameters", {}).get("message_id", 0))
        return fault


async def kill(
    *,
    questions: int = QUESTIONS,
    kills: int = KILLS,
    webhook: bool = False,
    silent_s: float = 30.0,
    seed: int = 1,
) -> Killed:
    """Ask so many questions, with so many kill -9 at random moments, and wait for the answers."""
    chance, killed = random.Random(seed), Killed(questions)  # noqa: S311 - no secret
    telegram, began = Breaking(chance), time.monotonic()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quotewire-")))
        await stack.enter_async_context(telegram_server(telegram))
        if webhook:
            await stack.enter_async_context(bringing(telegram))
        trial = _Trial(telegram, folder, _free_port() if webhook else None, chance, killed)
        await trial.go(kills, silent_s)
    killed.seconds = time.monotonic() - began
    return killed


@dataclass(slots=True)
class _Trial:
    telegram: Breaking
    folder: Path
    port: int | None
    chance: random.Random
    killed: Killed
    open: set[int] = field(default_factory=set)

    async def go(self, kills: int, silent_s: float) -> None:
        asked = _questions(self.killed.questions)
        wanted = {update["message"]["message_id"] for update in asked}
        async with _background(self._ask(asked, kills)):
            for _ in range(kills):
                await self._live_and_die(silent_s)
            async with self._process() as process:
                with suppress(TimeoutError):
                    await self.telegram.until(
                        lambda: wanted <= self._answered().keys(), patience_s=PATIENCE_S
                    )
                await asyncio.sleep(0.5)  # what would come twice has a moment to
                process.terminate()
                await process.wait()
        answered = self._answered()
        again = {number for number in wanted if answered[number] > 1}
        lost = wanted - answered.keys()
        self.killed.lost = len(lost)
        self.killed.left = self._states(lost, asked)
        self.killed.twice = len(again)
        self.killed.unmarked = len(again & self.open)
        self.killed.unsure = len((again - self.open) & self.telegram.broken)

    async def _ask(self, asked: list[Json], kills: int) -> None:
        """Let the questions come in over the time that the kills take."""
        poison, size = Post(), max(1, len(asked) // (kills or 1))
        for start in range(0, len(asked), size):
            group = asked[start : start + size]
            bad = {**poison.poison(), "update_id": group[-1]["update_id"] + 1}
            await self.telegram.push(*group, bad)
            await asyncio.sleep(0.4)

    async def _live_and_die(self, silent_s: float) -> None:
        already = len(self.telegram.calls)
        async with self._process() as process:
            met = confound(self.telegram, self.chance, silent_s=silent_s, methods=self._methods)
            self.killed.faults[met] += 1
            await self._until_at_work(already)
            await asyncio.sleep(self.chance.uniform(0, 0.6))
            process.kill()
            await process.wait()
            self.killed.kills += 1
            self.open |= self._begun() & self._answered().keys()

    async def _until_at_work(self, already: int) -> None:
        """Past its greeting, or the kills would all fall into the start of Python."""
        sign = self._methods[0]
        await self.telegram.until(
            lambda: any(call.method == sign for call in self.telegram.calls[already:])
        )

    @property
    def _methods(self) -> tuple[str, str]:
        return ("setWebhook" if self.port else "getUpdates", "sendMessage")

    def _begun(self) -> set[int]:
        """The messages that the killed bot had kept and not marked as answered."""
        with sqlite3.connect(self.folder / "bot.db") as db:
            rows = db.execute(
                """
                select json_extract(payload, '$.message.message_id') from inbox
                where state = 'waiting'
                """
            ).fetchall()
        return {number for (number,) in rows}

    def _states(self, lost: set[int], asked: list[Json]) -> Counter[str]:
        numbers = {u["message"]["message_id"]: u["update_id"] for u in asked}
        with sqlite3.connect(self.folder / "bot.db") as db:
            held = dict(db.execute("select update_id, state from inbox").fetchall())
        return Counter(held.get(numbers[each], "never stored") for each in lost)

    def _answered(self) -> Counter[int]:
        sent = self.telegram.sent
        return Counter(each.get("reply_parameters", {}).get("message_id", 0) for each in sent)

    @asynccontextmanager
    async def _process(self) -> AsyncIterator[asyncio.subprocess.Process]:
        port = [] if self.port is None else [str(self.port)]
        told = (self.telegram.address, str(self.folder), str(_COST_S), *port)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.trials.served", *told),
            cwd=ROOT,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _questions(count: int) -> list[Json]:
    post = Post(updates=itertools.count(1_000, 2))  # between two there is room for a bad one
    return [post.says(f"how do {n} otters sleep?", private_chat(100 + n)) for n in range(count)]


@asynccontextmanager
async def _background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
        await task
    finally:
        task.cancel()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
