"""A library that knows its answers by heart."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from index import (
    Answer,
    Credit,
    Fate,
    Listed,
    Listing,
    Match,
    Matches,
    Passage,
    Publisher,
    Quotable,
    Reading,
    Status,
    Surroundings,
    Trace,
    Turn,
    Where,
    Why,
)

OTTERS = "Sea otters hold hands while they sleep. It keeps the raft together. The kelp helps."

SEARCHED = Status(
    articles=1_234,
    paragraphs=9_876,
    publishers=12,
    earliest="2016-05-03",
    latest="2017-09-16",
    generation=7,
    published_at="2017-09-17T10:00:00+00:00",
    model="hash",
)


def passage(text: str = OTTERS, *, best: str = "", **credit: str) -> Passage:
    """A passage of this text; its best sentence is the first unless another is named."""
    sentence = best or text.partition(". ")[0] + ("." if ". " in text else "")
    start = text.index(sentence)
    told = {
        "title": "How otters sleep",
        "publisher": "Tidewater Weekly",
        "published": "2017-09-16",
        "url": "https://tidewater.example/otters",
    }
    return Passage(
        paragraph=1,
        article="otters.md",
        start=0,
        end=len(text),
        text=text,
        best=(start, start + len(sentence)),
        evidence=0.9,
        credit=Credit(**{**told, **credit}),
    )


def answer(*passages: Passage, question: str = "") -> Answer:
    strongest = passages[0].evidence if passages else 0.3
    return Answer(question=question, passages=passages, searched=SEARCHED, strongest=strongest)


class FakeLibrary:
    """Answers every question with `reply`, and remembers what it was asked.

    What can be looked up is in `held` (paragraphs by id; those it has answered with are there),
    `listed` (articles), `readings` (whole articles by key) and `fated` (what became of those that
    left); `now` is its status.
    """

    def __init__(self, reply: Callable[[str], Answer] = lambda _: answer(passage())) -> None:
        self.asked: list[str] = []
        self.days: list[date | None] = []
        self.followed: list[Turn | None] = []
        self.only: list[tuple[str, ...]] = []
        self.since: list[int] = []
        self.closed = False
        self.warm = True
        self.held: dict[int, Quotable] = {}
        self.listed: tuple[Listed, ...] = ()
        self.readings: dict[str, Reading] = {}
        self.fated: dict[int, Fate] = {}
        self.now = SEARCHED
        self._reply = reply

    def ask(
        self,
        question: str,
        *,
        limit: int = 3,
        skip: int = 0,
        today: date | None = None,
        after: Turn | None = None,
        only: tuple[str, ...] = (),
        since: int = 0,
    ) -> Answer:
        self.asked.append(question)
        self.days.append(today)
        self.followed.append(after)
        self.only.append(only)
        self.since.append(since)
        given = self._reply(question)
        self.held |= {each.paragraph: quotable(each) for each in given.passages}
        return given

    def search(
        self,
        words: str,
        *,
        skip: int = 0,
        limit: int = 5,
        only: tuple[str, ...] = (),
        today: date | None = None,
    ) -> Matches:
        found = [
            Match(each, ((each.text.index(words), each.text.index(words) + len(words)),))
            for each in self._seen(only)
            if words in each.text
        ]
        return Matches(words, tuple(found[skip : skip + limit]), len(found))

    def latest(
        self, source: str = "", *, skip: int = 0, limit: int = 10, only: tuple[str, ...] = ()
    ) -> Listing:
        names = {each.credit.publisher for each in self.listed}
        if source and source not in names:
            return Listing((), 0, unknown=source, nearest=tuple(sorted(names))[:3])
        kept = [
            each
            for each in self.listed
            if (not only or each.credit.publisher in only)
            and source in {"", each.credit.publisher}
        ]
        sources = (source,) if source else ()
        return Listing(tuple(kept[skip : skip + limit]), len(kept), sources)

    def publishers(self, *, only: tuple[str, ...] = ()) -> tuple[Publisher, ...]:
        counted = Counter(each.credit.publisher for each in self.listed)
        return tuple(
            Publisher(name, count, "2016-05-03", "2017-09-16")
            for name, count in counted.most_common()
            if not only or name in only
        )

    def passages(self, ids: Sequence[int], *, only: tuple[str, ...] = ()) -> dict[int, Quotable]:
        seen = {each.paragraph: each for each in self._seen(only)}
        return {each: seen[each] for each in ids if each in seen}

    def reading(self, wanted: int | str, *, only: tuple[str, ...] = ()) -> Reading | None:
        key = wanted if isinstance(wanted, str) else self._article_of(wanted)
        found = self.readings.get(key)
        return found if found and (not only or found.credit.publisher in only) else None

    def titled(self, words: str, *, only: tuple[str, ...] = ()) -> Reading | None:
        keys = (key for key, each in self.readings.items() if words in each.credit.title)
        return self.reading(next(keys, ""), only=only)

    def fates(self, quoted: Mapping[int, tuple[str, str]]) -> dict[int, Fate]:
        return {each: fate for each, fate in self.fated.items() if each in quoted}

    def why(
        self, question: str, paragraph: int, *, evidence: float, only: tuple[str, ...] = ()
    ) -> Why | None:
        if paragraph not in self.passages([paragraph], only=only):
            return None
        traces = [
            Trace(word, Where.PASSAGE if word in self.held[paragraph].text else Where.NOWHERE)
            for word in question.strip("?").split()
        ]
        return Why(tuple(traces), evidence, 0.68)

    def around(self, paragraph: int, *, only: tuple[str, ...] = ()) -> Surroundings | None:
        found = self.passages([paragraph], only=only).get(paragraph)
        return Surroundings("Before.", found.text, "After.", found.credit) if found else None

    def status(self) -> Status:
        return self.now

    def close(self) -> None:
        self.closed = True

    def _seen(self, only: tuple[str, ...]) -> list[Quotable]:
        return [each for each in self.held.values() if not only or each.credit.publisher in only]

    def _article_of(self, paragraph: int) -> str:
        found = self.held.get(paragraph)
        return found.article if found else ""


def quotable(each: Passage) -> Quotable:
    """A passage as the collection holds it."""
    return Quotable(
        *(each.paragraph, each.article, each.start, each.end, each.text, each.credit),
        page=each.page,
    )


class SlowLibrary(FakeLibrary):
    """Keeps every question waiting until `go` is set."""

    def __init__(self) -> None:
        super().__init__(self._wait)
        self.go = threading.Event()

    def _wait(self, question: str) -> Answer:
        self.go.wait(30)
        return answer(passage())
