"""Questions that got no answer: counted, without a word of who asked or where."""

import re
import sqlite3
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bot.database import BotData

KEPT_S = 90 * 24 * 3600
MOST = 1_000
LONGEST = 300
"""Characters that are kept of a question."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question as it was first put, and how many times it was."""

    question: str
    times: int


async def record(
    data: BotData,
    question: str,
    *,
    kept_s: float = KEPT_S,
    clock: Callable[[], float] = time.time,
) -> None:
    """Count a question that got no answer, and forget those of long ago."""
    asked = _storable(question)
    if key := same(asked):
        row = {"key": key, "question": asked, "now": clock(), "kept": kept_s}
        await data.run(lambda db: _record(db, row))


async def most_asked(data: BotData, *, limit: int = 20) -> tuple[Unanswered, ...]:
    """The questions that were put most often, the newest first among equals."""
    query = """
        select question, times from unanswered order by times desc, last_at desc limit ?
    """
    rows = await data.run(lambda db: db.execute(query, (limit,)).fetchall())
    return tuple(Unanswered(*row) for row in rows)


async def how_many(data: BotData) -> int:
    """How many different questions are known that got no answer."""
    query = "select count(*) from unanswered"
    return int(await data.run(lambda db: db.execute(query).fetchone()[0]))


async def clear(data: BotData) -> None:
    """Forget them all."""
    await data.run(lambda db: db.execute("delete from unanswered"))


def same(question: str) -> str:
    """What two questions share that differ in case, spaces or the stops around them alone."""
    folded = unicodedata.normalize("NFKC", question).casefold()
    return " ".join(re.sub(r"^\W+|\W+$", "", folded).split())


def to_be_mended(db: sqlite3.Connection) -> list[str]:
    """Questions worth a golden one: those of answers that did not help, and those without any."""
    rows = db.execute("""
        select question from (
            select question, count(*) as times from votes where not helpful group by question
            union all select question, times from unanswered
        ) order by times desc, question
    """)
    first: dict[str, str] = {}
    for (question,) in rows:
        first.setdefault(same(question), question)
    return list(first.values())


def _record(db: sqlite3.Connection, row: dict[str, object]) -> None:
    db.execute(
        """
        insert into unanswered (key, question, times, last_at) values (:key, :question, 1, :now)
        on conflict (key) do update set times = times + 1, last_at = :now
        """,
        row,
    )
    db.execute(
        """
        delete from unanswered where last_at < :now - :kept or last_at < (
            select last_at from unanswered order by last_at desc limit 1 offset :last
        )
        """,
        {"now": row["now"], "kept": row["kept"], "last": MOST - 1},
    )


def _storable(question: str) -> str:
    # SQLite takes no lone surrogates.
    return question.encode("utf-8", "replace").decode("utf-8")[:LONGEST].strip()
