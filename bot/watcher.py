"""Keep a process at work beside the bot: its lines in the log, started again when it dies."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from time import monotonic

from index import ROOT

logger = logging.getLogger(__name__)

WATCH = (sys.executable, "-m", "scripts.reindex", "--watch", "--hosted")

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
_LINE_LIMIT = 64 * 1024
_LIVED_S = 60.0  # a process that has lived so long has not died of its beginning
_GRACE_S = 10.0

Sleep = Callable[[float], Awaitable[object]]


class Supervisor:
    """Runs a command for as long as it is itself run, one process at a time.

    The process ends when its standard input does, and that is when the bot ends, however it ends.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = monotonic,
        grace_s: float = _GRACE_S,
    ) -> None:
        self._command = command
        self._sleep = sleep
        self._clock = clock
        self._grace_s = grace_s

    async def run(self) -> None:
        """Start the process, and again whenever it has ended, ever later; until cancelled."""
        wait_s = FIRST_WAIT_S
        while True:
            started = self._clock()
            ended = await self._once()
            if self._clock() - started >= _LIVED_S:
                wait_s = FIRST_WAIT_S
            logger.warning("watching %s; it starts again in %.0f s", ended, wait_s)
            await self._sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    async def _once(self) -> str:
        """Run the process to its end; how it ended, in words."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=_LINE_LIMIT,
                start_new_session=True,  # Ctrl-C is for the bot, which then ends this
            )
        except OSError as error:
            return f"could not be started ({error.strerror})"
        try:
            if process.stdout is not None:
                await _log_lines(process.stdout)
            return f"ended with status {await process.wait()}"
        finally:
            await self._end(process)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """Ask the process to end, and see to it that it does."""
        if process.stdin is not None:
            process.stdin.close()
        if process.returncode is None:
            process.terminate()
            try:
                # Its last lines are read on, or a full pipe would keep it from ending.
                await asyncio.wait_for(process.communicate(), self._grace_s)
            except TimeoutError:
                process.kill()
        await process.wait()


@asynccontextmanager
async def hosted(supervisor: Supervisor | None) -> AsyncIterator[None]:
    """Have the supervisor at work, if there is one, for as long as the block lasts."""
    task = asyncio.create_task(supervisor.run()) if supervisor else None
    try:
        yield
    finally:
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _log_lines(stream: asyncio.StreamReader) -> None:
    while True:
        try:
            line = await stream.readline()
        except ValueError:  # longer than any line that means something; it is dropped
            continue
        if not line:
            return
        if told := line.decode("utf-8", "replace").strip():
            logger.info("watch: %s", told)
