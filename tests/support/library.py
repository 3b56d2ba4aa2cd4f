"""A library that knows its answers by heart."""

import threading
from collections.abc import Callable
from datetime import date

from index import Answer, Credit, Passage, Status, Turn

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
    return Answer(question=question, passages=passages, searched=SEARCHED)


class FakeLibrary:
    """Answers every question with `reply`, and remembers what it was asked."""

    def __init__(self, reply: Callable[[str], Answer] = lambda _: answer(passage())) -> None:
        self.asked: list[str] = []
        self.days: list[date | None] = []
        self.followed: list[Turn | None] = []
        self.closed = False
        self._reply = reply

    def ask(
        self,
        question: str,
        *,
        limit: int = 3,
        skip: int = 0,
        today: date | None = None,
        after: Turn | None = None,
    ) -> Answer:
        self.asked.append(question)
        self.days.append(today)
        self.followed.append(after)
        return self._reply(question)

    def status(self) -> Status:
        return SEARCHED

    def close(self) -> None:
        self.closed = True


class SlowLibrary(FakeLibrary):
    """Keeps every question waiting until `go` is set."""

    def __init__(self) -> None:
        super().__init__(self._wait)
        self.go = threading.Event()

    def _wait(self, question: str) -> Answer:
        self.go.wait(30)
        return answer(passage())
