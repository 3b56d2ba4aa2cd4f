"""What works beside the bot: its lines are logged, it is started again, it ends with the bot."""

import asyncio
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.watcher import Supervisor, hosted


@pytest.fixture(autouse=True)
def _told(caplog):
    caplog.set_level(logging.INFO, "bot.watcher")


class Naps:
    """Sleeps that take no time; after the last one nothing is started any more."""

    def __init__(self, last: int) -> None:
        self.waits: list[float] = []
        self.over = asyncio.Event()
        self._last = last

    async def sleep(self, wait_s: float) -> None:
        self.waits.append(wait_s)
        if len(self.waits) == self._last:
            self.over.set()
            await asyncio.Event().wait()


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - another process makes it come true
        await asyncio.sleep(0.02)


def python(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program)


async def test_its_lines_are_in_the_log_and_a_process_that_dies_is_started_ever_later(caplog):
    naps = Naps(4)
    program = "import sys; print('otters'); print('kelp', file=sys.stderr); sys.exit(3)"
    async with hosted(Supervisor(python(program), sleep=naps.sleep, clock=lambda: 0.0)):
        await naps.over.wait()

    assert naps.waits == [1.0, 2.0, 4.0, 8.0]
    assert sorted(caplog.messages) == sorted(
        4 * ["watch: otters", "watch: kelp"]
        + [f"watching ended with status 3; it starts again in {wait} s" for wait in (1, 2, 4, 8)]
    )


async def test_a_process_that_lived_long_is_started_again_soon():
    naps = Naps(3)
    hours = iter(range(0, 36_000, 3_600))
    async with hosted(Supervisor(python(""), sleep=naps.sleep, clock=lambda: next(hours))):
        await naps.over.wait()

    assert naps.waits == [1.0, 1.0, 1.0]


async def test_a_command_that_is_not_there_is_told(caplog):
    naps = Naps(1)
    async with hosted(Supervisor(("/nowhere/otter",), sleep=naps.sleep)):
        await naps.over.wait()

    assert caplog.messages == [
        "watching could not be started (No such file or directory); it starts again in 1 s"
    ]


async def test_a_line_without_end_does_not_end_the_log(caplog):
    naps = Naps(1)
    program = "print('x' * 1_000_000); print('otters')"
    async with hosted(Supervisor(python(program), sleep=naps.sleep)):
        await naps.over.wait()

    assert "watch: otters" in caplog.messages


BEGUN = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text('begun'); "
STAYS = f"{BEGUN} time.sleep(600)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {STAYS}"
READS = f"{BEGUN} sys.stdin.read(); pathlib.Path(sys.argv[1]).write_text('ended')"


@pytest.mark.parametrize("program", [STAYS, DEAF], ids=["that listens", "that is deaf"])
async def test_a_process_ends_with_the_bot(program, tmp_path: Path, caplog):
    begun = tmp_path / "begun"
    supervisor = Supervisor((*python(program), str(begun)), grace_s=0.2)
    async with hosted(supervisor):
        await until(begun.exists)

    assert caplog.messages == []


async def test_a_process_sees_that_a_bot_that_was_killed_has_gone(tmp_path: Path):
    told = tmp_path / "told"
    host = (
        "import asyncio, sys; from bot.watcher import Supervisor;"
        "asyncio.run(Supervisor((sys.executable, '-c', *sys.argv[1:])).run())"
    )
    bot = await asyncio.create_subprocess_exec(*python(host), READS, str(told))
    await until(told.exists)
    bot.kill()
    await bot.wait()

    await until(lambda: told.read_text() == "ended")


async def test_without_anything_beside_it_there_is_nothing_to_do(caplog):
    async with hosted(None):
        pass

    assert caplog.messages == []
