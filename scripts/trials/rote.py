"""A library that answers every question with the same passage, at a fixed cost."""

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import date

from index import (
    Answer,
    Credit,
    Fate,
    Listing,
    Matches,
    Passage,
    Publisher,
    Quotable,
    Reading,
    Status,
    Surroundings,
    Turn,
    Why,
)

_TEXT = "Sea otters hold hands while they sleep. It keeps the raft together."
_CREDIT = Credit(title="How otters sleep", publisher="Tidewater Weekly", published="2017-09-16")
_STATUS = Status(
    articles=1,
    paragraphs=1,
    publishers=1,
    earliest="2017-09-16",
    latest="2017-09-16",
    generation=1,
    published_at="2017-09-17T10:00:00+00:00",
    model="none",
)


class Rote:
    """Takes `cost_s` for a question and looks up one after the other, as one model does."""

    def __init__(self, *, cost_s: float) -> None:
        self._cost_s = cost_s
        self._model = threading.Lock()

    def ask(  # noqa: PLR0913 - as bot.desk.Library has it
        self,
        question: str,
        *,
        limit: int = 3,  # noqa: ARG002
        skip: int = 0,  # noqa: ARG002
        today: date | None = None,  # noqa: ARG002
        after: Turn | None = None,  # noqa: ARG002
        only: tuple[str, ...] = (),  # noqa: ARG002
        since: int = 0,  # noqa: ARG002
    ) -> Answer:
        """The passage."""
        with self._model:
            time.sleep(self._cost_s)
        found = Passage(1, "otters.md", 0, len(_TEXT), _TEXT, (0, 39), 0.9, _CREDIT)
        return Answer(question=question, passages=(found,), searched=_STATUS)

    def search(
        self,
        words: str,
        *,
        skip: int = 0,  # noqa: ARG002
        limit: int = 5,  # noqa: ARG002
        only: tuple[str, ...] = (),  # noqa: ARG002
        today: date | None = None,  # noqa: ARG002
    ) -> Matches:
        """Nothing."""
        return Matches(words, (), 0)

    def latest(
        self,
        source: str = "",  # noqa: ARG002
        *,
        skip: int = 0,  # noqa: ARG002
        limit: int = 10,  # noqa: ARG002
        only: tuple[str, ...] = (),  # noqa: ARG002
    ) -> Listing:
        """Nothing."""
        return Listing((), 0)

    def publishers(self, *, only: tuple[str, ...] = ()) -> tuple[Publisher, ...]:  # noqa: ARG002
        """Nobody."""
        return ()

    def passages(
        self,
        ids: Sequence[int],
        *,
        only: tuple[str, ...] = (),  # noqa: ARG002
    ) -> dict[int, Quotable]:
        """The passage, where it is wanted."""
        held = Quotable(1, "otters.md", 0, len(_TEXT), _TEXT, _CREDIT)
        return {1: held} if 1 in ids else {}

    def reading(self, wanted: int | str, *, only: tuple[str, ...] = ()) -> Reading | None:  # noqa: ARG002
        """Nothing."""
        return None

    def titled(self, words: str, *, only: tuple[str, ...] = ()) -> Reading | None:  # noqa: ARG002
        """Nothing."""
        return None

    def fates(self, quoted: Mapping[int, tuple[str, str]]) -> dict[int, Fate]:  # noqa: ARG002
        """Nothing ever changes."""
        return {}

    def why(
        self,
        question: str,  # noqa: ARG002
        paragraph: int,  # noqa: ARG002
        *,
        evidence: float,  # noqa: ARG002
        only: tuple[str, ...] = (),  # noqa: ARG002
    ) -> Why | None:
        """Nothing."""
        return None

    @property
    def warm(self) -> bool:
        """It needs no model."""
        return True

    def around(self, paragraph: int, *, only: tuple[str, ...] = ()) -> Surroundings | None:  # noqa: ARG002
        """Nothing."""
        return None

    def status(self) -> Status:
        """One article."""
        return _STATUS

    def close(self) -> None:
        """Nothing is open."""
