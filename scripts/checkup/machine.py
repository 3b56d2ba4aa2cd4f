"""What the machine gives: room on its disks, rights on files, open files, versions."""

import os
import platform
import resource
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bot.settings import BotSettings
from index import Finding, IndexSettings, UnknownSetting, read_dotenv
from index.findings import fine, note, unseen, wrong

LEAST_FREE, LITTLE_FREE = 100 * 2**20, 2**30
LEAST_NAMES = 1_000
LEAST_FILES = 256
_LIBRARIES = ("python-telegram-bot", "sentence-transformers", "torch", "faiss-cpu")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

Free = Callable[[Path], int]


def free_of(folder: Path) -> int:
    """The bytes that are free on a folder's disk."""
    return shutil.disk_usage(folder).free


def look_at_disks(folders: Sequence[Path], *, free: Free = free_of) -> Iterator[Finding]:
    """The room on the disk of each folder, a disk once."""
    seen: set[int] = set()
    for folder in folders:
        there = _nearest(folder)
        device = there.stat().st_dev
        if device not in seen:
            seen.add(device)
            yield _room(folder, there, free(there))


def _room(folder: Path, there: Path, left: int) -> Finding:
    told = f"{left / 2**30:,.1f} GB are free for {folder}"
    names = os.statvfs(there)
    if left < LEAST_FREE:
        return wrong("disk", f"{left / 2**20:,.0f} MB are free for {folder}", "make room there")
    if names.f_files and names.f_favail < LEAST_NAMES:
        return wrong("disk", f"{folder} has no room for more files", "delete some there")
    if left < LITTLE_FREE:
        return note("disk", told, "make room before the next reindex")
    return fine("disk", told)


def look_at_rights(
    bot: BotSettings, index: IndexSettings | None, dotenv: Path
) -> Iterator[Finding]:
    """Who may read and write .env, the bot's folder and the collection's."""
    yield from _dotenv(dotenv)
    yield _folder("rights of BOT_DATA", bot.data)
    memory = bot.data / "bot.db"
    if _mode(memory) & _OTHERS:
        told = f"{memory} holds what people asked, and others than its owner may open it"
        yield wrong("rights of bot.db", told, f"type: chmod 600 {memory}*")
    if index is not None and "://" not in index.url:
        yield _folder("rights of INDEX_URL", index.folder)


def _dotenv(dotenv: Path) -> Iterator[Finding]:
    try:
        holds = bool(dict(read_dotenv(dotenv)).get("BOT_TOKEN"))
    except UnknownSetting:
        return
    if not holds:
        return
    if stat.S_IMODE(dotenv.stat().st_mode) & _OTHERS:
        told = f"{dotenv} holds BOT_TOKEN and others can open it"
        yield wrong("rights of .env", told, f"type: chmod 600 {dotenv}")
    else:
        yield fine("rights of .env", "its owner's alone")


def _folder(check: str, folder: Path) -> Finding:
    there = _nearest(folder)
    if not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        told = f"{there} cannot be written by this user"
        return wrong(check, told, f"type: sudo chown -R $USER {there}, or mount it for writing")
    if there != folder:
        return note(check, f"{folder} is not there yet, and can be made")
    shut = [path.name for path in sorted(folder.glob("*.db*")) if not os.access(path, os.W_OK)]
    if shut:
        told = f"{', '.join(shut[:3])} in {folder} cannot be written by this user"
        return wrong(check, told, f"type: sudo chown -R $USER {folder}")
    return fine(check, f"{folder} can be read and written")


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that is there and can be seen."""
    return next(each for each in (folder, *folder.parents) if stat.S_ISDIR(_mode(each)))


def _mode(path: Path) -> int:
    """Its kind and rights; 0 where it is not there, or out of sight."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def look_at_files() -> Finding:
    """How many files this user's processes may have open."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    told = f"a process may have {most:,} open"
    if most != resource.RLIM_INFINITY and most < LEAST_FILES:
        return wrong("open files", told, "type: ulimit -n 1024, before you start the bot")
    return fine("open files", told if most != resource.RLIM_INFINITY else "no limit")


def look_at_zone(bot: BotSettings) -> Finding:
    """The time zone that dates in questions are reckoned in; reading the settings proved it."""
    return fine("time zone", f"{bot.time_zone} (BOT_TIME_ZONE)")


def look_at_versions() -> Finding:
    """The versions of what the bot stands on."""
    try:
        libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    except PackageNotFoundError as error:
        told = f"{error.name} is not installed"
        return wrong("versions", told, "type: scripts/run, which installs what is missing")
    told = ", ".join(
        [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}", *libraries]
    )
    with sqlite3.connect(":memory:") as db:
        options = {row[0] for row in db.execute("pragma compile_options")}
    if options and "ENABLE_FTS5" not in options:
        return unseen("versions", f"{told}; this SQLite may lack FTS5", "use another Python")
    return fine("versions", told)
