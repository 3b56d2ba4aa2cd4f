"""Decide whether a message is meant for the bot, and what it asks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.commands import BY_NAME

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]+))?(?=\s|$)")

_ENDS_ASKING = re.compile(r"[?؟？]\W*$")
_SHORTEST_OVERHEARD = 3  # words; "what?" and "and you?" are talk among people


class Wish(StrEnum):
    """What somebody who speaks to the bot wants.

    OVERHEARD is a question to the whole group, where the bot was told to answer those too.
    """

    ANSWER = "answer"
    OVERHEARD = "overheard"
    COMMAND = "command"
    HINT = "hint"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Request:
    """A message that is meant for the bot: its question, or its command with what follows it."""

    wish: Wish
    text: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A formatted piece of a message: its kind, where it is in UTF-16 units, whom it names."""

    kind: str
    offset: int
    length: int
    user: int | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """The facts of a message that decide: text or caption, its marks, and the situation.

    `by_machine` is true of other bots, automatic forwards and our own inline results;
    `answers_us` of a reply to one of the bot's messages; `listening` of a chat that wants every
    question answered. `replied` is the text of somebody else's message that this one replies to.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    private: bool = False
    by_machine: bool = False
    answers_us: bool = False
    listening: bool = False
    replied: str = ""


@dataclass(frozen=True, slots=True)
class Me:
    """Who the bot is: its id and its name without the @."""

    id: int
    username: str

    def is_called(self, name: str) -> bool:
        """Whether `name`, without the @, is the bot's; Telegram does not tell case apart."""
        return name.casefold() == self.username.casefold()


def request_in(incoming: Incoming, me: Me) -> Request | None:
    """What the message wants from the bot, or None when the bot is to keep quiet."""
    if incoming.by_machine or not incoming.text.strip():
        return None
    mentions = tuple(_mentions(incoming, me))
    text = _without(incoming.text, mentions)
    if command := _COMMAND.match(text):
        return _command(command, text, incoming, me)
    if mentions:
        # "@bot, who was hurt?" leaves the comma behind.
        return _question(text.lstrip(" ,:;–—-"), incoming)
    if incoming.private or incoming.answers_us:
        return _question(text, incoming)
    if incoming.listening and not incoming.replied and _asks(text):
        return Request(Wish.OVERHEARD, text)
    return None


def _command(found: re.Match[str], text: str, incoming: Incoming, me: Me) -> Request | None:
    # Telegram marks every such beginning as a command itself, so the text alone decides.
    name, addressee = found[1].lower(), found[2]
    if addressee and not me.is_called(addressee):
        return None
    rest = text[found.end() :].strip()
    if name == "ask":
        return _question(rest, incoming)
    if name in BY_NAME:
        return Request(Wish.COMMAND, rest, name)
    # In a group, a command that names nobody may be another bot's.
    return Request(Wish.UNKNOWN) if incoming.private or addressee else None


def _question(text: str, incoming: Incoming) -> Request:
    """A question; of a call without one, the message that it replies to is the question."""
    question = text.strip() or incoming.replied.strip()
    return Request(Wish.ANSWER, question) if question else Request(Wish.HINT)


def _asks(text: str) -> bool:
    """Whether a message to a whole group is a question, and long enough to be looked up."""
    return bool(_ENDS_ASKING.search(text)) and len(text.split()) >= _SHORTEST_OVERHEARD


def _mentions(incoming: Incoming, me: Me) -> Iterable[Mark]:
    units = _units(incoming.text)
    for mark in incoming.marks:
        named = _text(units[2 * mark.offset : 2 * (mark.offset + mark.length)])
        by_name = mark.kind == "mention" and me.is_called(named.removeprefix("@"))
        if by_name or (mark.kind == "text_mention" and mark.user == me.id):
            yield mark


def _without(text: str, mentions: tuple[Mark, ...]) -> str:
    """The text with the mentions cut out, and no more than one space where each stood."""
    units, start, kept = _units(text), 0, []
    for mark in sorted(mentions, key=lambda mark: mark.offset):
        kept.append(_text(units[start : 2 * mark.offset]))
        start = max(start, 2 * (mark.offset + mark.length))
    kept.append(_text(units[start:]))
    if len(kept) == 1:
        return kept[0].strip()
    return " ".join(part for piece in kept if (part := piece.strip()))


def _units(text: str) -> bytes:
    # Telegram counts offsets in UTF-16 units: two bytes each.
    return text.encode("utf-16-le", "surrogatepass")


def _text(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")
