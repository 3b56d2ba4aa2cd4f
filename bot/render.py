"""Write an answer as one message in Telegram's HTML: sources above, quotes word for word below."""

import re
from collections.abc import Sequence
from html import escape, unescape
from urllib.parse import urlsplit

from bot.cutting import ELLIPSIS, clip, window
from bot.fragments import at_page, at_words
from bot.limits import COPIED_UNITS, EXACT_LINK_UNITS, LINK_UNITS, MESSAGE_UNITS
from bot.phrases.answers import AnswerWords
from bot.searched import searched_line
from index import Answer, Credit, Passage

MOST_PASSAGES = 3

_LONG_QUOTE = 600  # from here on a quote is folded, so that three of them stay readable in a group
_SHORTEST_CUT = 300  # rather than cut quotes below this, quote fewer passages
_TITLE, _NAME, _CARRIERS, _SEARCHED = 200, 80, 5, 400
_BETWEEN = "\n\n"
_QUOTE_MARKUP = len("\n<blockquote expandable><b></b></blockquote>") + 2 * len(f" {ELLIPSIS}")
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_APART, _END_APART = "\u2068", "\u2069"
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_TAG = re.compile(r"<[^>]*>")
_FOREIGN = re.compile(r"[@\\%]")  # in a site


def answer_html(answer: Answer, words: AnswerWords, *, most: int = MOST_PASSAGES) -> str:
    """The whole reply to a question: quotes with their sources, or what was searched in vain."""
    searched = searched_html(answer, words)
    if answer.abstained:
        return "\n".join(filter(None, (searched, nothing_html(answer, words))))
    return page_html(quoted_in(answer, words, most=most), words, head=searched)


def quoted_in(
    answer: Answer, words: AnswerWords, *, most: int = MOST_PASSAGES
) -> tuple[Passage, ...]:
    """The passages that the reply has room for."""
    return fitting(answer.passages[:most], words, head=searched_html(answer, words))


def fitting(
    passages: tuple[Passage, ...], words: AnswerWords, *, head: str = ""
) -> tuple[Passage, ...]:
    """The first passages that one message has room for, below a heading in HTML.

    Rather fewer passages than passages cut too short.
    """
    while len(passages) > 1 and not _worth_quoting(passages, _rooms(passages, head, words)):
        passages = passages[:-1]
    return passages


def page_html(passages: Sequence[Passage], words: AnswerWords, *, head: str = "") -> str:
    """Passages with their sources, below a heading in HTML, as one message."""
    rooms = _rooms(passages, head, words)
    shown = (passage_html(each, room, words) for each, room in zip(passages, rooms, strict=True))
    return _BETWEEN.join(filter(None, (head, *shown)))


def searched_html(answer: Answer, words: AnswerWords) -> str:
    """What was really searched, "" where that is just what was asked."""
    line = searched_line(answer, words)
    return f"<i>{named(line, _SEARCHED)}</i>" if line else ""


def nothing_html(answer: Answer, words: AnswerWords) -> str:
    """The short reply to a question that nothing answers."""
    if answer.skipped:
        return words.no_more
    if answer.filters.unknown and not answer.filters.sources:
        return words.no_such_source([named(name, _NAME) for name in answer.filters.unknown])
    if answer.filters and not answer.words:
        return words.nothing_to_look_for
    if answer.filters:
        return words.nothing_within
    searched = answer.searched
    return words.nothing_found(
        searched.articles, searched.publishers, searched.earliest, searched.latest
    )


def passage_html(passage: Passage, room: int, words: AnswerWords) -> str:
    """One passage: its source, its quote in at most `room` units, and who else carries it."""
    return _frame(passage, quote_html(passage, room), words)


def quote_html(passage: Passage, room: int) -> str:
    """The passage, or as much of it as `room` takes, with its best sentence bold."""
    text, best = passage.text, passage.best
    start, end = window(text, best, room=room, cost=_cost)
    shown = (
        f"{ELLIPSIS} " if start > 0 else "",
        escape(text[start : best[0]], quote=False),
        f"<b>{escape(text[max(start, best[0]) : min(best[1], end)], quote=False)}</b>",
        escape(text[best[1] : end], quote=False),
        f" {ELLIPSIS}" if end < len(text) else "",
    )
    folded = " expandable" if end - start > _LONG_QUOTE else ""
    return f"<blockquote{folded}>{''.join(shown)}</blockquote>"


