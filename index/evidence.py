"""Judge how well paragraphs answer a question: by their words, their article's opening, names, days and meaning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from index.article import Credit
from index.names import Aliases, Terms, shipped_aliases
from index.scoring import Features, Scale, evidence
from index.times import Day, agreement, day_of, days_in
from index.words import guess_language, spot

Rarity = Callable[[str], float]

LEAD_LENGTH = 300
_LEAD_CREDIT = 0.8


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

    def found(self, held: frozenset[str], rarity: Rarity) -> float:
        """The share of the slot that a set of terms holds; 1 when it holds any other spelling."""
        if any(held.issuperset(other) for other in self.others):
            return 1.0
        whole = sum(rarity(term) for term in self.terms)
        return sum(rarity(term) for term in self.terms if term in held) / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its evidence is looked for: slots to fill, days, and the words to search by."""

    text: str
    terms: Terms
    slots: tuple[Slot, ...]
    days: tuple[Day, ...]
    search_terms: Terms


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paragraph that may answer, with its article's opening and the cosines of both."""

    id: int
    text: str
    terms: Terms
    cosine: float
    context_cosine: float
    lead: str = ""
    lead_terms: Terms = ()
    credit: Credit = Credit()
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


def read_question(text: str, *, aliases: Aliases | None = None) -> Question:
    """What a question asks for; `aliases` are the shipped ones unless given."""
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
        slots += [Slot((term,), kind) for term, kind in spots[place:start]]
        mine = terms[start:end]
        slots.append(Slot(mine, Kind.NAME, tuple(name for name in names if name != mine)))
        place = end
    slots += [Slot((term,), kind) for term, kind in spots[place:]]
    unique = tuple(dict.fromkeys(slots))
    spellings = (name for slot in unique for name in (slot.terms, *slot.others))
    search = tuple(dict.fromkeys(term for name in spellings for term in name))
    return Question(text, terms, unique, days, search)


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
    judged = []
    for candidate in candidates:
        features = features_of(question, candidate, scale=scale, rarity=rarity)
        judged.append(Judged(candidate.id, evidence(features), features))
    return sorted(judged, key=lambda one: (-one.evidence, one.id))


def features_of(
    question: Question, candidate: Candidate, *, scale: Scale, rarity: Rarity
) -> Features:
    """What speaks for one candidate, each as a plain number."""
    here, lead = frozenset(candidate.terms), frozenset(candidate.lead_terms)
    total, local, covered, missing = 0.0, 0.0, 0.0, 0.0
    for slot in question.slots:
        weight = _WEIGHT[slot.kind] * max(rarity(term) for term in slot.terms)
        own = slot.found(here, rarity)
        wide = max(own, _LEAD_CREDIT * slot.found(lead, rarity))
        total += weight
        local += weight * own
        covered += weight * wide
        if slot.kind is not Kind.WORD:
            missing += weight * (1 - wide)
    total = total or 1.0
    return Features(
        meaning=scale.standard(candidate.cosine),
        context=scale.standard(candidate.context_cosine),
        words=local / total,
        coverage=covered / total,
        missing_names=missing / total,
        days=_days(question, candidate),
    )


def _days(question: Question, candidate: Candidate) -> float:
    """How far the days of the question are told: 1 where it names none."""
    if not question.days:
        return 1.0
    published = day_of(candidate.credit.published)
    told = days_in(candidate.text) + days_in(candidate.lead)
    rated = [agreement(day, told, published=published) for day in question.days]
    return sum(rated) / len(rated)
