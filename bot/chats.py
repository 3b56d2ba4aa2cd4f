"""What each chat, or a topic of it, has set: kept in bot.db, and at hand without waiting."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from bot.database import BotData

WHOLE_CHAT = 0
"""The topic under which a chat's own settings are kept."""


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

    def __init__(self, data: BotData) -> None:
        self._data = data
        self._set: dict[tuple[int, int], dict[str, Any]] = {}

    async def load(self) -> None:
        """Read what was set before."""
        rows = await self._data.run(
            lambda db: db.execute("select chat, topic, name, value from settings").fetchall()
        )
        self._set = {}
        for chat, topic, name, value in rows:
            self._set.setdefault((chat, topic), {})[name] = json.loads(value)

    def of(self, chat: int, topic: int | None = None) -> ChatSettings:
        """What holds in a chat, or in a topic, which has of its own only what was set there."""
        own = self._set.get((chat, topic), {}) if topic else {}
        return _settings({**self._set.get((chat, WHOLE_CHAT), {}), **own})

    async def set(self, chat: int, topic: int | None = None, **values: Any) -> None:
        """Set values by the names of ChatSettings, for the chat or for one topic."""
        if unknown := values.keys() - _NAMES:
            raise ValueError(f"no such settings: {sorted(unknown)}")
        where = (chat, topic or WHOLE_CHAT)
        rows = [(*where, name, json.dumps(value)) for name, value in values.items()]
        await self._data.run(
            lambda db: db.executemany("insert or replace into settings values (?, ?, ?, ?)", rows)
        )
        self._set.setdefault(where, {}).update(values)

    async def move(self, old: int, new: int) -> None:
        """Give everything that is kept of a chat to the one that it has become, all or nothing."""
        await self._data.run(lambda db: _move(db, old, new))
        await self.load()


# In each, a row that the new chat has already is the newer one and stays.
_TABLES = ("settings", "sheets", "quoted", "watches", "votes")


def _move(db: sqlite3.Connection, old: int, new: int) -> None:
    for table in _TABLES:
        db.execute(f"update or ignore {table} set chat = ? where chat = ?", (new, old))  # noqa: S608
        db.execute(f"delete from {table} where chat = ?", (old,))  # noqa: S608


def _settings(values: Mapping[str, Any]) -> ChatSettings:
    """The values that can be understood, over the defaults; another version may have kept more."""
    settings = ChatSettings()
    for name, value in values.items():
        try:
            settings = replace(settings, **{name: _read(name, value)})
        except (TypeError, ValueError):
            continue
    return settings


def _read(name: str, value: Any) -> Any:
    return _READ[name](value) if name in _READ else value


_READ: Mapping[str, Callable[[Any], Any]] = {
    "mode": Mode,
    "watchers": Watchers,
    "sources": tuple,
    "quiet": lambda hours: (int(hours[0]), int(hours[1])),
    "passages": int,
}
