"""Find the paragraphs that share words or meaning with a question, and judge them as evidence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from index.embedder import PACKAGED_NAME
from index.evidence import Candidate, Judged, Question, Rarity, judge, reread
from index.lane import Near, Read
from index.reading import Reading, read_closely
from index.scoring import Scale
from index.store import Found, Generation, Snapshot

BY_WORDS = 50
BY_MEANING = 50
READ = 8  # candidates read closely; the model is called once for those not read lately

Reader = Callable[[str, Mapping[int, str]], Read | None]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A stored paragraph with the judgement on it."""

    found: Found
    judged: Judged


@dataclass(frozen=True, slots=True)
class Scope:
    """What is searched: one view of the collection, its generation, how rare terms are in it."""

    view: Snapshot
    generation: Generation
    rarity: Rarity
    threshold: float
    reads: int = READ


def retrieve(question: Question, near: Near, scope: Scope, read: Reader) -> list[Retrieved]:
    """Every candidate with its evidence, best first; ties go to the lower paragraph id.

    The best few are read closely: `read` gives the tokens of the question and of those paragraphs.
    """
    generation, rarity = scope.generation, scope.rarity
    ids = scope.view.paragraphs_with_words(question.search_terms, BY_WORDS)
    ids += [number for number, _ in near.hits]
    found = {each.id: each for each in scope.view.found(ids, model=generation.model)}
    candidates = {each.id: _candidate(each, near) for each in found.values()}
    scale = Scale(
        generation.mean,
        generation.spread,
        multilingual=not generation.model.startswith(PACKAGED_NAME),
    )
    judged = judge(question, list(candidates.values()), scale=scale, rarity=rarity)
    best = [candidates[each.id] for each in judged[: scope.reads]]
    return [
        Retrieved(found[each.id], each)
        for each in reread(judged, _readings(question, best, rarity, read))
    ]


def _readings(
    question: Question,
    candidates: Sequence[Candidate],
    rarity: Rarity,
    read: Reader,
) -> dict[int, Reading]:
    if not candidates or question.foreign:  # the model reads Latin letters only
        return {}
    tokens = read(question.text, {each.id: each.text for each in candidates})
    if tokens is None:
        return {}
    asked, told = tokens
    readings = {
        each.id: read_closely(question, asked, each, told[each.id], rarity=rarity)
        for each in candidates
    }
    return {number: reading for number, reading in readings.items() if reading is not None}


def _candidate(found: Found, near: Near) -> Candidate:
    return Candidate(
        id=found.id,
        text=found.text,
        terms=found.terms,
        cosine=float(found.vector @ near.vector),
        lead=found.lead,
        lead_terms=found.lead_terms,
        credit=found.credit,
        article=found.article,
    )
