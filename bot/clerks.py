"""The desk's threads: they work in turn for those who want something, whoever wants much."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from bot.rota import Asker, Rota

Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Task(Generic[Result]):
    """Work, for whom it is, and where its result goes."""

    asker: Asker
    work: Callable[[], Result]
    future: Future[Result] = field(default_factory=Future)


class Clerks:
    """Threads that work; a chat is given half of them at most, and one person a quarter.

    What they work at shares the machine. A person with many questions would slow everybody
    down by having all of them looked up at once, even where each other question went first.
    """

    def __init__(self, number: int) -> None:
        self._rota: Rota[Task[Any]] = Rota(
            at_once=number, in_chat=max(1, number // 2), of_one=max(1, number // 4)
        )
        self._tasks: queue.SimpleQueue[Task[Any] | None] = queue.SimpleQueue()
        self._threads = [_clerk(self._tasks) for _ in range(number)]

    @property
    def rota(self) -> Rota[Task[Any]]:
        """What waits and what is at work."""
        return self._rota

    def put(self, task: Task[Any]) -> None:
        """Have some work done when it is its asker's turn; only ever called on the event loop."""
        self._rota.add(task.asker, task)
        self._hand_out()

    def give_up(self, task: Task[Any]) -> None:
        """Do not begin the work, unless that is done already."""
        self._rota.withdraw(task.asker, task)

    def close(self) -> None:
        """Send the clerks home; one that is still at work is not waited for."""
        for _ in self._threads:
            self._tasks.put(None)

    def _hand_out(self) -> None:
        loop = asyncio.get_running_loop()
        while taken := self._rota.take():
            asker, task = taken
            # A clerk that was given up on is at work until the work ends.
            task.future.add_done_callback(partial(self._over, loop, asker))
            self._tasks.put(task)

    def _over(self, loop: asyncio.AbstractEventLoop, asker: Asker, _: Future[Any]) -> None:
        told(loop, partial(self._ended, asker))

    def _ended(self, asker: Asker) -> None:
        self._rota.end(asker)
        self._hand_out()


def told(loop: asyncio.AbstractEventLoop, news: Callable[[], None]) -> None:
    """Have the event loop hear of something that happened in a thread, if it still runs."""
    with suppress(RuntimeError):  # it is closed
        loop.call_soon_threadsafe(news)


def _clerk(tasks: "queue.SimpleQueue[Task[Any] | None]") -> threading.Thread:
    # A daemon, unlike an executor's thread: a question that hangs cannot keep the bot running.
    clerk = threading.Thread(target=_serve, args=(tasks,), name="desk", daemon=True)
    clerk.start()
    return clerk


def _serve(tasks: "queue.SimpleQueue[Task[Any] | None]") -> None:
    while (task := tasks.get()) is not None:
        if not task.future.set_running_or_notify_cancel():
            continue
        try:
            task.future.set_result(task.work())
        except Exception as error:  # noqa: BLE001 - it is raised again where it is awaited
            task.future.set_exception(error)
