"""Tell which words of a question a passage was chosen by, and where they stand."""

from collections.abc import Mapping
from itertools import product

from index.answer import Trace, Where
from index.names import Terms
from index.question import Question, Slot
from index.store import Found
from index.wanted import Wanted, events_in
from index.words import spot

HALF = 0.5
"""The part of a slot that says as much as the whole: of a name in two words, the rarer one."""

Filled = Mapping[str, float]
"""How far each term, or each name of several terms with spaces between, fills a slot."""


def traces_of(question: Question, wanted: Wanted, found: Found) -> tuple[Trace, ...]:
    """Each word and name of a question, in its order, with where it stands.

    As itself or by another name it is looked for in the passage, then in the opening of its
    article; only then a word of like meaning is taken for it.
    """
    told = f"{found.text}\n{found.lead}"
    filled = {
        Where.PASSAGE: _filled(wanted, found.terms),
        Where.ARTICLE: _filled(wanted, found.lead_terms),
    }
    traces = []
    for place, slot in enumerate(question.slots):
        where, otherwise = _stands(slot, {at: by.get(place, {}) for at, by in filled.items()})
        traces.append(Trace(_spelled(slot.terms, question.text), where, _spelled(otherwise, told)))
    return tuple(dict.fromkeys(traces))


def _stands(slot: Slot, filled: Mapping[Where, Filled]) -> tuple[Where, Terms]:
    """Where a slot is filled, and by which other terms if not by its own."""
    for least, (where, by) in product((HALF, 0.0), filled.items()):
        if sum(by.get(term, 0.0) for term in slot.terms) >= HALF:
            return where, ()
        others = [(share, term) for term, share in by.items() if term not in slot.terms]
        share, term = max(others, default=(-1.0, ""))
        if share >= least:
            return where, tuple(term.split())
    return Where.NOWHERE, ()


def _filled(wanted: Wanted, terms: Terms) -> dict[int, dict[str, float]]:
    """What fills each slot that some terms fill."""
    by: dict[int, dict[str, float]] = {}
    for _, place, share, term in events_in(wanted, terms):
        by.setdefault(place, {})[term] = share
    return by


def _spelled(terms: Terms, text: str) -> str:
    """Some terms as they are written where they first stand in a text, on end if they do."""
    spots = [each for each in spot(text) if "-" not in text[each[1] : each[2]]]
    for at in range(len(spots) - len(terms) + 1 if terms else 0):
        run = spots[at : at + len(terms)]
        if tuple(term for term, _, _ in run) == terms:
            return text[run[0][1] : run[-1][2]]
    surfaces = {term: text[start:end] for term, start, end in reversed(spots)}
    return " ".join(surfaces.get(term, term) for term in terms)
