"""Shorten a quote at sentence ends, around the sentence that answers."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

_SENTENCE_END = re.compile(
    r"""(?P<spaced>[.!?…؟۔।]+["'”’»)\]]*)(?=\s) | (?P<unspaced>[。！？]+[”’」』）]*) | (?=\n)""",
    re.VERBOSE,
)
_JOINERS = "\u200d\ufe0f"

ELLIPSIS = "…"


def window(
    text: str, best: tuple[int, int], *, room: int, cost: Callable[[str], int]
) -> tuple[int, int]:
    """Where to start and stop quoting so that the text's cost stays within `room`.

    The cost of a text is the sum of its characters' costs; of most texts it is asked once.
    The whole text if it fits. Otherwise from the beginning if the best sentence can then be kept,
    else from the best sentence, and on to the last sentence end that fits; a best sentence that is
    itself too long is cut between words where it can be.
    """
    if cost(text) <= room:
        return 0, len(text)
    spent = [0, *accumulate(map(cost, text))]
    start = 0 if spent[best[1]] <= room else best[0]
    furthest = bisect_right(spent, spent[start] + max(room, 0)) - 1
    if furthest < best[1]:
        return start, _between_words(text, start, furthest)
    end = max([best[1], *(stop for stop in _stops(text) if stop <= furthest)])
    if end == len(text):
        start = _earlier(text, start, spent[end] - room, spent)
    return start, end


def clip(text: str, *, room: int, cost: Callable[[str], int]) -> str:
    """The text, or as many of its first words as stay within `room` and an ellipsis."""
    if cost(text) <= room:
        return text
    spent = [0, *accumulate(map(cost, text))]
    fitting = bisect_right(spent, room - len(ELLIPSIS)) - 1
    return text[: _between_words(text, 0, max(fitting, 0))] + ELLIPSIS


def _stops(text: str) -> list[int]:
    return [*(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]


def _earlier(text: str, start: int, least: int, spent: list[int]) -> int:
    """The first sentence start, at `start` or before it, that can be afforded."""
    starts = (stop + _blank(text, stop) for stop in _stops(text))
    return min([start, *(place for place in starts if spent[place] >= least and place <= start)])


def _blank(text: str, place: int) -> int:
    return len(text) - place - len(text[place:].lstrip())


def _between_words(text: str, start: int, end: int) -> int:
    """The last end of a word up to `end`, or `end` where one word fills most of the room."""
    while end > start and (text[end] in _JOINERS or unicodedata.combining(text[end])):
        end -= 1
    if text[end].isspace():
        return end
    words = re.search(r"\s+\S*\Z", text[start:end])
    if words and words.start() >= (end - start) // 2:
        return start + words.start()
    return end
