"""One article to read, page by page: by words of its title, from a link, or from a list."""

import logging
import re
import sqlite3
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, Message

from bot.buttons import Verb, button, keyboard
from bot.deeplinks import paragraph_in
from bot.desk import Apology, Library
from bot.handlers.answers import View
from bot.handlers.ask import apology
from bot.listing import WORDS_UNITS
from bot.logs import describe
from bot.memory import Kind, Sheet
from bot.office import Office
from bot.outbox import reply_to
from bot.pages import article_html, page_with, pages_of
from bot.render import named, site_of
from bot.scene import Scene
from index import Reading

logger = logging.getLogger(__name__)

PageButton = Callable[[str, int], InlineKeyboardButton]
"""Makes the button with a label that leads to a page."""

_SITE = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d{1,5})?", re.ASCII)


async def article(message: Message, rest: str, scene: Scene, office: Office) -> None:
    """Reply with the newest article whose title holds the words."""
    only = scene.settings.sources
    if not rest:
        await office.outbox.send(reply_to(message, scene.phrases.lookups.article_how))
        return
    missing = scene.phrases.lookups.no_such_article(named(rest, WORDS_UNITS))
    await _read(message, lambda library: library.titled(rest, only=only), missing, scene, office)


async def article_at(message: Message, payload: str, scene: Scene, office: Office) -> bool:
    """Reply with the article that a link's payload names, at its paragraph; False if it does not.

    Only an article of the sources that the chat keeps to is shown.
    """
    if (paragraph := paragraph_in(payload)) is None:
        return False
    only, gone = scene.settings.sources, scene.phrases.lookups.article_gone
    await _read(
        message,
        lambda library: library.reading(paragraph, only=only),
        gone,
        scene,
        office,
        mark=paragraph,
    )
    return True


def article_page(library: Library, sheet: Sheet, page: int, scene: Scene) -> View:
    """Another page of the article that a message of ours shows."""
    reading = library.reading(sheet.told["article"], only=scene.settings.sources)
    if reading is None:
        return View(scene.phrases.lookups.article_gone, None, sheet)
    return article_view(reading, sheet, scene, mark=sheet.told["mark"], page=page)


def article_view(  # noqa: PLR0913 - what is read, and what its buttons are to be
    reading: Reading,
    sheet: Sheet,
    scene: Scene,
    *,
    mark: int = 0,
    page: int | None = None,
    turn: PageButton | None = None,
    below: Sequence[list[InlineKeyboardButton]] = (),
) -> View:
    """A page of an article, the one with the marked paragraph unless a page is named.

    `turn` makes the buttons that lead to other pages, `below` are rows under these; without them
    they are those of an article that is a message of its own. Slow where an article is long: to be
    called where the library is.
    """
    pages = pages_of(reading.paragraphs)
    at = page_with(pages, mark) if page is None else min(max(page, 0), len(pages) - 1)
    html = article_html(reading, pages[at], scene.phrases.answers, mark=mark)
    rows = [
        paging_row(at, len(pages), turn or _own(sheet), sheet, scene),
        _page_button(reading, scene),
        *below,
    ]
    return View(html, keyboard(*rows), sheet)


def paging_row(
    page: int, pages: int, turn: PageButton, sheet: Sheet, scene: Scene
) -> list[InlineKeyboardButton]:
    """The buttons ‹ 2/7 › as far as they lead somewhere; none where there is one page."""
    if pages == 1:
        return []
    place = button(scene.phrases.lookups.page_of(page + 1, pages), Verb.NOTHING, sheet.token)
    before = [turn("‹", page - 1)] if page else []
    after = [turn("›", page + 1)] if page + 1 < pages else []
    return [*before, place, *after]


async def remember(chat: int, message: int, sheet: Sheet, office: Office) -> None:
    """Keep what a message shows; it stands, whether or not that can be done."""
    try:
        await office.memory.keep(chat, message, sheet)
    except sqlite3.Error as error:
        logger.error("a list is not remembered: %s", describe(error))  # noqa: TRY400


async def _read(  # noqa: PLR0913 - where, what, and what is said if there is nothing
    message: Message,
    look: Callable[[Library], Reading | None],
    missing: str,
    scene: Scene,
    office: Office,
    *,
    mark: int = 0,
) -> None:
    outcome = await office.desk.look(lambda library: _view(look(library), message, scene, mark))
    if isinstance(outcome, Apology):
        await office.outbox.send(reply_to(message, apology(outcome, scene.phrases.answers)))
        return
    if outcome is None:
        await office.outbox.send(reply_to(message, missing))
        return
    sent = await office.outbox.send(reply_to(message, outcome.html, outcome.buttons))
    await remember(sent.chat.id, sent.message_id, outcome.sheet, office)


def _view(reading: Reading | None, message: Message, scene: Scene, mark: int) -> View | None:
    if reading is None:
        return None
    told = {"article": reading.article, "mark": mark}
    sheet = Sheet(Kind.ARTICLE, told, asked=message.message_id)
    return article_view(reading, sheet, scene, mark=mark)


def _own(sheet: Sheet) -> PageButton:
    return lambda label, page: button(label, Verb.LIST, sheet.token, page)


def _page_button(reading: Reading, scene: Scene) -> list[InlineKeyboardButton]:
    url = reading.credit.url
    if not _can_be_pressed(url):
        return []
    return [InlineKeyboardButton(scene.phrases.lookups.read_there, url=url)]


def _can_be_pressed(url: str) -> bool:
    """Whether Telegram takes the address for a button; one that it refuses costs the message."""
    return url.isascii() and bool(site_of(url) and _SITE.fullmatch(urlsplit(url).netloc))
