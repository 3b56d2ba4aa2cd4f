"""The updates that have arrived and are not answered yet, on disk before Telegram forgets them."""

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.database import BotData

FRESH_S = 10 * 60
"""An older message is answered only if it is the newest of its chat; BOT_FRESH_S names another."""

REMEMBERED_S = 24 * 3600
"""How long Telegram may deliver an update again."""


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
    """The table `inbox` of bot.db."""

    def __init__(
        self,
        data: BotData,
        *,
        fresh_s: float = FRESH_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._data = data
        self._fresh_s = fresh_s
        self._clock = clock

    def is_old(self, item: Item) -> bool:
        """Whether a newer update of its chat would make this one needless."""
        return item.chat is not None and item.sent_at < self._clock() - self._fresh_s

    async def keep(self, items: Sequence[Item]) -> None:
        """Commit new updates, leave out those already known, and forget those long settled."""
        now = self._clock()
        await self._data.run(lambda db: _keep(db, items, now))

    async def take(self, after: int, *, limit: int) -> list[Waiting]:
        """The oldest updates that wait and came after `after`, once the stale are put away."""
        now = self._clock()
        since = now - self._fresh_s
        return await self._data.run(lambda db: _take(db, after, now, since, limit))

    async def settle(self, seq: int, state: State) -> None:
        """Mark one update answered or unreadable; the words of an answered one are erased."""
        now = self._clock()
        await self._data.run(lambda db: _settle(db, seq, state, now))

    async def tried(self) -> dict[int, int]:
        """How often each update was begun that was begun and waits still; by update_id."""
        query = "select update_id, attempts from inbox where state = 'waiting' and attempts > 0"
        return await self._data.run(lambda db: dict(db.execute(query).fetchall()))

    async def begin(self, update_id: int) -> int:
        """Commit that an update is begun once more; how often it has been now."""
        return await self._data.run(lambda db: _count(db, update_id, 1))

    async def put_back(self, update_id: int) -> None:
        """Take back that an update was begun."""
        await self._data.run(lambda db: _count(db, update_id, -1))


def _keep(db: sqlite3.Connection, items: Sequence[Item], now: float) -> None:
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
    db.execute("delete from inbox where settled_at < :since", {"since": now - REMEMBERED_S})
    db.executemany(
        """
        insert or ignore into inbox (update_id, chat, sent_at, state, payload, settled_at)
        values (:update_id, :chat, :sent_at, :state, :payload, :settled_at)
        """,
        rows,
    )


def _take(
    db: sqlite3.Connection, after: int, now: float, since: float, limit: int
) -> list[Waiting]:
    db.execute(
        """
        update inbox set state = 'stale', settled_at = :now, payload = ''
        where state = 'waiting' and seq > :after and sent_at < :since and exists (
            select 1 from inbox as later
            where later.chat = inbox.chat and later.state != 'aside'
            and later.seq > inbox.seq
        )
        """,
        {"now": now, "since": since, "after": after},
    )
    rows = db.execute(
        """
        select seq, chat, payload from inbox
        where state = 'waiting' and seq > :after order by seq limit :limit
        """,
        {"after": after, "limit": limit},
    ).fetchall()
    return [Waiting(seq, chat, json.loads(payload)) for seq, chat, payload in rows]


def _settle(db: sqlite3.Connection, seq: int, state: State, now: float) -> None:
    db.execute(
        """
        update inbox set state = :state, settled_at = :now,
            payload = case when :state = 'aside' then payload else '' end
        where seq = :seq
        """,
        {"seq": seq, "state": state.value, "now": now},
    )


def _count(db: sqlite3.Connection, update_id: int, change: int) -> int:
    db.execute(
        "update inbox set attempts = attempts + :change where update_id = :update_id",
        {"update_id": update_id, "change": change},
    )
    query = "select attempts from inbox where update_id = ?"
    row = db.execute(query, (update_id,)).fetchone()
    return int(row[0]) if row else 0
