"""What people say of answers: one vote a person and answer, kept for half a year."""

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.database import BotData

KEPT_S = 180 * 24 * 3600
MOST = 50_000


class Reason(StrEnum):
    """Why an answer did not help."""

    OFF = "off"
    WRONG = "wrong"
    OLD = "old"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody said of an answer: the question that was answered, and by which paragraphs."""

    user: int
    helpful: bool
    question: str
    paragraphs: tuple[int, ...] = ()
    reason: str = ""


class Votes:
    """The table `votes` of bot.db."""

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

    async def cast(self, chat: int, message: int, vote: Vote) -> None:
        """Keep a vote in place of an earlier one of the same person, and forget the oldest."""
        row = {
            "chat": chat,
            "message": message,
            "user": vote.user,
            "helpful": int(vote.helpful),
            "reason": vote.reason,
            "question": vote.question,
            "paragraphs": json.dumps(vote.paragraphs),
            "now": self._clock(),
            "kept": self._kept_s,
        }
        await self._data.run(lambda db: _cast(db, row))


def _cast(db: sqlite3.Connection, row: dict[str, object]) -> None:
    db.execute(
        """
        insert or replace into votes values (
            :chat, :message, :user, :helpful, :reason, :question, :paragraphs, :now
        )
        """,
        row,
    )
    db.execute(
        """
        delete from votes where voted_at < :now - :kept or voted_at < (
            select voted_at from votes order by voted_at desc limit 1 offset :most
        )
        """,
        {"now": row["now"], "kept": row["kept"], "most": MOST},
    )
