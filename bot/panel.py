"""The pages of /settings as a message: what each says, and its buttons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Verb, button, keyboard
from bot.chats import MOST_PASSAGES, Mode, Watchers
from bot.choices import EVERY_SOURCE, SPOKEN, TURN, Menu, Page, pages
from bot.phrases import LANGUAGES
from bot.phrases.rooms import RoomWords
from bot.render import named
from bot.scene import Scene

_NAMES_ON_A_PAGE = 8
_NAMES_IN_WORDS, _NAME, _LABEL = 3, 60, 40
_HOURS = ((20, 8), (21, 7), (22, 6), (22, 7), (22, 8), (23, 7), (23, 8), (0, 8))


def html(menu: Menu, now: datetime) -> str:
    """What a page says."""
    words = menu.words
    if menu.page in {Page.MAIN, Page.DONE}:
        title = words.settings_yours if menu.scene.private else words.settings_here
        lines = [_line(menu, page, now) for page in pages(menu.scene)]
        closed = [words.settings_done] if menu.page is Page.DONE else []
        return "\n\n".join([f"<b>{title}</b>", "\n".join(lines), *closed])
    return "\n\n".join([_line(menu, menu.page, now), *_ASKED[menu.page](menu)])


def buttons(menu: Menu, token: str) -> InlineKeyboardMarkup | None:
    """What can be pressed on a page."""
    if menu.page is Page.DONE:
        return None
    done = button(menu.words.done, Verb.SET, token, Page.DONE)
    if menu.page is Page.MAIN:
        opening = [
            button(_label(menu.words, page), Verb.SET, token, page) for page in pages(menu.scene)
        ]
        return keyboard(*_rows(opening, 2), [done])
    back = button(menu.words.back, Verb.SET, token, Page.MAIN)
    return keyboard(*_CHOICES[menu.page](menu, token), [back, done])


# What a setting is called, and its value in words.


def _line(menu: Menu, page: Page, now: datetime) -> str:
    return menu.words.setting(_label(menu.words, page), _value(menu, page, now))


def _label(words: RoomWords, page: Page) -> str:
    names = {
        Page.LANGUAGE: words.language,
        Page.MODE: words.mode,
        Page.SOURCES: words.sources,
        Page.PASSAGES: words.passages,
        Page.QUIET: words.quiet,
        Page.ZONE: words.zone,
        Page.WATCHERS: words.watchers,
    }
    return names[page]


def _value(menu: Menu, page: Page, now: datetime) -> str:
    words, settings = menu.words, menu.settings
    values: dict[Page, str] = {
        Page.LANGUAGE: _language(settings.language, words, private=menu.scene.private),
        Page.MODE: _mode(settings.mode, words),
        Page.SOURCES: _sources(settings.sources, words),
        Page.PASSAGES: words.up_to(settings.passages),
        Page.QUIET: silence(settings.quiet, words),
        Page.ZONE: clock(menu.scene, now),
        Page.WATCHERS: _watchers(settings.watchers, words),
    }
    return values[page]


def clock(scene: Scene, now: datetime) -> str:
    """The zone of a scene and what time it is there."""
    return scene.phrases.rooms.zone_now(scene.zone.key, f"{now.astimezone(scene.zone):%H:%M}")


def _language(code: str, words: RoomWords, *, private: bool) -> str:
    unset = words.my_apps_language if private else words.each_persons_language
    return LANGUAGES.get(code, unset)


def _mode(mode: Mode, words: RoomWords) -> str:
    return words.every_question if mode is Mode.QUESTIONS else words.when_asked


def _watchers(watchers: Watchers, words: RoomWords) -> str:
    return words.admins_only if watchers is Watchers.ADMINS else words.everyone


def silence(quiet: tuple[int, int], words: RoomWords) -> str:
    """Quiet hours in words."""
    first, last = quiet
    return words.never_quiet if first == last else words.quiet_from(first, last)


def _sources(names: Sequence[str], words: RoomWords) -> str:
    if not names:
        return words.all_sources
    told = [named(name, _NAME) for name in names[:_NAMES_IN_WORDS]]
    return words.some_sources(told, max(0, len(names) - _NAMES_IN_WORDS))


# What a page asks.


def _ask_mode(menu: Menu) -> list[str]:
    words = menu.words
    deaf = [words.mode_is_deaf] if menu.deaf else []
    topic = [words.mode_of_topic] if menu.scene.topic else []
    return [words.mode_asked, *deaf, *topic]


def _ask_sources(menu: Menu) -> list[str]:
    return [menu.words.sources_asked if menu.sources else menu.words.no_sources]


_ASKED: Mapping[Page, Callable[[Menu], list[str]]] = {
    Page.LANGUAGE: lambda menu: [menu.words.language_asked],
    Page.MODE: _ask_mode,
    Page.SOURCES: _ask_sources,
    Page.PASSAGES: lambda menu: [menu.words.passages_asked],
    Page.QUIET: lambda menu: [menu.words.quiet_asked(menu.scene.zone.key)],
    Page.ZONE: lambda menu: [menu.words.zone_asked],
    Page.WATCHERS: lambda menu: [menu.words.watchers_asked],
}


# What a page lets choose.

Rows = list[list[InlineKeyboardButton]]


@dataclass(frozen=True, slots=True)
class _Choice:
    label: str
    holds: bool
    numbers: tuple[int, ...]


def _offer(menu: Menu, token: str, choices: Sequence[_Choice], columns: int) -> Rows:
    made = [
        button(
            menu.words.chosen(each.label) if each.holds else each.label,
            Verb.SET,
            token,
            menu.page,
            *each.numbers,
        )
        for each in choices
    ]
    return _rows(made, columns)


def _languages(menu: Menu, token: str) -> Rows:
    choices = [
        _Choice(
            _language(code, menu.words, private=menu.scene.private),
            menu.settings.language == code,
            (place,),
        )
        for place, code in enumerate(SPOKEN)
    ]
    return _offer(menu, token, choices, 1)


def _modes(menu: Menu, token: str) -> Rows:
    choices = [
        _Choice(_mode(mode, menu.words), menu.settings.mode is mode, (place,))
        for place, mode in enumerate(Mode)
    ]
    return _offer(menu, token, choices, 1)


def _publishers(menu: Menu, token: str) -> Rows:
    held, first = menu.settings.sources, _part(menu) * _NAMES_ON_A_PAGE
    everything = _Choice(menu.words.all_sources, not held, (EVERY_SOURCE,))
    # What a press wants is said, not that it changes, so that a double tap does not undo it.
    shown = [
        _Choice(_short(name), name in held, (place, int(name not in held)))
        for place, name in enumerate(menu.sources)
        if first <= place < first + _NAMES_ON_A_PAGE
    ]
    return [*_offer(menu, token, [everything, *shown], 1), _turning(menu, token)]


def _short(name: str) -> str:
    """A publisher's name as a label, which Telegram wants to have something to read."""
    valid = name.encode("utf-8", "replace").decode("utf-8")
    return " ".join(valid.split())[:_LABEL] or "?"


