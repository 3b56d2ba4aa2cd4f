"""The one thread that owns the model and the vectors, and embeds together whatever waits."""

import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Queue
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder
from index.errors import IndexFault
from index.store import Ids, Matrix
from index.tokens import Tokens
from index.vectors import Vectors

T = TypeVar("T")

Hits = tuple[tuple[int, float], ...]

Within = tuple[Ids | None, ...]
"""Where to look: sets of paragraph ids, each searched by itself; None is all paragraphs."""

EVERYWHERE: Within = (None,)

AGAIN_S = 15.0  # before what could not be loaded is tried again, for the question that comes then
SWITCH_S = 0.0005  # that a thread keeps the interpreter while another wants it
BATCH = 64  # questions embedded in one call at the most
LATELY = 256  # paragraphs whose tokens are remembered, some 150 kB each


@dataclass(frozen=True, slots=True)
class Near:
    """A question's vector, and the (id, product) of the paragraphs nearest in meaning to it.

    `asked` are the question's own tokens, made in the same call; None if the model has none.
    """

    vector: NDArray[np.float32]
    hits: Hits
    asked: Tokens | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A question's text, and how many paragraphs are wanted in each place to look."""

    text: str
    limit: int
    within: Within = EVERYWHERE


@dataclass(slots=True)
class _Question:
    wish: Wish
    answer: "Future[Near]" = field(default_factory=Future)


@dataclass(slots=True)
class _Errand:
    run: Callable[[], None]


