"""What can be set in /settings, page by page, and what a press on one of its buttons sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.buttons import Press
from bot.chats import MOST_PASSAGES, ChatSettings, Mode, Watchers
from bot.phrases import LANGUAGES
from bot.phrases.rooms import RoomWords
from bot.scene import Scene

MOST_SOURCES = 50
"""Most publishers that a chat can choose."""

EVERY_SOURCE, TURN = -1, -2
"""What stands in a button for all publishers, and for another part of their list."""

SPOKEN = ("", *LANGUAGES)
"""The languages that can be chosen; first, none: then each person is spoken to in their own."""


class Page(IntEnum):
    """The pages, by the numbers that stand in buttons: they are never given anew."""

    MAIN = 0
    LANGUAGE = 1
    MODE = 2
    SOURCES = 3
    PASSAGES = 4
    QUIET = 5
    ZONE = 6
    WATCHERS = 7
    DONE = 8


@dataclass(frozen=True, slots=True)
class Menu:
    """An open menu: its page, which part of a long list, and the lists that buttons count in.

    `deaf` is true where Telegram keeps the group's messages from the bot.
    """

    scene: Scene
    page: Page = Page.MAIN
    part: int = 0
    sources: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    deaf: bool = False

    @property
    def settings(self) -> ChatSettings:
        """What holds now."""
        return self.scene.settings

    @property
    def words(self) -> RoomWords:
        """What it speaks."""
        return self.scene.phrases.rooms


def pages(scene: Scene) -> tuple[Page, ...]:
    """The pages with choices: who is answered and who may watch is no question in private."""
    choices = [page for page in Page if page not in {Page.MAIN, Page.DONE}]
    return tuple(
        page for page in choices if not (scene.private and page in {Page.MODE, Page.WATCHERS})
    )


def page_of(number: int, scene: Scene) -> Page:
    """The page of a number from a button; the main one where there is none here."""
    offered = {Page.MAIN, Page.DONE, *pages(scene)}
    return next((page for page in offered if page == number), Page.MAIN)


def chosen(press: Press, menu: Menu) -> dict[str, Any]:
    """The values that a press sets, by the names of ChatSettings; none where it only turns pages.

    A number that no button has sets nothing.
    """
    if len(press.numbers) < 2 or press.number(0) != menu.page:
        return {}
    place = press.number(1)
    match menu.page:
        case Page.SOURCES:
            return _sources(press, menu)
        case Page.QUIET:
            return {"quiet": (place % 24, press.number(2) % 24)}
        case Page.PASSAGES:
            return _nth("passages", range(1, MOST_PASSAGES + 1), place - 1)
    return _nth(*_lists(menu).get(menu.page, ("", ())), place)


def _lists(menu: Menu) -> dict[Page, tuple[str, Sequence[Any]]]:
    return {
        Page.LANGUAGE: ("language", SPOKEN),
        Page.MODE: ("mode", tuple(Mode)),
        Page.ZONE: ("zone", menu.zones),
        Page.WATCHERS: ("watchers", tuple(Watchers)),
    }


def hours(written: str) -> tuple[int, int] | None:
    """The quiet hours that somebody wrote as "22-7", or as "off"; None if it is neither."""
    plain = written.strip().casefold()
    if plain in {"off", "none", "no", "0"}:
        return 0, 0
    first, dash, last = plain.replace(":00", "").replace("–", "-").partition("-")
    if not dash or not all(_is_hour(each) for each in (first, last)):
        return None
    return int(first) % 24, int(last) % 24


def _is_hour(written: str) -> bool:
    digits = written.strip()
    return digits.isascii() and digits.isdigit() and len(digits) <= 2 and int(digits) <= 24


def _nth(name: str, values: Sequence[Any], place: int) -> dict[str, Any]:
    return {name: values[place]} if 0 <= place < len(values) else {}


def _sources(press: Press, menu: Menu) -> dict[str, Any]:
    """The publishers with one more, or one less, or none chosen."""
    place, held = press.number(1), menu.settings.sources
    if place == EVERY_SOURCE:
        return {"sources": ()}
    if not 0 <= place < len(menu.sources):
        return {}
    others = tuple(each for each in held if each != menu.sources[place])
    wanted = (menu.sources[place],) if press.number(2) else ()
    return {"sources": (*others, *wanted)} if len(others) < MOST_SOURCES else {}


def too_many(press: Press, menu: Menu) -> bool:
    """Whether a press chooses a publisher more than can be chosen."""
    adds = menu.page is Page.SOURCES and press.number(1) >= 0 and press.number(2) == 1
    return adds and not _sources(press, menu)
