"""Put all that was collected into one checked file while it is in use.

The databases are as SQLite copies them under use; what makes one file of it is `archive`, and
`restoring` takes it back.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from index.archive import (
    ALIASES,
    BOT,
    FETCHED,
    LIBRARY,
    QUESTIONS,
    Backup,
    pack,
    read_list,
    verify,
)
from index.errors import Damaged, IndexFault, NoCollection, OutOfReach
from index.plan import Progress
from index.store import SqliteStore
from index.store.breakage import is_elsewhere

DATABASES = (LIBRARY, BOT)
_ASIDE = ".backup-"


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything is: the collection's folder, the bot's, and the file of names."""

    folder: Path
    bot: Path
    aliases: Path

    def of(self, name: str) -> Path:
        """Where what has this name in a backup belongs."""
        return {BOT: self.bot / BOT, ALIASES: self.aliases}.get(name, self.folder / name)


def back_up(target: Path, places: Places, *, progress: Progress) -> Backup:
    """Write a backup that was read back and found whole; until then `target` stays as it is.

    Raises NoCollection, Damaged where a database is, Unreadable where the target is something
    else, OutOfReach.
    """
    SqliteStore(places.folder).close()  # where there is no collection, there is nothing to back up
    if target.exists():
        read_list(target)  # never overwrite what is no backup
    with _aside(target.parent) as folder:
        _copy_databases(places, folder, progress)
        _copy_files(places, folder)
        written = folder / "backup.tar.gz"
        pack(folder, written, progress)
        backup = verify(written, progress=progress)
        written.replace(target)
    return backup


def _copy_databases(places: Places, folder: Path, progress: Progress) -> None:
    for done, name in enumerate(DATABASES, start=1):
        source = places.of(name)
        if not source.is_file():
            continue
        version = _copy_database(source, folder / name)
        if name == LIBRARY and not version:  # a first start was killed
            raise NoCollection(
                f"{source} holds no collection yet; run scripts/run reindex PATH... first"
            )
        progress("copying", done, len(DATABASES))


def _copy_database(source: Path, target: Path) -> int:
    """The version of a database that is copied in one steady read, whatever is written meanwhile.

    The copy is checked. Raises Damaged, OutOfReach.
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.backup(writing)
            writing.execute("pragma journal_mode = delete")
    except sqlite3.DatabaseError as error:
        told = f"{source} cannot be copied ({error}); nothing was backed up"
        if not is_elsewhere(error):
            raise Damaged(told) from error
        raise OutOfReach(
            f"{told}: see to its rights, and to those and the room of the folder of the backup"
        ) from error
    return checked(target)


def checked(database: Path) -> int:
    """The version of a database's tables, 0 where it has none.

    Raises Damaged where SQLite finds a fault in it, OutOfReach.
    """
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("pragma integrity_check(1)").fetchone()[0]
            version = int(connection.execute("pragma user_version").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise fault_of(database, error) from error
    if found != "ok":
        raise Damaged(f"{database.name} is damaged ({found}) and was not taken")
    return version


def fault_of(database: Path, error: sqlite3.DatabaseError) -> IndexFault:
    """What to raise for an error of SQLite's on a database that is in a folder aside."""
    if not is_elsewhere(error):
        return Damaged(f"{database.name} is damaged ({error}) and was not taken")
    return OutOfReach(
        f"{database.name} cannot be looked over in {database.parents[1]} ({error}); see to the"
        " room of that folder and to the limit of open files"
    )


def _copy_files(places: Places, aside: Path) -> None:
    """Copy what are files; those that go while they are copied are left out."""
    singles = [(places.of(name), aside / name) for name in (QUESTIONS, ALIASES)]
    fetched = places.of(FETCHED)
    inside = [path for path in sorted(fetched.rglob("*")) if not path.is_symlink()]
    pairs = [(path, aside / FETCHED / path.relative_to(fetched)) for path in inside]
    for source, target in (*singles, *pairs):
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                shutil.copy2(source, target)


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A hidden folder that goes when the context ends; those that kills have left go first."""
    for left in folder.glob(f"{_ASIDE}*"):
        _clear(left)
    with ExitStack() as held:
        # What cannot be deleted is the next one's to clear.
        made = TemporaryDirectory(prefix=_ASIDE, dir=folder, ignore_cleanup_errors=True)
        path = Path(held.enter_context(made))
        with suppress(OSError):  # a disk that knows no locks: there nothing is ever cleared
            held.enter_context(_locked(path, fcntl.LOCK_SH))
        yield path


def _clear(left: Path) -> None:
    """Take a hidden folder away unless somebody is at work in it.

    One that is empty stays: who has made it may not have locked it yet, and then waits to do so.
    """
    with suppress(OSError), _locked(left, fcntl.LOCK_EX | fcntl.LOCK_NB):
        if any(left.iterdir()):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    """Hold a lock of a folder, which the kernel lets go when the process ends, however it ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
