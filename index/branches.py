"""A collection with several processes that answer, for a machine with several processors."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any, Protocol

from index.answer import Answer, Request
from index.errors import OutOfReach
from index.live import model_of, open_library
from index.reference import Reference
from index.reindex import Model
from index.settings import ROOT, IndexSettings
from index.store import Store, open_store
from index.wire import Line, Outcome, Question, Warm, Wire

logger = logging.getLogger(__name__)

TRIES = 2  # a question that ends two processes is given up, before it ends all of them
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0  # before another process is begun, and at the longest
LIVED_S = 60.0  # a process that has lived so long has not died of its beginning


class Process(Protocol):
    """What answers at the other end of a wire."""

    def kill(self) -> None: ...
    def wait(self) -> int: ...


Begin = Callable[["Connection[Any, Any]"], Process]
"""Begins a process that has the other end of a connection."""


class _Lost(Exception):  # noqa: N818 - no fault of ours: it is asked again elsewhere
    """The process ended before it had answered."""


def open_branches(settings: IndexSettings) -> Reference:
    """The collection that the settings name, answered in as many processes as they say.

    Raises NoCollection, Damaged, ModelMissing.
    """
    return open_library(settings) if settings.processes == 1 else in_processes(settings)


def in_processes(settings: IndexSettings) -> "Branches":
    """The same, in processes beside this one even where it is to be one only."""
    model = model_of(settings)
    store = open_store(settings.where)
    with store.snapshot() as view:
        view.generation()  # fail here and now where there is none
    return Branches(store, model, settings, begin=begin_process)


class Branches(Reference):
    """A collection whose questions are answered by other processes; what needs no model, here.

    Each of them follows the collection by itself. One that ends is begun again, and what it had
    not answered is asked of another.
    """

    def __init__(
        self,
        store: Store,
        model: Model,
        settings: IndexSettings,
        *,
        begin: Begin,
        wait_s: float = FIRST_WAIT_S,
    ) -> None:
        super().__init__(store, model, threshold=settings.threshold, aliases=settings.aliases)
        share = settings.model_copy(update={"threads": _threads(settings)})
        self._branches = [_Branch(share, begin, wait_s) for _ in range(settings.processes)]

    @property
    def warm(self) -> bool:
        """Whether a process is ready; until one is, a question waits for it."""
        return self.ready > 0

    @property
    def ready(self) -> int:
        """How many processes have loaded the model, or could not."""
        return sum(branch.warm for branch in self._branches)

    def answer(self, request: Request) -> Answer:
        """The passages that answer a question, best first; none if the collection has none.

        Raises what the process that was asked raised, and OutOfReach where processes end of it.
        """
        for _ in range(TRIES):
            with suppress(_Lost):
                return self._freest().ask(request).result()
        raise OutOfReach(
            f"the process that was to answer ended, {TRIES} times for one question; the log says"
            " how; if that stays, set INDEX_PROCESSES=1 and start again"
        )

    def close(self) -> None:
        """End the processes, and let go of the store."""
        for branch in self._branches:
            branch.close()
        self._store.close()

    def _freest(self) -> "_Branch":
        """Of the processes that are ready, or else of all, the one that has least to answer."""
        ready = [branch for branch in self._branches if branch.warm]
        return min(ready or self._branches, key=lambda branch: branch.open)


@dataclass(slots=True)
class _Asked:
    """A question, the answer to be, and whether a process has it."""

    request: Request
    answer: Future[Answer] = field(default_factory=Future)
    sent: bool = False


class _Branch:
    """One process that answers, the questions it has, and a thread that hears it."""

    def __init__(self, settings: IndexSettings, begin: Begin, wait_s: float) -> None:
        self._settings = settings
        self._begin = begin
        self._wait_s = wait_s
        self._guard = threading.Lock()
        self._asked: dict[int, _Asked] = {}
        self._last = 0
        self._wire: Wire | None = None
        self._process: Process | None = None
        self._closed = threading.Event()
        self.warm = False
        self._thread = threading.Thread(target=self._live, name="branch", daemon=True)
        self._thread.start()

    @property
    def open(self) -> int:
        """How many questions it has not answered yet."""
        return len(self._asked)

    def ask(self, request: Request) -> Future[Answer]:
        """The answer to be; it raises _Lost where the process ends before."""
        asked = _Asked(request)
        with self._guard:
            if self._closed.is_set():
                raise RuntimeError("the library is closed")
            self._last += 1
            self._asked[self._last] = asked
            self._send(self._last, asked)
        return asked.answer

    def close(self) -> None:
        """End the process and the thread."""
        self._closed.set()
        with self._guard:
            if self._process is not None:
                self._process.kill()  # it writes nothing that could be left half done
        self._thread.join()
        self._forget(all_of_it=True)

    def _live(self) -> None:
        """Have a process at work, another one when it ends, ever later; until closed."""
        wait_s = self._wait_s
        while not self._closed.is_set():
            began = monotonic()
            ended = self._once()
            if self._closed.is_set():
                return
            if monotonic() - began >= LIVED_S:
                wait_s = self._wait_s
            logger.warning("a process that answers %s; another begins in %.0f s", ended, wait_s)
            self._closed.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _once(self) -> str:
        """Begin a process and hear it to its end; how it ended, in words."""
        ours, theirs = Pipe()
        wire = Wire(ours)
        try:
            with theirs:
                process = self._begin(theirs)
        except OSError as error:
            wire.close()
            self._forget(all_of_it=True)
            return f"could not be begun ({error.strerror})"
        try:
            self._meet(wire, process)
            while True:
                self._hear(wire.receive())
        except (EOFError, OSError):
            process.kill()  # it cannot be heard any more, whether or not it is at its end
            return f"ended with status {process.wait()}"
        except Exception as error:  # noqa: BLE001 - of a program that was replaced meanwhile
            return f"said what cannot be read ({type(error).__name__})"
        finally:
            process.kill()
            process.wait()
            self._forget()
            wire.close()

    def _meet(self, wire: Wire, process: Process) -> None:
        """Hand a new process the settings, and what was asked while there was none."""
        wire.send(self._settings)
        with self._guard:
            self._wire, self._process = wire, process
            for number, asked in self._asked.items():
                self._send(number, asked)
        if self._closed.is_set():
            process.kill()

    def _send(self, number: int, asked: _Asked) -> None:
        """Hand the process a question; where it is gone, the next one is to have it."""
        if self._wire is None:
            return
        try:
            self._wire.send(Question(number, asked.request))
            asked.sent = True
        except OSError:  # which the thread is about to hear too
            self._wire, self.warm = None, False

    def _hear(self, message: object) -> None:
        match message:
            case Outcome(number, told):
                with self._guard:
                    answer = self._asked.pop(number).answer
                if isinstance(told, Exception):
                    answer.set_exception(told)
                else:
                    answer.set_result(told)
            case Warm():
                self.warm = True
            case Line(name, level, text):
                logging.getLogger(name).log(level, "%s", text)

    def _forget(self, *, all_of_it: bool = False) -> None:
        """Give up what a process had that has ended, or whatever was asked."""
        self.warm = False
        with self._guard:
            self._wire = self._process = None
            lost = {at: asked for at, asked in self._asked.items() if asked.sent or all_of_it}
            for number in lost:
                del self._asked[number]
        for asked in lost.values():
            asked.answer.set_exception(_Lost())


def begin_process(theirs: "Connection[Any, Any]") -> Process:
    """A process of ours that answers over a connection, and ends with whoever began it."""
    number = theirs.fileno()
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "index.branch", str(number)],
        cwd=ROOT,
        env=_without_secrets(os.environ),
        pass_fds=[number],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def _without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without what is the bot's: its token is nobody else's business."""
    return {name: value for name, value in environ.items() if not name.startswith("BOT_")}


def _threads(settings: IndexSettings) -> int:
    """How many threads of the model each process may have, unless it was set."""
    own = getattr(os, "sched_getaffinity", None)  # not every system tells it
    processors = len(own(0)) if own else os.cpu_count() or 1
    return settings.threads or max(1, processors // settings.processes)
