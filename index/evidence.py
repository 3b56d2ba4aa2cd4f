"""Judge how well paragraphs answer a question: by words, names, days, meaning and kind."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from index.article import Credit
from index.asked import Asked, asked_for, counted_in, holds
from index.letters import main_script, script_of
from index.names import Terms
from index.pieces import spellings
from index.question import Kind, Question, Slot
from index.scoring import (
    SHIPPED,
    Features,
    Reading,
    Scale,
    Spelling,
    Weighing,
    closely,
    evidence,
    seconded,
)
from index.times import agreement, day_of, days_in

Rarity = Callable[[str], float]

_LEAD_CREDIT = 0.8
_ASIDE = 0.5  # of its weight, for what stands in brackets
_NEIGHBOURS = 3  # terms from one word of a phrase to the next
_BESIDE = 8  # terms between a number and what it counts, at most
_ELSEWHERE = 0.4  # of the worth of a number, where it counts something else
_SENTENCE = 16  # terms in a long sentence
# The standardised cosine that implies nothing of a question in other letters than the passage's.
# With it, judging by meaning alone answers as few wrong questions as judging by words does.
_APART = -2.0
_SPREADS = 12.0  # from that cosine to the one that implies the whole of a question
_KIN_CREDIT = 0.67  # of a match, for a word whose likeness is 1


_WEIGHT = {Kind.WORD: 1.0, Kind.NAME: 2.0, Kind.NUMBER: 2.0}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paragraph that may answer, with its article's opening and its cosine with the question."""

    id: int
    text: str
    terms: Terms
    cosine: float
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


def judge(
    question: Question,
    candidates: Sequence[Candidate],
    *,
    scale: Scale,
    rarity: Rarity,
    weighing: Weighing = SHIPPED,
) -> list[Judged]:
    """Every candidate with its evidence, best first, ties to the lower id.

    `rarity` is a term's idf in the collection, the largest for a term that it has never seen.
    """
    wanted = wanted_of(question, rarity)
    spelt = _spelt(question, candidates, scale)
    judged = []
    for candidate, spelling in zip(candidates, spelt, strict=True):
        features = features_of(question, wanted, candidate, scale=scale)
        features = replace(features, spelling=spelling)
        judged.append(Judged(candidate.id, evidence(features, weighing), features))
    return sorted(judged, key=lambda one: (-one.evidence, one.id))


def _spelt(
    question: Question, candidates: Sequence[Candidate], scale: Scale
) -> Sequence[Spelling | None]:
    """The spelling of each candidate where the model cannot read the question, else None."""
    if scale.multilingual or not question.foreign:
        return [None] * len(candidates)
    return spellings(question.text, [(each.text, each.lead) for each in candidates])


def reread(
    judged: Sequence[Judged],
    readings: Mapping[int, Reading],
    *,
    kept: Set[int] = frozenset(),
    weighing: Weighing = SHIPPED,
) -> list[Judged]:
    """The candidates with those that were read closely first, by the evidence of both.

    Those `kept` could not be read, and stand among them by the evidence that they have.
    """
    again = {each.id: each.evidence for each in judged if each.id in kept}
    again |= {
        each.id: closely(each.features, readings[each.id], weighing)
        for each in judged
        if each.id in readings
    }
    return _foremost(judged, again)


def reranked(judged: Sequence[Judged], shares: Mapping[int, float]) -> list[Judged]:
    """The candidates with those that a reranker has seen first, by the evidence of both."""
    again = {
        each.id: seconded(each.evidence, shares[each.id]) for each in judged if each.id in shares
    }
    return _foremost(judged, again)


def _foremost(judged: Sequence[Judged], again: Mapping[int, float]) -> list[Judged]:
    """The candidates that were judged again first, best first, ties to the lower id.

    The rest follow as they were judged, with no more evidence than the last of those.
    """
    first = [replace(each, evidence=again[each.id]) for each in judged if each.id in again]
    first.sort(key=lambda one: (-one.evidence, one.id))
    least = first[-1].evidence if first else 1.0
    rest = [
        replace(each, evidence=min(each.evidence, least))
        for each in judged
        if each.id not in again
    ]
    return first + rest


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question's slots weigh, what fills them, and what the question itself names.

    `fills` gives for a term the places of the slots that it fills, and how far: the words of a
    name add up, a word of like meaning stands alone. `wholes` are the other spellings of several
    words, which count only together. `script` is the question's, `scripts` those that each slot
    is spelled in, none for a number.
    """

    weights: tuple[float, ...]
    total: float
    fills: Mapping[str, tuple[tuple[int, float], ...]]
    wholes: tuple[tuple[int, Terms], ...]
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
    """What speaks for one candidate, each as a plain number.

    Words in other letters than the passage's can only be implied by the meaning, which a
    multilingual model compares across languages; the kind asked for cannot be told there.
    """
    lead = lead_fills(wanted, candidate.lead_terms)
    events = events_in(wanted, candidate.terms)
    meaning = scale.standard(candidate.cosine)
    elsewhere = scale.multilingual and across(wanted, candidate)
    implied: dict[int, float] = {}
    if elsewhere:
        told = min(1.0, max(0.0, (meaning - _APART) / _SPREADS))
        implied = dict.fromkeys(_beyond(wanted, candidate), told)
        lead = {**implied, **lead}
    return Features(
        meaning=meaning,
        coverage=filled_by(wanted, events, lead),
        together=_together(wanted, events, lead),
        phrases=_phrases(wanted, events, implied),
        days=_days(question, candidate),
        kind=0.5 if elsewhere else _kind_told(wanted, candidate),
        kindless=elsewhere or wanted.asked is Asked.OTHER,
    )


def across(wanted: Wanted, candidate: Candidate) -> bool:
    """Whether a passage is written in other letters than the question."""
    here = main_script(candidate.terms)
    return bool(here and wanted.script) and here != wanted.script


def _beyond(wanted: Wanted, candidate: Candidate) -> list[int]:
    """The places of the slots that no word in a passage's letters can fill."""
    here = main_script(candidate.terms)
    return [
        place for place, spelled in enumerate(wanted.scripts) if spelled and here not in spelled
    ]


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


def _phrases(wanted: Wanted, events: Sequence[Event], implied: Mapping[int, float]) -> float:
    """The weighted share of the question's neighbouring words that are neighbours here too."""
    places: dict[int, list[int]] = {}
    for at, place, _, _ in events:
        places.setdefault(place, []).append(at)
    pairs = [
        (min(wanted.weights[place : place + 2]), place) for place in range(len(wanted.weights) - 1)
    ]
    whole = sum(weight for weight, _ in pairs)
    met = sum(weight * _neighbours(places, place, implied) for weight, place in pairs)
    return met / whole if whole else 0.5


def _neighbours(
    places: Mapping[int, Sequence[int]], place: int, implied: Mapping[int, float]
) -> float:
    """1 where two neighbouring slots are filled by neighbours, else what is implied, else 0."""
    near = any(
        0 < after - before <= _NEIGHBOURS
        for before in places.get(place, ())
        for after in places.get(place + 1, ())
    )
    return 1.0 if near else max(implied.get(place, 0.0), implied.get(place + 1, 0.0))


def _days(question: Question, candidate: Candidate) -> float:
    """How far the days of the question are told: 1 where it names none."""
    if not question.days:
        return 1.0
    published = day_of(candidate.credit.published)
    told = days_in(candidate.text) + days_in(candidate.lead)
    rated = [agreement(day, told, published=published) for day in question.days]
    return sum(rated) / len(rated)
