"""What goes between a process that is asked and those that answer for it."""

import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from index.answer import Answer, Request
from index.errors import IndexFault

_FRAMES = 3  # of an error that are told: the last ones


class FailedElsewhere(IndexFault):
    """A question failed in another process; the message says where, and nothing that was asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered, the number that its answer is to bear, and whether by itself."""

    number: int
    request: Request
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the question of a number."""

    number: int
    told: Answer | Exception


@dataclass(frozen=True, slots=True)
class Warm:
    """The model is loaded, or could not be."""

    loaded: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line for the log, and the name and weight that it is logged with."""

    logger: str
    level: int
    text: str


class Wire:
    """One end of a connection to another process, to which any thread may send.

    Only one may receive. Both raise EOFError or OSError where the other end is gone.
    """

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, message: object) -> None:
        """Have the other end receive this."""
        with self._sending:
            self._connection.send(message)

    def receive(self) -> Any:
        """What comes next, once it is there."""
        return self._connection.recv()

    @property
    def waits(self) -> bool:
        """Whether something is there to be received."""
        return self._connection.poll()

    def close(self) -> None:
        """Let go of this end; nobody may be receiving."""
        self._connection.close()


def sendable(told: Answer | Exception) -> Answer | Exception:
    """What may cross: an answer, errors of ours as they are, of any other what `fault_of` says."""
    return told if isinstance(told, Answer | IndexFault) else FailedElsewhere(fault_of(told))


def fault_of(error: BaseException) -> str:
    """What an error is and where it arose, innermost first.

    Its words may repeat the question and are left out, but for the operating system's reason.
    """
    kind = type(error).__name__
    if isinstance(error, OSError) and isinstance(error.strerror, str):
        kind = f"{kind}: {error.strerror}"
    frames = reversed(traceback.extract_tb(error.__traceback__)[-_FRAMES:])
    where = ", ".join(f"{each.name} ({Path(each.filename).name}:{each.lineno})" for each in frames)
    return f"{kind} in a process that answers, in {where}"
