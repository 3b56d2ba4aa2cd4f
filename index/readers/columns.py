"""Lines that are drawn across the columns of a page, taken apart into those columns again."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from index.readers.decoding import clean
from index.readers.typesetting import Line

_NEAR = 2  # points within which two pieces begin at the same place
_TRIED = 20  # places on a page; a hostile one has thousands
_ROWS = 5  # that go across a gutter at the least
_SHARE = 0.6  # of the rows that go across it begin anew behind it
_PROSE = 18  # letters of a line on either side of a gutter; those of a table's cells are fewer


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as it is drawn, without its text: the pieces have that, each with where it begins."""

    line: Line
    pieces: tuple[tuple[float, str], ...]


def in_columns(drawn: Sequence[Drawn]) -> list[Line]:
    """The lines of a page in the order of drawing, but one column after the other."""
    gutters = _gutters(drawn)
    lines: list[Line] = []
    columns: list[list[Line]] = [[] for _ in (0, *gutters)]
    for row in drawn:
        cut = list(_cut(row, gutters))
        if len(cut) == 1 and not _within(cut[0], columns):
            lines += _one_by_one(columns)
            lines += [line for _, line in cut]
            continue
        for at, line in cut:
            columns[at].append(line)
    return lines + _one_by_one(columns)


def _gutters(drawn: Sequence[Drawn]) -> list[float]:
    """Where columns begin that are drawn together with the one to their left."""
    begun = Counter(round(x) for row in drawn for x, _ in row.pieces[1:])
    gutters: list[float] = []
    for place, _ in begun.most_common(_TRIED):
        if all(abs(place - other) > _NEAR * 10 for other in gutters) and _parts(drawn, place):
            gutters.append(place)
    return sorted(gutters)


def _parts(drawn: Sequence[Drawn], gutter: float) -> bool:
    """Whether most rows that go across a place begin anew there, with prose on either side."""
    across = [row for row in drawn if row.line.x < gutter - _NEAR <= row.pieces[-1][0]]
    cuts = [cut for row in across if len(cut := list(_cut(row, [gutter]))) > 1]
    if len(cuts) < max(_ROWS, _SHARE * len(across)):
        return False
    return all(median(len(cut[side][1].text) for cut in cuts) >= _PROSE for side in (0, 1))


def _cut(row: Drawn, gutters: Sequence[float]) -> Iterator[tuple[int, Line]]:
    """The parts of a row, each with the number of the column that it is in."""
    parts: dict[int, list[tuple[float, str]]] = {}
    at = sum(row.line.x >= gutter - _NEAR for gutter in gutters)
    for x, text in row.pieces:
        at = max([at, *(n for n, g in enumerate(gutters, 1) if abs(x - g) <= _NEAR)])
        parts.setdefault(at, []).append((x, text))
    for column, pieces in parts.items():
        text = " ".join(clean("".join(text for _, text in pieces)).split())
        yield column, replace(row.line, text=text, x=pieces[0][0])


def _within(part: tuple[int, Line], columns: Sequence[Sequence[Line]]) -> bool:
    """Whether a row without a cut goes on in the column that has begun, and in no other."""
    at, line = part
    widest = max((len(other.text) for other in columns[at]), default=0)
    return bool(columns[at]) and len(line.text) <= widest


def _one_by_one(columns: Sequence[list[Line]]) -> list[Line]:
    """The lines of the columns so far, which are empty then."""
    lines = [line for column in columns for line in column]
    for column in columns:
        column.clear()
    return lines
