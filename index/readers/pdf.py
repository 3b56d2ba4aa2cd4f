"""PDF files: the lines that are set on the pages, put together into paragraphs again."""

import io
import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index.article import Article, Credit, Span, on_page
from index.errors import Unreadable
from index.readers.bylines import byline
from index.readers.columns import Drawn, in_columns
from index.readers.composition import compose
from index.readers.credits import completed, one_line
from index.readers.typesetting import Line, Placed, body_size, paragraphs, without_margins

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

SUFFIXES = frozenset((".pdf",))

_PAGES = 2_000
_LETTERS = 10_000_000
_SECONDS = 60.0  # a file; an ordinary page takes a tenth of one
_NO_TITLE = re.compile(
    r"(?i)(?:microsoft (?:word|powerpoint)\b.*|untitled.*|document\d*|[\W\d_]*|[\w-]*\d{5,}[\w-]*"
    r"|.*\.(?:docx?|pdf|indd|tex|qxp|odt|rtf|pptx?|txt|p65))"
)


class _TooLong(Exception):  # noqa: N818 - it is about time
    """The file has taken all the time that a file may."""


def looks_right(head: str) -> bool:
    """Whether a file begins as a PDF does."""
    return head.startswith("%PDF-")


def articles(data: bytes, *, clock: Callable[[], float] = time.monotonic) -> tuple[Article, ...]:
    """The one article of a PDF file; the heading of each span ends with the page that it is on.

    Running heads, page numbers and hyphens at line ends are undone. The date in the file is that
    of its making and not believed; one that stands alone above the text is.
    """
    end = clock() + _SECONDS

    def check(*_: object) -> None:
        if clock() > end:
            raise _TooLong

    # The library tells of each oddity; whether the file can be read is all that counts here.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        told, pages = _read(data, check)
    except _TooLong as error:
        raise Unreadable(f"takes more than {_SECONDS:.0f} s to read") from error
    except (Unreadable, RecursionError, MemoryError):
        raise
    except Exception as error:  # the library raises whatever a damaged file leads it to
        raise Unreadable("a damaged PDF file") from error
    return (_article(told, pages),)


def _read(data: bytes, check: Callable[..., None]) -> tuple[dict[str, Any], list[list[Line]]]:
    """What the file tells about itself, and the lines of each page."""
    reader = _opened(data)
    pages: list[list[Line]] = []
    letters = 0
    for page in reader.pages:
        check()
        pages.append(_lines(page, check))
        letters += sum(len(line.text) for line in pages[-1])
        if len(pages) > _PAGES or letters > _LETTERS:
            raise Unreadable(f"more than {_PAGES:,} pages or {_LETTERS:,} letters")
    told: Any = reader.metadata or {}
    return {str(key): str(told.get(key) or "") for key in ("/Title", "/Author")}, pages


def _opened(data: bytes) -> "PdfReader":
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    reader = PdfReader(io.BytesIO(data), strict=False)
    try:
        # One that only forbids copying or printing opens with the empty password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted; save a copy without its password")
    except (DependencyError, FileNotDecryptedError) as error:
        raise Unreadable("encrypted; save a copy without its password") from error
    return reader


def _lines(page: "PageObject", check: Callable[..., None]) -> list[Line]:
    """The lines of a page in the order in which they are drawn, with where they stand.

    Of lines that are drawn across columns, those of one column come after those of another.
    """
    drawn: list[Drawn] = []
    pieces: list[tuple[float, str]] = []
    first: Line | None = None

    def finish() -> None:
        nonlocal first
        if first is not None:
            drawn.append(Drawn(first, tuple(pieces)))
        pieces.clear()
        first = None

    def visit(chunk: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        nonlocal first
        check()
        placed = _placed(cm, tm, font, size)
        for number, piece in enumerate(chunk.split("\n")):
            if number:
                finish()
            if piece.strip() and first is None:
                first = placed
            if first is not None:
                pieces.append((placed.x, piece))

    page.extract_text(visitor_text=visit, visitor_operand_before=check)
    finish()
    return in_columns([each for each in drawn if each.line.size > 0])


def _placed(cm: Any, tm: Any, font: Any, size: Any) -> Line:
    """Where a piece of text stands; its size is 0 where it is turned, as stamps at margins are."""
    across, up = tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3]
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    height = abs(tm[2] * cm[1] + tm[3] * cm[3]) * abs(float(size))
    is_bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
    return Line("", x, y, 0 if abs(up) > abs(across) else max(height, 0.1), is_bold)


# The article.


def _article(told: dict[str, Any], pages: Sequence[list[Line]]) -> Article:
    kept = without_margins(pages)
    if not any(kept):
        raise Unreadable("no text in it, only pictures; run it through text recognition (OCR)")
    placed = list(paragraphs(kept))
    title = _told_title(told["/Title"]) or _set_title(placed, body_size(kept))
    found, read_off = byline([each.block.text for each in placed if each.page == 1])
    credit = completed(Credit(title=title, author=_name(told["/Author"])), found)
    placed = [each for at, each in enumerate(placed) if at not in read_off]
    article = compose([each.block for each in placed], credit)
    return replace(article, spans=tuple(_with_pages(article, placed)))


def _told_title(told: str) -> str:
    title = one_line(told)
    return "" if _NO_TITLE.fullmatch(title) else title


def _set_title(placed: Sequence[Placed], body: float) -> str:
    """The largest line at the top of the first page, if it is larger than the text."""
    top = [each for each in placed[:4] if each.page == 1 and len(each.block.text) <= 200]
    largest = max(top, key=lambda each: each.size, default=None)
    if largest is None or largest.size < 1.15 * body:
        return ""
    return one_line(largest.block.text)


def _name(told: str) -> str:
    name = one_line(told)
    return "" if re.fullmatch(r"(?i)(?:user|admin\w*|owner|author|unknown|\W*)", name) else name


def _with_pages(article: Article, placed: Sequence[Placed]) -> Iterator[Span]:
    """The spans, each heading with the page on which the span begins."""
    starts: list[tuple[int, int]] = []
    at = 0
    for each in placed:
        found = article.text.find(each.block.text.strip(), at)
        if found >= 0:
            starts += [(found + offset, page) for offset, page in each.pages]
            at = found + 1
    page, left = 1, iter([*starts, (len(article.text) + 1, 0)])
    begin, following = next(left)
    for span in article.spans:
        while begin <= span.start:
            page = following
            begin, following = next(left)
        yield replace(span, heading=on_page(span.heading, page))
