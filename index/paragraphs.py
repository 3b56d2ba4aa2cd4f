"""The pages of an article: blocks laid out as text, and the slices that may be quoted."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from index.article import Span
from index.fit import TOKEN_LIMIT, Cost, fit, meter

SHORT_LINE = 40  # characters below which a line without a full stop is not a paragraph of its own
_JOINT = "\n\n"


class Kind(StrEnum):
    """What a block of an article is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST = "list"
    QUOTE = "quote"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, whole list, quotation or table; its own lines stay as they are."""

    text: str
    kind: Kind = Kind.PARAGRAPH


@dataclass(frozen=True, slots=True)
class _Piece:
    """A slice of the laid out text, with what is needed to decide whether it stands alone."""

    start: int
    end: int
    kind: Kind
    heading: str = ""


def lay_out(blocks: Iterable[Block]) -> tuple[str, tuple[Span, ...]]:
    """The article's text, and the spans of it that are its paragraphs, in order and apart.

    The text is all blocks with an empty line between them. A heading is in the text but in no
    span: the spans after it carry it. Everything else but white space is in exactly one span. No
    span is estimated above TOKEN_LIMIT tokens.
    """
    text, pieces = _set(blocks)
    cost = meter(text)
    spans = [
        Span(start, end, piece.heading)
        for piece in _joined(text, pieces, cost)
        for start, end in fit(text, piece.start, piece.end, cost)
    ]
    return text, tuple(spans)


def _set(blocks: Iterable[Block]) -> tuple[str, list[_Piece]]:
    texts: list[str] = []
    pieces: list[_Piece] = []
    heading, at = "", 0
    for block in blocks:
        if not (body := block.text.strip()):
            continue
        if block.kind is Kind.HEADING:
            heading = " ".join(body.split())
        else:
            pieces.append(_Piece(at, at + len(body), block.kind, heading))
        texts.append(body)
        at += len(body) + len(_JOINT)
    return _JOINT.join(texts), pieces


def _joined(text: str, pieces: Iterable[_Piece], cost: Cost) -> Iterator[_Piece]:
    """The pieces, each that cannot stand alone joined to the next, or else to the last."""
    onward: list[_Piece] = []
    for piece in pieces:
        if onward and _leads_into(text, onward[-1], piece, cost):
            piece = _one(onward.pop(), piece)  # noqa: PLW2901 - the piece has grown at its front
        onward.append(piece)
    back: list[_Piece] = []
    for piece in onward:
        if back and _is_short(text, piece) and _fit(back[-1], piece, cost):
            piece = _one(back.pop(), piece)  # noqa: PLW2901 - as above
        back.append(piece)
    return iter(back)


def _leads_into(text: str, before: _Piece, after: _Piece, cost: Cost) -> bool:
    if after.kind is Kind.LIST and text[before.end - 1] in ":：" and _adjoin(before, after):
        return True
    return _is_short(text, before) and _fit(before, after, cost)


def _one(before: _Piece, after: _Piece) -> _Piece:
    return _Piece(before.start, after.end, after.kind, before.heading)


def _fit(before: _Piece, after: _Piece, cost: Cost) -> bool:
    return _adjoin(before, after) and cost(before.start, after.end) <= TOKEN_LIMIT


def _adjoin(before: _Piece, after: _Piece) -> bool:
    """Whether nothing, so no heading, stands between them."""
    return after.start - before.end == len(_JOINT)


def _is_short(text: str, piece: _Piece) -> bool:
    if piece.kind is not Kind.PARAGRAPH or piece.end - piece.start >= SHORT_LINE:
        return False
    return not _STOPPED.search(text[piece.start : piece.end])


_STOPPED = re.compile(r"[.!?…؟۔。！？।][\"'”’»)\]」』）]*\Z")


_BLANK = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_MARKER = re.compile(r"\s*(?:[-*•–·▪]|\(?\d{1,3}[.)])\s+\S")
_FIRST_WORD = re.compile(r"\s*+(\S{1,20}+)(?!\S)")
_NARROWEST, _WIDEST = 45, 120  # columns: a text set to a fixed width is set to one in between
_SLACK = 8  # columns that a line may leave free beyond the word that did not fit


def blocks_of_text(text: str) -> list[Block]:
    """The blocks of a plain text, whose paragraphs are parted by empty lines.

    Where there are none, every line is a paragraph. Lines broken at a fixed width are joined by
    one space; any other line break stays.
    """
    parts = _BLANK.split(text.strip())
    if len(parts) == 1:
        parts = "\n".join(_unwrapped(parts[0].split("\n"))).split("\n")
        return _with_lists([part.strip() for part in parts if part.strip()])
    return [_block(part) for part in parts if part.strip()]


def _with_lists(lines: Sequence[str]) -> list[Block]:
    """A block for each line, but one for each run of lines that are marked as items."""
    blocks: list[Block] = []
    for line in lines:
        item = bool(_MARKER.match(line))
        if item and blocks and blocks[-1].kind is Kind.LIST:
            blocks[-1] = Block(f"{blocks[-1].text}\n{line}", Kind.LIST)
        else:
            blocks.append(Block(line, Kind.LIST if item else Kind.PARAGRAPH))
    return blocks


def _block(part: str) -> Block:
    lines = _unwrapped([line.rstrip() for line in part.strip("\n").split("\n")])
    marked = sum(bool(_MARKER.match(line)) for line in lines)
    kind = Kind.LIST if marked > 1 or (marked and marked == len(lines)) else Kind.PARAGRAPH
    return Block("\n".join(lines).strip(), kind)


def _unwrapped(lines: Sequence[str]) -> list[str]:
    """The lines with those joined that were parted only because the line was full."""
    width = max(map(len, lines), default=0)
    stopped = sum(bool(_STOPPED.search(line[-10:])) for line in lines[:-1])
    # Lines that mostly end with a sentence are paragraphs that happen to be of a length.
    if not _NARROWEST <= width <= _WIDEST or stopped * 2 >= len(lines) - 1:
        return list(lines)
    joined = [lines[0]]
    for before, line in pairwise(lines):
        if _was_full(before, line, width):
            joined[-1] = f"{joined[-1]} {line.strip()}"
        else:
            joined.append(line)
    return joined


def _was_full(before: str, line: str, width: int) -> bool:
    word = _FIRST_WORD.match(line)
    if word is None or _MARKER.match(line):
        return False
    return len(before) + 1 + len(word[1]) > width - _SLACK
