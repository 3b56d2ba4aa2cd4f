"""An answer as a message with buttons, and what its buttons do."""

from dataclasses import dataclass, replace

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons import Verb, button, keyboard
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


def answer_view(answer: Answer, asked: str, message: int, today: str, scene: Scene) -> View:
    """The first page of an answer to the question `asked` in a message."""
    words = scene.phrases.answers
    head = searched_html(answer, words)
    kept = given(answer, asked=asked, user=scene.user, today=today, head=head)
    sheet = Sheet(Kind.ANSWER, asked=message, turn=answer.turn)
    if answer.abstained:
        html = answer_html(answer, words)
        return View(html, None, replace(sheet, told={**as_json(kept), "html": html}))
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
    last = kept.skipped + kept.starts[kept.page] + len(shown)
    turn = replace(sheet.turn or Turn(kept.question), shown=last)
    told = {**as_json(kept), "html": html, "language": scene.phrases.language}
    quotes = tuple(Quote(each.paragraph, each.article, each.text) for each in shown)
    remembered = replace(sheet, told=told, turn=turn, quotes=quotes)
    return View(html, answer_buttons(kept, shown, sheet.token, scene), remembered)


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
