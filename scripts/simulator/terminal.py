"""The simulator in a terminal: lines in, and what would be seen in Telegram out."""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.desk import Library
from scripts.simulator.lines import read_line
from scripts.simulator.stage import on_stage

GUIDE = """\
You are in a simulated Telegram group with topics, where the bot is a member.
  @quotewire_bot who was hurt?     you say it; /ask and replies work too
  ada: /ask who was hurt?          somebody else says it (admin and anonymous are group admins)
  ada in private: who was hurt?    in her private chat with the bot
  ada #news: /ask who was hurt?    in a topic
  ada reply 2: and where?          a reply to message 2
  ada edit: /ask who was killed?   she changes what she said last
  ada press: 2                     she presses the second button of the last message with buttons
  ada press on 4: More             a button of message 4 by its label
  press: 2                         you press it; edit: and reply to 2: go without a name too
/quit leaves; so do Ctrl-C and the end of input."""


async def simulate(library: Library, lines: Iterator[str], say: Callable[[str], None]) -> None:
    """Play lines one after another, each once the bot is done with the one before."""
    with tempfile.TemporaryDirectory(prefix="quotewire-") as folder:
        async with on_stage(library, Path(folder)) as room:
            while (line := await asyncio.to_thread(next, lines, None)) is not None:
                if line.strip() in {"/quit", "/exit"}:
                    break
                if not line.strip() or line.lstrip().startswith("#"):
                    continue
                for seen in await room.do(read_line(line)):
                    say(seen)


def play(library: Library, lines: Iterator[str]) -> None:
    """Simulate on standard output until the end of the lines."""
    if sys.stdin.isatty():
        print(GUIDE, flush=True)
    asyncio.run(simulate(library, lines, lambda seen: print(seen, flush=True)))
