"""The file of a backup: what was collected, packed with checksums and read back.

It is a tar.gz: first a list of what is in it with checksums, then the databases, the fetched
files, the golden questions and the file of names.
"""

import gzip
import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from index.errors import Damaged, OutOfReach, Unreadable
from index.plan import Progress

FORMAT = 1
LIST = "backup.json"
LIBRARY, BOT, FETCHED, QUESTIONS, ALIASES = (
    "library.db", "bot.db", "fetched", "questions.jsonl", "aliases.txt",
)  # fmt: skip
_LARGEST_LIST = 256 * 1024 * 1024
_LEVEL = 6
_BLOCK = 1 << 20
_BROKEN = (
    *(gzip.BadGzipFile, EOFError, tarfile.TarError, zlib.error, ValueError, OverflowError),
    *(RecursionError, IsADirectoryError),
)
"""What the archive is to blame for; for other errors its disk, rights or the machine are."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: when it was made, and each file's size in bytes and checksum."""

    created: str
    files: Mapping[str, tuple[int, str]]

    @property
    def size_bytes(self) -> int:
        """The size of all files together."""
        return sum(size for size, _ in self.files.values())


def pack(folder: Path, written: Path, progress: Progress) -> None:
    """Write what is in a folder, with a list of it, into one file that is not there yet."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in paths]
    files = {
        name: (path.stat().st_size, checksum(path))
        for name, path in zip(names, paths, strict=True)
    }
    created = datetime.now(UTC).isoformat(timespec="seconds")
    told = {"format": FORMAT, "created": created, "files": files}
    # In ASCII, which also carries the names of files that are no UTF-8.
    (folder / LIST).write_text(json.dumps(told, indent=1), "ascii")
    with written.open("xb") as file:
        written.chmod(0o600)  # bot.db is nobody else's business
        with (
            gzip.GzipFile("", "wb", _LEVEL, file) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            tar.add(folder / LIST, LIST)
            for done, (name, path) in enumerate(zip(names, paths, strict=True), start=1):
                tar.add(path, name, recursive=False)
                progress("packing", done, len(names))
        file.flush()
        os.fsync(file.fileno())


def verify(path: Path, *, progress: Progress) -> Backup:
    """What a backup holds, with every byte of it read. Raises Unreadable, Damaged, OutOfReach."""
    backup = read_list(path)
    for done, _ in enumerate(members(path, backup), start=1):
        progress("checking", done, len(backup.files))
    return backup


def read_list(path: Path) -> Backup:
    """What a backup says that it holds. Raises Unreadable where it is none, OutOfReach."""
    try:
        with _reading(path), closing(_packed(path)) as packed:
            first, file = next(packed, (None, None))
            if first is None or first.name != LIST or first.size > _LARGEST_LIST or file is None:
                raise Unreadable(f"{path} is no backup of a collection")
            return _listed(path, json.loads(b"".join(iter(lambda: file.read(_BLOCK), b""))))
    except (Damaged, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(
            f"{path} is no backup of a collection ({error.__cause__ or error})"
        ) from error


def _listed(path: Path, told: Any) -> Backup:
    """What a list tells. Raises Unreadable, and other errors where it is none."""
    if told["format"] != FORMAT:
        raise Unreadable(f"{path} was made by a newer version; update this one first")
    files = {str(name): (int(size), str(mark)) for name, (size, mark) in told["files"].items()}
    if LIBRARY not in files or not all(map(_belongs, files)):
        raise Unreadable(f"{path} is no backup of a collection")
    return Backup(str(told["created"]), files)


def summary(backup: Backup) -> str:
    """What a backup holds, in one line."""
    fetched = sum(name.startswith(f"{FETCHED}/") for name in backup.files)
    named = [name for name in backup.files if not name.startswith(f"{FETCHED}/")]
    parts = [*named, *([f"{fetched:,} fetched files"] if fetched else [])]
    return f"{', '.join(parts)}; {backup.size_bytes / 2**20:,.1f} MB unpacked; {backup.created}"


def members(path: Path, backup: Backup, into: Path | None = None) -> Iterator[str]:
    """The name of each file of a backup, once its checksum agrees; unpacked where told to.

    Raises Damaged where a file is missing, is not what it was, or does not belong; OutOfReach.
    """
    missing = dict(backup.files)
    with _reading(path, into):
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
    if missing:
        raise Damaged(f"{path} is damaged: {min(missing)} is missing from it")


@contextmanager
def _reading(path: Path, into: Path | None = None) -> Iterator[None]:
    """Tell an error as Damaged where the backup is to blame for it, else as OutOfReach."""
    try:
        yield
    except _BROKEN as error:
        raise Damaged(f"{path} is damaged ({error})") from error
    except OSError as error:
        what, whose = (f"unpacked into {into.parent}", "of both") if into else ("read", "there")
        raise OutOfReach(
            f"{path} cannot be {what} ({error}); see to the rights and the room {whose}"
        ) from error


class _Steady(gzip.GzipFile):
    """Reads no more than a block at once: a tar's header may ask for as much as it likes."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _BLOCK:
            raise tarfile.ReadError("a header is too large")
        return super().read(size)


def _packed(path: Path) -> Generator[tuple[tarfile.TarInfo, IO[bytes] | None], None, None]:
    """Each member of a tar.gz, with what it holds if it is a file; read to the last byte."""
    with _Steady(path) as unpacked, tarfile.open(fileobj=unpacked, mode="r:") as tar:
        for member in tar:
            yield member, tar.extractfile(member) if member.isfile() else None
        while unpacked.read(_BLOCK):  # a tar ends before gzip's checksum of the whole
            pass


def _taken(file: IO[bytes], target: Path | None) -> str:
    """The checksum of what a file holds, which goes to `target` on the way if there is one."""
    digest = hashlib.sha256()
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") if target else open(os.devnull, "wb") as out:  # noqa: PTH123
        while block := file.read(_BLOCK):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def checksum(path: Path) -> str:
    """The checksum of what a file holds, as a backup lists it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _belongs(name: str) -> bool:
    """Whether a backup has a place for this name, which leads nowhere else."""
    path = PurePosixPath(name)
    if name in (LIBRARY, BOT, QUESTIONS, ALIASES):
        return True
    plain = str(path) == name and ".." not in path.parts and "\0" not in name
    return plain and len(path.parts) > 1 and path.parts[0] == FETCHED
