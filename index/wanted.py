"""What a question wants to be told, and how far terms of a text tell it."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from index.asked import Asked, asked_for, counted_in
from index.letters import main_script, script_of
from index.names import Terms
from index.question import Kind, Question, Slot

Rarity = Callable[[str], float]
"""A term's idf in the collection, the largest for a term that it has never seen."""

_LEAD_CREDIT = 0.8
_ASIDE = 0.5  # of its weight, for what stands in brackets
_KIN_CREDIT = 0.67  # of a match, for a word whose likeness is 1
_WEIGHT = {Kind.WORD: 1.0, Kind.NAME: 2.0, Kind.NUMBER: 2.0}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question's slots weigh, what fills them, and what the question itself names.

    `fills` gives for a term the places of the slots that it fills, and how far: the words of a
    name add up, a word of like meaning stands alone. `wholes` are the other spellings of several
    words, which count only together. `pairs` are what each two neighbouring slots weigh as one.
    `script` is the question's, `scripts` those that each slot is spelled in, none for a number.
    """

    weights: tuple[float, ...]
    total: float
    fills: Mapping[str, tuple[tuple[int, float], ...]]
    wholes: tuple[tuple[int, Terms], ...]
    pairs: tuple[float, ...]
    known: frozenset[str]
    asked: Asked
    counted: frozenset[str] = frozenset()
    script: str = ""
    scripts: tuple[frozenset[str], ...] = ()


def wanted_of(question: Question, rarity: Rarity) -> Wanted:
    """The question's slots made ready to be looked for in many texts."""
    weights = tuple(
        _WEIGHT[slot.kind]
        * max(rarity(term) for term in slot.terms)
        * (_ASIDE if slot.aside else 1)
        for slot in question.slots
    )
    fills: dict[str, list[tuple[int, float]]] = {}
    wholes = []
    for place, slot in enumerate(question.slots):
        for term, share in _shares(slot, rarity).items():
            fills.setdefault(term, []).append((place, share))
        wholes += [(place, other) for other in slot.others if len(other) > 1]
    return Wanted(
        weights=weights,
        total=sum(weights) or 1.0,
        fills={term: tuple(filled) for term, filled in fills.items()},
        wholes=tuple(wholes),
        pairs=tuple(map(min, pairwise(weights))),
        known=frozenset(question.terms) | frozenset(question.search_terms),
        asked=asked_for(question.text),
        counted=_counted(question),
        script=main_script(question.terms),
        scripts=tuple(map(_spelled_in, question.slots)),
    )


def _spelled_in(slot: Slot) -> frozenset[str]:
    """The scripts that a slot is spelled in, here or otherwise."""
    spellings = (slot.terms, *slot.others)
    return frozenset(script_of(term[0]) for terms in spellings for term in terms) - {""}


def _counted(question: Question) -> frozenset[str]:
    """What a question wants counted, with the words that mean nearly the same."""
    counted = counted_in(question.text)
    kin = (term for slot in question.slots if counted in slot.terms for term, _ in slot.kin)
    return frozenset({counted, *kin}) if counted else frozenset()


def _shares(slot: Slot, rarity: Rarity) -> dict[str, float]:
    """How far each term alone fills a slot."""
    shares = {term: _KIN_CREDIT * like for term, like in slot.kin}
    whole = sum(rarity(term) for term in slot.terms) or 1.0
    shares |= {term: rarity(term) / whole for term in slot.terms}
    return shares | {other[0]: 1.0 for other in slot.others if len(other) == 1}


Event = tuple[int, int, float, str]

Fills = Mapping[int, float]
"""How far slots are filled, by place; those that are not filled at all are left out."""


def fills_of(wanted: Wanted, terms: Terms) -> dict[int, float]:
    """How far some terms fill each slot, wherever they stand.

    The different terms of a name add up to 1 at most; each counts once, however often it is there.
    """
    found: dict[int, float] = {}
    told = wanted.fills
    # In the order of the alphabet, so that sums come out the same to the last digit.
    for term in sorted(told.keys() & terms):
        for place, share in told[term]:
            found[place] = min(1.0, found[place] + share) if place in found else share
    if wanted.wholes:
        held = frozenset(terms)
        found |= {place: 1.0 for place, other in wanted.wholes if held.issuperset(other)}
    return found


def lead_fills(wanted: Wanted, terms: Terms) -> dict[int, float]:
    """How far an article's lead fills each slot that it fills at all."""
    fills = fills_of(wanted, terms)
    return {place: _LEAD_CREDIT * fills[place] for place in fills}


def filled_by(wanted: Wanted, fills: Fills, lead: Fills) -> float:
    """The weighted share of the question that is filled, where a lead may fill the rest."""
    weights, told = wanted.weights, 0.0
    for place, share in fills.items():
        told += weights[place] * max(lead.get(place, 0.0), share)
    for place, share in lead.items():
        if place not in fills:
            told += weights[place] * share
    return told / wanted.total


def events_in(wanted: Wanted, terms: Terms) -> list[Event]:
    """Where some terms fill a slot: position, place of the slot, how far, and by which term."""
    fills = wanted.fills
    events = [
        (at, place, share, term)
        for at, term in enumerate(terms)
        if term in fills
        for place, share in fills[term]
    ]
    if wanted.wholes:
        held = frozenset(terms)
        whole = [
            (terms.index(other[0]), place, 1.0, " ".join(other))
            for place, other in wanted.wholes
            if held.issuperset(other)
        ]
        events = sorted(events + whole) if whole else events
    return events


def filled_together(wanted: Wanted, events: Sequence[Event], lead: Fills, *, room: int) -> float:
    """The share that the best run of events fills, none of them `room` terms behind its first."""
    best, after = filled_by(wanted, {}, lead), 0
    for first, event in enumerate(events):
        end = bisect_left(events, event[0] + room, lo=after, key=itemgetter(0))
        if end > after:  # else all of it was in the run before
            best = max(best, filled_by(wanted, _fills_in(events[first:end]), lead))
            after = end
    return best


def _fills_in(events: Sequence[Event]) -> dict[int, float]:
    shares = {(place, term): share for _, place, share, term in events}
    found: dict[int, float] = {}
    for place, term in sorted(shares):
        found[place] = min(1.0, found.get(place, 0.0) + shares[place, term])
    return found
