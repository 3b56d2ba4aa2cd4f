"""Keep a collection up with its folders, feeds and pages until told to stop."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from index import ROOT, IndexSettings
from index.fetching.gather import Gathered, gather, next_due, now_utc
from index.fetching.listing import FILE_NAME, Listing
from index.live import model_of, options_of
from index.lock import watch_lock
from index.reindex import Model, Options, Outcome, reindex
from index.watching import Pace, Stopped, Watcher
from scripts.terminal.gathering import (
    OpenFetcher,
    choice_of,
    gathered_line,
    listing_of,
    open_fetcher,
)
from scripts.terminal.noticing import Notices
from scripts.terminal.reindexing import plain_path

Told = Callable[[str], None]

NAMED = 8
"""How many of the folders and sources that it follows are named."""

DUE_EVERY_S = 10.0
"""How often it is seen whether a source is due."""


def watch(
    settings: IndexSettings, paths: Sequence[Path], *, options: Options, hosted: bool = False
) -> int:
    """Follow the paths, or all that is listed, until a signal; `hosted`, until stdin ends too.

    Raises Locked where another watch follows this collection.
    """
    stop = threading.Event()
    listed = partial(listing_of, settings) if not paths else (lambda: Listing((), tuple(paths)))
    # Whoever hosts it has a log with times of its own.
    told: Told = partial(print, flush=True) if hosted else say
    model = model_of(settings)
    vigil = Vigil(settings, model, listed, stop=stop, options=options, told=told)
    with ending(stop, vigil.wake):
        if hosted:
            _end_with_stdin(stop, vigil.wake)
        vigil.keep()
    return 0


class Vigil:
    """One watch over one collection: the model is loaded once, for as long as it lasts."""

    def __init__(  # noqa: PLR0913 - by name, the last three for tests
        self,
        settings: IndexSettings,
        model: Model,
        listed: Callable[[], Listing],
        *,
        stop: threading.Event,
        options: Options | None = None,
        told: Told | None = None,
        opened: OpenFetcher = open_fetcher,
        pace: Pace | None = None,
    ) -> None:
        self._settings = settings
        self._model = replace(model, load=cache(model.load), lexicon=cache(model.lexicon))
        self._listed = listed
        self._stop = stop
        self._options = options or options_of(settings)
        self._tell = told or say
        self._notices = Notices(self._tell)
        self._visits = _Visits(settings, self._notices.put, self._tell, stop, opened)
        self._pace = pace
        self._failing: set[str] = set()
        self._missing: set[Path] = set()
        self._named: tuple[str, ...] | None = None
        self._generation = 0
        toml = [path for path in settings.sources if path.suffix.lower() == ".toml"]
        self._lists = [ROOT / FILE_NAME, *toml]

    def wake(self) -> None:
        """Have `stop` noticed at once."""
        self._notices.wake()

    def keep(self) -> None:
        """Follow until `stop` is set. Raises Locked."""
        with watch_lock(self._settings.folder), closing(self._notices):
            # A list that is wrong now may be right when it is saved again, so it is followed.
            self._notices.follow(self._lists)
            self._tell("watching; Ctrl-C ends it")
            Watcher(
                self._notices,
                self._run,
                self._tell,
                stopped=self._stop.is_set,
                visit=self._visits.pay_if_due,
                pace=self._pace,
            ).follow()
            self._tell("stopped")

    def _run(self) -> None:
        """Bring the collection up to date with the files that are there; fetching goes its way."""
        listing = self._listed()
        roots = listing.roots(self._settings.folder)
        on_disk = Listing(
            tuple(source for source in listing.sources if not source.kind.is_fetched),
            listing.paths,
        ).roots(self._settings.folder)
        self._notices.follow([*self._lists, *on_disk])
        self._visits.listing = listing
        self._tell_named(listing.names())
        self._tell_missing({root for root in on_disk if not root.exists()})
        # What was read from a place that is gone is kept: it may be a disk that is not there.
        if there := [root for root in roots if root.exists()]:
            options = replace(self._options, choice=choice_of(listing))
            where = self._settings.where
            self._tell_outcome(
                reindex(there, where, self._model, options=options, progress=self._go_on)
            )
            # Loaded now, once, so that the first file to arrive does not wait for them.
            self._model.load()
            self._model.lexicon()

    def _go_on(self, stage: str, _: int, __: int) -> None:
        # What has been published is published: its checkpoint is still to be renewed.
        if self._stop.is_set() and stage != "publishing":
            raise Stopped

    def _tell_outcome(self, outcome: Outcome) -> None:
        if outcome.generation != self._generation or outcome.changed or outcome.removed:
            self._tell(outcome_line(outcome))
        self._generation = outcome.generation
        failing = {f"failed: {plain_path(f.file)}: {f.reason}" for f in outcome.failed}
        for line in sorted(failing - self._failing):
            self._tell(line)
        self._failing = failing

    def _tell_named(self, names: tuple[str, ...]) -> None:
        if names == self._named:
            return
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        self._tell(f"following {', '.join(names[:NAMED]) or 'nothing'}{more}")
        self._named = names

    def _tell_missing(self, missing: set[Path]) -> None:
        for path in sorted(missing - self._missing):
            self._tell(f"{plain_path(path)} is not there; what was read from it is kept")
        self._missing = missing


class _Visits:
    """Fetches what is due on a thread of its own, so that files never wait for a slow server."""

    def __init__(
        self,
        settings: IndexSettings,
        brought: Callable[[Path], None],
        told: Told,
        stop: threading.Event,
        opened: OpenFetcher,
    ) -> None:
        self.listing = Listing()
        self._settings = settings
        self._brought = brought
        self._tell = told
        self._stop = stop
        self._opened = opened
        self._thread: threading.Thread | None = None
        self._asked: Listing | None = None
        self._look_at = 0.0
        self._failing: dict[str, str] = {}

    def pay_if_due(self) -> None:
        """Start fetching where something is due and nothing is being fetched."""
        if self._thread is not None and self._thread.is_alive():
            return
        # A list that has changed is gone through at once: it may ask something else of a source.
        if time.monotonic() < self._look_at and self._asked == self.listing:
            return
        is_new = self._asked != self.listing
        self._look_at, self._asked = time.monotonic() + DUE_EVERY_S, self.listing
        now = now_utc()
        due = next_due(self.listing.sources, self._settings.folder, now)
        if due is not None and (is_new or due <= now):
            # A daemon: a server that keeps it waiting does not keep the watch from ending.
            self._thread = threading.Thread(target=self._pay, name="fetch", daemon=True)
            self._thread.start()

    def _pay(self) -> None:
        try:
            with closing(self._opened(self._settings.private)) as fetcher:
                reports = gather(
                    self.listing.sources, self._settings.folder, fetcher, progress=self._go_on
                )
        except Stopped:
            return
        except Exception as error:  # noqa: BLE001 - the watch goes on, and so do the next visits
            self._tell(f"nothing could be fetched ({type(error).__name__}: {error})")
            return
        for report in reports:
            self._tell_of(report)
        if any(report.new or report.changed or report.retired for report in reports):
            self._brought(self._settings.folder)

    def _tell_of(self, report: Gathered) -> None:
        before = self._failing.pop(report.name, "")
        if report.failed:
            self._failing[report.name] = report.failed
        brought = report.new or report.changed or report.retired
        if brought or report.failed != before:
            self._tell(gathered_line(report))

    def _go_on(self, *_: object) -> None:
        if self._stop.is_set():
            raise Stopped


def outcome_line(outcome: Outcome) -> str:
    """What a run changed, in one line."""
    return (
        f"{outcome.new:,} new, {outcome.changed:,} changed, {outcome.removed:,} removed:"
        f" generation {outcome.generation}, {outcome.paragraphs:,} paragraphs,"
        f" {outcome.seconds:.1f} s"
    )


def say(line: str) -> None:
    """Print a line with the time before it."""
    moment = datetime.now().astimezone().isoformat(" ", "seconds")[:19]
    print(f"{moment} {line}", flush=True)


@contextmanager
def ending(stop: threading.Event, wake: Callable[[], None]) -> Iterator[None]:
    """Let SIGINT and SIGTERM end it between two steps; a second one, at once."""

    came: list[object] = []

    def on_signal(*_: object) -> None:
        if came:
            raise KeyboardInterrupt
        came.append(True)
        stop.set()
        wake()

    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _end_with_stdin(stop: threading.Event, wake: Callable[[], None]) -> None:
    """End when whoever started us has gone, however it went."""

    def wait() -> None:
        sys.stdin.buffer.read()
        stop.set()
        wake()

    threading.Thread(target=wait, name="host", daemon=True).start()
