"""Standing questions, and what was found for them: the tables `watches` and `alerts` of bot.db."""

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.database import BotData
from bot.given import Found
from bot.likeness import print_of
from index import Passage

MOST_IN_CHAT = 20
"""Questions that one chat may watch."""

MOST = 10_000
"""Questions watched over all chats."""

KEPT_S = 90 * 24 * 3600
"""How long it is known what was sent, so that it is not sent again."""

MOST_UNSENT = 30
"""Alerts of one watch that wait to be sent; what is found beyond them is only counted."""

REVIVED_WITHIN_S = 3_600.0
"""How long after the bot has left a group its watches go on in the one that it has become."""

_COMPARED = 500  # alerts of a watch, the newest, with which a passage is compared
_WAITING = 2_000  # alerts that are read at once


@dataclass(frozen=True, slots=True)
class Watch:
    """A standing question: of which chat and topic, set up by whom, and told daily or at once.

    Only what came in after `generation` is still to be matched. A number of 0 is none yet.
    """

    chat: int
    topic: int | None
    user: int
    question: str
    language: str
    daily: bool
    generation: int
    created_at: float = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """A passage that was found for a watch and not sent yet; `more` were found but not kept."""

    number: int
    found: Found
    digest: str
    found_at: float
    more: int = 0


@dataclass(frozen=True, slots=True)
class Pile:
    """A watch with the alerts that wait to be sent."""

    watch: Watch
    alerts: tuple[Alert, ...]


class Watches:
    """What is watched; a watch that was stopped is not seen any more."""

    def __init__(self, data: BotData, *, clock: Callable[[], float] = time.time) -> None:
        self._data = data
        self._clock = clock

    async def add(self, watch: Watch) -> Watch | None:
        """Begin a watch and return it as it is kept; None where there are too many.

        The same question of the same place is watched once, as often as was said last.
        """
        now = self._clock()
        return await self._data.run(lambda db: _add(db, watch, now))

    async def same(self, chat: int, topic: int | None, question: str) -> Watch | None:
        """The watch of the same question in the same place; None where there is none."""
        where = "chat = ? and topic = ? and question = ?"
        found = await self._select(where, chat, topic or 0, _storable(question))
        return found[0] if found else None

    async def of_chat(self, chat: int) -> tuple[Watch, ...]:
        """What a chat watches, in all its topics, the oldest first."""
        return await self._select("chat = ? order by id", chat)

    async def one(self, number: int) -> Watch | None:
        """The watch of a number; None where it was stopped."""
        found = await self._select("id = ?", number)
        return found[0] if found else None

    async def behind(self, generation: int, *, after: int, limit: int) -> tuple[Watch, ...]:
        """Watches for which a generation was not looked at, those of higher numbers than one."""
        where = "generation < ? and id > ? order by id limit ?"
        return await self._select(where, generation, after, limit)

    async def tell(self, number: int, *, daily: bool) -> None:
        """Set whether a watch is told daily or at once."""
        query = "update watches set daily = ? where id = ?"
        await self._data.run(lambda db: db.execute(query, (daily, number)))

    async def stop(self, number: int) -> None:
        """End a watch."""
        query = "update watches set stopped_at = ? where stopped_at is null and id = ?"
        values = (self._clock(), number)
        await self._data.run(lambda db: db.execute(query, values))

    async def stop_all(self, chat: int) -> None:
        """End all that a chat watches, because the bot cannot write there any more.

        Where that is told because a group has become another, `revive` takes it back.
        """
        now = self._clock()
        await self._data.run(lambda db: _stop_all(db, chat, now))

    async def expire(self) -> None:
        """Forget the watches and the alerts that are over for long."""
        now = self._clock()
        await self._data.run(lambda db: _forget(db, now))

    async def rewind(self, generation: int) -> None:
        """Begin again at a generation where the collection was made anew and counts from 1."""
        query = "update watches set generation = ? where generation > ?"
        await self._data.run(lambda db: db.execute(query, (generation, generation)))

    async def matched(
        self, watch: Watch, generation: int, passages: Sequence[Passage], *, more: int = 0
    ) -> None:
        """Keep what a generation brought for a watch, and that it was looked at, in one step."""
        about = (watch.number, generation, self._clock())
        await self._data.run(lambda db: _matched(db, about, passages, more))

    async def waiting(self, *, besides: Collection[int] = ()) -> tuple[Pile, ...]:
        """The alerts that were not sent, by watch, the best first; chats `besides` are left out.

        What is told daily and what is told at once are read apart, each the longest waiting
        first: however many there are of one kind, or for chats that cannot be reached now, they
        keep no others from being read.
        """
        without = json.dumps([*besides])
        return await self._data.run(
            lambda db: (*_waiting(db, without, daily=False), *_waiting(db, without, daily=True))
        )

    async def sent(self, alerts: Iterable[Alert], message: int | None) -> None:
        """Note that alerts were sent in a message; None where there was nothing left to send."""
        now = self._clock()
        rows = [(now, message, alert.number) for alert in alerts]
        query = "update alerts set sent_at = ?, message = ? where id = ?"
        await self._data.run(lambda db: db.executemany(query, rows))

    async def told(self, watch: Watch) -> list[tuple[str, str]]:
        """The articles and prints of what was sent for a watch, the newest first."""
        query = """
            select article, digest from alerts where watch = ? and message is not null
            order by id desc limit ?
        """
        values = (watch.number, _COMPARED)
        return await self._data.run(lambda db: db.execute(query, values).fetchall())

    async def messages(self, chat: int, *, within_s: float) -> int:
        """How many alerting messages a chat got lately."""
        query = """
            select count(distinct message) from alerts join watches on watches.id = watch
            where chat = ? and sent_at > ? and sent_at <= ?
        """
        now = self._clock()
        values = (chat, now - within_s, now)
        return int(await self._data.run(lambda db: db.execute(query, values).fetchone()[0]))

    async def _select(self, where: str, *values: object) -> tuple[Watch, ...]:
        query = f"{_SELECT} where stopped_at is null and {where}"
        rows = await self._data.run(lambda db: db.execute(query, values).fetchall())
        return tuple(map(_watch, rows))


