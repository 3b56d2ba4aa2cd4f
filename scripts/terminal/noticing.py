"""Notice what changes in folders, among them those that come and go."""

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue

from index.readers import wants

Mark = tuple[int, ...] | None
Told = Callable[[str], None]
Watch = Callable[..., Iterator[Iterable[tuple[object, str]]]]
"""What tells of changes in folders, as watchfiles does. Raises OSError where it cannot."""

_STEP_MS = 50
_DEBOUNCE_MS = 200
_WAKE_MS = 250  # how soon a watch notices that it is over
_READY_S = 30.0


class Notices:
    """What has changed in the places that are followed, or been put here by others.

    `wake` may be called from anywhere, a signal's handler included.
    """

    def __init__(self, told: Told, *, watch: Watch | None = None) -> None:
        # A SimpleQueue, since only its put may interrupt its own get on the same thread.
        self._arrived: SimpleQueue[frozenset[Path]] = SimpleQueue()
        self._told = told
        self._by = watch
        self._marks: dict[Path, Mark] = {}
        self._eye: _Eye | None = None
        self._watched: dict[Path, Mark] = {}

    def follow(self, places: Iterable[Path]) -> None:
        """Follow these files and folders from now on, whether they are there yet or not."""
        self._marks = {place: _mark(place) for place in places}
        self._watch()

    def put(self, *paths: Path) -> None:
        """Let these count as changed."""
        self._arrived.put(frozenset(paths))

    def wake(self) -> None:
        """End a wait."""
        self._arrived.put(frozenset())

    def wait(self, timeout_s: float) -> set[Path]:
        """What has changed since the last call, by name; nothing after so long without."""
        changed: set[Path] = set()
        try:
            changed |= self._arrived.get(timeout=timeout_s)
            while True:
                changed |= self._arrived.get_nowait()
        except Empty:
            return changed | self._look()

    def close(self) -> None:
        """Stop noticing."""
        if self._eye:
            self._eye.close()
        self._eye, self._watched = None, {}

    def _look(self) -> set[Path]:
        """The places that have come, gone, been replaced or, being files, been written to."""
        before = self._marks
        self._marks = {place: _mark(place) for place in before}
        self._watch()
        return {place for place, mark in self._marks.items() if mark != before[place]}

    def _watch(self) -> None:
        """Watch the folders that are there; a folder made anew is another folder."""
        there: dict[Path, Mark] = {
            place: mark for place, mark in self._marks.items() if mark and place.is_dir()
        }
        if there == self._watched:
            return
        self.close()
        self._watched = there
        if there:
            self._eye = _Eye(tuple(there), self.put, self._told, self._by)


class _Eye:
    """A thread that watches folders, with all below them."""

    def __init__(
        self,
        folders: tuple[Path, ...],
        seen: Callable[..., None],
        told: Told,
        watch: Watch | None,
    ) -> None:
        self._folders = folders
        self._by = watch
        self._seen = seen
        self._told = told
        self._over = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)
        self._thread.start()
        self._ready.wait(_READY_S)  # what changes from now on is noticed

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        try:
            self._follow(polling=None)
        except OSError as error:
            # Of watches the system has only so many.
            self._told(f"the system does not tell of changes ({error}); looking for them instead")
            self._look_instead()
        finally:
            self._ready.set()

    def _look_instead(self) -> None:
        try:
            self._follow(polling=True)
        except OSError as error:
            self._told(f"changes are noticed late: {error}")

    def _follow(self, *, polling: bool | None) -> None:
        from watchfiles import Change, watch

        found = (self._by or watch)(
            *self._folders,
            watch_filter=lambda change, path: self._matters(
                Path(path), deleted=change is Change.deleted
            ),
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            stop_event=self._over,
            rust_timeout=_WAKE_MS,
            yield_on_timeout=True,
            force_polling=polling,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        for changes in found:
            self._ready.set()
            if changes:
                self._seen(*(Path(path) for _, path in changes))

    def _matters(self, path: Path, *, deleted: bool) -> bool:
        """Whether it may be an article, or a folder of some: of what is gone, nobody knows."""
        for folder in self._folders:
            if path.is_relative_to(folder):
                inside = path.relative_to(folder).parts
                if not any(part.startswith(".") for part in inside):
                    return deleted or wants(path) or path.is_dir()
        return False


def _mark(path: Path) -> Mark:
    """What tells a place from another of its name, and a file from what it was before."""
    try:
        status = path.stat()
    except OSError:
        return None
    if path.is_dir():
        return status.st_dev, status.st_ino
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
