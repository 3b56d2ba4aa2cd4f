"""The updates that have arrived and are not answered yet, on disk before Telegram forgets them."""

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlite_utils import Database

Returned = TypeVar("Returned")

FRESH_S = 10 * 60
"""An older message is answered only if it is the newest of its chat."""

REMEMBERED_S = 24 * 3600
"""How long Telegram may deliver an update again."""

_SCHEMA = """
    create table if not exists inbox (
        seq integer primary key autoincrement,
        update_id integer not null unique,
        chat integer,
        sent_at integer not null,
        state text not null,
        payload text not null,
        settled_at real
    );
    create index if not exists inbox_chat on inbox (chat, seq);
    create index if not exists inbox_settled on inbox (settled_at);
    create index if not exists inbox_waiting on inbox (seq) where state = 'waiting';
"""


class InboxUnusable(Exception):  # noqa: N818 - named as the errors of index are
    """The file of waiting updates cannot be opened; the message says which, and what to do."""


class State(StrEnum):
    """Where an update is: waiting for its answer, answered, too old to answer, or unreadable."""

    WAITING = "waiting"
    DONE = "done"
    STALE = "stale"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Item:
    """An update to keep: where and when it was said, and the JSON that it came as."""

    update_id: int
    payload: dict[str, Any]
    chat: int | None = None
    sent_at: int = 0
    state: State = State.WAITING


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that waits for its answer; `seq` is its place in the order of arrival."""

    seq: int
    chat: int | None
    payload: dict[str, Any]


class Inbox:
    """The table `inbox` of bot.db. One thread of its own does the work, never the event loop."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inbox")

    async def __aenter__(self) -> Self:
        """Open the file, readable by its owner alone, and make the table if it is new."""
        try:
            self._db = await self._run(lambda: _open(self._path))
        except (OSError, sqlite3.Error) as error:
            self._thread.shutdown()
            raise InboxUnusable(
                f"{self._path} cannot be used ({error}); check its folder, which BOT_DATA names"
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the file once the work before it is done."""
        await self._run(self._db.conn.close)
        self._thread.shutdown()

    async def keep(self, items: Sequence[Item]) -> None:
        """Commit new updates, leave out those already known, and forget those long settled."""
        now = self._clock()
        await self._run(lambda: self._keep(items, now))

    async def take(self, after: int, *, limit: int) -> list[Waiting]:
        """The oldest updates that wait and came after `after`, once the stale are put away."""
        now = self._clock()
        return await self._run(lambda: self._take(after, now, limit))

    async def settle(self, seq: int, state: State) -> None:
        """Mark one update answered or unreadable; the words of an answered one are erased."""
        now = self._clock()
        await self._run(lambda: self._settle(seq, state, now))

    async def _run(self, work: Callable[[], Returned]) -> Returned:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _keep(self, items: Sequence[Item], now: float) -> None:
        rows = [
            {
                "update_id": item.update_id,
                "chat": item.chat,
                "sent_at": item.sent_at,
                "state": item.state.value,
                "payload": json.dumps(item.payload),
                "settled_at": None if item.state is State.WAITING else now,
            }
            for item in items
        ]
        with self._db.conn as connection:
            connection.execute(
                "delete from inbox where settled_at < :since", {"since": now - REMEMBERED_S}
            )
            connection.executemany(
                """
                insert or ignore into inbox (update_id, chat, sent_at, state, payload, settled_at)
                values (:update_id, :chat, :sent_at, :state, :payload, :settled_at)
                """,
                rows,
            )

    def _take(self, after: int, now: float, limit: int) -> list[Waiting]:
        with self._db.conn as connection:
            connection.execute(
                """
                update inbox set state = 'stale', settled_at = :now, payload = ''
                where state = 'waiting' and seq > :after and sent_at < :since and exists (
                    select 1 from inbox as later
                    where later.chat = inbox.chat and later.state != 'aside'
                    and later.seq > inbox.seq
                )
                """,
                {"now": now, "since": now - FRESH_S, "after": after},
            )
            rows = connection.execute(
                """
                select seq, chat, payload from inbox
                where state = 'waiting' and seq > :after order by seq limit :limit
                """,
                {"after": after, "limit": limit},
            ).fetchall()
        return [Waiting(seq, chat, json.loads(payload)) for seq, chat, payload in rows]

    def _settle(self, seq: int, state: State, now: float) -> None:
        with self._db.conn as connection:
            connection.execute(
                """
                update inbox set state = :state, settled_at = :now,
                    payload = case when :state = 'aside' then payload else '' end
                where seq = :seq
                """,
                {"seq": seq, "state": state.value, "now": now},
            )


def _open(path: Path) -> Database:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # SQLite gives its side files the rights of the main one, so that one is made first.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
    database = Database(path)
    database.conn.execute("pragma journal_mode = wal")
    database.conn.executescript(_SCHEMA)
    return database
