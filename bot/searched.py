"""Say in plain words what was really searched: the question made whole, and within what limits."""

from calendar import monthrange
from datetime import date

from bot import phrases
from bot.dates import spoken
from index import Answer, Filters, Window


def searched_line(answer: Answer) -> str:
    """What was searched, "" where that is just what was asked."""
    changed = answer.completed or answer.mended or answer.filters
    if not (changed or answer.loosened or answer.unread):
        return ""
    limits = limits_of(answer.filters)
    limits += [phrases.not_together(phrase) for phrase in answer.loosened]
    limits += [phrases.not_understood(limit) for limit in answer.unread]
    return phrases.searched(answer.words, limits)


def limits_of(filters: Filters) -> list[str]:
    """Each limit that an answer kept to, in words."""
    limits = [window_spoken(filters.window)] if filters.window != Window() else []
    if filters.sources or filters.unknown:
        limits.append(phrases.only_from([*filters.sources, *filters.unknown]))
    if filters.article:
        limits.append(phrases.SAME_ARTICLE)
    limits += [phrases.with_phrase(phrase) for phrase in filters.phrases]
    limits += [phrases.without(words) for words in filters.without]
    return limits


def window_spoken(window: Window) -> str:
    """A window as people say it: in a month, on a day, since one, until one, or between two."""
    first, last = spoken(_whole(window)), spoken(window.last.isoformat())
    if first:
        when = phrases.on(first) if _whole(window).count("-") == 2 else phrases.within(first)
    elif window.last == date.max:
        when = phrases.since(spoken(window.first.isoformat()))
    elif window.first == date.min:
        when = phrases.until(last)
    else:
        when = phrases.between(spoken(window.first.isoformat()), last)
    return when if window.told else phrases.published(when)


def _whole(window: Window) -> str:
    """The ISO day, month or year that a window is exactly; "" where it is none."""
    first, last = window.first, window.last
    if first == last:
        return first.isoformat()
    if (first.month, first.day, last.month, last.day) == (
        1,
        1,
        12,
        31,
    ) and first.year == last.year:
        return f"{first.year:04}"
    length = monthrange(first.year, first.month)[1]
    if first.day == 1 and last == first.replace(day=length):
        return f"{first.year:04}-{first.month:02}"
    return ""
