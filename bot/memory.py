"""Remember what each message of ours shows, so that a follow-up or a press can be understood."""

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bot.database import BotData
from index import Turn

KEPT_S = 30 * 24 * 3600
"""How long an answer can be followed up, and its buttons pressed, unless a setting says."""

RECENT_S = 30 * 60
"""How long the last answer of a private chat is what the next message may follow up."""

MOST = 50_000
"""Messages remembered over all chats; the oldest go first."""


class Kind(StrEnum):
    """What a message of ours is."""

    ANSWER = "answer"
    SEARCH = "search"
    LATEST = "latest"
    SOURCES = "sources"
    ARTICLE = "article"
    ALERT = "alert"
    SETTINGS = "settings"
    ADMIN = "admin"
    PRIVACY = "privacy"


@dataclass(frozen=True, slots=True)
class Quote:
    """A paragraph that a message quotes, as it was when it was quoted."""

    paragraph: int
    article: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a message of ours shows: `told` is JSON of its kind, `asked` the message it replies to.

    The token stands in its buttons too, so that one of an older state of the message is known.
    """

    kind: Kind
    told: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    turn: Turn | None = None
    quotes: tuple[Quote, ...] = ()
    token: str = field(default_factory=lambda: secrets.token_hex(3))


class Memory:
    """The tables `sheets` and `quoted` of bot.db."""

    def __init__(
        self,
        data: BotData,
        *,
        kept_s: float = KEPT_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._data = data
        self._kept_s = kept_s
        self._clock = clock

    async def keep(self, chat: int, message: int, sheet: Sheet) -> None:
        """Remember what a message shows now, and forget what is too old."""
        now = self._clock()
        await self._data.run(
            lambda db: _keep(db, (chat, message), sheet, now=now, since=now - self._kept_s)
        )

    async def drop(self, chat: int, message: int) -> None:
        """Know nothing of a message any more: its buttons are gone."""
        await self._data.run(lambda db: _drop(db, [(chat, message)]))

    async def sheet(self, chat: int, message: int) -> Sheet | None:
        """What a message of ours shows; None if nothing is known of it, or no more."""
        where = {"chat": chat, "message": message}
        query = f"{_SELECT} where chat = :chat and message = :message"
        return await self._data.run(lambda db: _one(db, query, where))

    async def reply_to(self, chat: int, asked: int) -> tuple[int, Sheet] | None:
        """The newest message of ours that answers a message, and what it shows."""
        where = {"chat": chat, "asked": asked}
        query = """
            select message from sheets where chat = :chat and asked = :asked
            order by message desc limit 1
        """
        found = await self._data.run(lambda db: db.execute(query, where).fetchone())
        sheet = await self.sheet(chat, found[0]) if found else None
        return (found[0], sheet) if sheet else None

    async def turn(self, chat: int, message: int) -> Turn | None:
        """What a message of ours answered; None if it answered nothing, or long ago."""
        sheet = await self.sheet(chat, message)
        return sheet.turn if sheet else None

    async def last(self, chat: int) -> Turn | None:
        """What was answered last in a chat, if that was a short while ago."""
        now = self._clock()
        where = {"chat": chat, "since": now - RECENT_S, "until": now + RECENT_S}
        # In the order in which they were kept, whatever the clock did in between.
        query = f"""{_SELECT} where chat = :chat and kept_at between :since and :until
            and turn is not null and kind = 'answer' order by rowid desc limit 1"""
        sheet = await self._data.run(lambda db: _one(db, query, where))
        return sheet.turn if sheet else None


_SELECT = "select chat, message, token, kind, asked, told, turn from sheets"


def _keep(
    db: sqlite3.Connection, where: tuple[int, int], sheet: Sheet, *, now: float, since: float
) -> None:
    chat, message = where
    row = {
        "chat": chat,
        "message": message,
        "token": sheet.token,
        "kind": sheet.kind.value,
        "asked": sheet.asked,
        "told": json.dumps(sheet.told),
        "turn": json.dumps(asdict(sheet.turn)) if sheet.turn else None,
        "now": now,
    }
    db.execute(
        """
        insert or replace into sheets
        values (:chat, :message, :token, :kind, :asked, :told, :turn, :now)
        """,
        row,
    )
    _quote(db, chat, message, sheet.quotes)
    _forget(db, since)


def _quote(db: sqlite3.Connection, chat: int, message: int, quotes: Sequence[Quote]) -> None:
    db.execute("delete from quoted where chat = ? and message = ?", (chat, message))
    db.executemany(
        "insert into quoted values (?, ?, ?, ?, ?, ?)",
        [
            (chat, message, place, quote.paragraph, quote.article, _storable(quote.text))
            for place, quote in enumerate(quotes)
        ],
    )


def _forget(db: sqlite3.Connection, since: float) -> None:
    forgotten = db.execute(
        """
        delete from sheets where kept_at < :since or kept_at < (
            select kept_at from sheets order by kept_at desc limit 1 offset :most
        ) returning chat, message
        """,
        {"since": since, "most": MOST},
    ).fetchall()
    db.executemany("delete from quoted where chat = ? and message = ?", forgotten)


def _drop(db: sqlite3.Connection, messages: list[tuple[int, int]]) -> None:
    for table in ("sheets", "quoted"):
        db.executemany(f"delete from {table} where chat = ? and message = ?", messages)  # noqa: S608 - ours


def _storable(text: str) -> str:
    # SQLite takes no lone surrogates.
    return text.encode("utf-8", "replace").decode("utf-8")


def _one(db: sqlite3.Connection, query: str, values: dict[str, Any]) -> Sheet | None:
    """The first row as a sheet; None where another version kept it in a way that is not known."""
    row = db.execute(query, values).fetchone()
    if row is None:
        return None
    chat, message, token, kind, asked, told, turn = row
    quotes = db.execute(
        """
        select paragraph, article, text from quoted
        where chat = ? and message = ? order by place
        """,
        (chat, message),
    ).fetchall()
    try:
        return Sheet(
            Kind(kind),
            json.loads(told),
            asked,
            Turn(**json.loads(turn)) if turn else None,
            tuple(Quote(*each) for each in quotes),
            token,
        )
    except (TypeError, ValueError):
        return None
