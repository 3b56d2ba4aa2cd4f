"""Keep one process at work that answers questions, and begin another when it ends."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any, Protocol

from index.answer import Answer, Request
from index.settings import ROOT, IndexSettings
from index.wire import Line, Outcome, Question, Warm, Wire

logger = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0  # before another process is begun, and at the longest
LIVED_S = 60.0  # a process that has lived so long has not died of its beginning
STUCK_S = 120.0  # that a process may be at one question
_GRACE_S = 3.0  # for a process that has hung up to be gone


class Process(Protocol):
    """What answers at the other end of a wire."""

    def kill(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


Begin = Callable[["Connection[Any, Any]"], Process]
"""Begins a process that has the other end of a connection."""


class Lost(Exception):  # noqa: N818 - no fault of ours: it is asked again
    """The process ended before it had answered; `blamed` is whether this question may be why."""

    def __init__(self, *, blamed: bool = False) -> None:
        super().__init__()
        self.blamed = blamed


@dataclass(slots=True)
class _Asked:
    """A question that a process has, since when, and whether it is worked on by itself."""

    alone: bool
    answer: Future[Answer] = field(default_factory=Future)
    at: float = field(default_factory=monotonic)


class Host:
    """One process that answers, the questions that it has, and a thread that hears it.

    `state` is notified whenever a process is begun, here or of another host that shares it.
    """

    def __init__(
        self,
        settings: IndexSettings,
        begin: Begin,
        state: threading.Condition,
        *,
        wait_s: float,
    ) -> None:
        self._settings = settings
        self._begin = begin
        self._wait_s = wait_s
        self._state = state
        self._asked: dict[int, _Asked] = {}
        self._last = 0
        self._wire: Wire | None = None
        self._process: Process | None = None
        self._closed = threading.Event()
        self.warm = self._broken = False
        self.ended = ""
        """How its last process ended."""
        self._thread = threading.Thread(target=self._live, name="host", daemon=True)
        self._thread.start()

    @property
    def burden(self) -> tuple[int, int]:
        """How little is to be hoped from it, by its state and its questions: less is better."""
        rank = 1 if not self.warm else 2 if self._broken else 0
        return rank, len(self._asked)

    @property
    def is_there(self) -> bool:
        """Whether there is a process, warm or not."""
        return self._wire is not None

    def ask(self, request: Request, *, alone: bool) -> Future[Answer]:
        """The answer to be, which raises Lost where the process ends before; so does this.

        One that is asked `alone` shares no call of the model: if the process ends, it was that.
        """
        with self._state:
            if self._closed.is_set():
                raise RuntimeError("the library is closed")
            wire = self._wire
            if wire is None:
                raise Lost
            self._last += 1
            number, asked = self._last, _Asked(alone)
            self._asked[number] = asked
        # Not under the guard, which who hears the answers needs: both would wait for each other.
        try:
            wire.send(Question(number, request, alone))
        except OSError:
            self.end()  # it cannot be spoken to, which the thread is about to hear
        except Exception:
            self._asked.pop(number, None)  # nobody could send it
            raise
        return asked.answer

    def mind(self) -> None:
        """End a process that has been at one question for too long."""
        oldest = min((asked.at for asked in list(self._asked.values())), default=None)
        if oldest is not None and self.warm and monotonic() - oldest > STUCK_S:
            logger.warning("a process has been at a question for %d s and is ended", STUCK_S)
            self.end()

    def end(self, *, for_good: bool = False) -> None:
        """End the process; it writes nothing that could be left half done."""
        if for_good:
            self._closed.set()
        with self._state:
            self._state.notify_all()
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """End the process for good, and the thread."""
        self.end(for_good=True)
        self._thread.join()

    def _live(self) -> None:
        """Have a process at work, another one when it ends, ever later; until closed."""
        wait_s = self._wait_s
        while not self._closed.is_set():
            began = monotonic()
            ended = self._once_in_words()
            if monotonic() - began >= LIVED_S:
                wait_s = self._wait_s
            self._forget(ended)
            if not self._closed.is_set():
                logger.warning(
                    "a process that answers %s; another begins in %.0f s", ended, wait_s
                )
            self._closed.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _once_in_words(self) -> str:
        """Begin a process and hear it to its end; how that came."""
        try:
            return f"ended with status {self._once()}"
        except OSError as error:
            return f"could not be begun ({error.strerror})"
        except Exception as error:  # noqa: BLE001 - or this thread ends, and who asks waits for ever
            return f"could not be kept at work ({type(error).__name__})"

    def _once(self) -> int:
        ours, theirs = Pipe()
        with closing(Wire(ours)) as wire:
            with theirs:
                process = self._begin(theirs)
            try:
                self._hear_out(wire, process)
                return process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                return process.wait()
            finally:
                process.kill()
                process.wait()

    def _hear_out(self, wire: Wire, process: Process) -> None:
        """Hand a new process the settings, and hear it until it hangs up."""
        try:
            wire.send(self._settings)
            with self._state:
                self._wire, self._process = wire, process
                self._state.notify_all()
            if self._closed.is_set():
                process.kill()
            while True:
                self._hear(wire.receive())
        except (EOFError, OSError):
            with self._state:
                self._wire = None  # nobody is to ask it any more, however long it takes to be gone

    def _hear(self, message: object) -> None:
        match message:
            case Outcome(number, told):
                asked = self._asked.pop(number)
                if isinstance(told, Exception):
                    asked.answer.set_exception(told)
                else:
                    self._broken = False
                    asked.answer.set_result(told)
            case Warm(loaded):
                self._broken = not loaded
                self.warm = True
            case Line(name, level, text):
                logging.getLogger(name).log(level, "%s", text)

    def _forget(self, ended: str) -> None:
        """Give up what a process had that has ended."""
        with self._state:
            was_warm, self.warm = self.warm, False
            self._wire = self._process = None
            self.ended = ended
            lost, self._asked = self._asked, {}
        oldest = min(lost, default=0)  # the one that was worked on
        for number, asked in lost.items():
            blamed = not was_warm or (asked.alone and number == oldest)
            asked.answer.set_exception(Lost(blamed=blamed))


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
        start_new_session=True,  # Ctrl-C is for the bot, which then ends this
    )


def _without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without what is the bot's: its token is nobody else's business."""
    return {name: value for name, value in environ.items() if not name.startswith("BOT_")}