_COLUMNS = """
    watches.chat, watches.topic, watches.user, watches.question, watches.language, watches.daily,
    watches.generation, watches.created_at, watches.id
"""
_SELECT = f"select {_COLUMNS} from watches"  # noqa: S608 - nothing of it comes from outside


def _add(db: sqlite3.Connection, watch: Watch, now: float) -> Watch | None:
    place = {"chat": watch.chat, "topic": watch.topic or 0, "question": _storable(watch.question)}
    known = db.execute(
        """
        update watches set daily = :daily
        where chat = :chat and topic = :topic and question = :question and stopped_at is null
        returning id
        """,
        {**place, "daily": watch.daily},
    ).fetchone()
    number = known[0] if known else _begin(db, watch, place, now)
    if number is None:
        return None
    return _watch(db.execute(f"{_SELECT} where id = ?", (number,)).fetchone())


def _begin(
    db: sqlite3.Connection, watch: Watch, place: dict[str, object], now: float
) -> int | None:
    _forget(db, now)
    in_chat, over_all = db.execute(
        "select count(*) filter (where chat = ?), count(*) from watches where stopped_at is null",
        (watch.chat,),
    ).fetchone()
    if in_chat >= MOST_IN_CHAT or over_all >= MOST:
        return None
    return db.execute(
        """
        insert into watches (chat, topic, user, question, language, daily, generation, created_at)
        values (:chat, :topic, :user, :question, :language, :daily, :generation, :now)
        """,
        {
            **place,
            "user": watch.user,
            "language": watch.language,
            "daily": watch.daily,
            "generation": watch.generation,
            "now": now,
        },
    ).lastrowid


