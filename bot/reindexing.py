"""Reindex in a process beside the bot: one at a time, followed as it goes, stopped safely."""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot.database import BotData
from bot.doors import LINE_LIMIT, Command, object_in, reason_in
from bot.logs import describe
from index import ROOT

logger = logging.getLogger(__name__)

GRACE_S = 20.0
"""How long a run that is to stop may take for the step that it is at."""

_TOLD = ("--progress-json", "--hosted")
_LAST_WORDS = 20
_STATE = "last reindex"


class End(StrEnum):
    """How a run ended. STOPPED is with the bot; LOCKED is that another process reindexes."""

    DONE = "done"
    CANCELLED = "cancelled"
    STOPPED = "stopped"
    LOCKED = "locked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a run is: `rate` is things a second since the stage began, 0 where unknown."""

    name: str = ""
    done: int = 0
    total: int = 0
    rate: float = 0.0
    failures: int = 0

    @property
    def left_s(self) -> float | None:
        """Seconds until the end of the stage, as far as one can tell."""
        return (self.total - self.done) / self.rate if self.rate else None


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended: its outcome as the door tells it, or the reason why there is none."""

    end: End
    outcome: dict[str, Any] | None = None
    reason: str = ""
    ended_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """The message that shows a run."""

    chat: int
    message: int


class Reindexing:
    """The one run that there may be, with the process that does it."""

    def __init__(
        self,
        command: Command,
        *,
        clock: Callable[[], float] = time.monotonic,
        grace_s: float = GRACE_S,
    ) -> None:
        self._command = (*command, *_TOLD)
        self._clock = clock
        self._grace_s = grace_s
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._wish: End | None = None
        self.claimed = False
        self.place: Place | None = None

    def claim(self) -> bool:
        """Take the place of the one run; False where there is one already."""
        if self.claimed:
            return False
        self.claimed, self._wish, self.place = True, None, None
        return True

    def release(self) -> None:
        """Make room for another run."""
        self.claimed, self.place = False, None

    def begin(self, work: Coroutine[Any, Any, None], place: Place) -> None:
        """Have a claimed run done beside everything else; `work` runs it and shows it."""
        self.place = place
        self._task = asyncio.create_task(self._guarded(work))

    def cancel(self, wish: End = End.CANCELLED) -> None:
        """Have the run end where that is safe, as Ctrl-C does; what was published stays."""
        self._wish = self._wish or wish
        process = self._process
        if process and process.stdin:
            # It interrupts itself then, as when the bot is gone: SIGINT might come too early.
            process.stdin.close()
            asyncio.get_running_loop().call_later(self._grace_s, _kill, process)

    async def close(self) -> None:
        """End the run with the bot."""
        if self._task is None:
            return
        self.cancel(End.STOPPED)
        await asyncio.wait({self._task}, timeout=2 * self._grace_s)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def run(self, report: Callable[[Stage], None]) -> Run:
        """Reindex, and tell how far it is whenever the door says so."""
        ended = await self._run(_Gauge(report, self._clock))
        return replace(ended, ended_at=time.time())

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - nobody awaits it, so it is told here
            logger.error("a reindex was not followed to its end: %s", describe(error))  # noqa: TRY400
        finally:
            self.release()

    async def _run(self, gauge: "_Gauge") -> Run:
        if self._wish:
            return Run(self._wish)
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,  # with the bot it ends, and then the run does
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=LINE_LIMIT,
                start_new_session=True,
            )
        except OSError as error:
            return Run(End.FAILED, reason=error.strerror or type(error).__name__)
        self._process = process
        if self._wish:  # it came while the process was being made
            self.cancel()
        said: dict[str, Any] = {}
        try:
            hearing = _objects(process.stdout, gauge, said)
            _, errors = await asyncio.gather(hearing, _last_words(process.stderr))
            await process.wait()
        finally:
            self._process = None
            await _end(process)
        return _judged(said, errors, self._wish)


class _Gauge:
    """Measures how fast a stage goes, from what the door tells."""

    def __init__(self, report: Callable[[Stage], None], clock: Callable[[], float]) -> None:
        self._report = report
        self._clock = clock
        self._stage = Stage()
        self._began = (0.0, 0)

    def hear(self, told: dict[str, Any]) -> None:
        name, done, total = str(told["stage"]), int(told["done"]), int(told["total"])
        now = self._clock()
        if name != self._stage.name:
            self._began = now, done
        since, first = self._began
        rate = (done - first) / (now - since) if done > first and now > since else 0.0
        failures = int(told.get("failed", 0))
        self._stage = Stage(name, done, total, rate, failures)
        self._report(self._stage)


async def last_run(data: BotData) -> Run | None:
    """The last run that an admin began here; None if there was none."""
    query = "select value from state where name = ?"
    row = await data.run(lambda db: db.execute(query, (_STATE,)).fetchone())
    if row is None:
        return None
    told = json.loads(row[0])
    return Run(End(told["end"]), told["outcome"], told["reason"], told["ended_at"])


async def remember(data: BotData, run: Run) -> None:
    """Keep how a run ended."""
    outcome = run.outcome and {**run.outcome, "failed": []}
    told = {
        "end": run.end,
        "outcome": outcome,
        "reason": run.reason,
        "ended_at": run.ended_at,
    }
    value = json.dumps(told)
    await data.run(
        lambda db: db.execute("insert or replace into state values (?, ?)", (_STATE, value))
    )


def _judged(said: dict[str, Any], errors: bytes, wish: End | None) -> Run:
    if isinstance(outcome := said.get("outcome"), dict):
        return Run(End.DONE, outcome)  # a wish to stop came too late
    if wish:
        return Run(wish)
    end = End.LOCKED if said.get("fault") == "Locked" else End.FAILED
    return Run(end, reason=reason_in(str(said.get("reason", "")).encode() or errors))


async def _objects(
    stream: asyncio.StreamReader | None, gauge: _Gauge, said: dict[str, Any]
) -> None:
    async for line in _lines(stream):
        if told := object_in(line):
            if "stage" in told:
                gauge.hear(told)
            else:
                said.update(told)


async def _last_words(stream: asyncio.StreamReader | None) -> bytes:
    last: deque[bytes] = deque(maxlen=_LAST_WORDS)
    async for line in _lines(stream):
        last.append(line)
    return b"".join(last)


async def _lines(stream: asyncio.StreamReader | None) -> AsyncIterator[bytes]:
    while stream is not None:
        try:
            line = await stream.readline()
        except ValueError:  # longer than any line that means something; it is dropped
            continue
        if not line:
            return
        yield line


async def _end(process: asyncio.subprocess.Process) -> None:
    """See to it that the process is gone."""
    if process.stdin is not None:
        process.stdin.close()
    _kill(process)
    await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
