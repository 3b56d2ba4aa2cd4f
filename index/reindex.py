"""Build the next generation from what changed, and publish it in one transaction.

Texts are embedded before the transaction and kept at once, so a run that is killed goes on where
it was; the rows of the generation change together or not at all.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from index.article import Article
from index.calibrate import SAMPLED, SMALLEST, Bench, choose_threshold, made_questions
from index.current import renew_checkpoint, searched_vectors
from index.embedder import Embedder
from index.errors import Damaged, Interrupted, ModelChanged, Overtaken
from index.export import Exported, plan_return
from index.golden import (
    FILE_NAME,
    STAGE,
    Rule,
    ask_golden,
    compare,
    golden_folders,
    keep,
    kept_of,
    read_golden,
)
from index.lexicon import Language, NoLexicon
from index.lock import reindex_lock
from index.measure import measure_scale
from index.patience import begun_again
from index.plan import (
    EVERYTHING,
    Choice,
    Failure,
    Plan,
    Progress,
    plan_articles,
    plan_reading,
    plan_removal,
)
from index.reranker import Reranking
from index.settings import Where
from index.store import Draft, Generation, Kept, Snapshot, Store, open_store
from index.tokens import shrunk


@dataclass(frozen=True, slots=True)
class Model:
    """The embedding model: its name, known at once, and how to load it when it is needed.

    `lexicon` loads what is known of the language's words besides; `reranker` is the one to ask,
    which reindexing has no use for.
    """

    name: str
    load: Callable[[], Embedder]
    lexicon: Callable[[], Language] = NoLexicon
    reranker: Reranking | None = None

    def loaded(self) -> Embedder:
        """The model; raises ModelChanged where its files are not those of the name any more."""
        embedder = self.load()
        if embedder.name != self.name:
            raise ModelChanged(
                f"the model's files have changed while it was in use: it was {self.name} and is"
                f" {embedder.name}; start this again"
            )
        return embedder


@dataclass(frozen=True, slots=True)
class Options:
    """How to reindex: do all of it again, only say what would be done, texts a model call.

    `tokens` are kept for close reading, which else has to call the model for each question.
    `choice` says which files of the folders are read, and what is told of them; `golden` when a
    generation that answers the golden questions worse is held back. Without it none are asked.
    """

    full: bool = False
    dry_run: bool = False
    batch: int = 64
    tokens: bool = True
    choice: Choice = EVERYTHING
    golden: Rule | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reindex did.

    Articles are counted; `read` counts files, `embedded` paragraphs; `generation` is the newest.
    `skipped` counts the files of kinds that are not read, by suffix, the most first; `copies`
    places where an article stands a further time; `retired` those of the removed that went by a
    rule.
    """

    read: int
    new: int
    changed: int
    unchanged: int
    removed: int
    failed: tuple[Failure, ...]
    paragraphs: int
    embedded: int
    generation: int
    seconds: float
    skipped: tuple[tuple[str, int], ...] = ()
    copies: int = 0
    retired: int = 0


def reindex(
    paths: Sequence[Path], where: Where, model: Model, *, options: Options, progress: Progress
) -> Outcome:
    """Bring the collection there up to date with these files and folders.

    Raises Locked, ModelMissing, Damaged, AnswersFell. Whatever ends it early, the old generation
    still serves.
    """

    def plan(store: Store) -> Plan:
        return plan_reading(
            paths, store, full=options.full, progress=progress, choice=options.choice
        )

    return _carry_out(plan, where, model, options=options, progress=progress, roots=paths)


def remove(
    paths: Sequence[Path], where: Where, model: Model, *, options: Options, progress: Progress
) -> Outcome:
    """Drop from the collection whatever was read from these files and folders.

    Whoever says so means it: no golden question stands against it.
    """
    if options.golden is not None:
        options = replace(options, golden=replace(options.golden, force=True))

    def plan(store: Store) -> Plan:
        return plan_removal(paths, store)

    return _carry_out(plan, where, model, options=options, progress=progress)


def collect(
    articles: Mapping[str, Sequence[Article]],
    where: Where,
    model: Model,
    *,
    options: Options,
    progress: Progress,
) -> Outcome:
    """Make the collection hold exactly these articles, given by the name of their origin."""

    def plan(store: Store) -> Plan:
        return plan_articles(articles, store)

    return _carry_out(plan, where, model, options=options, progress=progress)


