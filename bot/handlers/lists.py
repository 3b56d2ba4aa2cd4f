"""Each list of what can be looked up, a page at a time, as a message with its buttons."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from telegram import InlineKeyboardButton

from bot import listing
from bot.buttons import Verb, button, keyboard
from bot.desk import Library
from bot.handlers.answers import View
from bot.handlers.article import PageButton, article_page, article_view, paging_row
from bot.memory import Kind, Sheet
from bot.scene import Scene

Make = Callable[[Library, Sheet, int, Scene], View]
"""A page of what a sheet tells of, looked up where the library is."""


def passages_page(library: Library, sheet: Sheet, page: int, scene: Scene) -> View:
    """A page of the passages that hold the words."""
    only, words = scene.settings.sources, sheet.told["words"]
    matches = library.search(
        words,
        skip=page * listing.PASSAGES,
        limit=listing.PASSAGES,
        only=only,
        today=date.fromisoformat(sheet.told["today"]),
    )
    if not (matches.words or matches.filters.phrases):
        return View(scene.phrases.answers.nothing_to_look_for, None, sheet)
    if not matches.total:
        articles = library.status().articles
        html = listing.nothing_holds_html(matches, articles, only, scene.phrases)
        return View(html, None, sheet)
    pages = listing.pages_in(matches.total, listing.PASSAGES)
    if page >= pages:
        return passages_page(library, sheet, pages - 1, scene)
    found = [[each.paragraph.article, each.paragraph.paragraph] for each in matches.found]
    html = listing.passages_html(matches, scene.phrases)
    return _listed(html, found, (page, pages), sheet, scene)


def articles_page(library: Library, sheet: Sheet, page: int, scene: Scene) -> View:
    """A page of the newest articles."""
    only, source = scene.settings.sources, sheet.told["source"]
    found = library.latest(source, skip=page * listing.ARTICLES, limit=listing.ARTICLES, only=only)
    if found.unknown:
        names = [each.name for each in library.publishers(only=only)]
        return View(listing.no_source_html(found.unknown, names, scene.phrases), None, sheet)
    pages = listing.pages_in(found.total, listing.ARTICLES)
    if not found.total:
        return View(listing.no_articles_html(only, scene.phrases), None, sheet)
    if page >= pages:
        return articles_page(library, sheet, pages - 1, scene)
    html = listing.articles_html(found, scene.phrases)
    keys = [[each.article, 0] for each in found.articles]
    return _listed(html, keys, (page, pages), sheet, scene)


def publishers_page(library: Library, sheet: Sheet, page: int, scene: Scene) -> View:
    """A page of the publishers."""
    only = scene.settings.sources
    publishers = library.publishers(only=only)
    if not publishers and library.status().articles and not only:
        return View(scene.phrases.lookups.no_publishers, None, sheet)
    if not publishers:
        return View(listing.no_articles_html(only, scene.phrases), None, sheet)
    pages = listing.pages_in(len(publishers), listing.PUBLISHERS)
    page = min(page, pages - 1)
    html = listing.publishers_html(publishers, page, scene.phrases)
    return _listed(html, [], (page, pages), sheet, scene)


def opened(library: Library, sheet: Sheet, numbers: tuple[int, int, int], scene: Scene) -> View:
    """An article of a page of a list: the page, its place there, and which page of it (-1: any).

    Raises LookupError where the page has no such place.
    """
    page, place, at = numbers
    key, mark = sheet.told["found"][place]
    back = [button(scene.phrases.lookups.back, Verb.LIST, sheet.token, page)]
    reading = library.reading(key, only=scene.settings.sources)
    if reading is None:
        return View(scene.phrases.lookups.article_gone, keyboard(back), sheet)
    return article_view(
        reading,
        sheet,
        scene,
        mark=mark,
        page=None if at < 0 else at,
        turn=lambda label, to: button(label, Verb.OPEN, sheet.token, page, place, to),
        below=[back],
    )


PAGES: Mapping[Kind, Make] = {
    Kind.SEARCH: passages_page,
    Kind.LATEST: articles_page,
    Kind.SOURCES: publishers_page,
    Kind.ARTICLE: article_page,
}


def _listed(
    html: str, found: list[list[Any]], place: tuple[int, int], sheet: Sheet, scene: Scene
) -> View:
    """A page of a list, with buttons that open what is on it and lead to other pages."""
    page, pages = place
    told = {**sheet.told, "page": page, "found": found}
    buttons = keyboard(
        _openers(len(found), page, sheet, scene),
        paging_row(page, pages, _turn(sheet), sheet, scene),
    )
    return View(html, buttons, replace(sheet, told=told))


def _openers(count: int, page: int, sheet: Sheet, scene: Scene) -> list[InlineKeyboardButton]:
    number = scene.phrases.lookups.number
    return [
        button(number(place + 1), Verb.OPEN, sheet.token, page, place) for place in range(count)
    ]


def _turn(sheet: Sheet) -> PageButton:
    return lambda label, page: button(label, Verb.LIST, sheet.token, page)
