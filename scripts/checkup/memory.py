"""Whether bot.db is whole; where it is not, save what can be read of it into a new one."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.database import BotData, BotDataUnusable, is_damage
from bot.schema import MIGRATIONS
from index import Finding
from index.findings import fine, note, unseen, wrong

FIX = "stop the bot, then type: scripts/run doctor --fix"
_MOST_FAULTS = 20
_PENDING = 0x40000000  # where SQLite's locks are: the file format fixes it
_SHARED, _SHARED_SIZE = _PENDING + 2, 510


def look_at_memory(path: Path, *, running: bool, quick: bool = False) -> Finding:
    """Whether bot.db can be used."""
    advice = "see to the rights and the room of its folder"
    try:
        if not path.is_file():
            return note("bot.db", f"there is none in {path.parent} yet; the first start makes it")
        with closing(_reading(path)) as db:
            return _verdict(db, path, running=running, quick=quick)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return wrong("bot.db", f"{path} is damaged ({error})", FIX, mends=True)
        return unseen("bot.db", f"{path} cannot be looked at ({error})", advice)
    except OSError as error:
        return unseen("bot.db", f"{path} cannot be looked at ({error.strerror})", advice)


def _verdict(db: sqlite3.Connection, path: Path, *, running: bool, quick: bool) -> Finding:
    version = int(db.execute("pragma user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        told = f"it is of version {version}, and this program knows those up to {len(MIGRATIONS)}"
        return wrong("bot.db", told, "update the program, or name another folder in BOT_DATA")
    pragma = "quick_check" if quick else "integrity_check"
    faults = [str(row[0]) for row in db.execute(f"pragma {pragma}({_MOST_FAULTS})")]
    if faults != ["ok"]:
        told = f"{path} is damaged ({' '.join(faults[0].split())[:120]})"
        return wrong("bot.db", told, FIX, mends=True)
    state = "in use by the bot" if running else "not in use"
    return fine("bot.db", f"whole, of version {version}, {state}")


def is_open(path: Path) -> bool:
    """Whether another process has the database open, by SQLite's own lock on it."""
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def salvage(path: Path) -> Iterator[str]:
    """Put a damaged bot.db aside, and what can be read of it into a new one; tells what it did."""
    if is_open(path):
        yield f"{path} is in use; stop the bot, then type: scripts/run doctor --fix"
        return
    aside = _put_aside(path)
    yield f"{path} was damaged and is now {aside.name}, to be deleted by you"
    try:
        asyncio.run(_begin(path))
    except BotDataUnusable as fault:
        yield str(fault)
        return
    with closing(sqlite3.connect(path, isolation_level=None)) as new:
        saved = _copy(aside, new)
    rows = ", ".join(f"{table} {count:,}" for table, count in saved.items() if count)
    yield f"saved into a new bot.db: {rows or 'nothing could be read'}"


def _put_aside(path: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for ending in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


async def _begin(path: Path) -> None:
    async with BotData(path):
        pass


def _copy(aside: Path, new: sqlite3.Connection) -> dict[str, int]:
    """Row by row, from either end of each table up to what cannot be read; counts by table."""
    tables = [
        row[0]
        for row in new.execute(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        )
    ]
    saved = {}
    with closing(_reading(aside)) as old:
        for table in tables:
            columns = [row[1] for row in new.execute(f"pragma table_info({table})")]
            new.execute("begin")
            saved[table] = _copy_table(old, new, table, columns)
            new.execute("commit")
    return saved


def _copy_table(
    old: sqlite3.Connection, new: sqlite3.Connection, table: str, columns: list[str]
) -> int:
    names = ", ".join(columns)
    marks = ", ".join("?" * len(columns))
    before = new.total_changes
    for order in ("asc", "desc"):
        read = f"select {names} from {table} not indexed order by rowid {order}"  # noqa: S608 - ours
        write = f"insert or ignore into {table} ({names}) values ({marks})"  # noqa: S608 - ours
        with suppress(sqlite3.DatabaseError):  # the damaged page: the other end is next
            for row in old.execute(read):
                with suppress(sqlite3.IntegrityError):  # a row that a damaged byte has changed
                    new.execute(write, row)
    return new.total_changes - before


def _reading(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return db
