"""The collection as the bot sees it: ask a question, look around a quote, see what there is."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Protocol

from index.abstain import passing
from index.answer import Answer, Filters, Passage, Request
from index.catalogue import tidy
from index.duplicates import merge
from index.errors import OutOfReach
from index.filters import unread_in, write_filters
from index.followup import follow_up
from index.highlight import best_sentence
from index.lane import EVERYWHERE, Lane, Near, Wish, Within
from index.question import Question
from index.reference import Read, Reference, status_of
from index.reindex import Model
from index.retrieve import (
    BY_MEANING,
    READ,
    Awaited,
    Rerank,
    Retrieved,
    Scope,
    retrieve,
    searched_in,
)
from index.scoring import SHIPPED, Weighing
from index.sentences import split_sentences
from index.store import Snapshot, Store
from index.turns import Turns
from index.wanted import Rarity

MOST_PASSAGES = 30


class Follower(Protocol):
    """Keeps the lane's vectors up with the newest generation until it is stopped."""

    @property
    def generation(self) -> int: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Begun:
    """A question that has been read. It is `idle` where there is nothing to look for."""

    read: Read
    limit: int
    skip: int
    completed: bool
    idle: bool


Seek = Callable[[Read], Awaited]
"""Has the model begin on a question as it was read; what it gives waits for the end of that."""


class Library(Reference):
    """An open collection. Any thread may call any method; close it when done."""

    def __init__(  # noqa: PLR0913 - one call of it, in live.py, by name
        self,
        store: Store,
        lane: Lane,
        *,
        model: Model,
        follower: Follower,
        threshold: float | None = None,
        reads: int = READ,
        weighing: Weighing = SHIPPED,
        aliases: Path | None = None,
        rerank: Rerank | None = None,
    ) -> None:
        super().__init__(store, model, threshold=threshold, aliases=aliases)
        self._lane = lane
        self._reads = reads
        self._weighing = weighing
        self._rerank = rerank
        self._follower = follower
        self._turns = Turns()

    @property
    def warm(self) -> bool:
        """Whether the model is loaded, or could not be; until then a question waits for it."""
        return self._lane.ready

    def await_model(self) -> bool:
        """Whether the model is loaded, as soon as the library is warm."""
        return self._lane.do(lambda *_: None).exception() is None

    def answer(self, request: Request) -> Answer:
        """The passages that answer a question, best first; none if the collection has none.

        Raises ModelChanged, ModelMissing, Damaged, OutOfReach.
        """
        with self._turns.taken() as awaited, self._store.snapshot() as view:
            begun = self._begun(request, view)
            return self._finished(begun, view, self._seeking(awaited, view))

    def answers(self, requests: Sequence[Request]) -> Generator[Answer | Exception, None, None]:
        """What answers each of several questions, or why nothing does, as soon as each is there.

        They are embedded in one call of the model, and worked on one after another by the thread
        that asks: many threads that want the interpreter take it from each other.
        """
        answered = 0
        try:
            with closing(self._together(requests)) as together:
                for answer in together:
                    answered += 1
                    yield answer
        except Exception as error:  # noqa: BLE001 - each that is left is asked alone, and tells its own
            told: Answer | Exception = error
            for request in requests[answered:]:
                if not isinstance(told, OutOfReach):  # which each would find anew, by waiting
                    told = self._answer_or_why_not(request)
                yield told

    def _together(self, requests: Sequence[Request]) -> Generator[Answer, None, None]:
        with self._store.snapshot() as view:
            begun = [self._begun(request, view) for request in requests]
            wishes = [_wish(each.read, view) for each in begun if not each.idle]
            near = iter(self._lane.seek_all(wishes))
            for each in begun:
                first = None if each.idle else next(near)
                yield self._finished(each, view, partial(self._sought, each.read, first, view))

    def _answer_or_why_not(self, request: Request) -> Answer | Exception:
        try:
            return self.answer(request)
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            return error

    def rank(self, question: str, *, limit: int = 10) -> tuple[Passage, ...]:
        """The best candidates, whether or not they pass the threshold, copies told apart.

        For evaluation: what people are given comes from `ask`.
        """
        passages: tuple[Passage, ...] = ()
        with self._turns.taken() as awaited, self._store.snapshot() as view:
            for read in _attempts(self._read(question, view, publishers=self._publishers(view))):
                ranked, scope = self._ranked(read, view, self._seeking(awaited, view))
                passages = tuple(
                    _passage(each, (), read.asked, scope.rarity) for each in ranked[:limit]
                )
                if passing([passage.evidence for passage in passages], scope.threshold):
                    break
        return passages

    def following(self) -> int:
        """The generation whose vectors are searched; 0 while the model is being loaded."""
        return self._follower.generation

    def close(self) -> None:
        """Let go of the model, the vectors and the store."""
        self._follower.stop()
        self._lane.close()
        self._store.close()

    def _begun(self, request: Request, view: Snapshot) -> _Begun:
        """A question as far as it gets without the model: made whole, and read."""
        known = self._publishers(view, request.only)
        said, skip = request.question, request.skip
        after = request.after
        whole = follow_up(tidy(said), after, publishers=known) if after else None
        if whole:
            said, skip = whole.question, skip + whole.skip
        read = self._read(said, view, today=request.today, publishers=known)
        read = replace(read, filters=replace(read.filters, only=request.only, after=request.since))
        idle = not read.asked.terms or _nothing_new(view, read.filters)
        return _Begun(read, limit=request.limit, skip=skip, completed=whole is not None, idle=idle)

    def _finished(self, begun: _Begun, view: Snapshot, seek: Seek) -> Answer:
        """The answer to a question; `seek` has the model begin on it, or gives what it found."""
        read = begun.read
        passages: tuple[Passage, ...] = ()
        strongest = 0.0
        for attempt in () if begun.idle else _attempts(read):
            ranked, scope = self._ranked(attempt, view, seek)
            passages = _quotes(attempt.asked, ranked, scope)
            strongest = max((strongest, *(each.judged.evidence for each in ranked[:1])))
            if passages:
                read = attempt
                break
        end = begun.skip + begun.limit
        return Answer(
            question=write_filters(read.asked.text, read.filters),
            passages=passages[begun.skip : end],
            searched=status_of(view.generation()),
            more=max(0, len(passages) - end),
            words=read.asked.text,
            skipped=begun.skip,
            filters=replace(read.filters, only=(), after=0),
            loosened=read.loosened,
            unread=unread_in(read.asked.text),
            mended=read.mended,
            completed=begun.completed,
            strongest=strongest,
        )

    def _seeking(self, awaited: Callable[[Future[Near]], Near], view: Snapshot) -> Seek:
        """Has the model begin on a reading of a question, and others go on until it is done."""
        return lambda read: partial(awaited, self._lane.seek(_wish(read, view)))

    def _sought(
        self, first: Read, near: Future[Near] | None, view: Snapshot, read: Read
    ) -> Awaited:
        """What was found already for the first reading of a question; for another it is sought."""
        if near is not None and read is first:
            return near.result
        return self._lane.seek(_wish(read, view)).result

    def _ranked(self, read: Read, view: Snapshot, seek: Seek) -> tuple[list[Retrieved], Scope]:
        """The candidates, best first, and where they were looked for."""
        generation = self._in_force(view)
        lexicon = self._model.lexicon()
        rarity = cache(lambda term: view.rarity([term], lexicon.commonness)[term])
        threshold = self._threshold_of(generation)
        scope = Scope(
            view, generation, rarity, threshold, self._reads, read.filters, self._weighing
        )
        seeking = partial(seek, read)
        return retrieve(read.asked, seeking, scope, self._lane.read, self._rerank), scope


