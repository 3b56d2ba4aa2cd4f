"""The file bot.db: what the bot must still know after a restart, worked by one thread."""

import asyncio
import os
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlite_utils import Database

from bot.claim import make_private
from bot.schema import TooNew, migrate

Returned = TypeVar("Returned")

_AT_ONCE = 32
"""Works that share a commit at most."""


class BotDataUnusable(Exception):  # noqa: N818 - named as the errors of index are
    """The file cannot be opened; the message says which, and what to do."""


class BotDataDamaged(BotDataUnusable, sqlite3.DatabaseError):
    """The file is open and found to be damaged; what its pages that are whole hold goes on."""


class BotData:
    """bot.db, open for as long as the context lasts. Never used on the event loop's own thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bot.db")
        self._waiting: deque[_Task] = deque()

    async def __aenter__(self) -> Self:
        """Open the file, readable by its owner alone, and bring its tables up to date."""
        try:
            self._db = await self._on_thread(lambda: _open(self._path))
        except (OSError, sqlite3.Error, TooNew) as error:
            self._thread.shutdown()
            raise BotDataUnusable(
                f"{self._path} cannot be used ({error}); {_advice(error)}"
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the file once the work before it is done."""
        await self._on_thread(self._db.conn.close)
        self._thread.shutdown()

    async def run(self, work: Callable[[sqlite3.Connection], Returned]) -> Returned:
        """What the work returns; all that it writes is committed together, or not at all.

        Works that wait at the same time share a commit, which is what costs: then they may be
        done twice, so that they must leave nothing behind but in the database.
        """
        future: Future[Returned] = Future()
        self._waiting.append(_Task(work, future))
        self._thread.submit(self._settle)
        return await asyncio.wrap_future(future)

    async def wipe(self) -> None:
        """Leave nothing of what was deleted in bot.db-wal, which holds pages as they once were."""
        await self._on_thread(
            lambda: self._db.conn.execute("pragma wal_checkpoint(truncate)").fetchall()
        )

    def _settle(self) -> None:
        """Do what waits, up to a bound, unless an earlier call has done it already."""
        tasks: list[_Task] = []
        while self._waiting and len(tasks) < _AT_ONCE:
            task = self._waiting.popleft()
            if task.future.set_running_or_notify_cancel():
                tasks.append(task)
        if len(tasks) > 1 and self._done_together(tasks):
            return
        for task in tasks:
            self._done_alone(task)

    def _done_together(self, tasks: "list[_Task]") -> bool:
        """Whether all of it is done in one transaction; if not, nothing is."""
        try:
            with self._db.conn as connection:
                connection.execute("begin")
                found = [task.work(connection) for task in tasks]
        except Exception:  # noqa: BLE001 - whose it is shows when each is done alone
            return False
        for task, result in zip(tasks, found, strict=True):
            task.future.set_result(result)
        return True

    def _done_alone(self, task: "_Task") -> None:
        try:
            with self._db.conn as connection:
                result = task.work(connection)
        except Exception as error:  # noqa: BLE001 - it is raised again where it is awaited
            task.future.set_exception(self._said(error))
        else:
            task.future.set_result(result)

    def _said(self, error: Exception) -> Exception:
        if not is_damage(error):
            return error
        damaged = BotDataDamaged(f"{self._path} is damaged ({error}); {_advice(error)}")
        damaged.__cause__ = error
        return damaged

    async def _on_thread(self, work: Callable[[], Returned]) -> Returned:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


@dataclass(frozen=True, slots=True)
class _Task:
    work: Callable[[sqlite3.Connection], Any]
    future: "Future[Any]"


def is_damage(error: Exception) -> bool:
    """Whether an error says that the file itself is broken."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _advice(error: Exception) -> str:
    if isinstance(error, TooNew):
        return "update the program, or name another folder in BOT_DATA"
    if is_damage(error):
        return (
            "stop the bot and run scripts/run doctor --fix, which keeps the file aside and saves"
            " what can be read of it"
        )
    return (
        "check its folder, which BOT_DATA names: scripts/run doctor looks at its rights and room"
    )


def _open(path: Path) -> Database:
    make_private(path.parent)
    # SQLite gives its side files the rights of the main one, so that one is made first.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with suppress(FileNotFoundError):
            file.chmod(0o600)  # one that was copied here may be open to others
    database = Database(path)
    database.conn.execute("pragma journal_mode = wal")
    # Not every SQLite is built so: what is deleted is overwritten where it stood.
    database.conn.execute("pragma secure_delete = on")
    migrate(database)
    return database
