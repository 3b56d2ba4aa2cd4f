"""An article to read in messages: cut into pages between paragraphs, the quoted one marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from bot.cutting import window
from bot.limits import MESSAGE_UNITS
from bot.phrases.answers import AnswerWords
from bot.render import also_html, source_html, utf16_units
from index import Reading

PAGE_UNITS = 2_500
"""The text on a page, in UTF-16 units of markup: one message, below the longest credit."""

_BETWEEN = "\n\n"
_MARKED = "<blockquote></blockquote>"
_HEAD_UNITS = MESSAGE_UNITS - PAGE_UNITS - len(_MARKED) - len(_BETWEEN)


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, or as much of it as stands on one page."""

    paragraph: int
    text: str


Page = tuple[Piece, ...]


def pages_of(paragraphs: Sequence[tuple[int, str]], *, room: int = PAGE_UNITS) -> tuple[Page, ...]:
    """Paragraphs by id and text as pages of at most `room` units; one page where there are none.

    Only a paragraph that fills more than a page is cut, at sentence ends where it has any.
    """
    pages: list[list[Piece]] = [[]]
    left = room
    for piece in _pieces(paragraphs, room):
        units = _units(piece.text) + len(_BETWEEN)
        if units > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(piece)
        left -= units
    return tuple(map(tuple, pages))


def page_with(pages: Sequence[Page], paragraph: int) -> int:
    """The number of the first page on which the paragraph stands; 0 where it stands on none."""
    holding = (
        number
        for number, page in enumerate(pages)
        if any(piece.paragraph == paragraph for piece in page)
    )
    return next(holding, 0)


def article_html(reading: Reading, page: Page, words: AnswerWords, *, mark: int = 0) -> str:
    """A page below its article's credit; the marked paragraph stands as a quote."""
    shown = (
        f"<blockquote>{_safe(piece.text)}</blockquote>"
        if piece.paragraph == mark
        else _safe(piece.text)
        for piece in page
    )
    return _BETWEEN.join((_head(reading, words), *shown))


def _head(reading: Reading, words: AnswerWords) -> str:
    """Whose article it is, who carries it besides, and whether it has changed since it came.

    Below the longest of credits there may be no room to say more.
    """
    publishers = dict.fromkeys(each.publisher for each in reading.others)
    also = tuple(name for name in publishers if name and name != reading.credit.publisher)
    changed = words.changed_on(words.day(reading.changed)) if reading.changed else ""
    head = source_html(reading.credit, words)
    for line in filter(None, (changed, also_html(also, words))):
        if utf16_units(f"{head}\n{line}") <= _HEAD_UNITS:
            head = f"{head}\n{line}"
    return head


def _pieces(paragraphs: Sequence[tuple[int, str]], room: int) -> Iterator[Piece]:
    for identifier, text in paragraphs:
        rest = text.strip()
        while rest:
            end = _end(rest, room - len(_BETWEEN))
            yield Piece(identifier, rest[:end].rstrip())
            rest = rest[end:].lstrip()


def _end(text: str, room: int) -> int:
    """Where a page that begins with the text ends in it: at a sentence end, or between words."""
    if _units(text) <= room:
        return len(text)
    # No character takes less than a unit, so that what is behind these cannot fit.
    beginning = text[: room + 1]
    end = window(beginning, (0, 1), room=room, cost=_units)[1]
    if end <= 1:
        end = window(beginning, (0, len(beginning)), room=room, cost=_units)[1]
    return max(end, 1)


def _units(text: str) -> int:
    return utf16_units(_safe(text))


def _safe(text: str) -> str:
    return escape(text.encode("utf-8", "replace").decode("utf-8"), quote=False)
