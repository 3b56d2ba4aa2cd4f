"""Open a collection and follow it: a new generation is searched a second or two after it."""

import logging
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from index.current import current_vectors, stored_vectors
from index.embedder import Embedder, load_embedder, model_name, require_folder
from index.errors import NoCollection
from index.lane import Lane
from index.lexicon import packaged_lexicon
from index.library import Library
from index.reindex import Model, Options
from index.reranker import PAIRS, Reranker, measure_reranker, reranking
from index.retrieve import READ, Rerank
from index.scoring import SHIPPED, Weighing, Yardstick
from index.settings import IndexSettings, Where
from index.store import Snapshot, Store, open_store
from index.store.recent import NO_MARK, Mark
from index.store.records import Changes
from index.vectors import Checkpoint, FaissVectors, Vectors, is_whole, read_manifest

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
SAMPLED = 8 * PAIRS  # paragraphs among which a reranker is measured; some are of one article


def model_of(settings: IndexSettings) -> Model:
    """The embedding model and the reranker that the settings name. Raises ModelMissing."""
    prompts = {
        "query_prompt": settings.query_prompt,
        "document_prompt": settings.document_prompt,
    }
    require_folder("INDEX_MODEL", settings.model)
    require_folder("INDEX_RERANKER", settings.reranker)

    def load() -> Embedder:
        return load_embedder(
            settings.model, threads=settings.threads, precision=settings.precision, **prompts
        )

    return Model(
        model_name(settings.model, **prompts),
        load,
        packaged_lexicon,
        reranking(settings.reranker, threads=settings.threads),
    )


def options_of(settings: IndexSettings) -> Options:
    """How to reindex by these settings."""
    return Options(batch=settings.batch, tokens=settings.read > 0)


def has_collection(where: Where) -> bool:
    """Whether anything has been published there."""
    try:
        store = open_store(where)
    except NoCollection:
        return False
    try:
        with store.snapshot() as view:
            return view.generation_number() > 0
    except NoCollection:
        return False
    finally:
        store.close()


def open_library(settings: IndexSettings, *, look_every_s: float = LOOK_EVERY_S) -> Library:
    """The collection that the settings name, followed as it changes.

    The model is loaded on a thread of its own: the first question waits for it, opening does not.
    Raises NoCollection, Damaged.
    """
    return follow(
        settings.where,
        model_of(settings),
        threshold=settings.threshold,
        reads=settings.read,
        aliases=settings.aliases,
        look_every_s=look_every_s,
    )


def follow(  # noqa: PLR0913 - a setting each, by name
    where: Where,
    model: Model,
    *,
    threshold: float | None = None,
    reads: int = READ,
    weighing: Weighing = SHIPPED,
    aliases: Path | None = None,
    look_every_s: float = LOOK_EVERY_S,
) -> Library:
    """An open library over the collection there, with a follower that ends with it.

    `aliases` is a file of names that extends the shipped ones; it need not be there.
    """
    store = open_store(where)
    with store.snapshot() as view:
        view.generation()  # fail here and now where there is none
    follower = _Follower(store, model)
    lane = Lane(follower.load)
    follower.start(lane, look_every_s)
    return Library(
        store,
        lane,
        model=model,
        follower=follower,
        threshold=threshold,
        reads=reads,
        weighing=weighing,
        aliases=aliases,
        rerank=follower.reranking_on(lane),
    )


