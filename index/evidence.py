"""Judge how well paragraphs answer a question: by words, names, days, meaning and kind."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from heapq import heappush, heappushpop

from index.article import Credit
from index.asked import Asked, holds
from index.letters import main_script
from index.names import Terms
from index.pieces import spellings
from index.question import Question
from index.scoring import (
    SHIPPED,
    Features,
    Reading,
    Scale,
    Spelling,
    Weighing,
    ceiling,
    closely,
    evidence,
    seconded,
)
from index.times import agreement, day_of, days_in
from index.wanted import (
    Event,
    Fills,
    Rarity,
    Wanted,
    events_in,
    filled_by,
    filled_together,
    fills_of,
    lead_fills,
    wanted_of,
)

_NEIGHBOURS = 3  # terms from one word of a phrase to the next
_BESIDE = 8  # terms between a number and what it counts, at most
_ELSEWHERE = 0.4  # of the worth of a number, where it counts something else
_SENTENCE = 16  # terms in a long sentence
# The standardised cosine that implies nothing of a question in other letters than the passage's.
# With it, judging by meaning alone answers as few wrong questions as judging by words does.
_APART = -2.0
_SPREADS = 12.0  # from that cosine to the one that implies the whole of a question


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


@dataclass(slots=True)
class _Held:
    """What a candidate holds of a question: what is cheap to know of it.

    `fills` is how far its own terms fill each slot, `lead` the article's lead; `implied` are those
    that only the meaning can, since the passage is written in other letters (then `elsewhere`).
    """

    candidate: Candidate
    meaning: float
    coverage: float
    fills: Fills
    lead: Fills
    implied: Fills
    elsewhere: bool


def judge(  # noqa: PLR0913 - by name
    question: Question,
    candidates: Sequence[Candidate],
    *,
    scale: Scale,
    rarity: Rarity,
    weighing: Weighing = SHIPPED,
    sure: int | None = None,
    least: float = 0.0,
) -> list[Judged]:
    """Every candidate with its evidence, best first, ties to the lower id.

    `rarity` is a term's idf in the collection, the largest for a term that it has never seen.
    With `sure`, those are left out that are neither among the best so many nor reach `least`:
    most need no closer look to know that.
    """
    wanted = wanted_of(question, rarity)
    held = _held(wanted, candidates, scale)

    def judged(one: _Held, spelling: Spelling | None = None) -> Judged:
        return _judged(question, wanted, one, weighing, spelling)

    if question.foreign and not scale.multilingual:
        spelt = spellings(question.text, [(each.text, each.lead) for each in candidates])
        found = [judged(*each) for each in zip(held, spelt, strict=True)]
    else:
        rated = [(_most(each, wanted, weighing), each) for each in held]

        def closer(one: _Held) -> float:
            return _most(one, wanted, weighing, days=_days(question, one.candidate))

        found = _as_needed(rated, closer, judged, sure=sure, least=least)
    return sorted(found, key=lambda one: (-one.evidence, one.id))


def _as_needed(
    rated: list[tuple[float, _Held]],
    closer: Callable[[_Held], float],
    judged: Callable[[_Held], Judged],
    *,
    sure: int | None,
    least: float,
) -> list[Judged]:
    """The candidates in the order of what they could come to, until no more can matter.

    `closer` tells with more work what one can come to.
    """
    found: list[Judged] = []
    best: list[float] = []
    for most, held in sorted(rated, key=lambda one: -one[0]):
        if len(best) != sure:
            found.append(judged(held))
            heappush(best, found[-1].evidence)
            continue
        enough = min(best[0], least)
        if most < enough:
            break
        if closer(held) >= enough:
            found.append(judged(held))
            heappushpop(best, found[-1].evidence)
    return found


def _held(wanted: Wanted, candidates: Sequence[Candidate], scale: Scale) -> Iterator[_Held]:
    """What each candidate holds.

    Words in other letters than the passage's can only be implied by the meaning, which a
    multilingual model compares across languages.
    """
    lead_of = cache(lambda terms: lead_fills(wanted, terms))  # paragraphs of one article share it
    for each in candidates:
        lead, meaning = lead_of(each.lead_terms), scale.standard(each.cosine)
        implied: dict[int, float] = {}
        elsewhere = scale.multilingual and across(wanted, each)
        if elsewhere:
            told = min(1.0, max(0.0, (meaning - _APART) / _SPREADS))
            implied = dict.fromkeys(_beyond(wanted, each), told)
            lead = {**implied, **lead}
        fills = fills_of(wanted, each.terms)
        coverage = filled_by(wanted, fills, lead)
        yield _Held(each, meaning, coverage, fills, lead, implied, elsewhere)


def _most(held: _Held, wanted: Wanted, weighing: Weighing, *, days: float = 1.0) -> float:
    """The most that a candidate's evidence can be: as if all that it holds stood together."""
    fills = held.fills
    met = {place for place in fills if place + 1 in fills}
    phrases = _paired(wanted, held.implied, met)
    kindless = _kindless(wanted, held)
    return ceiling(held.meaning, held.coverage, phrases, weighing, days=days, kindless=kindless)


