"""Addresses that open the private chat with the bot, and what they ask it to show."""

import re
import string

ASK = "ask"
"""Opens the chat, and shows how to ask."""

_DIGITS = string.digits + string.ascii_lowercase
_PARAGRAPH = re.compile(r"p_([0-9a-z]{1,13})", re.ASCII)


def at_paragraph(paragraph: int) -> str:
    """The payload that opens an article at one of its paragraphs."""
    digits, left = "", paragraph
    while left:
        left, digit = divmod(left, 36)
        digits = _DIGITS[digit] + digits
    return f"p_{digits or '0'}"


def paragraph_in(payload: str) -> int | None:
    """The paragraph that a payload names; None where it names none."""
    found = _PARAGRAPH.fullmatch(payload)
    paragraph = int(found[1], 36) if found else -1
    return paragraph if 0 <= paragraph < 2**63 else None


def address(username: str, payload: str) -> str:
    """Where a press or a click leads to the bot with a payload."""
    return f"https://t.me/{username}?start={payload}"
