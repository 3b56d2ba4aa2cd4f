"""What is worth counting, at the seams where it happens; counted by nobody unless told to."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from enum import StrEnum
from typing import TypeVar

from bot.desk import Apology, Trouble
from index import Answer

Subject = TypeVar("Subject")
Found = TypeVar("Found")

ANSWERED, ABSTAINED = "answered", "abstained"

OUTCOMES = (ANSWERED, ABSTAINED, *(str(trouble) for trouble in Trouble))
"""What can become of a question."""


class Stage(StrEnum):
    """Where the time of a question goes: it waits at the desk, is looked up, written and sent."""

    WAIT = "wait"
    LIBRARY = "library"
    RENDER = "render"
    SEND = "send"
    WHOLE = "whole"


class Metrics:
    """Counts nothing; `Meters` does. No number has anybody's name or words."""

    def question(self, outcome: Answer | Apology) -> None:
        """A question was looked up, or was not."""

    def spent(self, stage: Stage, seconds: float) -> None:
        """A question has spent this long in a stage; called in any thread."""

    def update(self, kind: str) -> None:
        """An update of a kind is taken up."""

    def called(self, method: str, outcome: str, seconds: float) -> None:
        """Telegram was called."""

    def silenced(self, seconds: float) -> None:
        """Telegram asked for silence."""

    def reindexed(self, end: str) -> None:
        """A reindex begun in Telegram has ended."""

    @contextmanager
    def timing(self, stage: Stage) -> Iterator[None]:
        """Have the time of a block counted, unless it fails."""
        began = time.perf_counter()
        yield
        self.spent(stage, time.perf_counter() - began)

    def looking(self, work: Callable[[Subject], Found]) -> Callable[[Subject], Found]:
        """The work for the desk, with its waiting and its own time counted.

        What a thread logs of it carries the id of the request.
        """
        asked, context = time.perf_counter(), copy_context()

        def looked(subject: Subject) -> Found:
            begun = time.perf_counter()
            self.spent(Stage.WAIT, begun - asked)
            try:
                return context.run(work, subject)
            finally:
                self.spent(Stage.LIBRARY, time.perf_counter() - begun)

        return looked


def outcome_of(outcome: Answer | Apology) -> str:
    """What has become of a question, one of OUTCOMES."""
    if isinstance(outcome, Apology):
        return outcome.trouble
    return ABSTAINED if outcome.abstained else ANSWERED