def _kindless(wanted: Wanted, held: _Held) -> bool:
    """Whether it cannot be told of a candidate that it holds the kind of thing asked for."""
    return held.elsewhere or wanted.asked is Asked.OTHER


def _judged(
    question: Question,
    wanted: Wanted,
    held: _Held,
    weighing: Weighing,
    spelling: Spelling | None = None,
) -> Judged:
    """A candidate's evidence; the kind asked for cannot be told of one in other letters."""
    events = events_in(wanted, held.candidate.terms)
    features = Features(
        meaning=held.meaning,
        coverage=held.coverage,
        together=_together(wanted, held, events),
        phrases=_phrases(wanted, events, held.implied),
        days=_days(question, held.candidate),
        kind=0.5 if held.elsewhere else _kind_told(wanted, held.candidate),
        kindless=_kindless(wanted, held),
        spelling=spelling,
    )
    return Judged(held.candidate.id, evidence(features, weighing), features)


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


def _together(wanted: Wanted, held: _Held, events: Sequence[Event]) -> float:
    """The share that the best run of a sentence's length fills."""
    if not events or events[-1][0] < events[0][0] + _SENTENCE:
        return held.coverage
    return filled_together(wanted, events, held.lead, room=_SENTENCE)


def _phrases(wanted: Wanted, events: Sequence[Event], implied: Fills) -> float:
    """The weighted share of the question's neighbouring words that are neighbours here too."""
    places: dict[int, list[int]] = {}
    for at, place, _, _ in events:
        places.setdefault(place, []).append(at)

    def are_near(place: int) -> bool:
        first, second = places[place], places.get(place + 1, ())
        return any(0 < after - at <= _NEIGHBOURS for at in first for after in second)

    return _paired(wanted, implied, set(filter(are_near, places)))


def _paired(wanted: Wanted, implied: Fills, met: Set[int]) -> float:
    """The weighted share of the pairs of slots that are met, by the first, or else implied."""
    if not (whole := sum(wanted.pairs)):
        return 0.5
    told = sum([weight for place, weight in enumerate(wanted.pairs) if place in met])
    if implied:
        for place, weight in enumerate(wanted.pairs):
            if place not in met:
                told += weight * max(implied.get(place, 0.0), implied.get(place + 1, 0.0))
    return told / whole


def _days(question: Question, candidate: Candidate) -> float:
    """How far the days of the question are told: 1 where it names none."""
    if not question.days:
        return 1.0
    published = day_of(candidate.credit.published)
    told = days_in(candidate.text) + days_in(candidate.lead)
    rated = [agreement(day, told, published=published) for day in question.days]
    return sum(rated) / len(rated)
