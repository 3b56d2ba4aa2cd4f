"""Filters as a condition of SQL on paragraphs p and their articles a; values are parameters."""

import re
from collections.abc import Sequence
from functools import lru_cache

from index.answer import Filters
from index.words import analyse, fold

Condition = tuple[str, list[str]]

_APART = re.compile(r"[\W_]+")


def condition_of(filters: Filters) -> Condition:
    """The condition that passages under these filters meet, and its parameters in order.

    A date of publication without day or month meets a window that begins within it. What is
    asked of a source that the collection does not have is met by nothing.
    """
    conditions = [_window(filters), _sources(filters), _article(filters)]
    conditions += [_among(filters.only), _after(filters.after)]
    conditions += [_phrase(phrase) for phrase in filters.phrases]
    conditions += [_without(words) for words in filters.without]
    texts = [text for text, _ in conditions if text]
    return " and ".join(texts) or "1", [value for _, values in conditions for value in values]


def stands_in(phrase: str, text: str) -> bool:
    """Whether a text holds a phrase word for word, case and accents aside."""
    return f" {_asked(phrase)} " in f" {_plain(text)} "


@lru_cache(maxsize=64)
def _asked(phrase: str) -> str:
    return _plain(phrase)


def _plain(text: str) -> str:
    return _APART.sub(" ", fold(text)).strip()


def _window(filters: Filters) -> Condition:
    window = filters.window
    if window == type(window)():
        return "", []
    first, last = window.first.isoformat(), window.last.isoformat()
    return (
        "a.published <> '' and substr(a.published, 1, 10) between"
        " substr(?, 1, length(substr(a.published, 1, 10))) and ?",
        [first, last],
    )


def _sources(filters: Filters) -> Condition:
    if not filters.sources:
        return ("0" if filters.unknown else ""), []
    return _among(filters.sources)


def _among(publishers: Sequence[str]) -> Condition:
    if not publishers:
        return "", []
    marks = ", ".join("?" * len(publishers))
    return f"a.publisher in ({marks})", list(publishers)


def _after(generation: int) -> Condition:
    if not generation:
        return "", []
    # Not from the log of changes: that is cut, and has what an edited article kept, too.
    return "p.entered > cast(? as integer)", [str(generation)]


def _article(filters: Filters) -> Condition:
    return ("a.key = ?", [filters.article]) if filters.article else ("", [])


def _phrase(phrase: str) -> Condition:
    """Paragraphs that hold a phrase; those with all its words are looked up first."""
    exact = """stands_in(?, substr(a.text, p.start + 1, p."end" - p.start))"""
    terms = analyse(phrase)
    if not terms:
        return exact, [phrase]
    return f"p.id in (select rowid from words where words match ?) and {exact}", [
        _match(terms),
        phrase,
    ]


def _without(words: str) -> Condition:
    terms = analyse(words)
    if not terms:
        return "", []
    return "p.id not in (select rowid from words where words match ?)", [_match(terms)]


def _match(terms: Sequence[str]) -> str:
    # A term is letters and digits; quoted, it cannot be read as an operator.
    return "terms : (" + " AND ".join(f'"{term}"' for term in dict.fromkeys(terms)) + ")"
