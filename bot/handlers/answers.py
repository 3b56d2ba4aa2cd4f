"""An answer as a message with buttons, and what its buttons do."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Verb, button, keyboard
from bot.corrections import corrected_html, notes_of
from bot.given import Given, as_json, given
from bot.memory import Kind, Quote, Sheet
from bot.render import (
    answer_html,
    copied,
    fitting,
    page_html,
    quoted_in,
    searched_html,
)
from bot.scene import Scene
from index import Answer, Passage, Turn

THUMBS = (("👍", 1), ("👎", 0))


@dataclass(frozen=True, slots=True)
class View:
    """A message as it is shown, with its buttons, and what is to be remembered of it."""

    html: str
    buttons: InlineKeyboardMarkup | None
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was put: its words, its message, the day there, and what it followed."""

    text: str
    message: int
    today: str
    after: Turn | None = None


def followed_by(sheet: Sheet) -> Turn | None:
    """What the question of an answer followed, when it was put."""
    try:
        return Turn(**sheet.told["after"])
    except (KeyError, TypeError):
        return None


def answer_view(answer: Answer, asked: Asked, scene: Scene) -> View:
    """The first page of an answer to a question."""
    words = scene.phrases.answers
    head = searched_html(answer, words)
    kept = given(answer, asked=asked.text, user=scene.user, today=asked.today, head=head)
    followed = {"after": asdict(asked.after)} if asked.after else {}
    sheet = Sheet(Kind.ANSWER, told=followed, asked=asked.message, turn=answer.turn)
    if answer.abstained:
        html = answer_html(answer, words)
        return View(html, None, replace(sheet, told={**as_json(kept), **followed, "html": html}))
    shown = quoted_in(answer, words, most=scene.settings.passages)
    return _page(kept.turned_to(0, shown=len(shown)), shown, sheet, scene)


def turned(
    kept: Given, number: int, passages: tuple[Passage, ...], sheet: Sheet, scene: Scene
) -> View:
    """Another page of an answer, beginning with these passages."""
    room = fitting(passages[: scene.settings.passages], scene.phrases.answers, head=kept.head)
    return _page(kept.turned_to(number, shown=len(room)), room, sheet, scene)


def _page(kept: Given, shown: tuple[Passage, ...], sheet: Sheet, scene: Scene) -> View:
    html = page_html(shown, scene.phrases.answers, head=kept.head)
    html, noted = _with_notes(html, sheet, scene)
    last = kept.skipped + kept.starts[kept.page] + len(shown)
    turn = replace(sheet.turn or Turn(kept.question), shown=last)
    told = {**as_json(kept), **noted, "html": html, "language": scene.phrases.language}
    quotes = tuple(Quote(each.paragraph, each.article, each.text) for each in shown)
    remembered = replace(sheet, told=told, turn=turn, quotes=quotes)
    return View(html, answer_buttons(kept, shown, sheet.token, scene), remembered)


def _with_notes(html: str, sheet: Sheet, scene: Scene) -> tuple[str, dict[str, Any]]:
    """A page below what was corrected in its message, and what is to be told of that."""
    kept: dict[str, Any] = {
        name: sheet.told[name] for name in ("after", "notes") if name in sheet.told
    }
    noted = corrected_html(html, notes_of(sheet), scene.phrases.watches) if "notes" in kept else ""
    return (noted, {**kept, "uncorrected": html}) if noted else (html, kept)


def answer_buttons(
    kept: Given, shown: tuple[Passage, ...], token: str, scene: Scene
) -> InlineKeyboardMarkup | None:
    """The buttons under a page of an answer."""
    words = scene.phrases.answers
    paging = []
    if kept.page:
        paging.append(button(words.previous, Verb.PAGE, token, kept.page - 1))
    if kept.more:
        paging.append(button(words.more, Verb.PAGE, token, kept.page + 1))
    looking = [
        button(words.context, Verb.CONTEXT, token, kept.page, 0),
        button(words.source, Verb.SOURCE, token, kept.page, 0),
        button(words.why, Verb.WHY, token, kept.page, 0),
    ]
    return keyboard(paging, looking, [*_thumbs(kept, token), _copy(shown[0], scene)])


def _thumbs(kept: Given, token: str) -> list[InlineKeyboardButton]:
    return [button(label, Verb.VOTE, token, kept.page, vote) for label, vote in THUMBS]


def _copy(passage: Passage, scene: Scene) -> InlineKeyboardButton:
    words = scene.phrases.answers
    return InlineKeyboardButton(words.copy, copy_text=CopyTextButton(copied(passage, words)))
