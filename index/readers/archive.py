"""ZIP archives: each file in them by its own reader, and archives in archives to some depth."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo

from index.article import Article
from index.errors import Unreadable
from index.readers.decoding import clean
from index.readers.reading import Reading, reading_of
from index.readers.unpacking import MAGIC, UNPACKED_LIMIT, is_archive, opened, unpacked

SUFFIXES = frozenset((".zip",))

_DEPTH = 3
_LEADS_OUT = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:")

ReadEntry = Callable[[str, bytes], Reading]
"""Reads a file by its name and bytes; raises Unreadable."""

Wants = Callable[[str], bool | None]
"""Whether a file of that name is read; None where it is not even to be counted."""


def looks_right(head: str) -> bool:
    """Whether a file is a ZIP archive, by its beginning."""
    return head.startswith(MAGIC)


def articles(data: bytes, *, read_entry: ReadEntry, wants: Wants) -> Reading:
    """The articles of every file in an archive; entry is the file's name, and its own entry.

    Nothing is written to disk. A file whose name leads out of the archive, one that is encrypted
    and one that its reader refuses is told among the faults.
    """
    visit = _Visit(read_entry, wants)
    visit.archive(data, "", depth=1)
    return reading_of(visit.articles, visit.faults, visit.skipped)


@dataclass(slots=True)
class _Visit:
    """What has been found on the way through an archive and those inside it."""

    read_entry: ReadEntry
    wants: Wants
    articles: list[Article] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    left: int = UNPACKED_LIMIT  # bytes that may still be unpacked, at all depths together

    def archive(self, data: bytes, place: str, *, depth: int) -> None:
        archive = opened(data)
        if not archive.infolist():
            raise Unreadable("an empty ZIP archive")
        if "mimetype" in archive.namelist():  # OpenDocument and its kin: an archive of one thing
            raise Unreadable(f"a file of a kind that is not read ({_mimetype(archive)})")
        for entry in archive.infolist():
            name = place + " ".join(clean(entry.filename).split())
            if entry.is_dir():
                continue
            try:
                if self._is_to_be_read(entry, name):
                    self._file(name, self._bytes(archive, entry), depth)
            except Unreadable as error:
                self.faults.append(f"{name[-200:]}: {error}")
            except RecursionError:
                self.faults.append(f"{name[-200:]}: nested too deeply")

    def _is_to_be_read(self, entry: ZipInfo, name: str) -> bool:
        if _LEADS_OUT.search(entry.filename):
            raise Unreadable("its name leads out of the archive")
        wanted = self.wants(entry.filename)
        if wanted is False:
            self.skipped.append(name)
        return bool(wanted)

    def _bytes(self, archive: ZipFile, entry: ZipInfo) -> bytes:
        self.left -= entry.file_size
        if self.left < 0:
            raise Unreadable(f"the archive unpacks to more than {UNPACKED_LIMIT // 2**20} MB")
        return unpacked(archive, entry)

    def _file(self, name: str, data: bytes, depth: int) -> None:
        if is_archive(data) and PurePosixPath(name).suffix.lower() in SUFFIXES:
            if depth == _DEPTH:
                raise Unreadable(f"an archive more than {_DEPTH} deep in archives")
            self.archive(data, f"{name}/", depth=depth + 1)
            return
        reading = self.read_entry(name, data)
        self.faults += [f"{name}: {fault}" for fault in reading.faults]
        self.skipped += [f"{name}/{inside}" for inside in reading.skipped]
        for article in reading.articles:
            entry = f"{name}#{article.entry}" if article.entry else name
            self.articles.append(replace(article, entry=entry))


def _mimetype(archive: ZipFile) -> str:
    said = unpacked(archive, archive.getinfo("mimetype"))[:80]
    return " ".join(clean(said.decode("latin-1")).split())
