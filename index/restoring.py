"""Take a backup back whole: unpacked and checked aside, then put in the place of what was."""

import os
import secrets
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from index.archive import ALIASES, BOT, FETCHED, LIBRARY, QUESTIONS, Backup, members, read_list
from index.backup import ASIDE, DATABASES, Places, aside, checked
from index.current import renew_checkpoint
from index.errors import IndexFault, NotEmpty, TooNew
from index.lock import reindex_lock
from index.plan import Progress
from index.store import SqliteStore
from index.store.schema import MIGRATIONS


class InUse(IndexFault):
    """A database that is to be replaced is open in another process."""


def restore(
    path: Path, places: Places, *, replace: bool, bot_version: int, progress: Progress
) -> Backup:
    """Take a backup back: unpacked and checked aside, then each part put in its place at once.

    The databases come last, so that what was there serves until then. Vectors' files are made
    anew. Raises NotEmpty unless told to `replace`, InUse, Locked, Unreadable, Damaged, and TooNew
    where the collection, or bot.db beyond `bot_version`, is of a program that is newer.
    """
    if not replace:
        _refuse_filled(places)
    places.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with reindex_lock(places.folder):
        for left in places.folder.glob(f"{ASIDE}*"):  # by a restore that was killed
            shutil.rmtree(left, ignore_errors=True)
        with aside(places.folder) as unpacked:
            backup = read_list(path)
            for done, _ in enumerate(members(path, backup, unpacked), start=1):
                progress("unpacking", done, len(backup.files))
            known = {LIBRARY: len(MIGRATIONS), BOT: bot_version}
            databases = [name for name in DATABASES if name in backup.files]
            for name in databases:
                _refuse_newer(path, name, checked(unpacked / name), known[name])
            _rename(unpacked / LIBRARY)
            for name in databases:
                _settle(places.of(name))
            _put(unpacked, places)
        _make_vectors(places.folder)
    return backup


def _refuse_filled(places: Places) -> None:
    for name in (LIBRARY, BOT, FETCHED):
        if places.of(name).exists():
            raise NotEmpty(
                f"{places.of(name)} is there already, and a backup would take its place; add"
                " --replace if it may go, or name another folder in INDEX_URL and BOT_DATA"
            )


def _refuse_newer(path: Path, name: str, version: int, known: int) -> None:
    if version > known:
        raise TooNew(
            f"the {name} in {path} is of version {version}, and this program knows those up to"
            f" {known}; update the program, then restore it again"
        )


def _rename(library: Path) -> None:
    """Give the collection a new name: vectors' files of the one that it was are not its own."""
    with closing(sqlite3.connect(library)) as connection, connection:
        connection.execute(
            "insert or replace into facts values ('collection', ?)", [secrets.token_hex(8)]
        )


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


def _put(aside: Path, places: Places) -> None:
    """Put what was restored in its place, the databases last.

    Whatever can fail for want of room or rights comes first: then there are only names to change.
    """
    names = [name for name in (QUESTIONS, ALIASES, BOT, LIBRARY) if (aside / name).is_file()]
    near = {name: _beside(places.of(name)) for name in names}
    try:
        for name in names:
            near[name].parent.mkdir(parents=True, exist_ok=True)
            shutil.move(aside / name, near[name])
        old, new = places.of(FETCHED), aside / FETCHED
        new.mkdir(exist_ok=True)
        if old.exists():
            old.rename(aside / "fetched-before")
        new.rename(old)
        for name in names:
            near[name].replace(places.of(name))
    finally:
        for path in near.values():
            with suppress(OSError):
                path.unlink()


def _beside(target: Path) -> Path:
    """A hidden file on the disk of the target, to be renamed to it."""
    return target.with_name(f".{target.name}.{os.getpid()}")


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
