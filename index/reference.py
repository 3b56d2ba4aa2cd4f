"""What is known of a collection and of a question before the model is called."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.abstain import THRESHOLD
from index.answer import Answer, Filters, Request, Status, Turn, Where, Why
from index.catalogue import Catalogue, here_today, tidy
from index.errors import ModelChanged
from index.explain import traces_of
from index.filters import read_filters
from index.mending import Mended, mend_question
from index.names.book import AliasBook
from index.question import Question, read_question
from index.reindex import Model
from index.store import Generation, Snapshot, Store
from index.wanted import wanted_of


@dataclass(frozen=True, slots=True)
class Read:
    """A question as it is searched: taken apart, under its filters, with what was mended.

    `loosened` are the phrases in quotation marks that are not held to any more.
    """

    asked: Question
    filters: Filters
    mended: Mended
    loosened: tuple[str, ...] = ()


class Reference(Catalogue, ABC):
    """A collection under a model's name and with its words; any thread may call any method."""

    def __init__(
        self,
        store: Store,
        model: Model,
        *,
        threshold: float | None = None,
        aliases: Path | None = None,
    ) -> None:
        self._store = store
        self._model = model
        self._threshold = threshold
        self._names = AliasBook(aliases, commonness=lambda term: model.lexicon().commonness(term))

    @property
    @abstractmethod
    def warm(self) -> bool:
        """Whether the model is loaded, or could not be; until then a question waits for it."""

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """The passages that answer a question, best first; none if the collection has none.

        Raises ModelChanged, ModelMissing, Damaged, OutOfReach.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of all that is open."""

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
        """The same, for the parts of a Request."""
        return self.answer(Request(question, limit, skip, today, after, only, since))

    def threshold(self) -> float:
        """The evidence from which on a passage is quoted."""
        with self._store.snapshot() as view:
            return self._threshold_of(self._in_force(view))

    def status(self) -> Status:
        """What the newest generation holds."""
        with self._store.snapshot() as view:
            return status_of(view.generation())

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
        own = generation.threshold if self._model.reranker is None else None
        thresholds = (self._threshold, own, THRESHOLD)
        return next(each for each in thresholds if each is not None)

    def _read(
        self,
        question: str,
        view: Snapshot,
        *,
        publishers: tuple[str, ...],
        today: date | None = None,
    ) -> Read:
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
        return Read(read_question(text, aliases=names, kin=lexicon.kin), wish.filters, mended)


def status_of(generation: Generation) -> Status:
    """What a generation holds."""
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
