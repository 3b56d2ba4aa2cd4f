"""The folder of one fetched source: a file an article, and what to remember of the last visit."""

import json
import os
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from index.fetching.fetcher import Known
from index.fetching.listing import FETCHED
from index.fetching.source import Source

SUFFIXES = (".jsonl", ".html", ".pdf", ".txt")
STATE = ".state.json"  # hidden, so that it is not read as an article
_DAY_S = 86_400


@dataclass(slots=True)
class State:
    """What is remembered of a source, by article where it is a mapping.

    `asked` is what was asked of it when `etag` and `last_modified` were told.

    `dated` has the day by which it is retired, where there are rules for that; `followed` what its
    entry said when its page was fetched, and `tries` how often that failed.
    """

    asked: str = ""
    etag: str = ""
    last_modified: str = ""
    checked: str = ""
    failures: int = 0
    error: str = ""
    dated: dict[str, str] = field(default_factory=dict)
    followed: dict[str, str] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)

    def remember(self, source: Source, known: Known) -> None:
        """Ask by this next time, as long as it is the same that is asked."""
        self.asked = source.asked
        self.etag, self.last_modified = known.etag, known.last_modified


class Put(StrEnum):
    """What became of a file that was put on a shelf."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Shelf:
    """The files of one source. Each is written aside and renamed, so that none is ever half."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.folder = folder / FETCHED / source.name
        self.state = _read_state(self.folder / STATE)

    def files(self) -> dict[str, Path]:
        """The articles' files by their names without a suffix."""
        if not self.folder.is_dir():
            return {}
        found = sorted(self.folder.iterdir())
        return {path.stem: path for path in found if not path.name.startswith(".")}

    def held(self, stem: str) -> Path | None:
        """The file of this name, whatever its suffix."""
        paths = (self.folder / f"{stem}{suffix}" for suffix in SUFFIXES)
        return next((path for path in paths if path.exists()), None)

    def put(self, name: str, data: bytes) -> Put:
        """Put a file on the shelf; one of another kind under its name goes."""
        path = self.folder / name
        held = self.held(path.stem)
        if held == path and path.read_bytes() == data:
            return Put.UNCHANGED
        self._write(path, data)
        if held is not None and held != path:
            held.unlink(missing_ok=True)
        return Put.NEW if held is None else Put.CHANGED

    def known(self, source: Source) -> Known:
        """What to ask the server by: nothing, where what it sent then is not what is wanted."""
        state = self.state
        if state.asked != source.asked or not self.files():
            return Known()
        return Known(state.etag, state.last_modified)

    def save(self) -> None:
        """Write down what is to be remembered."""
        self._write(self.folder / STATE, json.dumps(asdict(self.state), indent=1).encode())

    def _write(self, path: Path, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            aside.write_bytes(data)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


def due_at(source: Source, state: State) -> datetime:
    """When the source is to be asked next: a failing one ever later, to a day."""
    try:
        checked = datetime.fromisoformat(state.checked)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    longest = max(_DAY_S, source.every_s)
    wait = min(source.every_s * 2 ** min(state.failures, 12), longest)
    return checked + timedelta(seconds=wait)


def is_due(source: Source, state: State, now: datetime) -> bool:
    """Whether the source is to be asked now; so is one that was last asked in the future."""
    if state.asked and state.asked != source.asked:
        return True
    return not state.checked or due_at(source, state) <= now or state.checked > now.isoformat()


def _read_state(path: Path) -> State:
    """What was remembered; nothing, where that was lost or damaged."""
    try:
        told: Any = json.loads(path.read_bytes())
        given = {one.name: told[one.name] for one in fields(State) if one.name in told}
    except (OSError, ValueError, TypeError, RecursionError):
        return State()
    fresh = State()
    fits = all(type(value) is type(getattr(fresh, name)) for name, value in given.items())
    return State(**given) if fits else fresh
