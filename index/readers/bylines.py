"""The day and the author that stand alone on a line above an article's text."""

import re
from collections.abc import Sequence

from index.article import Credit
from index.readers.credits import one_line
from index.readers.dates import iso_date

_OPENING = 6  # blocks at the top among which they may stand
_AUTHOR = re.compile(r"(?i)(?:by|von|par|por)\s+(\S.{2,80})")


def byline(texts: Sequence[str]) -> tuple[Credit, frozenset[int]]:
    """What is told by the first texts that tell nothing else, and which of them those are."""
    published, author = "", ""
    at_all: set[int] = set()
    for at, text in enumerate(texts[:_OPENING]):
        line = " ".join(text.split())
        if not published and (published := day_alone(line)):
            at_all.add(at)
        elif not author and (match := _AUTHOR.fullmatch(line)) and line[-1] not in ".:":
            author = one_line(match[1])
            at_all.add(at)
    return Credit(author=author, published=published), frozenset(at_all)


def day_alone(line: str) -> str:
    """The day as ISO 8601, where the line is nothing but a day; "" for any other."""
    return iso_date(line) if 8 <= len(line) <= 40 else ""
