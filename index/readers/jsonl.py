"""JSON Lines: one article a line, or one paragraph a line where lines share a doc_id."""

import hashlib
from collections.abc import Mapping, Sequence

from index.article import Article
from index.errors import Unreadable
from index.paragraphs import Block, blocks_of_text
from index.readers import jsontext
from index.readers.composition import compose
from index.readers.credits import credit_of, language_of, one_line
from index.readers.decoding import clean, decode
from index.readers.reading import Reading, reading_of

SUFFIXES = frozenset((".jsonl", ".ndjson"))

_Row = tuple[int, dict[str, object]]  # the number of a line, from 1, and what it says


def articles(data: bytes) -> Reading:
    """The articles in the order of their first lines; entry is the id, the link or a digest.

    A line that cannot be read is told among the faults, with its number.
    """
    lines = decode(data).removesuffix("\n").split("\n")
    faults: list[str] = []
    documents: dict[str, list[_Row]] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                row = _row(line)
            except Unreadable as error:
                faults.append(_fault(number, lines, error))
            else:
                documents.setdefault(_document(number, row), []).append((number, row))
    found = []
    for rows in documents.values():
        try:
            found.append(_article(rows))
        except Unreadable as error:
            faults.append(_fault(rows[0][0], lines, error))
    return reading_of(found, faults)


def _fault(number: int, lines: Sequence[str], error: Unreadable) -> str:
    return f"line {number:,} of {len(lines):,}: {error}"


def looks_right(head: str) -> bool:
    """Whether the beginning of a file is that of JSON Lines."""
    first = head.split("\n", maxsplit=1)[0].strip()
    return first.startswith('{"') and first.endswith("}") and '"text"' in first


def _row(line: str) -> dict[str, object]:
    row = jsontext.parsed(line)
    if not isinstance(row, dict):
        raise Unreadable("not a JSON object")
    row = {key.lower(): value for key, value in row.items()}
    if not _text(row).strip():
        raise Unreadable("no text in it")
    return row


def _text(row: Mapping[str, object]) -> str:
    value = row.get("text") or row.get("content")
    return clean(value) if isinstance(value, str) else ""


def _document(number: int, row: Mapping[str, object]) -> str:
    """What the lines of one article share; the line itself where it stands for an article."""
    document = one_line(row.get("doc_id"))
    return f"doc {document}" if document else f"line {number}"


def _article(lines: list[_Row]) -> Article:
    _, first = lines[0]
    language = language_of(first.get("language") or first.get("lang"))
    if document := one_line(first.get("doc_id")):
        ordered = sorted(lines, key=lambda line: _position(line[1]))
        blocks = [Block(_text(row)) for _, row in ordered]
        return compose(blocks, credit_of(first), entry=document, language=language)
    blocks = blocks_of_text(_text(first))
    return compose(blocks, credit_of(first), entry=_entry(first), language=language)


def _position(row: Mapping[str, object]) -> float:
    para = row.get("para")
    return para if isinstance(para, int | float) else 0


def _entry(row: Mapping[str, object]) -> str:
    told = row.get("id") or row.get("key") or row.get("url") or row.get("link")
    return one_line(told) or hashlib.sha256(_text(row).encode()).hexdigest()[:16]
