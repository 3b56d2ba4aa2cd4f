"""A watch as it is confirmed, in a list, and under its alerts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from babel.dates import format_time
from telegram import InlineKeyboardMarkup

from bot.alerts import question_html
from bot.buttons import Verb, button, keyboard
from bot.handlers.answers import View
from bot.listing import plain
from bot.memory import Sheet
from bot.phrases import Phrases
from bot.quiet import digest_after
from bot.render import named
from bot.scene import Scene
from bot.watches import Watch

_LABEL_UNITS = 40
_LISTED_UNITS = 120  # twenty of them fit in a message
_IN_A_ROW = 5


def begun(kept: Watch, about: tuple[int, int, str], scene: Scene, sheet: Sheet) -> View:
    """The confirmation of a watch: its place in the list, what is known of it already."""
    place, known, read_as = about
    words = scene.phrases.watches
    lines = (
        words.watching(question_html(kept.question)),
        read_as or str(sheet.told.get("read_as", "")),
        _how_often(kept, scene),
        words.until_stopped(place),
        words.known_already(known),
    )
    other = button(
        words.at_once if kept.daily else words.daily,
        Verb.OFTEN,
        sheet.token,
        kept.number,
        int(not kept.daily),
    )
    buttons = keyboard([other, button(words.stop, Verb.STOP, sheet.token, kept.number)])
    told = {"role": "begun", "place": place, "known": known, "read_as": lines[1]}
    return View("\n".join(filter(None, lines)), buttons, replace(sheet, told=told))


def _how_often(kept: Watch, scene: Scene) -> str:
    words, (first, last) = scene.phrases.watches, scene.settings.quiet
    if kept.daily:
        now = datetime.now(UTC).astimezone(scene.zone)
        return words.told_daily(_hour(digest_after(now, (first, last)).hour, scene))
    if first == last:
        return words.told_at_once
    return words.told_quietly(_hour(first, scene), _hour(last, scene))


def _hour(hour: int, scene: Scene) -> str:
    # English as in en_GB, like the dates.
    locale = "en_GB" if scene.phrases.language == "en" else scene.phrases.language
    moment = datetime(2017, 1, 1, hour, tzinfo=UTC)
    return format_time(moment, "HH:mm", locale=locale)


def listed(kept: Sequence[Watch], scene: Scene, sheet: Sheet) -> View:
    """What a chat watches, with a button to stop each."""
    words = scene.phrases.watches
    sheet = replace(sheet, told={"role": "list"})
    if not kept:
        return View(words.nothing_watched, None, sheet)
    lines = [words.watches(len(kept))]
    for place, each in enumerate(kept, start=1):
        day = words.day(_day(each.created_at, scene))
        question = named(each.question, _LISTED_UNITS)
        line = words.daily_since(question, day) if each.daily else words.since(question, day)
        lines.append(f"{place}. {line}")
    buttons = [
        button(words.stop_number(place), Verb.STOP, sheet.token, each.number)
        for place, each in enumerate(kept, start=1)
    ]
    rows = (buttons[at : at + _IN_A_ROW] for at in range(0, len(buttons), _IN_A_ROW))
    html = "\n".join([*lines, "", words.which_to_stop])
    return View(html, keyboard(*rows), sheet)


def stop_buttons(
    kept: Sequence[Watch], token: str, phrases: Phrases
) -> InlineKeyboardMarkup | None:
    """A button for each watch of which an alert tells."""
    words = phrases.watches
    if len(kept) == 1:
        return keyboard([button(words.stop, Verb.STOP, token, kept[0].number)])
    rows = (
        [button(words.stop_one(plain(each.question, _LABEL_UNITS)), Verb.STOP, token, each.number)]
        for each in kept
    )
    return keyboard(*rows)


def _day(moment: float, scene: Scene) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(scene.zone).date().isoformat()
