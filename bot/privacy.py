"""What bot.db keeps about a person or a chat: counted, deleted when wished, and expired."""

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.database import BotData
from bot.inbox import REMEMBERED_S
from bot.logs import describe
from bot.settings import BotSettings
from bot.watches import Watches

logger = logging.getLogger(__name__)

DAY_S = 24 * 3600.0
_BETWEEN_S = 3600.0


@dataclass(frozen=True, slots=True)
class Whose:
    """A person's own in all chats (`user`), a person's own in one (both), or all of a chat."""

    chat: int | None = None
    user: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is kept of each kind; `messages` are updates not answered yet, or unreadable."""

    answers: int = 0
    watches: int = 0
    votes: int = 0
    settings: int = 0
    messages: int = 0

    @property
    def nothing(self) -> bool:
        """Whether nothing is kept."""
        return self == Kept()


async def kept(data: BotData, whose: Whose) -> Kept:
    """How much is kept of somebody, or of a chat."""
    return await data.run(lambda db: _count(db, whose))


async def forget(data: BotData, whose: Whose) -> None:
    """Delete all of that, in one transaction; a message that waits is answered, then erased."""
    await data.run(lambda db: _delete(db, whose))
    await data.wipe()


async def expire(
    data: BotData, settings: BotSettings, *, clock: Callable[[], float] = time.time
) -> None:
    """Delete what has been kept as long as the settings say."""
    await data.run(lambda db: _expire(db, settings, clock()))
    await Watches(data, clock=clock).expire()
    await data.wipe()


async def expire_hourly(
    data: BotData,
    settings: BotSettings,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Let things expire until cancelled, also where nobody asks anything."""
    while True:
        try:
            await expire(data, settings)
        except sqlite3.Error as error:
            logger.error("what is too old is still kept: %s", describe(error))  # noqa: TRY400
        await sleep(_BETWEEN_S)


def _count(db: sqlite3.Connection, whose: Whose) -> Kept:
    def count(table: str, where: str) -> int:
        query = f"select count(*) from {table} where {where}"  # noqa: S608 - nothing of it comes from outside
        return int(db.execute(query, _values(whose)).fetchone()[0])

    return Kept(
        answers=count("sheets", _sheets(whose)),
        watches=count("watches", f"stopped_at is null and {_rows(whose)}"),
        votes=count("votes", _rows(whose)),
        settings=count("settings", _settings(whose)),
        messages=count("inbox", f"state = 'waiting' and {_sent(whose)}")
        + len(_unreadable(db, whose)),
    )


def _delete(db: sqlite3.Connection, whose: Whose) -> None:
    def delete(table: str, where: str) -> list[Any]:
        query = f"delete from {table} where {where} returning *"  # noqa: S608 - nothing of it comes from outside
        return db.execute(query, _values(whose)).fetchall()

    # Both tables begin with the chat and the message.
    gone = [row[:2] for row in delete("sheets", _sheets(whose))]
    db.executemany("delete from quoted where (chat, message) = (?, ?)", gone)
    delete("watches", _rows(whose))
    db.execute("delete from alerts where watch not in (select id from watches)")
    delete("votes", _rows(whose))
    delete("settings", _settings(whose))
    if whose.user is None:
        delete("greetings", "chat = :chat")
    # The number of an update must still be known, or it could be answered twice.
    query = f"update inbox set chat = null where state != 'waiting' and {_sent(whose)}"  # noqa: S608 - as above
    db.execute(query, _values(whose))
    db.executemany("update inbox set payload = '{}' where seq = ?", _unreadable(db, whose))


def _expire(db: sqlite3.Connection, settings: BotSettings, now: float) -> None:
    old = {
        "answers": now - settings.remember_days * DAY_S,
        "votes": now - settings.votes_days * DAY_S,
        "unanswered": now - settings.unanswered_days * DAY_S,
        "inbox": now - REMEMBERED_S,
    }
    db.execute("delete from sheets where kept_at < :answers", old)
    db.execute(
        "delete from quoted where (chat, message) not in (select chat, message from sheets)"
    )
    db.execute("delete from votes where voted_at < :votes", old)
    db.execute("delete from unanswered where last_at < :unanswered", old)
    db.execute("delete from inbox where settled_at < :inbox", old)


def _values(whose: Whose) -> dict[str, int | None]:
    return {"chat": whose.chat, "user": whose.user}


def _rows(whose: Whose) -> str:
    """Of a table whose rows name a chat and a user."""
    if whose.user is None:
        return "chat = :chat"
    return "user = :user" if whose.chat is None else "user = :user and chat = :chat"


def _sheets(whose: Whose) -> str:
    """Of the messages of ours: a private chat has its person's number."""
    asked = "json_extract(told, '$.user') = :user"
    if whose.user is None:
        return "chat = :chat"
    return f"(chat = :user or {asked})" if whose.chat is None else f"chat = :chat and {asked}"


def _settings(whose: Whose) -> str:
    if whose.user is None:
        return "chat = :chat"
    return "chat = :user" if whose.chat is None else "false"


def _sent(whose: Whose) -> str:
    """Of the updates: who sent one stands in its JSON alone, which is gone once it is settled."""
    sender = """state = 'waiting' and exists (
        select 1 from json_each(payload) where json_extract(value, '$.from.id') = :user
        and type = 'object'
    )"""
    if whose.user is None:
        return "chat = :chat"
    return f"(chat = :user or {sender})" if whose.chat is None else f"(chat = :chat and {sender})"


def _unreadable(db: sqlite3.Connection, whose: Whose) -> list[tuple[int]]:
    """The places of updates that could not be read and name all the numbers that are meant."""
    wanted = {each for each in (whose.chat, whose.user) if each is not None}
    rows = db.execute("select seq, payload from inbox where state = 'aside'")
    return [(seq,) for seq, payload in rows if wanted <= _numbers(json.loads(payload))]


def _numbers(told: Any) -> set[int]:
    """Every `id` in the JSON of an update, however deep."""
    found, left = set(), [told]
    while left:
        match left.pop():
            case dict() as each:
                found |= {each["id"]} if isinstance(each.get("id"), int) else set()
                left.extend(each.values())
            case list() as several:
                left.extend(several)
    return found