def _stop_all(db: sqlite3.Connection, chat: int, now: float) -> None:
    """End what a chat watches, and note when, so that these and no others can be revived."""
    stopped = "update watches set stopped_at = ? where stopped_at is null and chat = ?"
    if db.execute(stopped, (now, chat)).rowcount:
        row = (f"{_GONE}{chat}", json.dumps(now))
        db.execute("insert or replace into state values (?, ?)", row)


def revive(db: sqlite3.Connection, chat: int, now: float) -> None:
    """Have what `stop_all` has just ended in a chat go on: the group has become another."""
    name = f"{_GONE}{chat}"
    row = db.execute("select value from state where name = ?", (name,)).fetchone()
    stopped = json.loads(row[0]) if row else None
    if stopped is not None and 0 <= now - stopped < REVIVED_WITHIN_S:
        query = "update watches set stopped_at = null where chat = ? and stopped_at = ?"
        db.execute(query, (chat, stopped))
    db.execute("delete from state where name = ?", (name,))


_GONE = "gone "  # before the number of a chat, in `state`


def _matched(
    db: sqlite3.Connection,
    about: tuple[int, int, float],
    passages: Sequence[Passage],
    more: int,
) -> None:
    watch, generation, now = about
    moved_on = db.execute(
        """
        update watches set generation = ?
        where id = ? and generation < ? and stopped_at is null
        """,
        (generation, watch, generation),
    )
    if not moved_on.rowcount:
        return
    waiting = db.execute(_UNSENT, (watch,)).fetchone()[0]
    room = max(0, MOST_UNSENT - waiting)
    more += len(passages[room:])
    rows = [
        {
            "watch": watch,
            "paragraph": passage.paragraph,
            "article": passage.article,
            "digest": print_of(passage.text),
            "told": _told(passage),
            "now": now,
        }
        for passage in passages[:room]
    ]
    db.executemany(_KEEP, rows)
    db.execute(_COUNT_MORE, (more, watch))
    _forget(db, now)


_KEEP = """
    insert or ignore into alerts (watch, paragraph, article, digest, told, found_at)
    values (:watch, :paragraph, :article, :digest, :told, :now)
"""
_UNSENT = "select count(*) from alerts where watch = ? and sent_at is null"
_COUNT_MORE = """
    update alerts set more = more + ?
    where id = (select min(id) from alerts where watch = ? and sent_at is null)
"""


def _told(passage: Passage) -> str:
    return json.dumps({"best": passage.best, "evidence": passage.evidence, "also": passage.also})


def _forget(db: sqlite3.Connection, now: float) -> None:
    since = now - KEPT_S
    db.execute("delete from watches where stopped_at < ?", (since,))
    db.execute("delete from alerts where sent_at < ?", (since,))
    db.execute("delete from alerts where watch not in (select id from watches)")


def _waiting(db: sqlite3.Connection, without: str, *, daily: bool) -> tuple[Pile, ...]:
    rows = db.execute(
        f"""
        select {_COLUMNS}, alerts.id, paragraph, article, told, digest, found_at, more
        from alerts join watches on watches.id = watch
        where sent_at is null and stopped_at is null and watches.daily = ?
            and chat not in (select value from json_each(?))
        order by min(found_at) over (partition by watch), watches.id, alerts.id limit ?
        """,  # noqa: S608 - nothing of it comes from outside
        (daily, without, _WAITING),
    ).fetchall()
    return tuple(
        Pile(watch, tuple(_alert(row[9:]) for row in group))
        for watch, group in groupby(rows, key=lambda row: _watch(row[:9]))
    )


def _watch(row: Sequence[Any]) -> Watch:
    chat, topic, user, question, language, daily, *rest = row
    return Watch(chat, topic or None, user, question, language, bool(daily), *rest)


def _alert(row: Sequence[Any]) -> Alert:
    number, paragraph, article, told, *rest = row
    kept = json.loads(told)
    first, end = kept["best"]
    found = Found(paragraph, article, (first, end), kept["evidence"], tuple(kept["also"]))
    return Alert(number, found, *rest)


def _storable(text: str) -> str:
    # SQLite takes no lone surrogates.
    return text.encode("utf-8", "replace").decode("utf-8")
