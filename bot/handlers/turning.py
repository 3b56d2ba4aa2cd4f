"""The buttons under an answer: further passages, what is around a quote, and why it was chosen."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from telegram import InlineKeyboardButton

from bot.buttons import Verb, button, keyboard
from bot.desk import Apology
from bot.given import Found, Given, from_json, passage_of
from bot.handlers.answers import View, turned
from bot.handlers.article import article_view
from bot.handlers.ask import apology
from bot.handlers.pressed import Pressed
from bot.looking import context_html, why_html
from bot.office import Office
from bot.outbox import edit_of
from bot.scene import Scene
from index import Passage, Reading


@dataclass(frozen=True, slots=True)
class Shown:
    """What a press is about: the answer, the passages on its page, and one of them."""

    kept: Given
    passages: tuple[Passage, ...]
    place: int

    @property
    def passage(self) -> Passage:
        """The passage that is looked at."""
        return self.passages[self.place]


async def turn(pressed: Pressed, office: Office, *, notice: str = "") -> None:
    """Show another page of the answer, or the one that was left for a closer look."""
    kept, number = from_json(pressed.sheet.told), pressed.press.number(0)
    start = kept.start_of(number) if kept else None
    if kept is None or start is None:
        await _too_old(pressed, office)
        return
    behind = kept.found[start:]
    passages = await _passages(behind, pressed, office)
    if passages is None:
        return
    # What has left, or may not be seen, has no place on any page.
    held = {each.paragraph for each in passages}
    left = tuple(each for each in behind if each.paragraph in held)
    kept = replace(kept, found=(*kept.found[:start], *left))
    chat, message = pressed.scene.chat, pressed.message.message_id
    async with office.locks.of("shown", chat, message):
        now = await office.memory.sheet(chat, message)
        if now is None or now.token != pressed.sheet.token:  # the question was changed meanwhile
            await _too_old(pressed, office)
            return
        await office.outbox.answer_press(pressed.query, notice)
        view = turned(kept, number, passages, pressed.sheet, pressed.scene)
        await office.outbox.send(edit_of(pressed.message, view.html, view.buttons))
        await office.memory.keep(chat, message, view.sheet)


async def still_shown(pressed: Pressed, office: Office) -> bool:
    """Whether the chat's sources still allow what its page quotes; else it is shown anew."""
    kept, only = from_json(pressed.sheet.told), pressed.scene.settings.sources
    if kept is None or not only:
        return True
    ids = {each.paragraph for each in kept.on_page}
    held = await office.desk.look(lambda library: library.passages([*ids], only=only))
    if not isinstance(held, Apology) and ids <= held.keys():
        return True
    await turn(pressed, office)
    return False


async def context(pressed: Pressed, office: Office) -> None:
    """Show the paragraphs before and after a quote."""
    if (shown := await _shown(pressed, office)) is None:
        return
    only = pressed.scene.settings.sources
    around = await office.desk.look(
        lambda library: library.around(shown.passage.paragraph, only=only)
    )
    if isinstance(around, Apology) or around is None:
        await _gone(pressed, office, around)
        return
    await office.outbox.answer_press(pressed.query)
    html = context_html(around, shown.passage, pressed.scene.phrases.answers)
    await _look(pressed, office, shown, html, Verb.CONTEXT)


async def source(pressed: Pressed, office: Office) -> None:
    """Show the whole article, page by page, first the page that the quote stands on."""
    if (shown := await _shown(pressed, office)) is None:
        return
    passage, only = shown.passage, pressed.scene.settings.sources
    page = pressed.press.number(2, -1)
    look = _article(pressed, shown, page if page >= 0 else None)
    view = await office.desk.look(
        lambda library: look(library.reading(passage.paragraph, only=only))
    )
    if isinstance(view, Apology) or view is None:
        await _gone(pressed, office, view)
        return
    await office.outbox.answer_press(pressed.query)
    await office.outbox.send(edit_of(pressed.message, view.html, view.buttons))


