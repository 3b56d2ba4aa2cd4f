"""Answer questions in a process of its own: the far end of what `branches` opens."""

import logging
import signal
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import groupby
from multiprocessing.connection import Connection

from index.errors import IndexFault
from index.lane import BATCH
from index.library import Library
from index.live import open_library
from index.settings import IndexSettings
from index.wire import Line, Outcome, Question, Warm, Wire, fault_of, sendable

logger = logging.getLogger("index.branch")  # not __name__, which is no name of ours here

_LONGEST_LINE = 1_000  # characters


def serve(wire: Wire, *, opened: Callable[[IndexSettings], Library] = open_library) -> None:
    """Answer what comes until the other end is gone. First to come are the settings.

    What waits is taken together, so that the model has it in one call.
    """
    try:
        with closing(opened(wire.receive())) as library:
            wire.send(Warm(library.await_model()))
            while True:
                _answer(library, wire, _waiting(wire))
    except (EOFError, ConnectionError):
        return  # whoever asked has ended, and nobody waits
    except IndexFault as fault:
        logger.error("the collection cannot be opened: %s", fault)  # noqa: TRY400 - it says all
    except Exception as error:  # noqa: BLE001 - what Python would write may repeat a question
        logger.error("it ends: %s", fault_of(error))  # noqa: TRY400 - as above


def _waiting(wire: Wire) -> list[Question]:
    """The next question, with those that have come since."""
    waiting = [wire.receive()]
    while len(waiting) < BATCH and wire.waits:
        waiting.append(wire.receive())
    return waiting


def _answer(library: Library, wire: Wire, questions: list[Question]) -> None:
    """Answer questions in their order; those that are to be alone share no call of the model."""
    for alone, some in groupby(questions, key=lambda each: each.alone):
        together = list(some)
        for batch in [[each] for each in together] if alone else [together]:
            with closing(library.answers([each.request for each in batch])) as told:
                for question, one in zip(batch, told, strict=True):
                    wire.send(Outcome(question.number, sendable(one)))


class Telling(logging.Handler):
    """Hands lines of the log to the other end, which knows where they are to go."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(logging.INFO)
        self._wire = wire

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()[:_LONGEST_LINE]
        with suppress(OSError):  # nobody is there to read it
            self._wire.send(Line(record.name, record.levelno, text))


def main() -> None:
    """Serve the connection that is open under the number given."""
    # Ctrl-C and a stop are for the bot, which finishes what has begun and then ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wire = Wire(Connection(int(sys.argv[1])))
    everything = logging.getLogger("index")
    everything.addHandler(Telling(wire))
    everything.setLevel(logging.INFO)
    serve(wire)


if __name__ == "__main__":
    main()
