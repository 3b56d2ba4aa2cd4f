"""Wait for what changes, let it settle, and have the collection brought up to date.

Nothing here knows of files' contents, of the web or of a clock on the wall: what notices changes
and what is then done come in as arguments.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from index.errors import IndexFault, Locked

logger = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818 - no fault: somebody asked for it
    """The watch is to end; raised between two steps of what is being done."""


class Changes(Protocol):
    """What notices that files have changed."""

    def wait(self, timeout_s: float) -> set[Path]:
        """What has changed since the last call; nothing where so long nothing has."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a watch is, in seconds.

    Changed files are read once they have been `still_s` without a change, or after `patience_s`;
    all is looked at every `full_s`, since network shares do not tell of changes; what fails is
    tried again after `retry_s`, then ever later, up to `longest_retry_s`; `nap_s` is the longest
    wait in one piece.
    """

    still_s: float = 1.0
    patience_s: float = 5.0
    full_s: float = 300.0
    retry_s: float = 5.0
    longest_retry_s: float = 300.0
    nap_s: float = 2.0


Stamp = tuple[int, int] | None
"""Size and time of change of a file; None where there is none."""


def stamp_of(path: Path) -> Stamp:
    """What differs once a file has been written to."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


class Watcher:
    """Calls `run` at once, after changes that have settled, and now and then in any case.

    `run` may raise whatever it likes: that is told, and tried again later. It is not called for
    changes one by one: whatever comes while it runs is one more run. `visit` is called between
    naps and must not take long. `clock` must never go back.
    """

    def __init__(  # noqa: PLR0913 - what it stands between, by name
        self,
        changes: Changes,
        run: Callable[[], None],
        told: Callable[[str], None],
        *,
        stopped: Callable[[], bool],
        visit: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        stamp: Callable[[Path], Stamp] = stamp_of,
        pace: Pace | None = None,
    ) -> None:
        self._changes = changes
        self._run = run
        self._told = told
        self._stopped = stopped
        self._visit = visit
        self._clock = clock
        self._stamp = stamp
        self._pace = pace or Pace()
        self._pending = True
        self._failures = 0
        self._said = ""
        self._try_at = self._full_at = clock()

    def follow(self) -> None:
        """Watch until stopped."""
        while not self._stopped():
            if self._is_time():
                self._work()
                continue
            changed = self._changes.wait(self._nap())
            self._visit()
            if changed and not self._stopped():
                self._settle(changed)
                self._pending = True
                # A change may be what puts a failure right, so it is not left waiting for long.
                self._try_at = min(self._try_at, self._clock() + self._again_s)

    @property
    def _again_s(self) -> float:
        return self._pace.retry_s if self._failures else 0.0

    def _is_time(self) -> bool:
        now = self._clock()
        return (self._pending and now >= self._try_at) or now >= self._full_at

    def _nap(self) -> float:
        until = self._try_at if self._pending else self._full_at
        return max(0.0, min(self._pace.nap_s, until - self._clock()))

    def _settle(self, changed: Iterable[Path]) -> None:
        """Wait until the files are still, since one may be in the middle of being written."""
        waiting = set(changed)
        latest = self._clock() + self._pace.patience_s
        seen = self._stamps(waiting)
        while self._clock() < latest and not self._stopped():
            more = self._changes.wait(self._pace.still_s)
            waiting |= more
            now = self._stamps(waiting)
            if not more and now == seen:
                return
            seen = now

    def _stamps(self, paths: Iterable[Path]) -> dict[Path, Stamp]:
        return {path: self._stamp(path) for path in paths}

    def _work(self) -> None:
        """Run once; what goes wrong is told, and tried again after a while."""
        self._pending = False
        try:
            self._run()
        except Stopped:
            pass
        except Locked as fault:  # somebody reindexes by hand: soon over, and no failure of ours
            self._say(str(fault))
            self._again(self._pace.nap_s)
        except Exception as error:  # noqa: BLE001 - a watch that ends leaves the collection behind
            self._failures += 1
            wait_s = self._pace.retry_s * 2.0 ** min(self._failures - 1, 20)
            self._say(_described(error))
            self._again(min(wait_s, self._pace.longest_retry_s))
        else:
            self._failures, self._said = 0, ""
        self._full_at = self._clock() + self._pace.full_s

    def _again(self, wait_s: float) -> None:
        self._pending = True
        self._try_at = self._clock() + wait_s

    def _say(self, fault: str) -> None:
        """Tell a fault once, however often it comes again."""
        if fault != self._said:
            self._told(f"{fault}; it is tried again")
        self._said = fault


def _described(error: Exception) -> str:
    if isinstance(error, IndexFault | OSError):
        return str(error)
    logger.error("a run failed unexpectedly: %s", type(error).__name__, exc_info=error)
    return f"that could not be done ({type(error).__name__}: {error})"
