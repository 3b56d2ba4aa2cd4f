"""Write an answer as one message in Telegram's HTML: sources above, quotes word for word below."""

import re
from collections.abc import Sequence
from html import escape, unescape
from urllib.parse import urlsplit

from bot import phrases
from bot.cutting import ELLIPSIS, clip, window
from bot.dates import spoken
from bot.limits import LINK_UNITS, MESSAGE_UNITS
from bot.searched import searched_line
from index import Answer, Credit, Passage

MOST_PASSAGES = 3

_LONG_QUOTE = 600  # from here on a quote is folded, so that three of them stay readable in a group
_SHORTEST_CUT = 300  # rather than cut quotes below this, quote fewer passages
_TITLE, _NAME, _CARRIERS, _SEARCHED = 200, 80, 5, 400
_BETWEEN = "\n\n"
_QUOTE_MARKUP = len("\n<blockquote expandable><b></b></blockquote>") + 2 * len(f" {ELLIPSIS}")
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def answer_html(answer: Answer) -> str:
    """The whole reply to a question: quotes with their sources, or what was searched in vain."""
    searched = searched_html(answer)
    if answer.abstained:
        return "\n".join(filter(None, (searched, nothing_html(answer))))
    passages = quoted_in(answer)
    rooms = _rooms(passages, _taken(searched))
    return _BETWEEN.join(filter(None, (searched, *map(passage_html, passages, rooms))))


def quoted_in(answer: Answer) -> tuple[Passage, ...]:
    """The passages that the reply has room for: fewer, rather than cut too short."""
    taken = _taken(searched_html(answer))
    passages = answer.passages[:MOST_PASSAGES]
    while len(passages) > 1 and not _worth_quoting(passages, _rooms(passages, taken)):
        passages = passages[:-1]
    return passages


def _taken(searched: str) -> int:
    return utf16_units(searched) + len(_BETWEEN)


def searched_html(answer: Answer) -> str:
    """What was really searched, "" where that is just what was asked."""
    line = searched_line(answer)
    return f"<i>{_named(line, _SEARCHED)}</i>" if line else ""


def nothing_html(answer: Answer) -> str:
    """The short reply to a question that nothing answers."""
    if answer.skipped:
        return phrases.NO_MORE
    if answer.filters.unknown and not answer.filters.sources:
        names = [_named(name, _NAME) for name in answer.filters.unknown]
        return phrases.no_such_source(names)
    if answer.filters and not answer.words:
        return phrases.NOTHING_TO_LOOK_FOR
    if answer.filters:
        return phrases.NOTHING_WITHIN
    searched = answer.searched
    first, last = spoken(searched.earliest), spoken(searched.latest)
    return phrases.nothing_found(searched.articles, searched.publishers, first, last)


def passage_html(passage: Passage, room: int) -> str:
    """One passage: its source, its quote in at most `room` units, and who else carries it."""
    return _frame(passage.credit, passage.also, quote_html(passage, room))


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


def source_html(credit: Credit) -> str:
    """Title, publisher and day as far as they are known, the first linked to the article."""
    title = _named(credit.title, _TITLE)
    via = _named(credit.via, _NAME)
    carriers = (_named(credit.publisher, _NAME), f"via {via}" if via else "")
    parts = [title, " ".join(filter(None, carriers))]
    first, *rest = list(filter(None, parts)) or [_host(credit.url)]
    day = spoken(credit.published)
    return " · ".join([_linked(first, credit.url), *rest, *([day] if day else [])])


def plain_text(html: str) -> str:
    """What our own HTML says, for when Telegram cannot read it; addresses follow their titles."""
    return unescape(_TAG.sub("", _LINK.sub(r"\2 (\1)", html)))


def utf16_units(text: str) -> int:
    """How long Telegram finds a text, read strictly."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _frame(credit: Credit, also: tuple[str, ...], quote: str) -> str:
    lines = [source_html(credit), quote]
    if also:
        names = ", ".join(_named(name, _NAME) for name in also[:_CARRIERS])
        more = len(also) - _CARRIERS
        lines.append(phrases.also_carried_by(names, max(0, more)))
    return "\n".join(lines)


def _rooms(passages: Sequence[Passage], taken: int) -> list[int]:
    """How many units each quote may take: short ones what they need, long ones share the rest.

    `taken` units of the message are for something else.
    """
    frames = (utf16_units(_frame(passage.credit, passage.also, "")) for passage in passages)
    left = (
        MESSAGE_UNITS - 1 - taken - sum(frame + _QUOTE_MARKUP + len(_BETWEEN) for frame in frames)
    )
    needs = [sum(map(_cost, passage.text)) for passage in passages]
    rooms = [0] * len(needs)
    for shares, place in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        rooms[place] = min(needs[place], left // (len(needs) - shares))
        left -= rooms[place]
    return rooms


def _worth_quoting(passages: Sequence[Passage], rooms: Sequence[int]) -> bool:
    needs = (sum(map(_cost, passage.text)) for passage in passages)
    return all(room >= min(need, _SHORTEST_CUT) for room, need in zip(rooms, needs, strict=True))


def _cost(character: str) -> int:
    return utf16_units(escape(character))


def _named(text: str, room: int) -> str:
    """A field of the source in one line, shortened and made safe for markup."""
    valid = text.encode("utf-8", "replace").decode("utf-8")
    return escape(clip(" ".join(valid.split()), room=room, cost=_cost))


def _linked(html: str, url: str) -> str:
    if not _host(url):
        return html or phrases.SOURCE_UNKNOWN
    return f'<a href="{escape(url)}">{html}</a>'


def _host(url: str) -> str:
    """The site of an address that can be linked, made safe for markup; "" when it cannot be."""
    if utf16_units(escape(url)) > LINK_UNITS or re.search(r"[\s\x00-\x1f\ud800-\udfff]", url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return _named(parts.netloc, _NAME) if parts.scheme in {"http", "https"} else ""
