"""What each chat, or a topic of it, has set: kept in bot.db, and at hand without waiting."""

import json
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.database import BotData
from bot.watches import revive

WHOLE_CHAT = 0
"""The topic under which a chat's own settings are kept."""


MOST_PASSAGES = 3
"""Most passages that one message quotes."""

GREETED_WITHIN_S = 600
"""How long after a greeting there is no second one."""


class Mode(StrEnum):
    """Which messages of a group are answered."""

    ASKED = "asked"
    QUESTIONS = "questions"


class Watchers(StrEnum):
    """Who may set up a watch in a group."""

    EVERYONE = "everyone"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat has set.

    `quiet` are the first and last hour of silence, the same means none; "" leaves language to the
    person and the zone to BOT_TIME_ZONE; no sources means all.
    """

    language: str = ""
    mode: Mode = Mode.ASKED
    sources: tuple[str, ...] = ()
    passages: int = 3
    quiet: tuple[int, int] = (0, 0)
    zone: str = ""
    watchers: Watchers = Watchers.EVERYONE


_NAMES = frozenset(field.name for field in fields(ChatSettings))


class Chats:
    """The table `settings` of bot.db, held in memory too, as this process alone writes it."""

    def __init__(self, data: BotData, *, clock: Callable[[], float] = time.time) -> None:
        self._data = data
        self._clock = clock
        self._set: dict[tuple[int, int], dict[str, Any]] = {}
        self._became: dict[int, int] = {}

    async def load(self) -> None:
        """Read what was set before, and which groups have become others."""
        rows, moves = await self._data.run(_kept)
        self._became = dict(moves)
        self._set = {}
        for chat, topic, name, value in rows:
            self._set.setdefault((chat, topic), {})[name] = json.loads(value)

    def of(self, chat: int, topic: int | None = None) -> ChatSettings:
        """What holds in a chat, or in a topic, which has of its own only what was set there."""
        chat = self.now(chat)
        own = self._set.get((chat, topic), {}) if topic else {}
        return _settings({**self._set.get((chat, WHOLE_CHAT), {}), **own})

    def groups(self) -> tuple[int, ...]:
        """The groups that have set anything for all of their topics."""
        return tuple(chat for chat, topic in self._set if chat < 0 and topic == WHOLE_CHAT)

    def now(self, chat: int) -> int:
        """The chat that a group has become; most are what they were."""
        return self._became.get(chat, chat)

    def names(self, chat: int) -> frozenset[int]:
        """A chat's number, and those that it had before."""
        return frozenset({chat, *(old for old, new in self._became.items() if new == chat)})

    async def set(self, chat: int, topic: int | None = None, **values: Any) -> None:
        """Set values by the names of ChatSettings, for the chat or for one topic."""
        if unknown := values.keys() - _NAMES:
            raise ValueError(f"no such settings: {sorted(unknown)}")
        where = (self.now(chat), topic or WHOLE_CHAT)
        rows = [(*where, name, json.dumps(value)) for name, value in values.items()]
        await self._data.run(
            lambda db: db.executemany("insert or replace into settings values (?, ?, ?, ?)", rows)
        )
        self._set.setdefault(where, {}).update(values)

    async def first_greeting(self, chat: int) -> bool:
        """Whether the chat was not greeted a short while ago; from now on it was."""
        now = self._clock()
        return await self._data.run(lambda db: _greet(db, chat, now))

    async def move(self, old: int, new: int) -> None:
        """Give everything that is kept of a chat to the one that it has become, all or nothing.

        That can be told any number of times, and the new chat is not greeted as a stranger.
        """
        if old == new:
            return
        now = self._clock()
        await self._data.run(lambda db: _move(db, old, new, now))
        await self.load()


MOVED = ("settings", "watches")
"""The tables whose rows follow a group; a row that the new chat has already is newer and stays."""

STAYING = ("sheets", "quoted", "votes", "answers", "inbox", "greetings")
"""The tables whose rows are about messages of the old chat: the new one counts its own from 1."""


def _kept(db: sqlite3.Connection) -> tuple[list[Any], list[Any]]:
    rows = db.execute("select chat, topic, name, value from settings").fetchall()
    return rows, db.execute("select old, new from moves").fetchall()


def _greet(db: sqlite3.Connection, chat: int, now: float) -> bool:
    last = db.execute("select greeted_at from greetings where chat = ?", (chat,)).fetchone()
    if last and 0 <= now - last[0] < GREETED_WITHIN_S:
        return False
    db.execute("insert or replace into greetings values (?, ?)", (chat, now))
    return True


def _move(db: sqlite3.Connection, old: int, new: int, now: float) -> None:
    # The bot may have been told that it is out of the old group before it was told why.
    revive(db, old, now)
    for table in MOVED:
        db.execute(f"update or ignore {table} set chat = ? where chat = ?", (new, old))  # noqa: S608 - of two
        db.execute(f"delete from {table} where chat = ?", (old,))  # noqa: S608 - of two
    db.execute("insert or replace into moves values (?, ?)", (old, new))
    _greet(db, new, now)


def _settings(values: Mapping[str, Any]) -> ChatSettings:
    """The values that can be understood, over the defaults; another version may have kept more."""
    settings = ChatSettings()
    for name, value in values.items():
        try:
            settings = replace(settings, **{name: _read(name, value)})
        except (TypeError, ValueError, LookupError):
            continue
    return settings


def _read(name: str, value: Any) -> Any:
    return _READ[name](value) if name in _READ else value


_READ: Mapping[str, Callable[[Any], Any]] = {
    "mode": Mode,
    "watchers": Watchers,
    "sources": tuple,
    "quiet": lambda hours: (int(hours[0]) % 24, int(hours[1]) % 24),
    "passages": lambda number: max(1, min(int(number), MOST_PASSAGES)),
    "zone": lambda name: ZoneInfo(name).key if name else "",
}
