"""The conversations that the pictures show; to add one is to add an entry here."""

from dataclasses import dataclass
from enum import StrEnum

MENTION = "@quotewire_bot"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a chat; `language` is what their Telegram is set to."""

    identifier: int
    name: str
    language: str = "en"
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Says:
    """Somebody writes; `back` makes it a reply to the bot's last message.

    What the bot should leave alone is not `heard`.
    """

    by: Person
    text: str
    back: bool = False
    heard: bool = True


@dataclass(frozen=True, slots=True)
class Presses:
    """Somebody presses the button with this label under the bot's last message."""

    by: Person
    label: str


@dataclass(frozen=True, slots=True)
class Invites:
    """Somebody adds the bot to the group."""

    by: Person


@dataclass(frozen=True, slots=True)
class Publishes:
    """An article joins the collection: Markdown with front matter.

    It stays there, so what follows is asked of a collection that holds it.
    """

    article: str


Step = Says | Presses | Invites | Publishes


class Place(StrEnum):
    """Where a conversation takes place."""

    PRIVATE = "private"
    GROUP = "group"


ADA = Person(7, "Ada", is_admin=True)
BO = Person(8, "Bo")
SAMI = Person(9, "سامي", language="ar")


@dataclass(frozen=True, slots=True)
class Scene:
    """A conversation with the bot, as `viewer` sees it; `title` is the group's name."""

    name: str
    place: Place
    steps: tuple[Step, ...]
    title: str = "Quotewire"
    viewer: Person = ADA


_LATER = """\
---
title: Flour lorry runs over a mine
publisher: The Harbour Courier
date: 2017-11-22
url: https://courier.example/flour-lorry
---
Four people were hurt near Deir Ezzor on Tuesday when a mine went off under a lorry of flour.
"""

SCENES = (
    Scene(
        "group",
        Place.GROUP,
        title="News desk",
        steps=(
            Says(BO, "is there anything on that strike?", heard=False),
            Says(ADA, f"{MENTION} who was hurt near Deir Ezzor?"),
        ),
    ),
    Scene(
        "private",
        Place.PRIVATE,
        steps=(
            Says(ADA, "how many of the convoy's buses are still in government territory?"),
            Says(ADA, "and how many civilians were on board?"),
            Says(ADA, "who was hurt near Raqqa?"),
        ),
    ),
    Scene(
        "why",
        Place.PRIVATE,
        steps=(
            Says(ADA, "which russian frigate fired cruise missiles?"),
            Presses(ADA, "Why?"),
        ),
    ),
    Scene(
        "settings",
        Place.GROUP,
        title="News desk",
        steps=(
            Invites(ADA),
            Says(ADA, "/settings@quotewire_bot"),
            Presses(ADA, "Language"),
        ),
    ),
    Scene(
        "arabic",
        Place.PRIVATE,
        viewer=SAMI,
        steps=(Says(SAMI, "كم عدد الجرحى قرب دير الزور؟"),),
    ),
    Scene(
        "watch",
        Place.GROUP,
        title="News desk",
        steps=(
            Says(ADA, "/watch@quotewire_bot who was hurt near Deir Ezzor?"),
            Publishes(_LATER),
        ),
    ),
)
"""In the order of the README; those in which an article is published come last."""
