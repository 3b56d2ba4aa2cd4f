"""The doors of scripts as the bot opens them: processes of their own, which speak JSON."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.logs import redacted
from index import ROOT

Command = tuple[str, ...]

PATIENCE_S = 180.0
"""How long a door may take to look at something."""

LINE_LIMIT = 256 * 1024
"""Most bytes that a door says in one line."""

_LONGEST_REASON = 600


@dataclass(frozen=True, slots=True)
class Doors:
    """The commands that open them, and the folder of the collection where it is known."""

    reindex: Command = (sys.executable, "-m", "scripts.reindex")
    sources: Command = (sys.executable, "-m", "scripts.sources")
    add: Command = (sys.executable, "-m", "scripts.add")
    collection: Path | None = None


DOORS = Doors()
"""Those that stand beside the bot."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A door did not do it, and why, in its own words."""

    reason: str


async def ask(
    command: Command, *words: str, patience_s: float = PATIENCE_S
) -> dict[str, Any] | Refused:
    """The JSON object that a door prints, or why it did not."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            *words,
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return Refused(error.strerror or type(error).__name__)
    try:
        out, err = await asyncio.wait_for(process.communicate(), patience_s)
    except TimeoutError:
        return Refused(f"it took longer than {patience_s:.0f} s")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    told = object_in(out)
    return told if process.returncode == 0 and told else Refused(reason_in(err))


def object_in(line: bytes) -> dict[str, Any] | None:
    """The JSON object that a line is; None if it is something else."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def reason_in(err: bytes) -> str:
    """The end of what was said on standard error, as short as a message has room for."""
    return redacted(err.decode("utf-8", "replace").strip())[-_LONGEST_REASON:]
