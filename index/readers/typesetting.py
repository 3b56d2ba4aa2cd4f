"""Lines set on pages, put together into the paragraphs that a writer wrote."""

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from unicodedata import normalize

from index.paragraphs import Block, Kind
from index.readers.bylines import day_alone


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: where it begins, in points from the lower left, and how large it is set."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False


@dataclass(slots=True)
class Placed:
    """A block, the size it is set in, and `pages`: (offset in its text, page), the first at 0."""

    block: Block
    size: float
    pages: list[tuple[int, int]]

    @property
    def page(self) -> int:
        """The page, from 1, on which the block begins."""
        return self.pages[0][1]


_EDGE = 3  # lines at the top and at the bottom of a page that may be a running head or foot
_NUMBER = re.compile(
    r"(?i)[\W_]*(?:(?:page|seite|p\.|pág(?:ina)?\.?|стр\.|с\.|صفحة|第)?\s*"
    r"(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:of|/|von|de|sur|из|من|\|)\s*\d{1,4})?\s*页?)[\W_]*"
)
_STOPPED = re.compile(r"[.!?…:؟۔。！？][\"'”’»)\]」』）\d]*\Z")
_MARKER = re.compile(r"(?:[•‣▪●○◦■□–—*·\uf0b7-]|\(?\d{1,2}[.)])\s+\S")
_HYPHEN = re.compile(r"(\w{2,})[-‐\u00ad]\Z")
_ODD_LETTERS = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufeff]+")


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The size in which most of the text is set, in points; 0 where there is none."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


# Running heads and feet.


