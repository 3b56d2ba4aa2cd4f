"""The collection as the bot sees it: ask a question, look around a quote, see what there is."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Protocol

from index.abstain import THRESHOLD, passing
from index.answer import (
    Answer,
    Filters,
    Passage,
    Status,
    Turn,
    Where,
    Why,
)
from index.catalogue import Catalogue, here_today, tidy
from index.duplicates import merge
from index.errors import ModelChanged
from index.explain import traces_of
from index.filters import read_filters, unread_in, write_filters
from index.followup import follow_up
from index.highlight import best_sentence
from index.lane import EVERYWHERE, Lane, Near, Within
from index.mending import Mended, mend_question
from index.names.book import AliasBook
from index.question import Question, read_question
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
from index.store import Generation, Snapshot, Store
from index.turns import Turns
from index.wanted import Rarity, wanted_of

MOST_PASSAGES = 30


class Follower(Protocol):
    """Keeps the lane's vectors up with the newest generation until it is stopped."""

    @property
    def generation(self) -> int: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Read:
    """A question as it is searched: taken apart, under its filters, with what was mended.

    `loosened` are the phrases in quotation marks that are not held to any more.
    """

    asked: Question
    filters: Filters
    mended: Mended
    loosened: tuple[str, ...] = ()


class Library(Catalogue):
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
        self._store = store
        self._lane = lane
        self._model = model
        self._threshold = threshold
        self._reads = reads
        self._weighing = weighing
        self._rerank = rerank
        self._follower = follower
        self._turns = Turns()
        self._names = AliasBook(aliases, commonness=lambda term: model.lexicon().commonness(term))

    @property
    def warm(self) -> bool:
        """Whether the model is loaded, or could not be; until then a question waits for it."""
        return self._lane.ready

    def ask(  # noqa: PLR0913 - one question and its circumstances, each by name
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
        """The passages that answer a question, best first; none where the collection does not say.

        `skip` passes over the first so many. `today` is what "last week" is reckoned from, the
        day it is here unless given. `after` is what the question may follow up. `only` are the
        publishers that may be seen at all, where not all may. With `since`, only paragraphs that
        came in after that generation are searched. Raises ModelChanged, ModelMissing, Damaged.
        """
        with self._turns.taken() as awaited, self._store.snapshot() as view:
            known = self._publishers(view, only)
            whole = follow_up(tidy(question), after, publishers=known) if after else None
            skip = skip + whole.skip if whole else skip
            said = whole.question if whole else question
            read = self._read(said, view, today=today, publishers=known)
            read = replace(read, filters=replace(read.filters, only=only, after=since))
            passages: tuple[Passage, ...] = ()
            strongest = 0.0
            idle = not read.asked.terms or _idle(view, read.filters)
            for attempt in () if idle else _attempts(read):
                ranked, scope = self._ranked(attempt, view, awaited)
                passages = _quotes(attempt.asked, ranked, scope)
                strongest = max((strongest, *(each.judged.evidence for each in ranked[:1])))
                if passages:
                    read = attempt
                    break
            searched = _status(view.generation())
        return Answer(
            question=write_filters(read.asked.text, read.filters),
            passages=passages[skip : skip + limit],
            searched=searched,
            more=max(0, len(passages) - skip - limit),
            words=read.asked.text,
            skipped=skip,
            filters=replace(read.filters, only=(), after=0),
            loosened=read.loosened,
            unread=unread_in(read.asked.text),
            mended=read.mended,
            completed=whole is not None,
            strongest=strongest,
        )

    def rank(self, question: str, *, limit: int = 10) -> tuple[Passage, ...]:
        """The best candidates, whether or not they pass the threshold, copies told apart.

        For evaluation: what people are given comes from `ask`.
        """
        passages: tuple[Passage, ...] = ()
        with self._turns.taken() as awaited, self._store.snapshot() as view:
            for read in _attempts(self._read(question, view, publishers=self._publishers(view))):
                ranked, scope = self._ranked(read, view, awaited)
                passages = tuple(
                    _passage(each, (), read.asked, scope.rarity) for each in ranked[:limit]
                )
                if passing([passage.evidence for passage in passages], scope.threshold):
                    break
        return passages

    def threshold(self) -> float:
        """The evidence from which on a passage is quoted."""
        with self._store.snapshot() as view:
            return self._threshold_of(self._in_force(view))

    def status(self) -> Status:
        """What the newest generation holds."""
        with self._store.snapshot() as view:
            return _status(view.generation())

    def following(self) -> int:
        """The generation whose vectors are searched; 0 while the model is being loaded."""
        return self._follower.generation

    def why(
        self, question: str, paragraph: int, *, evidence: float, only: tuple[str, ...] = ()
    ) -> Why | None:
        """What a paragraph was chosen by, with that evidence; None where it has left."""
        lexicon = self._model.lexicon()
        with self._store.snapshot() as view:
            read = self._read(question, view, publishers=self._publishers(view, only))
            filters = Filters(only=only)
            found = view.found([paragraph], model=self._model.name, filters=filters)
            if not found or (only and found[0].credit.publisher not in only):
                return None
            wanted = wanted_of(
                read.asked, lambda term: view.rarity([term], lexicon.commonness)[term]
            )
            threshold = self._threshold_of(view.generation())
        traces = traces_of(read.asked, wanted, found[0])
        nearer = all(each.where is not Where.PASSAGE for each in traces)
        return Why(traces, evidence, threshold, nearer)

    def close(self) -> None:
        """Let go of the model, the vectors and the store."""
        self._follower.stop()
        self._lane.close()
        self._store.close()

    def _in_force(self, view: Snapshot) -> Generation:
        generation = view.generation()
        if generation.model != self._model.name:
            raise ModelChanged(
                f"the collection was embedded by {generation.model}, but {self._model.name} is"
                " set; run scripts/run reindex, or set INDEX_MODEL as it was and start again"
            )
        return generation

    def _threshold_of(self, generation: Generation) -> float:
        """The one that was set, else the collection's own, else the program's.

        The collection's own was measured without a reranker, and holds only without one.
        """
        own = generation.threshold if self._rerank is None else None
        thresholds = (self._threshold, own, THRESHOLD)
        return next(each for each in thresholds if each is not None)

    def _read(
        self,
        question: str,
        view: Snapshot,
        *,
        publishers: tuple[str, ...],
        today: date | None = None,
    ) -> _Read:
        """The question with its filters taken out and its typos mended, taken apart."""
        lexicon = self._model.lexicon()
        wish = read_filters(tidy(question), today=today or here_today(), publishers=publishers)
        names = self._names.of(view)
        text, mended = mend_question(
            wish.question,
            known=lambda term: term in lexicon or view.knows(term),
            near=view.terms_like,
            word=lexicon.word,
            names=names.terms,
        )
        return _Read(read_question(text, aliases=names, kin=lexicon.kin), wish.filters, mended)

    def _ranked(
        self, read: _Read, view: Snapshot, awaited: Callable[[Future[Near]], Near]
    ) -> tuple[list[Retrieved], Scope]:
        """The candidates, best first, and where they were looked for."""
        generation = self._in_force(view)
        lexicon = self._model.lexicon()
        rarity = cache(lambda term: view.rarity([term], lexicon.commonness)[term])
        threshold = self._threshold_of(generation)
        scope = Scope(
            view, generation, rarity, threshold, self._reads, read.filters, self._weighing
        )
        within = _within(view, read.filters)

        def seek() -> Awaited:
            near = self._lane.seek(read.asked.plain, limit=BY_MEANING, within=within)
            return partial(awaited, near)

        return retrieve(read.asked, seek, scope, self._lane.read, self._rerank), scope


def _idle(view: Snapshot, filters: Filters) -> bool:
    """Whether nothing came in since the generation that is asked of."""
    new = Filters(only=filters.only, after=filters.after)
    return bool(filters.after) and not len(view.paragraphs_meeting(new))


def _within(view: Snapshot, filters: Filters) -> Within:
    if not filters:
        return EVERYWHERE
    return tuple(view.paragraphs_meeting(each) if each else None for each in searched_in(filters))


def _attempts(read: _Read) -> Iterator[_Read]:
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


def _status(generation: Generation) -> Status:
    return Status(
        articles=generation.articles,
        paragraphs=generation.paragraphs,
        publishers=generation.publishers,
        earliest=generation.earliest,
        latest=generation.latest,
        generation=generation.id,
        published_at=generation.created,
        model=generation.model,
    )
