"""Put all that was collected into one checked file while it is in use, and take it back whole.

A backup is a tar.gz: first a list of what is in it with checksums, then the databases as SQLite
copies them under use, the fetched files, the golden questions and the file of names.
"""

import gzip
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from index.current import renew_checkpoint
from index.errors import Damaged, IndexFault, Unreadable
from index.lock import reindex_lock
from index.plan import Progress
from index.store import SqliteStore

FORMAT = 1
LIST = "backup.json"
LIBRARY, BOT, FETCHED, QUESTIONS, ALIASES = (
    "library.db", "bot.db", "fetched", "questions.jsonl", "aliases.txt",
)  # fmt: skip
_DATABASES = (LIBRARY, BOT)
_LARGEST_LIST = 256 * 1024 * 1024
_LEVEL = 6
_ASIDE = ".backup-"
_UNREADABLE = (OSError, EOFError, tarfile.TarError, zlib.error, ValueError, KeyError, TypeError)


class NotEmpty(IndexFault):
    """There is a collection where a backup was to be restored."""


class InUse(IndexFault):
    """A database that is to be replaced is open in another process."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything is: the collection's folder, the bot's, and the file of names."""

    folder: Path
    bot: Path
    aliases: Path

    def of(self, name: str) -> Path:
        """Where what has this name in a backup belongs."""
        return {BOT: self.bot / BOT, ALIASES: self.aliases}.get(name, self.folder / name)


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: when it was made, and each file's size in bytes and checksum."""

    created: str
    files: Mapping[str, tuple[int, str]]

    @property
    def size_bytes(self) -> int:
        """The size of all files together."""
        return sum(size for size, _ in self.files.values())


def back_up(target: Path, places: Places, *, progress: Progress) -> Backup:
    """Write a backup that was read back and found whole; until then `target` stays as it is.

    Raises NoCollection, Damaged where a database is, Unreadable where the target is something
    else.
    """
    SqliteStore(places.folder).close()  # where there is no collection, there is nothing to back up
    if target.exists():
        read_list(target)  # never overwrite what is no backup
    with _aside(target.parent) as aside:
        for name in _DATABASES:
            if places.of(name).is_file():
                _copy_database(places.of(name), aside / name)
                progress("copying", _DATABASES.index(name) + 1, len(_DATABASES))
        _copy_files(places, aside)
        written = aside / "backup.tar.gz"
        _pack(aside, written, progress)
        backup = verify(written, progress=progress)
        written.replace(target)
    return backup


def verify(path: Path, *, progress: Progress) -> Backup:
    """What a backup holds, with every byte of it read. Raises Unreadable, Damaged."""
    backup = read_list(path)
    for done, _ in enumerate(_members(path, backup), start=1):
        progress("checking", done, len(backup.files))
    return backup


def read_list(path: Path) -> Backup:
    """What a backup says that it holds. Raises Unreadable where it is no backup."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            first = tar.next()
            if first is None or first.name != LIST or first.size > _LARGEST_LIST:
                raise Unreadable(f"{path} is no backup of a collection")
            file = tar.extractfile(first)
            told = json.loads(file.read() if file else b"")
        if told["format"] != FORMAT:
            raise Unreadable(f"{path} was made by a newer version; update this one first")
        files = {str(name): (int(size), str(mark)) for name, (size, mark) in told["files"].items()}
    except _UNREADABLE as error:
        raise Unreadable(f"{path} is no backup of a collection ({error})") from error
    if LIBRARY not in files or not all(map(_belongs, files)):
        raise Unreadable(f"{path} is no backup of a collection")
    return Backup(str(told["created"]), files)


def restore(path: Path, places: Places, *, replace: bool, progress: Progress) -> Backup:
    """Take a backup back: unpacked and checked aside, then each part put in its place at once.

    The databases come last, so that what was there serves until then. Vectors' files are made
    anew. Raises NotEmpty unless told to `replace`, InUse, Locked, Unreadable, Damaged.
    """
    if not replace:
        _refuse_filled(places)
    places.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with reindex_lock(places.folder):
        for left in places.folder.glob(f"{_ASIDE}*"):  # by a restore that was killed
            shutil.rmtree(left, ignore_errors=True)
        with _aside(places.folder) as aside:
            backup = read_list(path)
            for done, _ in enumerate(_members(path, backup, aside), start=1):
                progress("unpacking", done, len(backup.files))
            databases = [name for name in _DATABASES if name in backup.files]
            for name in databases:
                _check(aside / name)
            _rename(aside / LIBRARY)
            for name in databases:
                _settle(places.of(name))
            _put(aside, places)
        _make_vectors(places.folder)
    return backup


def summary(backup: Backup) -> str:
    """What a backup holds, in one line."""
    fetched = sum(name.startswith(f"{FETCHED}/") for name in backup.files)
    named = [name for name in backup.files if not name.startswith(f"{FETCHED}/")]
    parts = [*named, *([f"{fetched:,} fetched files"] if fetched else [])]
    return f"{', '.join(parts)}; {backup.size_bytes / 2**20:,.1f} MB unpacked; {backup.created}"


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


def _copy_database(source: Path, target: Path) -> None:
    """Copy a database in one steady read, whatever is written meanwhile, and check the copy."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.backup(writing)
            writing.execute("pragma journal_mode = delete")
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{source} cannot be copied ({error}); nothing was backed up") from error
    _check(target)