def _wish(read: Read, view: Snapshot) -> Wish:
    """What is wanted of the lane for a question."""
    return Wish(read.asked.plain, BY_MEANING, _within(view, read.filters))


def _nothing_new(view: Snapshot, filters: Filters) -> bool:
    """Whether nothing came in since the generation that is asked of."""
    new = Filters(only=filters.only, after=filters.after)
    return bool(filters.after) and not len(view.paragraphs_meeting(new))


def _within(view: Snapshot, filters: Filters) -> Within:
    if not filters:
        return EVERYWHERE
    return tuple(view.paragraphs_meeting(each) if each else None for each in searched_in(filters))


def _attempts(read: Read) -> Iterator[Read]:
    """The question as it was asked, then without its quotation marks: people quote in irony."""
    yield read
    if phrases := read.filters.phrases:
        yield replace(read, filters=replace(read.filters, phrases=()), loosened=phrases)


def _quotes(asked: Question, ranked: Sequence[Retrieved], scope: Scope) -> tuple[Passage, ...]:
    """The quotes to give: candidates that pass the threshold, near-identical ones as one."""
    count = passing([each.judged.evidence for each in ranked], scope.threshold)
    kept = ranked[: min(count, MOST_PASSAGES)]
    groups = merge(kept, text=lambda each: each.found.text)
    return tuple(_passage(best, copies, asked, scope.rarity) for best, copies in groups)


def _passage(
    best: Retrieved, copies: Sequence[Retrieved], asked: Question, rarity: Rarity
) -> Passage:
    found = best.found
    sentences = split_sentences(found.text)
    elsewhere = (other for each in (best, *copies) for other in each.found.others)
    also = (*(copy.found.credit for copy in copies), *elsewhere)
    carriers = dict.fromkeys(credit.publisher for credit in also)
    return Passage(
        paragraph=found.id,
        article=found.article,
        start=found.start,
        end=found.end,
        text=found.text,
        best=best_sentence(asked, found.text, sentences, rarity, best.nearness),
        evidence=best.judged.evidence,
        credit=found.credit,
        also=tuple(name for name in carriers if name and name != found.credit.publisher),
        page=found.page,
    )
