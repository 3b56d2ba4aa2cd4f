"""Lists as messages: passages that hold words, the newest articles, the publishers."""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from html import escape

from bot.cutting import ELLIPSIS, clip, window
from bot.limits import MESSAGE_UNITS
from bot.phrases import Phrases
from bot.render import named, source_html, utf16_units
from bot.searched import limits_of
from index import Credit, Listing, Match, Matches, Publisher

PASSAGES, ARTICLES, PUBLISHERS = 5, 8, 20
"""How many of each stand on a page."""

WORDS_UNITS = 100
"""As much of what somebody typed is repeated."""

_NAME, _LIMITS = 80, 300
_HEAD_UNITS = 700  # more than the words, the limits, and what is said around them can take
_CREDIT_UNITS = 400  # from here on an article's credit goes without its link
_QUOTE_UNITS = 600  # a list is to be looked over
_MOST_MARKS = 15  # Telegram keeps only so many formatted pieces of a message
_FRAME = len("<blockquote></blockquote>\n\n\n99. ") + 2 * len(f" {ELLIPSIS}")
_MARK = len("<b></b>")
_SENTENCE_END = re.compile(r"""[.!?…؟۔।]+["'”’»)\]]*\s+|[。！？]+[”’」』）]*|\n""")


def pages_in(total: int, on_page: int) -> int:
    """How many pages a list has; one where it is empty."""
    return max(1, -(-total // on_page))


def passages_html(matches: Matches, phrases: Phrases) -> str:
    """A page of passages with the words bold, numbered, each below its source."""
    share = (MESSAGE_UNITS - _HEAD_UNITS) // PASSAGES
    entries = (
        f"{number}. {_match(match, share, phrases)}"
        for number, match in enumerate(matches.found[:PASSAGES], start=1)
    )
    return "\n\n".join((_found_head(matches, phrases), *entries))


def articles_html(listing: Listing, phrases: Phrases) -> str:
    """A page of articles, numbered: title, publisher and day, linked."""
    words = phrases.lookups
    names = [named(name, _NAME) for name in listing.sources]
    head = words.newest_of(names) if names else words.newest
    entries = (
        f"{number}. {_credit(each.credit, phrases)}"
        for number, each in enumerate(listing.articles[:ARTICLES], start=1)
    )
    return "\n\n".join((head, *entries))


def publishers_html(publishers: Sequence[Publisher], page: int, phrases: Phrases) -> str:
    """A page of all publishers, with how many articles there are of each, and of when."""
    words = phrases.lookups
    shown = publishers[page * PUBLISHERS : (page + 1) * PUBLISHERS]
    entries = (
        words.publisher(
            named(each.name, _NAME),
            each.articles,
            each.earliest,
            each.latest,
        )
        for each in shown
    )
    return "\n".join((words.publishers(len(publishers)) + "\n", *entries))


def nothing_holds_html(
    matches: Matches, articles: int, sources: Sequence[str], phrases: Phrases
) -> str:
    """That no passage holds the words, and what was searched for them."""
    words, sought = phrases.lookups, _sought(matches)
    limits = _limits_html(matches, phrases)
    if matches.filters.sources or sources:
        names = matches.filters.sources or sources
        said = words.nothing_holds_within(sought, [named(name, _NAME) for name in names])
    else:
        said = words.nothing_holds(sought, articles)
    return "\n".join(filter(None, (said, limits)))


def no_articles_html(sources: Sequence[str], phrases: Phrases) -> str:
    """That there is nothing to list, or nothing of the sources that may be seen."""
    words = phrases.lookups
    if not sources:
        return words.empty
    return words.no_articles_of([named(name, _NAME) for name in sources])


def no_source_html(name: str, publishers: Sequence[str], phrases: Phrases) -> str:
    """That there is no such source, and which are called something like it."""
    near = [named(each, _NAME) for each in nearest(name, publishers)]
    return phrases.lookups.no_such_source(named(name, _NAME), near)


def nearest(name: str, names: Sequence[str]) -> list[str]:
    """Up to three of the names that are spelled most like one, or begin a word with it."""
    spelled = {each.casefold(): each for each in names}
    wanted = name.casefold()
    begun = [each for each in spelled if wanted and f" {wanted}" in f" {each}"]
    close = get_close_matches(wanted, list(spelled), n=3)
    return [spelled[each] for each in dict.fromkeys([*begun, *close])][:3]


def plain(text: str, room: int) -> str:
    """A text from outside in one line, shortened, for where Telegram takes no markup."""
    valid = text.encode("utf-8", "replace").decode("utf-8")
    return clip(" ".join(valid.split()), room=room, cost=utf16_units)


def _sought(matches: Matches) -> str:
    """The words that were looked for; of a phrase alone, the phrase."""
    return named(matches.words or ", ".join(matches.filters.phrases), WORDS_UNITS)


def _found_head(matches: Matches, phrases: Phrases) -> str:
    words = phrases.lookups
    lines = [words.searched_for(_sought(matches), matches.total)]
    if not matches.every:
        lines.append(words.some_of_them)
    return "\n".join(filter(None, (*lines, _limits_html(matches, phrases))))


def _limits_html(matches: Matches, phrases: Phrases) -> str:
    words = phrases.answers
    limits = limits_of(matches.filters, words)
    limits += [words.not_understood(limit) for limit in matches.unread]
    return f"<i>{named(' · '.join(limits), _LIMITS)}</i>" if limits else ""


def _match(match: Match, share: int, phrases: Phrases) -> str:
    source = _credit(match.paragraph.credit, phrases)
    marks = match.marks[:_MOST_MARKS]
    left = share - utf16_units(source) - _FRAME - _MARK * len(marks)
    quote = marked_html(match.paragraph.text, marks, room=min(left, _QUOTE_UNITS))
    return f"{source}\n<blockquote>{quote}</blockquote>"


def _credit(credit: Credit, phrases: Phrases) -> str:
    source = source_html(credit, phrases.answers)
    if utf16_units(source) <= _CREDIT_UNITS:
        return source
    return source_html(replace(credit, url=""), phrases.answers)


def marked_html(text: str, marks: Sequence[tuple[int, int]], *, room: int) -> str:
    """A text, or as much of it around the first mark as `room` takes, with the marks bold."""
    around = _sentence_at(text, marks[0][0] if marks else 0)
    start, end = window(text, around, room=room, cost=_cost)
    parts, place = [], start
    for first, last in marks:
        if place <= first and last <= end:
            parts += [_safe(text[place:first]), f"<b>{_safe(text[first:last])}</b>"]
            place = last
    cut = (f"{ELLIPSIS} " if start else "", f" {ELLIPSIS}" if end < len(text) else "")
    return f"{cut[0]}{''.join(parts)}{_safe(text[place:end])}{cut[1]}"


def _sentence_at(text: str, place: int) -> tuple[int, int]:
    """Where the sentence that stands at a place begins and ends."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    start = max([0, *(end for end in ends if end <= place)])
    end = min([len(text), *(end for end in ends if end > place)])
    return start, start + len(text[start:end].rstrip())


def _cost(text: str) -> int:
    return utf16_units(escape(text, quote=False))


def _safe(text: str) -> str:
    return escape(text.encode("utf-8", "replace").decode("utf-8"), quote=False)
