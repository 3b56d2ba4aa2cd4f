"""Files in, articles out: the reader of each format, found by content first and then by name."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from index.article import Article
from index.errors import Unreadable
from index.readers import (
    archive,
    docx,
    eml,
    epub,
    feed,
    fetched,
    html,
    jsonl,
    markdown,
    pdf,
    plain,
    telegram,
    unpacking,
)
from index.readers.reading import Reading

SIZE_LIMIT = 64 * 1024 * 1024  # bytes; a news article is a ten-thousandth of that
_HEAD = 4096
_NOT_ARTICLES = frozenset(("readme.md", "questions.jsonl", "sources.toml"))


@dataclass(frozen=True, slots=True)
class Reader:
    """How one format is known, by the beginning of a file or by its suffix, and read.

    Of a ZIP archive, which many formats are, `looks_right` is shown the names in it, one a line.
    A format of many parts gives a Reading, with its faults; any other its articles.
    """

    looks_right: Callable[[str], bool]
    suffixes: frozenset[str]
    articles: Callable[[bytes], tuple[Article, ...] | Reading]


def _archived(data: bytes) -> Reading:
    return archive.articles(data, read_entry=_entry, wants=_wants_entry)


READERS = (
    Reader(pdf.looks_right, pdf.SUFFIXES, pdf.articles),
    Reader(epub.looks_right, epub.SUFFIXES, epub.articles),
    Reader(docx.looks_right, docx.SUFFIXES, docx.articles),
    Reader(archive.looks_right, archive.SUFFIXES, _archived),
    Reader(eml.looks_right, eml.SUFFIXES, eml.articles),
    Reader(telegram.looks_right, telegram.SUFFIXES, telegram.articles),
    Reader(fetched.looks_right, fetched.SUFFIXES, fetched.articles),
    Reader(feed.looks_right, feed.SUFFIXES, feed.articles),
    Reader(html.looks_right, html.SUFFIXES, html.articles),
    Reader(jsonl.looks_right, jsonl.SUFFIXES, jsonl.articles),
    Reader(markdown.looks_right, markdown.SUFFIXES, markdown.articles),
    Reader(lambda _: False, plain.SUFFIXES, plain.articles),
)
SUFFIXES = frozenset().union(*(reader.suffixes for reader in READERS))


def read(path: Path) -> tuple[Article, ...]:
    """The articles of a file, in their order in it; `look_into` tells what is missing besides.

    Raises Unreadable, with the reason in one line, for whatever is no article.
    """
    return look_into(path).articles


def look_into(path: Path) -> Reading:
    """The articles of a file, and the reason for each part of it that cannot be read.

    Raises Unreadable, with the reason in one line, where no article can be had at all.
    """
    return _reading(path.name, _bytes(path))


def admit(path: Path) -> None:
    """Raise Unreadable for what is not to be opened at all, with the reason in one line."""
    try:
        status = path.stat()
    except OSError as error:
        raise _not_opened(error) from error
    if not stat.S_ISREG(status.st_mode):  # a pipe or a device would be read forever
        raise Unreadable("not an ordinary file")
    if status.st_size > SIZE_LIMIT:
        raise Unreadable(_too_large(status.st_size))


def reader_of(path: Path) -> Reader:
    """The reader that a file falls to. Raises Unreadable where there is none."""
    return _reader(path.name, _head(_bytes(path)))


def wants(path: Path | str) -> bool:
    """Whether a file found in a folder is one to be read, judged by its name alone."""
    name = _name(path)
    return not _is_apart(name) and _suffix(name) in SUFFIXES


def kind_not_read(path: Path | str) -> str:
    """The suffix of a file of a kind that is not read; "" for one that is, or stands apart.

    A file without a suffix is of the kind "no suffix".
    """
    name = _name(path)
    if _is_apart(name) or _suffix(name) in SUFFIXES:
        return ""
    return _suffix(name) or "no suffix"


def _name(path: Path | str) -> str:
    return str(path).rpartition(os.sep)[2].lower()


def _suffix(name: str) -> str:
    """As PurePath has it, without one being made: a folder may hold a hundred thousand files."""
    at = name.rfind(".")
    return name[at:] if 0 < at < len(name) - 1 else ""


def _is_apart(name: str) -> bool:
    """Whether a file is hidden, or is about the articles and no article."""
    return name.startswith(".") or name in _NOT_ARTICLES


def _reading(name: str, data: bytes) -> Reading:
    if not data.strip():
        raise Unreadable("the file is empty")
    reader = _reader(name, _head(data))
    try:
        found = reader.articles(data)
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    return found if isinstance(found, Reading) else Reading(found)


def _entry(name: str, data: bytes) -> Reading:
    """What a file in an archive gives; none of them opens another archive behind its back."""
    head = _head(data)
    if archive.looks_right(head) and _reader(name, head).articles is _archived:
        raise Unreadable("an archive under the name of something else")
    return _reading(name, data)


def _wants_entry(name: str) -> bool | None:
    path = PurePath(name.replace("\\", "/"))
    if _is_apart(path.name.lower()) or "__MACOSX" in path.parts:
        return None
    return path.suffix.lower() in SUFFIXES


def _bytes(path: Path) -> bytes:
    admit(path)
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise _not_opened(error) from error
    if len(data) > SIZE_LIMIT:  # it has grown since it was measured
        raise Unreadable(_too_large(len(data)))
    return data


def _not_opened(error: OSError) -> Unreadable:
    return Unreadable(f"cannot be opened ({(error.strerror or str(error)).lower()})")


def _too_large(size_bytes: int) -> str:
    return f"too large ({size_bytes / 2**20:,.0f} MB; the limit is {SIZE_LIMIT // 2**20} MB)"


def _head(data: bytes) -> str:
    """The beginning of a file, enough to see the marks of a format in any encoding.

    For a ZIP archive its mark, and the names of what is in it.
    """
    if unpacking.is_archive(data):
        return "\n".join((unpacking.MAGIC, *unpacking.names_in(data), ""))
    head = data[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.replace(b"\r\n", b"\n").decode("latin-1")


def _reader(name: str, head: str) -> Reader:
    for reader in READERS:
        if reader.looks_right(head):
            return reader
    suffix = PurePath(name).suffix.lower()
    for reader in READERS:
        if suffix in reader.suffixes:
            return reader
    known = ", ".join(sorted(SUFFIXES))
    raise Unreadable(f"no reader for {suffix or 'files without a suffix'}; known are {known}")
