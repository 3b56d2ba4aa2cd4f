"""What a button says back when it is pressed: few bytes, and nothing that anybody wrote."""

import re
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

_WRITTEN = re.compile(r"([a-z]{1,12})\.([0-9a-z]{0,12})((?:\.-?\d{1,18})*)", re.ASCII)


class Verb(StrEnum):
    """What is wanted of a message by a press on one of its buttons."""

    PAGE = "page"
    CONTEXT = "context"
    SOURCE = "source"
    WHY = "why"
    VOTE = "vote"
    REASON = "reason"
    LIST = "list"
    OPEN = "open"
    SET = "set"
    STOP = "stop"
    OFTEN = "often"
    FORGET = "forget"
    CONFIRM = "confirm"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Press:
    """A verb, the token of the sheet that the button belongs to, and up to three numbers."""

    verb: Verb
    token: str = ""
    numbers: tuple[int, ...] = ()

    def number(self, place: int, otherwise: int = 0) -> int:
        """The number at a place, or another where there is none."""
        return self.numbers[place] if place < len(self.numbers) else otherwise


def pack(press: Press) -> str:
    """The press as callback data: ASCII, at most 64 bytes."""
    data = ".".join((press.verb.value, press.token, *map(str, press.numbers)))
    if not _WRITTEN.fullmatch(data) or len(data) > 64:
        raise ValueError("a button cannot say that")
    return data


def unpack(data: str) -> Press | None:
    """The press that callback data stands for; None where it is none of ours, or of no use now."""
    found = _WRITTEN.fullmatch(data) if len(data) <= 64 else None
    if not found or found[1] not in set(Verb):
        return None
    numbers = tuple(int(number) for number in found[3].split(".")[1:])
    return Press(Verb(found[1]), found[2], numbers)


def button(label: str, verb: Verb, token: str = "", *numbers: int) -> InlineKeyboardButton:
    """A button that says the verb back."""
    return InlineKeyboardButton(label, callback_data=pack(Press(verb, token, numbers)))


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup | None:
    """The rows that have buttons; None where none has."""
    kept = [row for row in rows if row]
    return InlineKeyboardMarkup(kept) if kept else None
