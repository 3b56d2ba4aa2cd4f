"""JSON Lines: one article a line, or one paragraph a line where lines share a doc_id."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from index.article import Article
from index.errors import Unreadable
from index.paragraphs import Block, blocks_of_text
from index.readers.composition import compose
from index.readers.credits import credit_of, language_of, one_line
from index.readers.decoding import clean, decode

SUFFIXES = frozenset((".jsonl", ".ndjson"))

_Row = tuple[int, dict[str, object]]  # the number of a line, from 1, and what it says


def articles(data: bytes) -> tuple[Article, ...]:
    """The articles in the order of their first lines; entry is the id, the link or a digest.

    One bad line makes the whole file Unreadable, for half a file would look like a whole one.
    """
    rows = list(_rows(decode(data)))
    if not rows:
        raise Unreadable("no article text found")
    documents: dict[str, list[_Row]] = {}
    for number, row in rows:
        documents.setdefault(_document(number, row), []).append((number, row))
    return tuple(_article(lines) for lines in documents.values())


def looks_right(head: str) -> bool:
    """Whether the beginning of a file is that of JSON Lines."""
    first = head.split("\n", maxsplit=1)[0].strip()
    return first.startswith('{"') and first.endswith("}") and '"text"' in first


def _rows(text: str) -> Iterator[_Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _row(number, line)


def _row(number: int, line: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "too deep or too large"
        raise Unreadable(f"line {number} is not valid JSON ({reason})") from error
    if not isinstance(row, dict):
        raise Unreadable(f"line {number} is not a JSON object")
    row = {key.lower(): value for key, value in row.items()}
    if not _text(row).strip():
        raise Unreadable(f"line {number} has no text")
    return row


def _text(row: Mapping[str, object]) -> str:
    value = row.get("text") or row.get("content")
    return clean(value) if isinstance(value, str) else ""


def _document(number: int, row: Mapping[str, object]) -> str:
    """What the lines of one article share; the line itself where it stands for an article."""
    document = one_line(row.get("doc_id"))
    return f"doc {document}" if document else f"line {number}"


def _article(lines: list[_Row]) -> Article:
    number, first = lines[0]
    language = language_of(first.get("language") or first.get("lang"))
    try:
        if document := one_line(first.get("doc_id")):
            ordered = sorted(lines, key=lambda line: _position(line[1]))
            blocks = [Block(_text(row)) for _, row in ordered]
            return compose(blocks, credit_of(first), entry=document, language=language)
        blocks = blocks_of_text(_text(first))
        return compose(blocks, credit_of(first), entry=_entry(first), language=language)
    except Unreadable as error:
        raise Unreadable(f"line {number}: {error}") from error


def _position(row: Mapping[str, object]) -> float:
    para = row.get("para")
    return para if isinstance(para, int | float) else 0


def _entry(row: Mapping[str, object]) -> str:
    told = row.get("id") or row.get("key") or row.get("url") or row.get("link")
    return one_line(told) or hashlib.sha256(_text(row).encode()).hexdigest()[:16]