def bring_back(
    articles: Sequence[Exported],
    where: Where,
    model: Model,
    *,
    options: Options,
    progress: Progress,
) -> Outcome:
    """Take exported articles into the collection, each under the key that it had."""

    def plan(store: Store) -> Plan:
        return plan_return(articles, store)

    return _carry_out(plan, where, model, options=options, progress=progress)


def _carry_out(  # noqa: PLR0913 - by name
    make_plan: Callable[[Store], Plan],
    where: Where,
    model: Model,
    *,
    options: Options,
    progress: Progress,
    roots: Sequence[Path] = (),
) -> Outcome:
    started = time.monotonic()

    def carry_out(broken: Interrupted | None) -> Outcome:
        with (
            reindex_lock(where),
            closing(open_store(where, writable=True, sources=roots)) as store,
        ):
            # Who was overtaken has nobody else publish from the next plan on.
            with store.alone() if isinstance(broken, Overtaken) else nullcontext():
                work = _Work(store, model, options, progress, roots)
                plan = make_plan(store)
                embedded = work.embed(plan)
                if not options.dry_run:
                    work.publish(plan)
            if not options.dry_run:
                work.renew()
            return _outcome(plan, store, embedded, time.monotonic() - started)

    return begun_again(carry_out)


class _Work:
    """One run's tools, with the model loaded at most once and only if it is needed."""

    def __init__(
        self,
        store: Store,
        model: Model,
        options: Options,
        progress: Progress,
        roots: Sequence[Path],
    ) -> None:
        self._store = store
        self._model = model
        self._options = options
        self._progress = progress
        self._roots = roots
        self._loaded: Embedder | None = None
        self._worth_renewing = False
        with store.snapshot() as view:
            self._before = view.generation() if view.generation_number() else None

    def embed(self, plan: Plan) -> int:
        """Embed every paragraph of the next generation that has no vector; how many those were."""
        texts = self._texts(plan)
        if not self._options.dry_run:
            self._embed(texts)
        return len(texts)

    def _embed(self, texts: Mapping[str, str]) -> None:
        # Alike lengths together: a batch is as slow as its longest text.
        order = sorted(texts, key=lambda digest: (-len(texts[digest]), digest))
        for start in range(0, len(order), self._options.batch):
            digests = order[start : start + self._options.batch]
            part = [texts[digest] for digest in digests]
            if self._options.tokens:
                vectors, tokens = self._embedder.encode_closely(part, query=False)
            else:
                vectors, tokens = self._embedder.encode_documents(part), None
            kept = [shrunk(each) for each in tokens or ()]
            self._store.save_vectors(self._model.name, digests, vectors, kept)
            self._progress("embedding", start + len(digests), len(order))

    def publish(self, plan: Plan) -> None:
        """Make the plan the newest generation; where nothing differs only note the files."""
        change = plan.publication()
        # A first run that could read nothing is no generation: the next start tries again.
        first = self._before is None and not plan.failed
        differs = change.changes_text or first or self._new_model
        self._worth_renewing = differs or self._before is not None
        with self._store.publishing() as draft:
            self._see_that_none_came_between(draft)
            draft.apply(change, at=datetime.now(UTC).isoformat(timespec="seconds"))
            if differs:
                self._seal(draft)
                self._ask_golden(draft)
        if differs:
            self._progress("publishing", 1, 1)

    def renew(self) -> None:
        """Bring up what is made of the vectors, once the publication is done."""
        if self._worth_renewing:
            renew_checkpoint(self._store, self._model.name, always=self._options.full)

    def _see_that_none_came_between(self, draft: Draft) -> None:
        """Raise Overtaken where another reindex published since this one's plan was made."""
        if draft.view.generation_number() != (self._before.id if self._before else 0):
            raise Overtaken("another reindex published a generation meanwhile; run it again")

    @property
    def _new_model(self) -> bool:
        return self._before is not None and self._before.model != self._model.name

    @property
    def _embedder(self) -> Embedder:
        if self._loaded is None:
            self._progress("loading the model", 0, 1)
            self._loaded = self._model.loaded()
        return self._loaded

    def _texts(self, plan: Plan) -> dict[str, str]:
        """digest -> text of what has to be embedded."""
        texts = {digest: text for kept in plan.kept for digest, text in _texts_of(kept)}
        if not self._options.full:
            missing = self._store.missing_vectors(self._model.name, texts)
            texts = {digest: texts[digest] for digest in missing}
        if self._new_model:
            gone = {*plan.removed, *(kept.key for kept in plan.kept)}
            texts |= self._store.texts_without_vector(self._model.name, gone)
        return texts

    def _seal(self, draft: Draft) -> None:
        """Record the generation and look at it. Raises Damaged, and then nothing is published."""
        if self._new_model:
            draft.forget_other_models(self._model.name)
        draft.seal(self._generation(draft))
        if wrong := draft.view.unresolved(self._model.name):
            raise Damaged(
                f"the new generation contradicts itself ({'; '.join(wrong)}) and was not"
                " published; run scripts/run reindex --full"
            )

    def _ask_golden(self, draft: Draft) -> None:
        """Ask the golden questions. Raises AnswersFell, and then nothing is published."""
        rule = self._options.golden
        if rule is None:
            return
        kept = kept_of(draft)
        folders = golden_folders(self._roots, kept, self._store.folder, self._store.files())
        questions = read_golden([folder / FILE_NAME for folder in folders])
        if not questions:
            return
        view, language = draft.view, self._model.lexicon()
        vectors = searched_vectors(view, self._store.folder, self._model.name)
        bench = Bench(
            view, view.generation(), self._embedder, language, vectors=vectors, stage=STAGE
        )
        right = ask_golden(
            questions, view, bench, language, threshold=rule.threshold, progress=self._progress
        )
        compare(questions, right, kept, rule, view.texts())
        keep(draft, folders, questions, right)

    def _generation(self, draft: Draft) -> Generation:
        view, before = draft.view, self._before
        articles, paragraphs, publishers, earliest, latest = view.counts()
        generation = Generation(
            id=view.generation_number() + 1,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            articles=articles,
            paragraphs=paragraphs,
            publishers=publishers,
            earliest=earliest,
            latest=latest,
            model=self._model.name,
            mean=before.mean if before else 0.0,
            spread=before.spread if before else 1.0,
            threshold=before.threshold if before else None,
            measured_at=before.measured_at if before else 0,
        )
        if before is None or self._new_model or not _still_fits(before, paragraphs):
            return self._calibrated(view, generation)
        return generation

    def _calibrated(self, view: Snapshot, generation: Generation) -> Generation:
        """The generation with the scale of its cosines, and its threshold, measured."""
        scale = measure_scale(view, lambda: self._embedder, self._model.name)
        generation = replace(
            generation, mean=scale.mean, spread=scale.spread, measured_at=generation.paragraphs
        )
        return replace(generation, threshold=self._threshold(view, generation))

    def _threshold(self, view: Snapshot, generation: Generation) -> float | None:
        """The collection's own threshold; None where it is too small to have one."""
        if generation.paragraphs < SMALLEST:
            return None
        posed = made_questions(view.sample(SAMPLED))
        if choose_threshold([0.0] * len(posed)) is None:
            return None
        bench = Bench(view, generation, self._embedder, self._model.lexicon())
        return choose_threshold(bench.withheld(posed, self._progress))


def _texts_of(kept: Kept) -> list[tuple[str, str]]:
    return [(p.digest, kept.text[p.span.start : p.span.end]) for p in kept.paragraphs]


def _still_fits(before: Generation, paragraphs: int) -> bool:
    """Whether the collection is still about as large as when its cosines were measured."""
    return before.measured_at > 0 and 0.5 <= paragraphs / before.measured_at <= 2


def _outcome(plan: Plan, store: Store, embedded: int, seconds: float) -> Outcome:
    with store.snapshot() as view:
        number = view.generation_number()
        paragraphs = view.generation().paragraphs if number else 0
    return Outcome(
        read=plan.read,
        new=plan.new,
        changed=plan.changed,
        unchanged=plan.unchanged,
        removed=len(plan.removed),
        failed=tuple(plan.failed),
        paragraphs=paragraphs,
        embedded=embedded,
        generation=number,
        seconds=seconds,
        copies=plan.copies,
        retired=len(plan.retired & set(plan.removed)),
        skipped=tuple(sorted(plan.skipped.items(), key=lambda kind: (-kind[1], kind[0]))),
    )