def _check(database: Path) -> None:
    """Raise Damaged where SQLite finds a fault in a database."""
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("pragma integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise Damaged(f"{database.name} is damaged ({found}) and was not taken")


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


def _pack(aside: Path, written: Path, progress: Progress) -> None:
    paths = [path for path in sorted(aside.rglob("*")) if path.is_file()]
    names = [path.relative_to(aside).as_posix() for path in paths]
    files = {
        name: (path.stat().st_size, _checksum(path))
        for name, path in zip(names, paths, strict=True)
    }
    created = datetime.now(UTC).isoformat(timespec="seconds")
    told = {"format": FORMAT, "created": created, "files": files}
    (aside / LIST).write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    with written.open("xb") as file:
        written.chmod(0o600)  # bot.db is nobody else's business
        with (
            gzip.GzipFile("", "wb", _LEVEL, file) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            tar.add(aside / LIST, LIST)
            for done, (name, path) in enumerate(zip(names, paths, strict=True), start=1):
                tar.add(path, name, recursive=False)
                progress("packing", done, len(names))
        file.flush()
        os.fsync(file.fileno())


def _members(path: Path, backup: Backup, into: Path | None = None) -> Iterator[str]:
    """The name of each file of a backup, once its checksum agrees; unpacked where told to.

    Raises Damaged where a file is missing, is not what it was, or does not belong.
    """
    missing = dict(backup.files)
    try:
        for member, file in _packed(path):
            if member.name == LIST:
                continue
            size, mark = missing.pop(member.name, (-1, ""))
            if file is None or size != member.size:
                raise Damaged(f"{path} is damaged: {member.name} does not belong in it")
            if _taken(file, into / member.name if into else None) != mark:
                raise Damaged(f"{path} is damaged: the checksum of {member.name} is wrong")
            if into is not None:
                os.utime(into / member.name, (member.mtime, member.mtime))
            yield member.name
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValueError) as error:
        raise Damaged(f"{path} is damaged ({error})") from error
    if missing:
        raise Damaged(f"{path} is damaged: {min(missing)} is missing from it")


def _packed(path: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]:
    """Each member of a tar.gz, with what it holds if it is a file; read to the last byte."""
    with gzip.open(path) as unpacked, tarfile.open(fileobj=unpacked, mode="r:") as tar:
        for member in tar:
            yield member, tar.extractfile(member) if member.isfile() else None
        while unpacked.read(1 << 20):  # a tar ends before gzip's checksum of the whole
            pass


def _taken(file: IO[bytes], target: Path | None) -> str:
    """The checksum of what a file holds, which goes to `target` on the way if there is one."""
    digest = hashlib.sha256()
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") if target else open(os.devnull, "wb") as out:  # noqa: PTH123
        while block := file.read(1 << 20):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _belongs(name: str) -> bool:
    """Whether a backup has a place for this name, which leads nowhere else."""
    path = PurePosixPath(name)
    if name in (LIBRARY, BOT, QUESTIONS, ALIASES):
        return True
    plain = str(path) == name and ".." not in path.parts and "\0" not in name
    return plain and len(path.parts) > 1 and path.parts[0] == FETCHED


def _refuse_filled(places: Places) -> None:
    for name in (LIBRARY, BOT, FETCHED):
        if places.of(name).exists():
            raise NotEmpty(
                f"{places.of(name)} is there already, and a backup would take its place; add"
                " --replace if it may go, or name another folder in INDEX_URL and BOT_DATA"
            )


def _rename(library: Path) -> None:
    """Give the collection a new name: vectors' files of the one that it was are not its own."""
    with closing(sqlite3.connect(library)) as connection, connection:
        connection.execute(
            "insert or replace into facts values ('collection', ?)", [secrets.token_hex(8)]
        )


def _settle(database: Path) -> None:
    """Make a database that is to be replaced one file again, which only works if nobody has it."""
    if not database.is_file():
        return
    try:
        with closing(sqlite3.connect(database, timeout=1)) as connection:
            connection.execute("pragma journal_mode = delete")
    except sqlite3.OperationalError as error:
        raise InUse(
            f"{database} is in use ({error}); stop the bot, and whatever else has it open, first"
        ) from error
    except sqlite3.DatabaseError:  # it is damaged, which may be why it is replaced
        for ending in ("-wal", "-shm"):
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


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A hidden folder that goes when the context ends."""
    path = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
