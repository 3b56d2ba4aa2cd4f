"""Look for the fake token in all that tests write: what they print and log, and their files."""

import os
from collections.abc import Iterable
from pathlib import Path

from scripts.simulator.api import TOKEN

SECRET = TOKEN.partition(":")[2]
"""The half of the token that opens everything."""

_MOST_BYTES = 64 * 2**20
_MAY_HOLD_IT = ".env"


def spilled_in(sections: Iterable[tuple[str, str]]) -> list[str]:
    """The names of those captured sections in which the token stands."""
    return [name for name, text in sections if SECRET in text]


def spilled_under(folder: Path) -> list[Path]:
    """The files, all but settings, in which it stands; the largest are not looked at."""
    files = (Path(here, name) for here, _, names in os.walk(folder) for name in names)
    return [file for file in files if file.name != _MAY_HOLD_IT and _spills(file)]


def _spills(file: Path) -> bool:
    try:
        # What a test has made unreadable, a pipe or a socket holds nothing for long.
        return (
            file.is_file()
            and file.stat().st_size <= _MOST_BYTES
            and SECRET.encode() in file.read_bytes()
        )
    except OSError:
        return False
