"""Web pages as fetching keeps them: one line of what was told about them, then their own bytes.

The line is a comment of HTML, so that a browser still shows the page. It says what a page is that
is none of HTML.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from index.article import Article
from index.readers import html, pdf, plain
from index.readers.credits import completed, credit_of, language_of, one_line
from index.readers.decoding import decode

SUFFIXES = frozenset[str]()
_OPENING = "<!-- fetched by Quotewire: "
_ENDING = " -->"
_READ: Mapping[str, Callable[[bytes], tuple[Article, ...]]] = {
    ".pdf": pdf.articles,
    ".txt": plain.articles,
}


def articles(data: bytes) -> tuple[Article, ...]:
    """The article of the page; what it does not tell itself is told by the first line."""
    line, _, page = data.partition(b"\n")
    told = _told(line.decode("utf-8", "replace"))
    kind = one_line(told.get("kind"))
    if kind != ".pdf":
        page = decode(page, charset=trusted(one_line(told.get("charset")), page)).encode()
    credit, language = credit_of(told), language_of(told.get("language"))
    return tuple(
        replace(
            article,
            credit=completed(article.credit, credit),
            language=article.language or language,
        )
        for article in _READ.get(kind, html.articles)(page)
    )


def looks_right(head: str) -> bool:
    """Whether the beginning of a file is such a line."""
    return head.startswith(_OPENING)


def with_credit(page: bytes, told: Mapping[str, str]) -> bytes:
    """The page under a line of what is told of it: title, publisher, published, language, charset.

    Its kind, too, as the suffix that it would have, where it is no HTML.
    The line is ASCII without a hyphen, so that nothing in it can end the comment.
    """
    line = json.dumps({key: value for key, value in told.items() if value})
    harmless = line.replace("-", "\\u002d")
    return f"{_OPENING}{harmless}{_ENDING}\n".encode("ascii") + page


def trusted(charset: str, data: bytes) -> str:
    """The charset that a server named, "" where the data says itself how it is written.

    Servers name the same one for all that they have, and are wrong more often.
    """
    head = data[:4096].lower()
    return "" if b"charset" in head or b"encoding=" in head[:200] else charset


def _told(line: str) -> dict[str, object]:
    try:
        told = json.loads(line.strip().removeprefix(_OPENING.strip()).removesuffix("-->"))
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
