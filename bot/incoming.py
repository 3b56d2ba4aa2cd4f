"""Files that admins sent, kept aside until they are confirmed or a day old."""

import contextlib
import re
import secrets
import time
from pathlib import Path

KEPT_S = 24 * 3600
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}")


def folder_in(data: Path) -> Path:
    """Where they are kept."""
    return data / "incoming"


def place_for(name: str, data: Path) -> Path:
    """A new path there for a file of this name, of which it has nothing but the suffix."""
    folder = folder_in(data)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    suffix = Path(name).suffix
    return folder / f"{secrets.token_hex(8)}{suffix if _SUFFIX.fullmatch(suffix) else ''}"


def forget(file: Path) -> None:
    """Delete one, if it is still there."""
    file.unlink(missing_ok=True)


def sweep(data: Path) -> None:
    """Delete those that nobody has confirmed for a day."""
    folder = folder_in(data)
    for file in folder.iterdir() if folder.is_dir() else ():
        # Somebody may confirm one, or take it back, at this very moment.
        with contextlib.suppress(FileNotFoundError):
            if file.stat().st_mtime < time.time() - KEPT_S:
                forget(file)
