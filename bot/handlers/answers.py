"""An answer as a message with buttons."""

from dataclasses import dataclass, replace

from telegram import InlineKeyboardMarkup

from bot.memory import Kind, Quote, Sheet
from bot.render import answer_html, quoted_in
from bot.scene import Scene
from index import Answer


@dataclass(frozen=True, slots=True)
class View:
    """A message as it is shown, with its buttons, and what is to be remembered of it."""

    html: str
    buttons: InlineKeyboardMarkup | None
    sheet: Sheet


def answer_view(answer: Answer, asked: str, message: int, scene: Scene) -> View:
    """The first page of an answer to the question `asked` in a message."""
    words = scene.phrases.answers
    most = scene.settings.passages
    shown = quoted_in(answer, words, most=most)
    sheet = Sheet(
        Kind.ANSWER,
        told={"asked": asked, "user": scene.user},
        asked=message,
        turn=replace(answer.turn, shown=answer.skipped + len(shown)),
        quotes=tuple(Quote(each.paragraph, each.article, each.text) for each in shown),
    )
    return View(answer_html(answer, words, most=most), None, sheet)
