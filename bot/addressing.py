"""Decide whether a message is meant for the bot, and what it asks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]+))?(?=\s|$)")


class Wish(StrEnum):
    """What somebody who speaks to the bot wants."""

    ANSWER = "answer"
    START = "start"
    HELP = "help"
    HINT = "hint"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Request:
    """A message that is meant for the bot; `question` is "" unless an answer is wanted."""

    wish: Wish
    question: str = ""


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
    `answers_us` of a reply to one of the bot's messages.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    private: bool = False
    by_machine: bool = False
    answers_us: bool = False


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
        return _command(command, text, me, private=incoming.private)
    if mentions:
        return _question(text.lstrip(" ,:;–—-"))  # "@bot, who was hurt?" leaves the comma behind
    if incoming.private or incoming.answers_us:
        return _question(text)
    return None


def _command(found: re.Match[str], text: str, me: Me, *, private: bool) -> Request | None:
    # Telegram marks every such beginning as a command itself, so the text alone decides.
    name, addressee = found[1].lower(), found[2]
    if addressee and not me.is_called(addressee):
        return None
    if name == "ask":
        return _question(text[found.end() :])
    if name in {Wish.START, Wish.HELP}:
        return Request(Wish(name))
    # In a group, a command that names nobody may be another bot's.
    return Request(Wish.UNKNOWN) if private or addressee else None


def _question(text: str) -> Request:
    question = text.strip()
    return Request(Wish.ANSWER, question) if question else Request(Wish.HINT)


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
