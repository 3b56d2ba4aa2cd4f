"""Open a collection and follow it: a new generation is searched a second or two after it."""

import logging
import threading
from pathlib import Path

from index.current import current_vectors
from index.embedder import Embedder, load_embedder, model_name
from index.errors import NoCollection
from index.lane import Lane
from index.lexicon import packaged_lexicon
from index.library import Library
from index.reindex import Model
from index.retrieve import READ
from index.settings import IndexSettings
from index.store import SqliteStore
from index.vectors import FaissVectors, Vectors

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0


def model_of(settings: IndexSettings) -> Model:
    """The embedding model that the settings name. Raises ModelMissing."""
    prompts = {
        "query_prompt": settings.query_prompt,
        "document_prompt": settings.document_prompt,
    }

    def load() -> Embedder:
        return load_embedder(settings.model, threads=settings.threads, **prompts)

    return Model(model_name(settings.model, **prompts), load, packaged_lexicon)


def has_collection(folder: Path) -> bool:
    """Whether anything has been published there."""
    try:
        store = SqliteStore(folder)
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
        settings.folder,
        model_of(settings),
        threshold=settings.threshold,
        reads=settings.read,
        look_every_s=look_every_s,
    )


def follow(
    folder: Path,
    model: Model,
    *,
    threshold: float | None = None,
    reads: int = READ,
    look_every_s: float = LOOK_EVERY_S,
) -> Library:
    """An open library over the collection in a folder, with a follower that ends with it."""
    store = SqliteStore(folder)
    with store.snapshot() as view:
        view.generation()  # fail here and now where there is none
    follower = _Follower(store, model)
    lane = Lane(follower.load)
    follower.start(lane, look_every_s)
    return Library(store, lane, model=model, follower=follower, threshold=threshold, reads=reads)


class _Follower:
    """Knows which generation the lane's vectors are of, and brings them up to the newest."""

    def __init__(self, store: SqliteStore, model: Model) -> None:
        self._store = store
        self._model = model
        self.generation = 0
        self._said = ""
        self._ended = threading.Event()

    def load(self) -> tuple[Embedder, Vectors]:
        """The model, and the vectors of the newest generation."""
        embedder = self._model.load()
        self._model.lexicon()
        with self._store.snapshot() as view:
            number = view.generation_number()
            vectors = current_vectors(view, self._store.folder, self._model.name)
        self.generation = number
        return embedder, vectors

    def start(self, lane: Lane, every_s: float) -> None:
        """Look for new generations on a thread, until stopped."""

        def look() -> None:
            while not self._ended.wait(every_s):
                self._look(lane)

        self._thread = threading.Thread(target=look, name="follower", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        self._thread.join()

    def _look(self, lane: Lane) -> None:
        try:
            if self.generation:  # until the lane has loaded there is nothing to bring up
                self._catch_up(lane)
        except Exception as error:  # noqa: BLE001 - a follower that ends leaves the bot behind
            self._say(f"the newest generation cannot be followed: {type(error).__name__}: {error}")

    def _say(self, warning: str) -> None:
        """Warn once, however often it is so."""
        if warning != self._said:
            logger.warning("%s", warning)
        self._said = warning

    def _catch_up(self, lane: Lane) -> None:
        """Hand the lane what differs between its vectors and the newest generation."""
        with self._store.snapshot() as view:
            newest = view.generation()
            if newest.id == self.generation:
                return
            if newest.model != self._model.name:
                self._say(f"generation {newest.id} is of another model: start the bot again")
                return
            changes = view.changes_since(self.generation, model=self._model.name)
            whole = None if changes else FaissVectors.of(*view.all_vectors(self._model.name))

        def take(_: Embedder, vectors: Vectors) -> None:
            if changes is not None:
                vectors.apply(changes)
            elif whole is not None:
                lane.replace_vectors(whole)

        lane.do(take).result()
        self.generation = newest.id
        logger.info("generation %d: %d paragraphs", newest.id, newest.paragraphs)
