"""What goes between a process that is asked and those that answer for it."""

import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from index.answer import Answer, Request
from index.errors import IndexFault

_FRAMES = 3  # of an error that are told: the last ones


class FailedElsewhere(IndexFault):
    """A question failed in another process; the message says where, and nothing that was asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered, and the number that its answer is to bear."""

    number: int
    request: Request


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the question of a number."""

    number: int
    told: Answer | Exception


@dataclass(frozen=True, slots=True)
class Warm:
    """The model is loaded, or could not be."""


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
    """What may cross: errors of ours as they are, of any other only what it is and where it arose.

    Its words may repeat the question, and not every error can be sent.
    """
    if isinstance(told, Answer | IndexFault):
        return told
    frames = traceback.extract_tb(told.__traceback__)[-_FRAMES:]
    where = ", ".join(f"{each.name} ({each.filename}:{each.lineno})" for each in frames)
    return FailedElsewhere(f"{type(told).__name__} in a process that answers, in {where}")
