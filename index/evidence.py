"""Judge how well paragraphs answer a question: by words, names, days, meaning and kind."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from index.article import Credit
from index.asked import Asked, asked_for, counted_in, holds
from index.names import Aliases, Terms, shipped_aliases
from index.scoring import Features, Reading, Scale, closely, evidence
from index.times import Day, agreement, day_of, days_in
from index.words import guess_language, spot

Rarity = Callable[[str], float]
Kin = Callable[[str], Mapping[str, float]]

LEAD_LENGTH = 300
_LEAD_CREDIT = 0.8
_NEIGHBOURS = 3  # terms from one word of a phrase to the next
_BESIDE = 8  # terms between a number and what it counts, at most
_ELSEWHERE = 0.4  # of the worth of a number, where it counts something else
_SENTENCE = 16  # terms in a long sentence
_IMPLIED = 12.0, -3.5  # slope and start of a standardised cosine over the words found together
_KIN_CREDIT = 0.67  # of a match, for a word whose likeness is 1


class Kind(StrEnum):
    """What a slot of a question is: an ordinary word, a name, or a number."""

    WORD = "word"
    NAME = "name"
    NUMBER = "number"


_WEIGHT = {Kind.WORD: 1.0, Kind.NAME: 2.0, Kind.NUMBER: 2.0}


@dataclass(frozen=True, slots=True)
class Slot:
    """One word or name of a question: its terms, and whole other spellings of them."""

    terms: Terms
    kind: Kind = Kind.WORD
    others: tuple[Terms, ...] = ()
    kin: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its evidence is looked for: slots to fill, days, and the words to search by.

    `foreign` tells that it is written in other letters than the Latin ones.
    """

    text: str
    terms: Terms
    slots: tuple[Slot, ...]
    days: tuple[Day, ...]
    search_terms: Terms
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paragraph that may answer, with its article's opening and its cosine with the question."""

    id: int
    text: str
    terms: Terms
    cosine: float
    context_cosine: float = 0.0
    lead: str = ""
    lead_terms: Terms = ()
    credit: Credit = field(default_factory=Credit)
    article: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate's evidence from 0 to 1, and the features that it was computed from."""

    id: int
    evidence: float
    features: Features


def lead_of(credit: Credit, text: str) -> str:
    """What an article says of all its paragraphs: title, day, and its first 300 characters."""
    head = ". ".join(part for part in (credit.title, credit.published[:10]) if part)
    return (f"{head}. " if head else "") + text[:LEAD_LENGTH]


def no_kin(_: str) -> Mapping[str, float]:
    """Of no word is it known what else means the same."""
    return {}


def read_question(text: str, *, aliases: Aliases | None = None, kin: Kin = no_kin) -> Question:
    """What a question asks for; `aliases` are the shipped ones unless given.

    `kin` gives the terms that mean nearly the same as a term, with their likeness.
    """
    aliases = shipped_aliases() if aliases is None else aliases
    days = days_in(text)
    spots = [
        (term, _kind(text, term, start))
        for term, start, end in spot(text, guess_language(text))
        if "-" not in text[start:end]
    ]
    terms = tuple(term for term, _ in spots)
    slots: list[Slot] = []
    place = 0
    for start, end, names in aliases.find(terms):
        slots += [_slot(term, kind, kin) for term, kind in spots[place:start]]
        mine = terms[start:end]
        slots.append(Slot(mine, Kind.NAME, tuple(name for name in names if name != mine)))
        place = end
    slots += [_slot(term, kind, kin) for term, kind in spots[place:]]
    unique = tuple(dict.fromkeys(slots))
    spellings = (name for slot in unique for name in (slot.terms, *slot.others))
    search = tuple(dict.fromkeys(term for name in spellings for term in name))
    letters = [mark for mark in text if mark.isalpha()]
    foreign = 2 * sum(mark > "\u024f" for mark in letters) > len(letters)
    return Question(text, terms, unique, days, search, foreign)


def _slot(term: str, kind: Kind, kin: Kin) -> Slot:
    """A slot of one term; a name or number means only itself."""
    return Slot((term,), kind, kin=tuple(kin(term).items()) if kind is Kind.WORD else ())


def _kind(text: str, term: str, start: int) -> Kind:
    if term[0].isdigit():
        return Kind.NUMBER
    named = text[start].isupper() and (start > 0 or text[start : start + 2].isupper())
    return Kind.NAME if named else Kind.WORD


def judge(
    question: Question, candidates: Sequence[Candidate], *, scale: Scale, rarity: Rarity
) -> list[Judged]:
    """Every candidate with its evidence, best first, ties to the lower id.

    `rarity` is a term's idf in the collection, the largest for a term that it has never seen.
    """
    wanted = wanted_of(question, rarity)
    judged = []
    for candidate in candidates:
        features = features_of(question, wanted, candidate, scale=scale)
        judged.append(Judged(candidate.id, evidence(features), features))
    return sorted(judged, key=lambda one: (-one.evidence, one.id))


