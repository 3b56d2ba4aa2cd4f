"""Filters as a condition of SQL on paragraphs p, articles a, carriers c; values are parameters."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.answer import Filters
from index.words import analyse, fold

Condition = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class Wording:
    """The conditions that a paragraph holds a phrase, and that it is without some words."""

    phrase: Callable[[str], Condition]
    without: Callable[[str], Condition]


_APART = re.compile(r"[\W_]+")


def condition_of(
    filters: Filters, *, carried: bool = False, wording: "Wording | None" = None
) -> Condition:
    """The condition that passages under these filters meet, and its parameters in order.

    A date of publication without day or month meets a window that begins within it. What is
    asked of a source that the collection does not have is met by nothing. With `carried`, one of
    the credits that an article has elsewhere may meet it in place of its own. `wording` is how the
    store looks words up; FTS5's unless given.
    """
    conditions = [_credit(filters, carried=carried), _article(filters), _after(filters.after)]
    wording = wording or Wording(_phrase, _without)
    conditions += [wording.phrase(phrase) for phrase in filters.phrases]
    conditions += [wording.without(words) for words in filters.without]
    text, values = _all_of(conditions)
    return text or "1 = 1", values


def _all_of(conditions: Iterable[Condition]) -> Condition:
    given = [condition for condition in conditions if condition[0]]
    return " and ".join(text for text, _ in given), [each for _, more in given for each in more]


def _credit(filters: Filters, *, carried: bool) -> Condition:
    """What is asked of who published an article, and when."""
    own, values = _credit_in("a", filters)
    if not own or not carried:
        return own, values
    other, again = _credit_in("c", filters)
    elsewhere = f"exists (select 1 from carriers c where c.article = a.key and {other})"
    return f"({own} or {elsewhere})", [*values, *again]


def _credit_in(row: str, filters: Filters) -> Condition:
    return _all_of((_window(row, filters), _sources(row, filters), _among(row, filters.only)))


def stands_in(phrase: str, text: str) -> bool:
    """Whether a text holds a phrase word for word, case and accents aside."""
    return f" {_asked(phrase)} " in f" {plain(text)} "


@lru_cache(maxsize=64)
def _asked(phrase: str) -> str:
    return plain(phrase)


def plain(text: str) -> str:
    """A text's words with a space between each two, case and accents aside."""
    return _APART.sub(" ", fold(text)).strip()


def _window(row: str, filters: Filters) -> Condition:
    window = filters.window
    if window == type(window)():
        return "", []
    first, last = window.first.isoformat(), window.last.isoformat()
    return (
        f"{row}.published <> '' and substr({row}.published, 1, 10) between"
        f" substr(?, 1, length(substr({row}.published, 1, 10))) and ?",
        [first, last],
    )


def _sources(row: str, filters: Filters) -> Condition:
    if not filters.sources:
        return ("1 = 0" if filters.unknown else ""), []
    return _among(row, filters.sources)


def _among(row: str, publishers: Sequence[str]) -> Condition:
    if not publishers:
        return "", []
    marks = ", ".join("?" * len(publishers))
    return f"{row}.publisher in ({marks})", list(publishers)


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
