"""How much markup is too much: beyond it, parsers take minutes or gigabytes."""

import re

from index.errors import Unreadable

_LONG_TAG = re.compile(r"<[^<>]{1000,}")
_MOST_ATTRIBUTES = 200  # parsers take the square of their number


def bound(text: str, *, size: int, marks: int) -> None:
    """Raise Unreadable for a text of more characters, or more tags and references, than these."""
    if len(text) > size:
        raise Unreadable(f"too large ({len(text) / 1e6:,.0f} million characters of markup)")
    if text.count("<") + text.count("&") > marks or _is_crowded(text):
        raise Unreadable("more tags or attributes than can be read in reasonable time")


def _is_crowded(text: str) -> bool:
    return any(tag.count("=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.findall(text))