def source_html(credit: Credit, words: AnswerWords, *, at: str = "", page: int = 0) -> str:
    """Title, publisher, day and page as far as they are known, the first linked to the article.

    The link leads to the page or to the words `at` in it, where the browser can go there.
    """
    title = named(credit.title, _TITLE)
    via = named(credit.via, _NAME)
    carriers = (named(credit.publisher, _NAME), f"via {via}" if via else "")
    parts = [title, " ".join(filter(None, carriers))]
    first, *rest = list(filter(None, parts)) or [site_of(credit.url)]
    exact = at_page(credit.url, page, at) if page else at_words(credit.url, at)
    linked = _linked(first or words.source_unknown, credit.url, exact)
    where = words.page(page) if page else ""
    return " · ".join([linked, *rest, *filter(None, (words.day(credit.published), where))])


def source_of(passage: Passage, words: AnswerWords) -> str:
    """The source of a passage, linked to its best sentence or its page."""
    return source_html(passage.credit, words, at=passage.best_sentence, page=passage.page)


def copied(passage: Passage, words: AnswerWords) -> str:
    """The best sentence with its source, as text to paste: as long as Telegram copies."""
    credit = passage.credit
    page = words.page(passage.page) if passage.page else ""
    parts = (credit.title, credit.publisher, words.day(credit.published), page)
    source = clip(", ".join(filter(None, parts)), room=COPIED_UNITS // 2, cost=utf16_units)
    room = COPIED_UNITS - utf16_units(source) - len("“” — ")
    sentence = clip(" ".join(passage.best_sentence.split()), room=room, cost=utf16_units)
    text = f"“{sentence}” — {source}" if source else f"“{sentence}”"
    return text.encode("utf-8", "replace").decode("utf-8")


def also_html(publishers: Sequence[str], words: AnswerWords) -> str:
    """The line on who else carries a text; "" where nobody does."""
    if not publishers:
        return ""
    names = ", ".join(named(name, _NAME) for name in publishers[:_CARRIERS])
    return words.also_carried_by(names, max(0, len(publishers) - _CARRIERS))


def plain_text(html: str) -> str:
    """What our own HTML says, for when Telegram cannot read it; addresses follow their titles."""
    return unescape(_TAG.sub("", _LINK.sub(_with_address, html)))


def _with_address(link: re.Match[str]) -> str:
    address = link[1].partition(":~:")[0].rstrip("#")
    return f"{link[2]} ({address})"


def utf16_units(text: str) -> int:
    """How long Telegram finds a text, read strictly."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _frame(passage: Passage, quote: str, words: AnswerWords) -> str:
    lines = [source_of(passage, words), quote]
    return "\n".join([*lines, *filter(None, [also_html(passage.also, words)])])


def _rooms(passages: Sequence[Passage], head: str, words: AnswerWords) -> list[int]:
    """How many units each quote may take: short ones what they need, long ones share the rest.

    The heading takes its part of the message.
    """
    frames = (_frame(passage, "", words) for passage in passages)
    apart = _QUOTE_MARKUP + len(_BETWEEN)
    taken = utf16_units(head) + len(_BETWEEN) + sum(utf16_units(f) + apart for f in frames)
    left = MESSAGE_UNITS - 1 - taken
    needs = [_cost(passage.text) for passage in passages]
    rooms = [0] * len(needs)
    for shares, place in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        rooms[place] = min(needs[place], left // (len(needs) - shares))
        left -= rooms[place]
    return rooms


def _worth_quoting(passages: Sequence[Passage], rooms: Sequence[int]) -> bool:
    needs = (_cost(passage.text) for passage in passages)
    return all(room >= min(need, _SHORTEST_CUT) for room, need in zip(rooms, needs, strict=True))


def _cost(text: str) -> int:
    return utf16_units(escape(text))


def named(text: str, room: int) -> str:
    """A name from outside in one line, shortened and made safe for markup.

    One that is written from right to left is set apart, so that what follows it, such as a date,
    keeps its order. Marks by which a name could turn the text around it are left out.
    """
    valid = _TURNING.sub("", text.encode("utf-8", "replace").decode("utf-8"))
    shown = escape(clip(" ".join(valid.split()), room=room, cost=_cost))
    return f"{_APART}{shown}{_END_APART}" if _FROM_RIGHT.search(shown) else shown


def _linked(html: str, url: str, exact: str) -> str:
    address = exact if utf16_units(escape(exact)) <= EXACT_LINK_UNITS else url
    return f'<a href="{escape(address)}">{html}</a>' if site_of(address) else html


def site_of(url: str) -> str:
    """The site of an address that can be linked, made safe for markup; "" when it cannot be."""
    if " " in url or not url.isprintable() or utf16_units(escape(url)) > LINK_UNITS:
        return ""
    try:
        parts = urlsplit(url)
        site = parts.hostname if parts.port != 0 else None
    except ValueError:
        return ""
    # A name before the site looks like the site, and browsers read a backslash as a slash.
    if not site or parts.scheme not in {"http", "https"} or _FOREIGN.search(parts.netloc):
        return ""
    return named(parts.netloc, _NAME)