def _turning(menu: Menu, token: str) -> list[InlineKeyboardButton]:
    parts, part = _parts(menu), _part(menu)
    if parts == 1:
        return []
    before, after = (part - 1) % parts, (part + 1) % parts
    return [
        button("‹", Verb.SET, token, menu.page, TURN, before),
        button(f"{part + 1} / {parts}", Verb.NOTHING, token),
        button("›", Verb.SET, token, menu.page, TURN, after),
    ]


def _part(menu: Menu) -> int:
    return max(0, min(menu.part, _parts(menu) - 1))


def _parts(menu: Menu) -> int:
    return max(1, -(-len(menu.sources) // _NAMES_ON_A_PAGE))


def _numbers(menu: Menu, token: str) -> Rows:
    choices = [
        _Choice(str(number), menu.settings.passages == number, (number,))
        for number in range(1, MOST_PASSAGES + 1)
    ]
    return _offer(menu, token, choices, MOST_PASSAGES)


def _silences(menu: Menu, token: str) -> Rows:
    words, quiet = menu.words, menu.settings.quiet
    never = _Choice(words.never_quiet, quiet[0] == quiet[1], (0, 0))
    offered = [_Choice(silence(each, words), quiet == each, each) for each in _HOURS]
    return [*_offer(menu, token, [never], 1), *_offer(menu, token, offered, 2)]


def _zones(menu: Menu, token: str) -> Rows:
    choices = [
        _Choice(name.rpartition("/")[2].replace("_", " "), menu.scene.zone.key == name, (place,))
        for place, name in enumerate(menu.zones)
    ]
    return _offer(menu, token, choices, 3)


def _watching(menu: Menu, token: str) -> Rows:
    choices = [
        _Choice(_watchers(who, menu.words), menu.settings.watchers is who, (place,))
        for place, who in enumerate(Watchers)
    ]
    return _offer(menu, token, choices, 1)


_CHOICES: Mapping[Page, Callable[[Menu, str], Rows]] = {
    Page.LANGUAGE: _languages,
    Page.MODE: _modes,
    Page.SOURCES: _publishers,
    Page.PASSAGES: _numbers,
    Page.QUIET: _silences,
    Page.ZONE: _zones,
    Page.WATCHERS: _watching,
}


def _rows(buttons: Sequence[InlineKeyboardButton], columns: int) -> Rows:
    return [list(buttons[start : start + columns]) for start in range(0, len(buttons), columns)]
