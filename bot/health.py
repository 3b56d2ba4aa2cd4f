"""How the bot is doing: since when it runs, when it last heard from Telegram, what went wrong."""

import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from index import Status

MOST_KINDS = 50
_OTHERS = "others"


class Health:
    """Counts errors by the part that logged them; notes what polling and the collection said."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._steady = steady
        self._answered_at: float | None = None
        self.started_at = clock()
        self.polled_at: float | None = None
        self.lively_until: float | None = None
        self.errors: Counter[str] = Counter()
        self.collection: Status | None = None
        self.collection_open = True

    def polled(self) -> None:
        """Telegram has answered a getUpdates."""
        self.polled_at = self._clock()
        self._answered_at = self._steady()

    def tried(self, pause_s: float) -> None:
        """The poller has been through a round, well or not, and pauses now for so long.

        `lively_until`, by the steady clock, is until when it need not be heard from again.
        """
        self.lively_until = self._steady() + pause_s
        if self._answered_at is None:
            self._answered_at = self._steady()

    def rests(self) -> None:
        """Nobody polls any more."""
        self.lively_until = self._answered_at = None

    @property
    def silent_s(self) -> float | None:
        """Seconds since polling last succeeded, by the steady clock; None if nobody polls."""
        return None if self._answered_at is None else self._steady() - self._answered_at

    def looked_at(self, found: Status | None) -> None:
        """The collection has told what it holds, or has failed to."""
        self.collection_open = found is not None
        self.collection = found or self.collection

    @property
    def up_s(self) -> float:
        """Seconds since the start."""
        return self._clock() - self.started_at

    @property
    def heard_s(self) -> float | None:
        """Seconds since Telegram last answered a getUpdates; None if it never has."""
        return None if self.polled_at is None else self._clock() - self.polled_at

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count what is logged as an error for as long as the block lasts."""
        counting = _Counting(self.errors)
        logging.getLogger().addHandler(counting)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(counting)


class _Counting(logging.Handler):
    """Counts records by their loggers' names, and keeps nothing of what they say."""

    def __init__(self, errors: Counter[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        known = record.name in self._errors or len(self._errors) < MOST_KINDS
        self._errors[record.name if known else _OTHERS] += 1


@dataclass(frozen=True, slots=True)
class Room:
    """What a folder takes up, and what is free on its disk; bytes."""

    used: int
    free: int


def room_of(folder: Path, *, most: int = 200_000) -> Room:
    """The room of a folder; its first `most` files are counted."""
    used = 0
    for size in _sizes(folder):
        used, most = used + size, most - 1
        if not most:
            break
    return Room(used, shutil.disk_usage(folder).free)


def _sizes(folder: Path) -> Iterator[int]:
    for here, _, files in os.walk(folder):
        for name in files:
            with suppress(OSError):  # it has gone meanwhile
                yield Path(here, name).lstat().st_size
