"""Remember which message of the bot's answered what, so that a follow-up can be understood."""

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import asdict

from bot.database import BotData
from index import Turn

KEPT_S = 30 * 24 * 3600
"""How long an answer can be followed up."""

RECENT_S = 30 * 60
"""How long the last answer of a private chat is what the next message may follow up."""

MOST = 100_000
"""Answers remembered over all chats; the oldest go first."""


class Memory:
    """The table `answers` of bot.db."""

    def __init__(self, data: BotData, *, clock: Callable[[], float] = time.time) -> None:
        self._data = data
        self._clock = clock

    async def keep(self, chat: int, message: int, turn: Turn) -> None:
        """Remember what a message of ours answered, and forget what is too old."""
        now = self._clock()
        row = {"chat": chat, "message": message, "turn": json.dumps(asdict(turn)), "now": now}
        await self._data.run(lambda db: _keep(db, row, since=now - KEPT_S))

    async def turn(self, chat: int, message: int) -> Turn | None:
        """What a message of ours answered; None if it answered nothing, or long ago."""
        return await self._read(
            "select turn from answers where chat = :chat and message = :message",
            {"chat": chat, "message": message},
        )

    async def last(self, chat: int) -> Turn | None:
        """What was answered last in a chat, if that was a short while ago."""
        return await self._read(
            """
            select turn from answers where chat = :chat and given_at >= :since
            order by given_at desc, message desc limit 1
            """,
            {"chat": chat, "since": self._clock() - RECENT_S},
        )

    async def _read(self, query: str, values: dict[str, float]) -> Turn | None:
        row = await self._data.run(lambda db: db.execute(query, values).fetchone())
        return _turn(row[0]) if row else None


def _keep(db: sqlite3.Connection, row: dict[str, object], *, since: float) -> None:
    db.execute("insert or replace into answers values (:chat, :message, :turn, :now)", row)
    db.execute(
        """
        delete from answers where given_at < :since or given_at < (
            select given_at from answers order by given_at desc limit 1 offset :most
        )
        """,
        {"since": since, "most": MOST},
    )


def _turn(told: str) -> Turn | None:
    """A turn as it was kept; None where another version kept it in a way that is not known."""
    try:
        return Turn(**json.loads(told))
    except (TypeError, ValueError):
        return None
