"""What has been read: an article, the credit that its quotes carry, and its paragraphs."""

import re
from dataclasses import dataclass

_ON_PAGE = re.compile(r"(?:\A| · )page (\d{1,6})\Z")


@dataclass(frozen=True, slots=True)
class Credit:
    """Who published an article, under what title, when and where it can be read.

    Every field is "" where the source does not say. `published` is ISO 8601 and only as precise as
    the source: "2017", "2017-09", "2017-09-16" or "2017-09-16T10:00:00+00:00". `url` is http(s).
    """

    title: str = ""
    publisher: str = ""
    via: str = ""
    author: str = ""
    published: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The slice `text[start:end]` of an article that may be quoted, and its heading or "".

    A heading that ends with a page, as those of printed files do, is taken apart by `off_page`.
    """

    start: int
    end: int
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One article as a reader gives it: text, the spans of it that are paragraphs, and its credit.

    `entry` tells apart the articles of one file; it is "" when the file holds one. `language` is a
    two-letter code, or "" when not told. `text` is valid Unicode: no lone surrogates, no NUL.
    """

    text: str
    spans: tuple[Span, ...]
    credit: Credit = Credit()
    entry: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A quotable slice of a stored article, under an id that is made of its content."""

    id: int
    article: str
    position: int
    span: Span
    text: str


def on_page(heading: str, page: int) -> str:
    """The heading of a span that begins on a page."""
    return f"{heading} · page {page}" if heading else f"page {page}"


def off_page(heading: str) -> tuple[str, int]:
    """The heading alone, and the page that stood behind it; 0 for none."""
    match = _ON_PAGE.search(heading)
    return (heading[: match.start()], int(match[1])) if match else (heading, 0)
