"""The collection as the bot sees it: ask a question, look around a quote, see what there is."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Protocol

from index.abstain import THRESHOLD, passing
from index.answer import Answer, Passage, Source, Status, Surroundings
from index.duplicates import merge
from index.errors import ModelChanged
from index.evidence import Question, Rarity, read_question
from index.highlight import best_sentence
from index.lane import Lane
from index.mending import mend_question
from index.reindex import Model
from index.retrieve import BY_MEANING, READ, Retrieved, Scope, retrieve
from index.sentences import split_sentences
from index.store import Generation, Snapshot, SqliteStore

LONGEST_QUESTION = 1_000  # characters; what comes after is not a question any more
MOST_PASSAGES = 30


class Follower(Protocol):
    """Keeps the lane's vectors up with the newest generation until it is stopped."""

    @property
    def generation(self) -> int: ...
    def stop(self) -> None: ...


class Library:
    """An open collection. Any thread may call any method; close it when done."""

    def __init__(  # noqa: PLR0913 - one call of it, in live.py, by name
        self,
        store: SqliteStore,
        lane: Lane,
        *,
        model: Model,
        follower: Follower,
        threshold: float | None = None,
        reads: int = READ,
    ) -> None:
        self._store = store
        self._lane = lane
        self._model = model
        self._threshold = threshold
        self._reads = reads
        self._follower = follower

    def ask(self, question: str, *, limit: int = 3, skip: int = 0) -> Answer:
        """The passages that answer a question, best first; none where the collection does not say.

        `skip` passes over the first so many. Raises ModelChanged, ModelMissing, Damaged.
        """
        asked = self._read(question)
        if not asked.terms:
            return Answer(question=asked.text, passages=(), searched=self.status())
        with self._ranked(asked) as (ranked, scope):
            passages = _quotes(asked, ranked, scope)
        return Answer(
            question=asked.text,
            passages=passages[skip : skip + limit],
            searched=_status(scope.generation),
            more=max(0, len(passages) - skip - limit),
        )

    def rank(self, question: str, *, limit: int = 10) -> tuple[Passage, ...]:
        """The best candidates, whether or not they pass the threshold, copies told apart.

        For evaluation: what people are given comes from `ask`.
        """
        asked = self._read(question)
        with self._ranked(asked) as (ranked, scope):
            return tuple(_passage(each, (), asked, scope.rarity) for each in ranked[:limit])

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

    def around(self, paragraph: int) -> Surroundings | None:
        """The paragraphs before and after one; None where it has left the collection."""
        with self._store.snapshot() as view:
            found = view.neighbours(paragraph)
        return None if found is None else Surroundings(*found)

    def source(self, article: str) -> Source | None:
        """The whole article of a key; None where it has left the collection."""
        with self._store.snapshot() as view:
            return view.source(article)

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
        """The one that was set, else the collection's own, else the program's."""
        thresholds = (self._threshold, generation.threshold, THRESHOLD)
        return next(each for each in thresholds if each is not None)

    def _read(self, question: str) -> Question:
        """The question with its typos mended, taken apart."""
        lexicon = self._model.lexicon()
        with self._store.snapshot() as view:
            text = mend_question(
                tidy(question),
                known=lambda term: term in lexicon or view.knows(term),
                near=view.terms_like,
                word=lexicon.word,
            )
        return read_question(text, kin=lexicon.kin)

    @contextmanager
    def _ranked(self, asked: Question) -> Iterator[tuple[list[Retrieved], Scope]]:
        """The candidates, best first, for as long as the view that they were found in lasts."""
        near = self._lane.near(asked.text, limit=BY_MEANING)
        lexicon = self._model.lexicon()
        with self._store.snapshot() as view:
            rarity = cache(lambda term: view.rarity([term], lexicon.commonness)[term])
            generation = self._in_force(view)
            threshold = self._threshold_of(generation)
            scope = Scope(view, generation, rarity, threshold, self._reads)
            yield retrieve(asked, near, scope, self._lane.read), scope


def _quotes(asked: Question, ranked: Sequence[Retrieved], scope: Scope) -> tuple[Passage, ...]:
    """The quotes to give: candidates that pass the threshold, near-identical ones as one."""
    count = passing([each.judged.evidence for each in ranked], scope.threshold)
    kept = ranked[: min(count, MOST_PASSAGES)]
    groups = merge(kept, text=lambda each: each.found.text)
    return tuple(_passage(best, copies, asked, scope.rarity) for best, copies in groups)


def tidy(question: str) -> str:
    """A question on one line, without lone surrogates, and of a length that can be one."""
    plain = question[: 4 * LONGEST_QUESTION].encode("utf-8", "replace").decode()
    return re.sub(r"\s+", " ", plain).strip()[:LONGEST_QUESTION]


def _passage(
    best: Retrieved, copies: Sequence[Retrieved], asked: Question, rarity: Rarity
) -> Passage:
    found = best.found
    sentences = split_sentences(found.text)
    carriers = dict.fromkeys(copy.found.credit.publisher for copy in copies)
    return Passage(
        paragraph=found.id,
        article=found.article,
        start=found.start,
        end=found.end,
        text=found.text,
        best=best_sentence(asked, found.text, sentences, rarity),
        evidence=best.judged.evidence,
        credit=found.credit,
        also=tuple(name for name in carriers if name and name != found.credit.publisher),
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
