"""An answer as it was given: all that its buttons need, also after a restart."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from index import Answer, Passage, Quotable


@dataclass(frozen=True, slots=True)
class Found:
    """One of the passages that answer, without its text, which is looked up when it is shown."""

    paragraph: int
    article: str
    best: tuple[int, int]
    evidence: float
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """The question as typed and as searched, who asked it, and the passages that answer it.

    `starts` are the places in `found` at which the pages seen so far begin, `page` is the one that
    is shown and `shown` how many passages are on it. `head` is HTML above them.
    """

    asked: str
    question: str
    user: int | None
    today: str
    head: str
    generation: int
    found: tuple[Found, ...]
    starts: tuple[int, ...] = (0,)
    page: int = 0
    shown: int = 0
    skipped: int = 0

    @property
    def on_page(self) -> tuple[Found, ...]:
        """What is shown."""
        start = self.starts[self.page]
        return self.found[start : start + self.shown]

    @property
    def more(self) -> bool:
        """Whether there is a page behind the one that is shown."""
        return self.starts[self.page] + self.shown < len(self.found)

    def turned_to(self, page: int, *, shown: int) -> "Given":
        """The answer with another page shown, one that was seen or the one behind them."""
        starts = self.starts
        if page == len(starts):
            starts = (*starts, starts[-1] + self.shown)
        # Where further pages begin depends on what this one has room for now.
        starts = starts[: page + 1]
        return replace(self, starts=starts, page=page, shown=shown)

    def start_of(self, page: int) -> int | None:
        """Where a page begins; None where there is no such page, or its place is not known yet."""
        if 0 <= page < len(self.starts):
            return self.starts[page]
        behind = page == len(self.starts) and self.page == page - 1 and self.more
        return self.starts[-1] + self.shown if behind else None


def given(answer: Answer, *, asked: str, user: int | None, today: str, head: str) -> Given:
    """An answer of which nothing is shown yet."""
    found = tuple(
        Found(each.paragraph, each.article, each.best, each.evidence, each.also)
        for each in answer.passages
    )
    generation = answer.searched.generation
    return Given(
        asked, answer.question, user, today, head, generation, found, skipped=answer.skipped
    )


def as_json(kept: Given) -> dict[str, Any]:
    """What `from_json` understands."""
    fields = (
        "asked",
        "question",
        "user",
        "today",
        "head",
        "generation",
        "page",
        "shown",
        "skipped",
    )
    told: dict[str, Any] = {name: getattr(kept, name) for name in fields}
    told["starts"] = list(kept.starts)
    told["found"] = [
        [each.paragraph, each.article, *each.best, each.evidence, *each.also]
        for each in kept.found
    ]
    return told


def from_json(told: Mapping[str, Any]) -> Given | None:
    """What was kept; None where another version kept it in a way that is not known."""
    try:
        found = tuple(
            Found(paragraph, article, (first, last), evidence, tuple(also))
            for paragraph, article, first, last, evidence, *also in told["found"]
        )
        plain = {name: told[name] for name in _PLAIN}
        return Given(found=found, starts=tuple(told["starts"]), **plain)
    except (KeyError, TypeError, ValueError):
        return None


_PLAIN = tuple(each.name for each in fields(Given) if each.name not in {"found", "starts"})


def passage_of(each: Found, held: Quotable, *, only: tuple[str, ...] = ()) -> Passage:
    """A passage that was found, with its text as the collection holds it.

    Of those who carry it too, `only` these are named, as the chat may keep to them since.
    """
    return Passage(
        each.paragraph,
        held.article,
        held.start,
        held.end,
        held.text,
        each.best,
        each.evidence,
        held.credit,
        tuple(name for name in each.also if not only or name in only),
        held.page,
    )
