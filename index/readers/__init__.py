"""Files in, articles out: the reader of each format, found by content first and then by name."""

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index.article import Article
from index.errors import Unreadable
from index.readers import html, jsonl, markdown, plain

SIZE_LIMIT = 64 * 1024 * 1024  # bytes; a news article is a ten-thousandth of that
_HEAD = 4096
_NOT_ARTICLES = frozenset(("readme.md", "questions.jsonl", "sources.toml"))


@dataclass(frozen=True, slots=True)
class Reader:
    """How one format is known, by the beginning of a file or by its suffix, and read."""

    looks_right: Callable[[str], bool]
    suffixes: frozenset[str]
    articles: Callable[[bytes], tuple[Article, ...]]


READERS = (
    Reader(html.looks_right, html.SUFFIXES, html.articles),
    Reader(jsonl.looks_right, jsonl.SUFFIXES, jsonl.articles),
    Reader(markdown.looks_right, markdown.SUFFIXES, markdown.articles),
    Reader(lambda _: False, plain.SUFFIXES, plain.articles),
)
SUFFIXES = frozenset().union(*(reader.suffixes for reader in READERS))


def read(path: Path) -> tuple[Article, ...]:
    """The articles of a file, in their order in it.

    Raises Unreadable, with the reason in one line, for whatever is no article.
    """
    data = _bytes(path)
    reader = _reader(path, _head(data))
    try:
        return reader.articles(data)
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error


def wants(path: Path) -> bool:
    """Whether a file found in a folder is one to be read, judged by its name alone."""
    name = path.name.lower()
    return not name.startswith(".") and name not in _NOT_ARTICLES and Path(name).suffix in SUFFIXES


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device would be read forever
            raise Unreadable("not an ordinary file")
        if status.st_size > SIZE_LIMIT:
            raise Unreadable(_too_large(status.st_size))
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise Unreadable(f"cannot be opened ({(error.strerror or str(error)).lower()})") from error
    if len(data) > SIZE_LIMIT:  # it has grown since it was measured
        raise Unreadable(_too_large(len(data)))
    if not data.strip():
        raise Unreadable("the file is empty")
    return data


def _too_large(size_bytes: int) -> str:
    return f"too large ({size_bytes / 2**20:,.0f} MB; the limit is {SIZE_LIMIT // 2**20} MB)"


def _head(data: bytes) -> str:
    """The beginning of a file, enough to see the marks of a format in any encoding."""
    head = data[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.replace(b"\r\n", b"\n").decode("latin-1")


def _reader(path: Path, head: str) -> Reader:
    for reader in READERS:
        if reader.looks_right(head):
            return reader
    suffix = path.suffix.lower()
    for reader in READERS:
        if suffix in reader.suffixes:
            return reader
    known = ", ".join(sorted(SUFFIXES))
    raise Unreadable(f"no reader for {suffix or 'files without a suffix'}; known are {known}")