class _Follower:
    """Knows which generation the lane's vectors are of, and brings them up to the newest."""

    def __init__(self, store: Store, model: Model) -> None:
        self._store = store
        self._model = model
        self._known: Mark = NO_MARK  # of what the lane's vectors are of
        self._reranker: Reranker | None = None
        self._yardstick: Yardstick | None = None
        self._said = ""
        self._file: Checkpoint | None = None
        self._proven = ""
        self._copy: FaissVectors | None = None  # None where the store itself is searched
        self._ended = threading.Event()

    @property
    def generation(self) -> int:
        """The number of the generation that the lane's vectors are of, 0 until they are loaded."""
        return self._known[0]

    def load(self) -> tuple[Embedder, Vectors]:
        """The model, and the vectors of the newest generation."""
        embedder = self._model.loaded()
        self._model.lexicon()
        with self._store.snapshot() as view:
            known = view.mark()
            view.prepare()
            vectors = self._store.vectors(self._model.name)
            if vectors is None:
                vectors = self._copied(view)
            sample = view.sample(SAMPLED) if self._model.reranker else []
        self._load_reranker([(article, text) for _, article, text in sample])
        self._known = known
        return embedder, vectors

    def reranking_on(self, lane: Lane) -> Rerank | None:
        """What asks the reranker on the lane's thread, which owns it; None where none is set."""
        if self._model.reranker is None:
            return None
        return lambda question, texts: lane.do(lambda *_: self._shares(question, texts)).result()

    def start(self, lane: Lane, every_s: float) -> None:
        """Look for new generations on a thread, until stopped."""

        def look() -> None:
            while not self._ended.is_set():
                self._look(lane, every_s)

        self._thread = threading.Thread(target=look, name="follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        self._thread.join()

    def _load_reranker(self, sample: Sequence[tuple[str, str]]) -> None:
        if self._model.reranker is None:
            return
        self._reranker = self._model.reranker.load()
        self._yardstick = measure_reranker(self._reranker, sample)
        if self._yardstick is None:
            logger.warning(
                "%s cannot tell the paragraphs of this collection apart and is not asked",
                self._reranker.name,
            )

    def _shares(self, question: str, texts: Mapping[int, str]) -> dict[int, float]:
        if self._reranker is None or self._yardstick is None:
            return {}
        logits = self._reranker.logits(question, list(texts.values()))
        shares = map(self._yardstick.share, logits)
        return dict(zip(texts, shares, strict=True))

    def _look(self, lane: Lane, every_s: float) -> None:
        """Wait for a newer generation and bring the lane up to it; after a fault, wait a while."""
        try:
            self._store.await_news(self.generation, every_s, self._ended)
            # Until the lane has loaded there is nothing to bring up.
            if self.generation and not self._ended.is_set():
                self._catch_up(lane)
                self._prove(lane)
        except Exception as error:  # noqa: BLE001 - a follower that ends leaves the bot behind
            self._say(f"the newest generation cannot be followed: {type(error).__name__}: {error}")
            self._ended.wait(every_s)

    def _say(self, warning: str) -> None:
        """Warn once, however often it is so."""
        if warning != self._said:
            logger.warning("%s", warning)
        self._said = warning

    def _copied(self, view: Snapshot) -> FaissVectors:
        """A copy in memory of what the view shows, from the file that there is now."""
        self._file = self._manifest(view)
        self._copy = current_vectors(view, self._store.folder, self._model.name)
        return self._copy

    def _manifest(self, view: Snapshot) -> Checkpoint | None:
        return read_manifest(
            self._store.folder, collection=view.collection(), model=self._model.name
        )

    def _prove(self, lane: Lane) -> None:
        """See once that a large file is whole, of which opening it took all but the head on trust.

        It takes seconds, in which nobody need wait: see `read_vectors`.
        """
        file = self._file
        if file is None or not file.head or file.checksum == self._proven:
            return
        self._proven = file.checksum
        with suppress(FileNotFoundError):  # a newer one has taken its place
            if not is_whole(self._store.folder, file):
                self._say("the vectors file is damaged; type: scripts/run doctor --fix")
                self._read_from_store(lane)

    def _read_from_store(self, lane: Lane) -> None:
        with self._store.snapshot() as view:
            known, vectors = view.mark(), stored_vectors(view, self._model.name)
        self._copy = vectors
        lane.do(lambda *_: lane.replace_vectors(vectors)).result()
        self._known = known

    def _catch_up(self, lane: Lane) -> None:
        """Hand the lane what differs between its vectors and the newest generation."""
        with self._store.snapshot() as view:
            newest, mark = view.generation(), view.mark()
            if mark == self._known:
                return
            if newest.model != self._model.name:
                self._say(f"generation {newest.id} is of another model: start the bot again")
                return
            view.prepare()
            if self._copy is not None:
                self._bring_up(lane, view, self._copy)
        self._known = mark
        logger.info("generation %d: %d paragraphs", newest.id, newest.paragraphs)

    def _bring_up(self, lane: Lane, view: Snapshot, copy: FaissVectors) -> None:
        """Have the copy in memory be of the view's generation when this returns."""
        changes = self._changes(view)
        # From a newer file: what came and went since the older one need not be carried along.
        anew = changes is None or self._file != self._manifest(view)
        whole = self._copied(view) if anew else None

        def take(*_: object) -> None:
            if whole is not None:
                lane.replace_vectors(whole)
            elif changes is not None:
                copy.apply(changes)

        lane.do(take).result()

    def _changes(self, view: Snapshot) -> Changes | None:
        """What differs from the vectors in memory; None where that is not told.

        Another collection may have taken this one's place, or one that lost its last commits have
        counted on from an older generation: what they tell is of other vectors.
        """
        number, published, place, _ = self._known
        if view.mark()[2] != place or view.published(number) != published:
            return None
        return view.changes_since(number, model=self._model.name)
