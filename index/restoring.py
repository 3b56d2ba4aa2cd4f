"""Take a backup back whole: unpacked and checked aside, then put in the place of what was."""

import secrets
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from index.archive import (
    ALIASES,
    BOT,
    FETCHED,
    LIBRARY,
    QUESTIONS,
    Backup,
    checksum,
    members,
    read_list,
)
from index.backup import DATABASES, Places, checked, fault_of
from index.current import renew_checkpoint
from index.errors import IndexFault, NotEmpty, TooNew, Unreadable
from index.lock import reindex_lock
from index.plan import Progress
from index.store import SqliteStore
from index.store.schema import MIGRATIONS

_ASIDE = ".restore-"
_BEFORE = "fetched-before"
_SINGLE = (QUESTIONS, ALIASES, BOT, LIBRARY)
"""In the order that they are put in their places: a collection is not there before its memory."""

_ALL = (LIBRARY, BOT, FETCHED, QUESTIONS, ALIASES)


class InUse(IndexFault):
    """A database that is to be replaced is open in another process."""


def restore(
    path: Path, places: Places, *, replace: bool, bot_version: int, progress: Progress
) -> Backup:
    """Take a backup back: unpacked and checked aside, then each part put in its place at once.

    The databases and the downloads come last, so that what was there serves until then. Vectors'
    files are made anew. Raises NotEmpty unless told to `replace`, InUse, Locked, Unreadable,
    Damaged, OutOfReach, and TooNew where the collection, or bot.db beyond `bot_version`, is of a
    program that is newer.
    """
    backup = read_list(path)
    places.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with reindex_lock(places.folder):
        _clear(places)
        if not replace:
            _refuse_filled(backup, places)
        with TemporaryDirectory(
            prefix=_ASIDE, dir=places.folder, ignore_cleanup_errors=True
        ) as folder:
            _unpack(path, backup, Path(folder), bot_version, progress)
            for name in DATABASES:
                if name in backup.files:
                    _settle(places.of(name))
            _put(Path(folder), places)
        _make_vectors(places.folder)
    return backup


def _unpack(
    path: Path, backup: Backup, folder: Path, bot_version: int, progress: Progress
) -> None:
    """Unpack a backup into a folder. Raises Unreadable, TooNew where it is of no use here."""
    for done, _ in enumerate(members(path, backup, folder), start=1):
        progress("unpacking", done, len(backup.files))
    known = {LIBRARY: len(MIGRATIONS), BOT: bot_version}
    for name in DATABASES:
        if name in backup.files:
            version = checked(folder / name)
            if name == LIBRARY and not version:
                raise Unreadable(f"{path} is no backup: its {name} holds no collection")
            _refuse_newer(path, name, version, known[name])
            (folder / name).chmod(0o600)  # as the bot makes its own
    _rename(folder / LIBRARY)


def _refuse_filled(backup: Backup, places: Places) -> None:
    filled = [places.of(name) for name in _ALL if _would_go(name, backup, places.of(name))]
    if filled:
        raise NotEmpty(
            f"{', '.join(map(str, filled))} is there already, and a backup would take its place;"
            " add --replace if it may go, or name other places in INDEX_URL, BOT_DATA and"
            " INDEX_ALIASES"
        )


def _would_go(name: str, backup: Backup, place: Path) -> bool:
    """Whether something is there that a restore replaces, other than by the very same."""
    if name in (QUESTIONS, ALIASES) and name in backup.files and place.is_file():
        return backup.files[name] != (place.stat().st_size, checksum(place))
    return place.exists() and (name == FETCHED or name in backup.files)


def _refuse_newer(path: Path, name: str, version: int, known: int) -> None:
    if version > known:
        raise TooNew(
            f"the {name} in {path} is of version {version}, and this program knows those up to"
            f" {known}; update the program, then restore it again"
        )


def _rename(library: Path) -> None:
    """Give the collection a new name: vectors' files of the one that it was are not its own."""
    try:
        with closing(sqlite3.connect(library)) as connection, connection:
            connection.execute(
                "insert or replace into facts values ('collection', ?)", [secrets.token_hex(8)]
            )
    except sqlite3.DatabaseError as error:
        raise fault_of(library, error) from error


def _settle(database: Path) -> None:
    """Make one file of a database that is to be replaced, which only works if nobody has it.

    What is left beside one that was moved away would be played over the restored one.
    """
    try:
        if database.is_file():
            with closing(sqlite3.connect(database, timeout=1)) as connection:
                connection.execute("pragma journal_mode = delete")
    except sqlite3.OperationalError as error:
        raise InUse(
            f"{database} is in use ({error}); stop the bot, and whatever else has it open, first"
        ) from error
    except sqlite3.DatabaseError:
        pass  # it is damaged, which may be why it is replaced
    for ending in ("-wal", "-shm", "-journal"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def _put(folder: Path, places: Places) -> None:
    """Put what was restored in its place.

    Whatever can fail for want of room or rights comes first: then there are only names to change,
    those of the databases and of the downloads last.
    """
    names = [name for name in _SINGLE if (folder / name).is_file()]
    near = {name: _beside(places.of(name)) for name in names}
    try:
        for name in names:
            near[name].parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(folder / name, near[name])
        for name in names:
            near[name].replace(places.of(name))
    finally:
        for path in near.values():
            with suppress(OSError):
                path.unlink()
    _swap(folder / FETCHED, places.of(FETCHED), folder / _BEFORE)


def _swap(new: Path, old: Path, before: Path) -> None:
    """Put a folder in the place of another, which comes back where that fails."""
    new.mkdir(exist_ok=True)
    if old.exists():
        old.rename(before)
    try:
        new.rename(old)
    except BaseException:
        if before.exists():
            before.rename(old)
        raise


def _clear(places: Places) -> None:
    """Take away what a restore that was killed has left; the downloads it had moved come back.

    Only who holds the lock of the reindex restores.
    """
    for left in places.folder.glob(f"{_ASIDE}*"):
        if (left / _BEFORE).exists() and not places.of(FETCHED).exists():
            (left / _BEFORE).rename(places.of(FETCHED))
        shutil.rmtree(left, ignore_errors=True)
    for name in _SINGLE:
        _beside(places.of(name)).unlink(missing_ok=True)


def _beside(target: Path) -> Path:
    """A hidden file on the disk of the target, to be renamed to it."""
    return target.with_name(f".{target.name}.restored")


def _make_vectors(folder: Path) -> None:
    """Write the vectors' file anew from the collection."""
    store = SqliteStore(folder, writable=True)
    try:
        with store.snapshot() as view:
            model = view.generation().model if view.generation_number() else ""
        if model:
            renew_checkpoint(store, model, always=True)
    finally:
        store.close()
