"""Write alerts: what is new on one watched question, or on several, as one message."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.limits import MESSAGE_UNITS
from bot.phrases import Phrases
from bot.render import (
    MOST_PASSAGES,
    fitting,
    named,
    page_html,
    passage_html,
    searched_html,
    utf16_units,
)
from index import Answer, Passage, has_words

QUESTION_UNITS = 200
"""As much of a watched question is repeated."""

_QUOTE = 400  # units of a quote in a digest
_SHORTEST = 120
_TAIL = 200  # units for the last line
_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class News:
    """What is new on a watched question, best first, and how many more were found."""

    question: str
    passages: tuple[Passage, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A message, and the passages that it quotes."""

    html: str
    shown: tuple[Passage, ...]


def bulletin(news: Sequence[News], phrases: Phrases) -> Bulletin:
    """All the news in one message, which says how much more there is."""
    return _alert(news[0], phrases) if len(news) == 1 else _digest(news, phrases)


def refusal_html(answer: Answer, phrases: Phrases) -> str:
    """Why a question cannot be watched; "" where it can be."""
    filters, words = answer.filters, phrases.watches
    if filters.unknown and not filters.sources:
        return phrases.answers.no_such_source([named(name, 80) for name in filters.unknown])
    sought = (answer.words, *filters.phrases)
    if not any(map(has_words, sought)):
        return words.nothing_to_watch
    return ""


def limits_html(answer: Answer, phrases: Phrases) -> str:
    """What a question is read as, where that is not just how it was typed."""
    return searched_html(answer, phrases.answers)


def question_html(question: str) -> str:
    """A watched question, shortened and made safe."""
    return named(question, QUESTION_UNITS)


def _alert(news: News, phrases: Phrases) -> Bulletin:
    words = phrases.watches
    heading = words.alert(question_html(news.question))
    # The line is measured with the highest number that it can have.
    most = len(news.passages) + news.more
    passages = news.passages[:MOST_PASSAGES]
    shown = fitting(passages, phrases.answers, head=_headed(heading, most, phrases))
    left = most - len(shown)
    html = page_html(shown, phrases.answers, head=_headed(heading, left, phrases))
    return Bulletin(html, shown)


def _headed(heading: str, further: int, phrases: Phrases) -> str:
    return "\n".join(filter(None, (heading, _further(further, phrases))))


def _digest(news: Sequence[News], phrases: Phrases) -> Bulletin:
    """One passage on each question for as long as there is room, and a count of the others."""
    parts = [phrases.watches.alerts(len(news))]
    left = MESSAGE_UNITS - 1 - utf16_units(parts[0]) - _TAIL
    shown: list[Passage] = []
    for place, each in enumerate(news):
        share = left // (len(news) - place)
        section = _section(each, max(share, min(left, _SHORTEST + 700)), phrases)
        if utf16_units(section) + len(_BETWEEN) <= left:
            parts.append(section)
            shown.append(each.passages[0])
            left -= utf16_units(section) + len(_BETWEEN)
    further = sum(len(each.passages) + each.more for each in news) - len(shown)
    parts.append(_further(further, phrases))
    return Bulletin(_BETWEEN.join(filter(None, parts)), tuple(shown))


def _section(news: News, room: int, phrases: Phrases) -> str:
    heading = f"<b>{question_html(news.question)}</b>"
    passage = news.passages[0]
    frame = utf16_units(f"{heading}\n{passage_html(passage, 0, phrases.answers)}")
    quote = max(_SHORTEST, min(_QUOTE, room - frame))
    return f"{heading}\n{passage_html(passage, quote, phrases.answers)}"


def _further(passages: int, phrases: Phrases) -> str:
    return f"<i>{phrases.watches.further(passages)}</i>" if passages else ""
