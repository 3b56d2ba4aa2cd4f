"""A collection with several processes that answer, for a machine with several processors."""

import logging
import os
import threading

from index.answer import Answer, Request
from index.errors import OutOfReach
from index.hosting import FIRST_WAIT_S, Begin, Host, Lost, begin_process
from index.live import LOOK_EVERY_S, model_of, open_library
from index.reference import Reference
from index.reindex import Model
from index.settings import IndexSettings
from index.store import Store, open_store

logger = logging.getLogger(__name__)

TRIES = 2  # a question that ends two processes is given up, before it ends all of them
MOST_LOSSES = 6  # of a question that others may have ended the process of
PATIENCE_S = 5.0  # until there is a process, where there is none


def open_branches(settings: IndexSettings) -> Reference:
    """The collection that the settings name, answered in as many processes as they say.

    Raises NoCollection, Damaged, ModelMissing.
    """
    return open_library(settings) if settings.processes == 1 else in_processes(settings)


def in_processes(settings: IndexSettings) -> "Branches":
    """The same, in processes beside this one even where it is to be one only."""
    model = model_of(settings)
    store = open_store(settings.where)
    with store.snapshot() as view:
        view.generation()  # fail here and now where there is none
    return Branches(store, model, settings, begin=begin_process)


class Branches(Reference):
    """A collection whose questions are answered by other processes; what needs no model, here.

    Each of them follows the collection by itself. One that ends is begun again, and what it had
    not answered is asked again.
    """

    def __init__(
        self,
        store: Store,
        model: Model,
        settings: IndexSettings,
        *,
        begin: Begin,
        wait_s: float = FIRST_WAIT_S,
    ) -> None:
        super().__init__(store, model, threshold=settings.threshold, aliases=settings.aliases)
        share = settings.model_copy(update={"threads": _threads(settings)})
        self._state = threading.Condition()
        self._hosts = [
            Host(share, begin, self._state, wait_s=wait_s) for _ in range(settings.processes)
        ]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._tend, name="branches", daemon=True)
        self._thread.start()

    @property
    def warm(self) -> bool:
        """Whether a process is ready; until one is, a question waits for it."""
        return self.ready > 0

    @property
    def ready(self) -> int:
        """How many processes have loaded the model, or could not."""
        return sum(host.warm for host in self._hosts)

    def answer(self, request: Request) -> Answer:
        """The passages that answer a question, best first; none if the collection has none.

        Raises what the process that was asked raised, and OutOfReach where processes end of it or
        none is there.
        """
        blamed = losses = 0
        while blamed < TRIES and losses < MOST_LOSSES:
            try:
                return self._freest().ask(request, alone=losses > 0).result()
            except Lost as lost:
                losses += 1
                blamed += lost.blamed
        raise OutOfReach(
            f"the process that was to answer ended, {losses} times for one question; the log says"
            " how; if that stays, set INDEX_PROCESSES=1 and start again"
        )

    def close(self) -> None:
        """End the processes, and let go of the store."""
        self._ended.set()
        for host in self._hosts:
            host.end(for_good=True)  # all at once, then each is waited for
        for host in self._hosts:
            host.close()
        self._thread.join()
        self._store.close()

    def _freest(self) -> Host:
        """Of those that are ready, or else of those that are there, who has least to answer.

        Raises OutOfReach where none is.
        """
        with self._state:
            if not self._state.wait_for(self._there, PATIENCE_S):
                raise OutOfReach(
                    f"no process is there that answers: one {self._hosts[0].ended}; another begins"
                    " within a minute. If that stays, set INDEX_PROCESSES=1 and start again"
                )
            return min(self._there(), key=lambda host: host.burden)

    def _there(self) -> list[Host]:
        return [host for host in self._hosts if host.is_there or self._ended.is_set()]

    def _tend(self) -> None:
        """Keep up what is looked up here, and end a process that is stuck; until closed."""
        known, said = 0, ""
        while not self._ended.is_set():
            try:
                self._store.await_news(known, LOOK_EVERY_S, self._ended)
                known = self._prepared(known)
            except Exception as error:  # noqa: BLE001 - whoever asks is told it
                if said != (said := f"{type(error).__name__}: {error}"):
                    logger.warning("the collection cannot be followed: %s", said)
                self._ended.wait(LOOK_EVERY_S)
            for host in self._hosts:
                host.mind()

    def _prepared(self, known: int) -> int:
        """The newest generation, ready to be searched by words."""
        if self._ended.is_set():
            return known
        with self._store.snapshot() as view:
            newest = view.generation_number()
            if newest != known:
                view.prepare()
            return newest


def _threads(settings: IndexSettings) -> int:
    """How many threads of the model each process may have, unless it was set."""
    own = getattr(os, "sched_getaffinity", None)  # not every system tells it
    processors = len(own(0)) if own else os.cpu_count() or 1
    return settings.threads or max(1, processors // settings.processes)
