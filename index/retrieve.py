"""Find the paragraphs that share words or meaning with a question, and judge them as evidence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.evidence import Candidate, Judged, Question, judge
from index.lane import Near
from index.scoring import Scale
from index.store import Found, Generation, Snapshot

Vector = NDArray[np.float32]

BY_WORDS = 50
BY_MEANING = 50


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A stored paragraph with the judgement on it."""

    found: Found
    judged: Judged


def retrieve(
    question: Question, near: Near, view: Snapshot, generation: Generation
) -> list[Retrieved]:
    """Every candidate with its evidence, best first; ties go to the lower paragraph id."""
    ids = view.paragraphs_with_words(question.search_terms, BY_WORDS)
    ids += [number for number, _ in near.hits]
    found = {each.id: each for each in view.found(ids, model=generation.model)}
    rarity = _Rarity(view)
    candidates = [_candidate(each, near) for each in found.values()]
    judged = judge(
        question, candidates, scale=Scale(generation.mean, generation.spread), rarity=rarity
    )
    return [Retrieved(found[each.id], each) for each in judged]


class _Rarity:
    """Terms' inverse document frequencies, each looked up once a question."""

    def __init__(self, view: Snapshot) -> None:
        self._view = view
        self._known: dict[str, float] = {}

    def __call__(self, term: str) -> float:
        if term not in self._known:
            self._known |= self._view.rarity([term])
        return self._known[term]


def _candidate(found: Found, near: Near) -> Candidate:
    return Candidate(
        id=found.id,
        text=found.text,
        terms=found.terms,
        cosine=_product(found.vector, near.vector),
        context_cosine=_product(found.lead_vector, near.vector),
        lead=found.lead,
        lead_terms=found.lead_terms,
        credit=found.credit,
        article=found.article,
    )


def _product(vector: Vector, other: Vector) -> float:
    return float(vector @ other)
