"""Say in plain words what was really searched: the question made whole, and within what limits."""

from calendar import monthrange
from datetime import date

from bot.phrases.answers import AnswerWords
from index import Answer, Filters, Window


def searched_line(answer: Answer, words: AnswerWords) -> str:
    """What was searched, "" where that is just what was asked."""
    changed = answer.completed or answer.mended or answer.filters
    if not (changed or answer.loosened or answer.unread):
        return ""
    limits = limits_of(answer.filters, words)
    limits += [words.not_together(phrase) for phrase in answer.loosened]
    limits += [words.not_understood(limit) for limit in answer.unread]
    return words.searched(answer.words, limits)


def limits_of(filters: Filters, words: AnswerWords) -> list[str]:
    """Each limit that an answer kept to, in words."""
    limits = [window_spoken(filters.window, words)] if filters.window != Window() else []
    if filters.sources or filters.unknown:
        limits.append(words.only_from([*filters.sources, *filters.unknown]))
    if filters.article:
        limits.append(words.same_article)
    limits += [words.with_phrase(phrase) for phrase in filters.phrases]
    limits += [words.without(left_out) for left_out in filters.without]
    return limits


def window_spoken(window: Window, words: AnswerWords) -> str:
    """A window as people say it: in a month, on a day, since one, until one, or between two."""
    first, last = words.day(_whole(window)), words.day(window.last.isoformat())
    if first:
        when = words.on(first) if _whole(window).count("-") == 2 else words.within(first)
    elif window.last == date.max:
        when = words.since(words.day(window.first.isoformat()))
    elif window.first == date.min:
        when = words.until(last)
    else:
        when = words.between(words.day(window.first.isoformat()), last)
    return when if window.told else words.published(when)


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