def _article(
    pressed: Pressed, shown: Shown, page: int | None
) -> Callable[[Reading | None], View | None]:
    """What makes a page of an article out of it, with the ways back to the answer."""
    token, scene = pressed.sheet.token, pressed.scene

    def turned_to(label: str, number: int) -> InlineKeyboardButton:
        return button(label, Verb.SOURCE, token, shown.kept.page, shown.place, number)

    def view(reading: Reading | None) -> View | None:
        if reading is None:
            return None
        return article_view(
            reading,
            pressed.sheet,
            scene,
            mark=shown.passage.paragraph,
            page=page,
            turn=turned_to,
            below=(others(shown, Verb.SOURCE, token, scene), back_row(shown, token, scene)),
        )

    return view


async def why(pressed: Pressed, office: Office) -> None:
    """Show which words of the question stand where, and how much that is worth."""
    if (shown := await _shown(pressed, office)) is None:
        return
    passage, only = shown.passage, pressed.scene.settings.sources
    told = await office.desk.look(
        lambda library: library.why(
            shown.kept.question, passage.paragraph, evidence=passage.evidence, only=only
        )
    )
    if isinstance(told, Apology) or told is None:
        await _gone(pressed, office, told)
        return
    await office.outbox.answer_press(pressed.query)
    html = why_html(told, passage, pressed.scene.phrases.answers)
    await _look(pressed, office, shown, html, Verb.WHY)


async def _look(pressed: Pressed, office: Office, shown: Shown, html: str, verb: Verb) -> None:
    """Edit a closer look at one passage into the message, with the way back and to the others."""
    buttons = keyboard(
        others(shown, verb, pressed.sheet.token, pressed.scene),
        back_row(shown, pressed.sheet.token, pressed.scene),
    )
    await office.outbox.send(edit_of(pressed.message, html, buttons))


def others(shown: Shown, verb: Verb, token: str, scene: Scene) -> list[InlineKeyboardButton]:
    """A button for each passage on the page, where there are several."""
    if len(shown.passages) < 2:
        return []
    number = scene.phrases.answers.number
    return [
        button(
            f"· {number(place + 1)} ·" if place == shown.place else number(place + 1),
            Verb.NOTHING if place == shown.place else verb,
            token,
            shown.kept.page,
            place,
        )
        for place in range(len(shown.passages))
    ]


def back_row(shown: Shown, token: str, scene: Scene) -> list[InlineKeyboardButton]:
    """The way back to the answer, and to other ways of looking at the passage."""
    words, page, place = scene.phrases.answers, shown.kept.page, shown.place
    return [
        button(words.back, Verb.PAGE, token, page),
        button(words.context, Verb.CONTEXT, token, page, place),
        button(words.source, Verb.SOURCE, token, page, place),
        button(words.why, Verb.WHY, token, page, place),
    ]


async def _shown(pressed: Pressed, office: Office) -> Shown | None:
    """The passages of the page that a button belongs to; None once it is said why not."""
    kept, press = from_json(pressed.sheet.told), pressed.press
    if kept is None or press.number(0) != kept.page:
        await _too_old(pressed, office)
        return None
    passages = await _passages(kept.on_page, pressed, office)
    if passages is None:
        return None
    return Shown(kept, passages, min(max(press.number(1), 0), len(passages) - 1))


async def _passages(
    wanted: tuple[Found, ...], pressed: Pressed, office: Office
) -> tuple[Passage, ...] | None:
    """The passages as the collection holds them; None once it was said that it holds none."""
    ids = [each.paragraph for each in wanted]
    only = pressed.scene.settings.sources
    held = await office.desk.look(lambda library: library.passages(ids, only=only))
    if isinstance(held, Apology) or not held:
        await _gone(pressed, office, held if isinstance(held, Apology) else None)
        return None
    return tuple(
        passage_of(each, held[each.paragraph], only=only)
        for each in wanted
        if each.paragraph in held
    )


async def _too_old(pressed: Pressed, office: Office) -> None:
    notice = pressed.scene.phrases.rooms.button_too_old
    await office.outbox.answer_press(pressed.query, notice)


async def _gone(pressed: Pressed, office: Office, why_not: Apology | None) -> None:
    words = pressed.scene.phrases.answers
    notice = apology(why_not, words) if why_not else words.gone
    await office.outbox.answer_press(pressed.query, notice, alert=True)