class Lane:
    """Answers `near` for any number of threads.

    A fast tokenizer fails when two threads use it and FAISS must not be searched while it changes:
    here both have one owner. A question never waits for a batch to fill: what has gathered while
    the last batch was embedded is the next batch. `load` runs on the lane, so opening is quick.
    """

    def __init__(
        self,
        load: Callable[[], tuple[Embedder, Vectors]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._clock = clock
        self._waiting: Queue[_Question | _Errand | None] = Queue()
        self._embedder: Embedder | None = None
        self._vectors: Vectors | None = None
        self._lately: OrderedDict[int, Tokens] = OrderedDict()
        self._broken: BaseException | None = None
        self._again_at = 0.0
        self._closed = False
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="lane", daemon=True)
        self._thread.start()

    def near(self, text: str, *, limit: int, within: Within = EVERYWHERE) -> Near:
        """The paragraphs nearest in meaning to a question, up to `limit` in each of `within`.

        Raises what loading raised.
        """
        return self.seek(Wish(text, limit, within)).result()

    def seek(self, wish: Wish) -> "Future[Near]":
        """The same as soon as it is there, for whoever has something else to do meanwhile."""
        question = _Question(wish)
        self._put(question)
        return question.answer

    def seek_all(self, wishes: Sequence[Wish]) -> list["Future[Near]"]:
        """The same for several questions, which are embedded in one call."""
        batch = [_Question(wish) for wish in wishes]
        if batch:
            self._put(_Errand(lambda: self._answer(batch)))
        return [question.answer for question in batch]

    def read(self, texts: Mapping[int, str]) -> Mapping[int, Tokens]:
        """The tokens of paragraphs given by id; of none if the model has none.

        A paragraph's id is made of its text, so what was read lately is not read again.
        """
        return self.do(lambda embedder, _: self._read(embedder, texts)).result()

    def do(self, errand: Callable[[Embedder, Vectors], T]) -> "Future[T]":
        """Run something with the model and the vectors between two batches."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                embedder, vectors = self._tools()
                done.set_result(errand(embedder, vectors))
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits
                done.set_exception(error)

        self._put(_Errand(run))
        return done

    def replace_vectors(self, vectors: Vectors) -> None:
        """Search other vectors from now on; only from within an errand."""
        self._vectors = vectors

    @property
    def ready(self) -> bool:
        """Whether nobody would wait for the model: it is loaded, or could not be."""
        return self._embedder is not None or self._broken is not None

    def waiting(self) -> int:
        """How many questions and errands wait behind those that are being worked on."""
        return self._waiting.qsize()

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._closing:
            self._closed = True
            self._waiting.put(None)
        self._thread.join()

    def _read(self, embedder: Embedder, texts: Mapping[int, str]) -> Mapping[int, Tokens]:
        new = [number for number in texts if number not in self._lately]
        if new:
            _, told = embedder.encode_closely([texts[number] for number in new], query=False)
            if told is None:
                return {}
            self._lately.update(zip(new, told, strict=True))
        found = {number: self._lately[number] for number in texts}
        for number in found:
            self._lately.move_to_end(number)
        while len(self._lately) > LATELY:
            self._lately.popitem(last=False)
        return found

    def _put(self, job: _Question | _Errand) -> None:
        with (
            self._closing
        ):  # behind the end nobody would look at it, and who put it waits for ever
            if self._closed:
                raise RuntimeError("the library is closed")
            self._waiting.put(job)

    def _work(self) -> None:
        # A call of the model gives the interpreter away a hundred times, and would wait each time
        # for as long as whoever took it may keep it: Python's own 5 ms.
        sys.setswitchinterval(SWITCH_S)
        self._take_up()
        while (job := self._waiting.get()) is not None:
            if isinstance(job, _Errand):
                job.run()
                continue
            batch, errand, last = self._gather(job)
            self._answer(batch)
            if errand is not None:
                errand.run()
            if last:
                return

    def _take_up(self) -> None:
        """Load model and vectors; what keeps them from it may pass, so it is tried again."""
        try:
            self._embedder, self._vectors = self._load()
        except BaseException as error:  # noqa: BLE001 - handed to whoever asks
            self._broken = error
            self._again_at = self._clock() + AGAIN_S
        else:
            self._broken = None

    def _gather(self, first: _Question) -> tuple[list[_Question], _Errand | None, bool]:
        """The questions that wait behind the first, up to an errand or the end."""
        batch = [first]
        while len(batch) < BATCH and not self._waiting.empty():
            job = self._waiting.get()
            if not isinstance(job, _Question):
                return batch, job, job is None
            batch.append(job)
        return batch, None, False

    def _answer(self, batch: list[_Question]) -> None:
        try:
            embedder, vectors = self._tools()
            texts = [question.wish.text for question in batch]
            rows, tokens = embedder.encode_closely(texts, query=True)
            hits = _search(vectors, rows, batch)
        except BaseException as error:  # noqa: BLE001 - handed to whoever asks
            for question in batch:
                question.answer.set_exception(error)
            return
        asked: Sequence[Tokens | None] = tokens or [None] * len(batch)
        for question, row, found, own in zip(batch, rows, hits, asked, strict=True):
            question.answer.set_result(Near(row, found, own))

    def _tools(self) -> tuple[Embedder, Vectors]:
        if self._broken is not None and self._clock() >= self._again_at:
            self._take_up()
        if self._broken is not None:
            # A new one each time: one exception raised for ever gathers frames for ever.
            raise _again(self._broken)
        if self._embedder is None or self._vectors is None:
            raise RuntimeError("the lane has ended")
        return self._embedder, self._vectors


def _search(vectors: Vectors, rows: Matrix, batch: Sequence[_Question]) -> list[Hits]:
    """What each question finds: those that look everywhere together, the others one by one."""
    free = [
        at for at, question in enumerate(batch) if all(ids is None for ids in question.wish.within)
    ]
    found: dict[int, Hits] = {}
    if free:
        hits = vectors.search(rows[free], max(batch[at].wish.limit for at in free))
        found = {
            at: tuple(each[: batch[at].wish.limit]) for at, each in zip(free, hits, strict=True)
        }
    for at, question in enumerate(batch):
        if at not in found:
            row = rows[at : at + 1]
            sets = (
                vectors.search(row, question.wish.limit, within=ids)[0]
                for ids in question.wish.within
            )
            found[at] = tuple({hit[0]: hit for hits in sets for hit in hits}.values())
    return [found[at] for at in range(len(batch))]


def _again(error: BaseException) -> BaseException:
    """The error as it was, for another to see: ours as itself, any other told in words."""
    if isinstance(error, IndexFault):
        return type(error)(*error.args)
    return RuntimeError(f"the model could not be loaded: {type(error).__name__}: {error}")