def without_margins(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without page numbers, and without heads and feet that many of them share."""
    seen: Counter[tuple[str, int]] = Counter()
    edges = [_edges(page) for page in pages]
    for page in edges:
        seen.update({key for line in page for key in _keys(line)})
    enough = max(2, round(0.35 * len(pages)))
    return [
        [
            line
            for line in page
            if line not in edge or not (_is_number(line, edge) or _recurs(line, seen, enough))
        ]
        for page, edge in zip(pages, edges, strict=True)
    ]


def _edges(page: Sequence[Line]) -> set[Line]:
    """The lines at the top and the bottom, by where they stand and not by when they are drawn."""
    heights = sorted({round(line.y) for line in page})
    outer = {*heights[:_EDGE], *heights[-_EDGE:]}
    return {line for line in page if round(line.y) in outer}


def _keys(line: Line) -> tuple[tuple[str, int], tuple[str, int]]:
    """What a line at an edge says, but for its numbers, and about how high it stands."""
    said = re.sub(r"\d+", "#", line.text.casefold())
    return (said, int(line.y // 12)), (said, int((line.y + 6) // 12) + 10_000)


def _recurs(line: Line, seen: Counter[tuple[str, int]], enough: int) -> bool:
    return any(seen[key] >= enough for key in _keys(line))


def _is_number(line: Line, edge: set[Line]) -> bool:
    """Whether this is only a page's number, the outermost line at the top or the bottom."""
    heights = [each.y for each in edge]
    outermost = line.y in (min(heights), max(heights))
    return outermost and bool(_NUMBER.fullmatch(line.text))


# Paragraphs.


@dataclass(slots=True)
class _Run:
    """The lines of one paragraph so far, each with its page."""

    lines: list[tuple[Line, int]] = field(default_factory=list)

    @property
    def last(self) -> Line:
        return self.lines[-1][0]


def paragraphs(pages: Sequence[Sequence[Line]]) -> Iterator[Placed]:
    """The blocks of all pages in the order of drawing; one may go on over the end of a page.

    A paragraph ends where the type or the distance of lines changes, where the next is indented,
    and after a short line that ends with a sentence.
    """
    page_of = _Type(pages)
    runs: list[_Run] = []
    for number, page in enumerate(pages, start=1):
        for at, line in enumerate(page):
            following = page[at + 1] if at + 1 < len(page) else None
            if runs and not page_of.begins(runs[-1], line, following):
                runs[-1].lines.append((line, number))
            else:
                runs.append(_Run([(line, number)]))
    compounds = _compounds(pages)
    for run in _lists(runs):
        if placed := page_of.placed(run, compounds):
            yield placed


class _Type:
    """How a document is set: the size, the leading and the width of its text."""

    def __init__(self, pages: Sequence[Sequence[Line]]) -> None:
        lines = [line for page in pages for line in page]
        self.size = body_size(pages)
        body = [line for line in lines if abs(line.size - self.size) < 0.6]
        lengths = sorted(len(line.text) for line in body) or [0]
        self.width = lengths[int(0.9 * (len(lengths) - 1))]
        gaps = [
            before.y - line.y
            for page in pages
            for before, line in pairwise(page)
            if 0 < before.y - line.y < 4 * max(before.size, line.size)
        ]
        self.leading = statistics.median_low([round(gap, 1) for gap in gaps]) if gaps else 0.0

    def begins(self, run: _Run, line: Line, following: Line | None) -> bool:
        """Whether a paragraph begins with this line."""
        last = run.last
        if _stands_alone(line, last):
            return True
        if abs(line.size - last.size) > 0.12 * max(line.size, last.size):
            return abs(line.y - last.y) > 0.5 * last.size  # else a note's mark, a large initial
        down = last.y - line.y
        if down < -0.5 * last.size or down > 12 * last.size:  # on in another column or page
            return _stopped(last)  # a sentence goes on; of a paragraph nobody can tell
        widened = self.leading and down > 1.3 * max(self.leading, line.size)
        if widened or (line.bold != last.bold and self._is_heading(run)):
            return True
        return self._ended_early(last, line) or (_indented(line, following) and not _hangs(run))

    def _ended_early(self, last: Line, line: Line) -> bool:
        """Whether the line before left room for this one's first word, and more."""
        word = line.text.split(maxsplit=1)[0]
        room = 0.75 * self.width - len(last.text)
        return (_stopped(last) and room > 0) or (not word[0].islower() and room > len(word))

    def _is_heading(self, run: _Run) -> bool:
        lines = [line for line, _ in run.lines]
        text = " ".join(line.text for line in lines)
        if len(text) > 160 or len(lines) > 4 or text.endswith((".", ",", ";")):
            return False
        larger = all(line.size > 1.12 * self.size for line in lines)
        return larger or all(line.bold for line in lines)

    def placed(self, run: _Run, compounds: frozenset[str]) -> Placed | None:
        """The run as one block: a heading, a list or a paragraph."""
        text, pages = _set_solid(run, compounds)
        if not text:
            return None
        marked = bool(_MARKER.match(run.lines[0][0].text))
        kind = Kind.LIST if marked else Kind.PARAGRAPH
        if not marked and self._is_heading(run):
            kind = Kind.HEADING
        return Placed(Block(text, kind), max(line.size for line, _ in run.lines), pages)


def _stands_alone(line: Line, last: Line) -> bool:
    """Whether a line is an item of a list, or it or the last is nothing but a day."""
    item = bool(_MARKER.match(line.text)) and not _HYPHEN.search(last.text)
    return item or bool(day_alone(line.text) or day_alone(last.text))


def _indented(line: Line, following: Line | None) -> bool:
    """Whether a line begins further in than the one below it."""
    if following is None or not 0 < line.y - following.y < 3 * line.size:
        return False
    return 0.5 * line.size < line.x - following.x < 6 * line.size


def _hangs(run: _Run) -> bool:
    """Whether all lines of a paragraph but the first are set in."""
    return len(run.lines) > 1 and run.last.x - run.lines[0][0].x > 0.5 * run.last.size


def _stopped(line: Line) -> bool:
    return bool(_STOPPED.search(line.text))


def _lists(runs: Sequence[_Run]) -> Iterator[_Run]:
    """The runs, with items that follow one another made one."""
    group: _Run | None = None
    for run in runs:
        is_item = bool(_MARKER.match(run.lines[0][0].text))
        if group is not None and is_item:
            group.lines += run.lines
            continue
        if group is not None:
            yield group
        group = run if is_item else None
        if not is_item:
            yield run
    if group is not None:
        yield group


# The text.


def _compounds(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """The words that have a hyphen even where no line ends."""
    found: set[str] = set()
    for page in pages:
        for line in page:
            found.update(re.findall(r"\w+(?:-\w+)+", line.text.casefold()))
    return frozenset(found)


def _set_solid(run: _Run, compounds: frozenset[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text of a run with its lines joined, and where in it each page begins."""
    text = ""
    pages: list[tuple[int, int]] = []
    for line, page in run.lines:
        said = _plain(line.text)
        if text and not _MARKER.match(line.text):
            text = _joined(text, said, compounds)
        else:
            text = f"{text}\n{said}" if text else said
        if not pages or pages[-1][1] != page:
            pages.append((max(0, len(text) - len(said)) if pages else 0, page))
    return text.replace("\u00ad", ""), pages


def _joined(text: str, line: str, compounds: frozenset[str]) -> str:
    """Two lines as one; a hyphen that only the line's end made goes."""
    match = _HYPHEN.search(text[-60:])
    if match is None or not line[:1].islower():
        return text + line if match else f"{text} {line}"
    onward = re.match(r"\w+", line)
    whole = f"{match[1]}-{onward[0] if onward else ''}".casefold()
    return f"{text[:-1]}{'-' if whole in compounds else ''}{line}"


def _plain(text: str) -> str:
    """The text with ligatures and shaped letters as the letters that they stand for."""
    return _ODD_LETTERS.sub(lambda odd: normalize("NFKC", odd[0]), text).strip()