def reread(judged: Sequence[Judged], readings: Mapping[int, Reading]) -> list[Judged]:
    """The candidates with those that were read closely first, by the evidence of both.

    The rest follow as they were judged, with no more evidence than the last of those read.
    """
    read = [
        Judged(each.id, closely(each.features, readings[each.id]), each.features)
        for each in judged
        if each.id in readings
    ]
    read.sort(key=lambda one: (-one.evidence, one.id))
    least = read[-1].evidence if read else 1.0
    rest = [
        replace(each, evidence=min(each.evidence, least))
        for each in judged
        if each.id not in readings
    ]
    return read + rest


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question's slots weigh, what fills them, and what the question itself names.

    `fills` gives for a term the places of the slots that it fills, and how far: the words of a
    name add up, a word of like meaning stands alone. `wholes` are the other spellings of several
    words, which count only together.
    """

    weights: tuple[float, ...]
    total: float
    fills: Mapping[str, tuple[tuple[int, float], ...]]
    wholes: tuple[tuple[int, Terms], ...]
    known: frozenset[str]
    asked: Asked
    counted: frozenset[str] = frozenset()


def wanted_of(question: Question, rarity: Rarity) -> Wanted:
    """The question's slots made ready to be looked for in many texts."""
    weights = tuple(
        _WEIGHT[slot.kind] * max(rarity(term) for term in slot.terms) for slot in question.slots
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
        known=frozenset(question.terms) | frozenset(question.search_terms),
        asked=asked_for(question.text),
        counted=_counted(question),
    )


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


def filled_by(wanted: Wanted, events: Iterable[Event], lead: Mapping[int, float]) -> float:
    """The weighted share of the question that events fill, where a lead may fill the rest."""
    filled = dict(lead)
    seen: dict[int, dict[str, float]] = {}
    for _, place, share, term in events:
        mine = seen.setdefault(place, {})
        mine[term] = share
        filled[place] = max(filled.get(place, 0.0), min(1.0, sum(mine.values())))
    return sum(wanted.weights[place] * share for place, share in filled.items()) / wanted.total


def lead_fills(wanted: Wanted, terms: Terms) -> dict[int, float]:
    """How far an article's lead fills each slot that it fills at all."""
    filled: dict[int, dict[str, float]] = {}
    for _, place, share, term in events_in(wanted, terms):
        filled.setdefault(place, {})[term] = share
    return {place: _LEAD_CREDIT * min(1.0, sum(by.values())) for place, by in filled.items()}


def features_of(
    question: Question, wanted: Wanted, candidate: Candidate, *, scale: Scale
) -> Features:
    """What speaks for one candidate, each as a plain number."""
    lead = lead_fills(wanted, candidate.lead_terms)
    events = events_in(wanted, candidate.terms)
    coverage = filled_by(wanted, events, lead)
    if question.foreign and not scale.multilingual:
        slope, start = _IMPLIED
        meaning = slope * _together(wanted, events, {}) + start
    else:
        meaning = scale.standard(candidate.cosine)
    return Features(
        meaning=meaning,
        coverage=coverage,
        together=_together(wanted, events, lead),
        phrases=_phrases(wanted, events),
        days=_days(question, candidate),
        kind=_kind_told(wanted, candidate),
        kindless=wanted.asked is Asked.OTHER,
    )


def _kind_told(wanted: Wanted, candidate: Candidate) -> float:
    """How surely the kind asked for is there; a number far from what is counted is little."""
    told = holds(wanted.asked, candidate.text, candidate.terms, wanted.known)
    if not told or wanted.asked is not Asked.NUMBER or not wanted.counted:
        return told
    numbers, counted = [], []
    for at, term in enumerate(candidate.terms):
        if term in wanted.counted:
            counted.append(at)
        elif term[0].isdigit() and term not in wanted.known:
            numbers.append(at)
    near = any(abs(one - other) <= _BESIDE for one in numbers for other in counted)
    return told if near else _ELSEWHERE * told


def _together(wanted: Wanted, events: Sequence[Event], lead: Mapping[int, float]) -> float:
    """The share that the best run of a sentence's length fills."""
    starts = [at for at, event in enumerate(events) if not at or event[0] > events[at - 1][0]]
    runs = (
        [event for event in events[at:] if event[0] < events[at][0] + _SENTENCE] for at in starts
    )
    return max((filled_by(wanted, run, lead) for run in runs), default=filled_by(wanted, (), lead))


def _phrases(wanted: Wanted, events: Sequence[Event]) -> float:
    """The weighted share of the question's neighbouring words that are neighbours here too."""
    places: dict[int, list[int]] = {}
    for at, place, _, _ in events:
        places.setdefault(place, []).append(at)
    pairs = [
        (min(wanted.weights[place : place + 2]), place) for place in range(len(wanted.weights) - 1)
    ]
    whole = sum(weight for weight, _ in pairs)
    met = sum(
        weight
        for weight, place in pairs
        if any(
            0 < after - before <= _NEIGHBOURS
            for before in places.get(place, ())
            for after in places.get(place + 1, ())
        )
    )
    return met / whole if whole else 0.5


def _days(question: Question, candidate: Candidate) -> float:
    """How far the days of the question are told: 1 where it names none."""
    if not question.days:
        return 1.0
    published = day_of(candidate.credit.published)
    told = days_in(candidate.text) + days_in(candidate.lead)
    rated = [agreement(day, told, published=published) for day in question.days]
    return sum(rated) / len(rated)
