"""Find the paragraphs that share words or meaning with a question, and judge them as evidence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.answer import Filters, Window
from index.embedder import PACKAGED_NAME
from index.evidence import Candidate, Judged, across, judge, reranked, reread
from index.lane import Near
from index.question import Question
from index.reading import Reading, read_closely, words_of
from index.scoring import SHIPPED, Scale, Weighing
from index.store import EVERYTHING, Found, Generation, Snapshot
from index.times import Day, day_of, days_in, span_of
from index.tokens import Tokens, restored
from index.wanted import Rarity, wanted_of

BY_WORDS = 50
BY_MEANING = 50
FEW_NEW = 200  # paragraphs that came in since are all judged, up to so many
READ = 8  # candidates read closely; the model is called once for those not read lately

SURE = 10  # candidates that are judged whatever they come to; others only if they may pass
RERANKED = 8  # candidates that a reranker is shown

Reader = Callable[[Mapping[int, str]], Mapping[int, Tokens]]
"""Gives the tokens of paragraphs, given by id; of none where the model has none."""
Awaited = Callable[[], Near]
"""Waits for what the model finds by meaning."""
Rerank = Callable[[str, Mapping[int, str]], Mapping[int, float]]
"""Gives a question's paragraphs, by id, a share from 0 (unrelated) to 1 (all of it is there)."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A stored paragraph with the judgement on it.

    `nearness` is how near each of its sentences came; empty where it was not read closely.
    """

    found: Found
    judged: Judged
    nearness: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What is searched: one view of the collection, its generation, how rare terms are in it.

    Candidates that cannot pass the threshold are left out behind the best `sure`.
    """

    view: Snapshot
    generation: Generation
    rarity: Rarity
    threshold: float
    reads: int = READ
    filters: Filters = EVERYTHING
    weighing: Weighing = SHIPPED
    sure: int | None = SURE


def retrieve(
    question: Question,
    seek: Callable[[], Awaited],
    scope: Scope,
    read: Reader,
    rerank: Rerank | None = None,
) -> list[Retrieved]:
    """Every candidate with its evidence, best first; ties go to the lower paragraph id.

    `seek` has the model begin, which finds candidates by meaning; others are looked up by words
    before that, or beside it where that takes long. The best few are read closely: `near` has
    the tokens of the question, and `read` gives theirs. What comes first then is shown to the
    reranker, if there is one.
    """
    generation, rarity, weighing = scope.generation, scope.rarity, scope.weighing
    ids, near = _looked_up(question, seek, scope)
    found = {each.id: each for each in _found(ids, scope)}
    candidates = _candidates(found, near, lead=weighing.lead)
    scale = Scale(
        generation.mean,
        generation.spread,
        multilingual=not generation.model.startswith(PACKAGED_NAME),
    )
    judged = judge(
        question,
        list(candidates.values()),
        scale=scale,
        rarity=rarity,
        weighing=weighing,
        sure=scope.sure if scope.sure is None else max(scope.sure, scope.reads),
        least=scope.threshold,
    )
    best = [candidates[each.id] for each in judged[: scope.reads]]
    apart = _apart(question, best, rarity) if scale.multilingual else frozenset()
    readable = [each for each in best if each.id not in apart]
    readings = _readings(question, near.asked, readable, scope, read)
    judged = reread(judged, readings, kept=apart, weighing=weighing)
    if rerank is not None:
        shown = {each.id: _shown(candidates[each.id]) for each in judged[:RERANKED]}
        judged = reranked(judged, rerank(question.text, shown))
    nearness = {number: reading.nearness for number, reading in readings.items()}
    return [Retrieved(found[each.id], each, nearness.get(each.id, ())) for each in judged]


def _apart(question: Question, candidates: Sequence[Candidate], rarity: Rarity) -> frozenset[int]:
    """The candidates in other letters than the question: no word of it can be read there."""
    wanted = wanted_of(question, rarity)
    return frozenset(each.id for each in candidates if across(wanted, each))


def _shown(candidate: Candidate) -> str:
    """A paragraph under its article's title, without which it may not say what it is about."""
    return "\n".join(part for part in (candidate.credit.title, candidate.text) if part)


def searched_in(filters: Filters) -> tuple[Filters, ...]:
    """The filters to look for candidates under: where told days count too, also those without."""
    anytime = (replace(filters, window=Window()),) if filters.window.told else ()
    return (filters, *anytime)


def fits(found: Found, window: Window) -> bool:
    """Whether a paragraph was published in a window or, where that counts, tells a day of it.

    Where told days count, an article that says nothing of when it is from is not held to any.
    """
    published = day_of(found.credit.published)
    if window.told and published == Day():
        return True
    days = (published, *(days_in(found.text) + days_in(found.lead) if window.told else ()))
    spans = [span for day in days if (span := span_of(day, published=published))]
    return any(first <= window.last and window.first <= last for first, last in spans)


def _looked_up(
    question: Question, seek: Callable[[], Awaited], scope: Scope
) -> tuple[list[int], Near]:
    """The ids of the candidates, and what was found by meaning."""
    if new := _new(scope):
        return new, seek()()
    # Who reads beside the model waits for it at every step, and it for him.
    if scope.view.are_at_hand(question.search_terms, filters=scope.filters):
        worded = _worded(question, scope)
        near = seek()()
    else:
        awaited = seek()
        worded = _worded(question, scope)
        near = awaited()
    return [*(number for number, _ in near.hits), *worded], near


def _worded(question: Question, scope: Scope) -> list[int]:
    return [
        number
        for filters in searched_in(scope.filters)
        for number in scope.view.paragraphs_with_words(
            question.search_terms, BY_WORDS, filters=filters
        )
    ]


def _found(ids: Sequence[int], scope: Scope) -> list[Found]:
    found = scope.view.found(ids, model=scope.generation.model, filters=scope.filters)
    if not scope.filters.window.told:
        return found
    return [each for each in found if fits(each, scope.filters.window)]


def _new(scope: Scope) -> list[int]:
    """All paragraphs that came in since, where that is asked and they are few; else none.

    They are in the store before they are among the vectors.
    """
    if not scope.filters.after:
        return []
    ids = scope.view.paragraphs_meeting(searched_in(scope.filters)[-1]).tolist()
    return ids if len(ids) <= FEW_NEW else []


def _readings(
    question: Question,
    asked: Tokens | None,
    candidates: Sequence[Candidate],
    scope: Scope,
    read: Reader,
) -> dict[int, Reading]:
    # The model reads Latin letters only.
    if asked is None or not candidates or question.foreign:
        return {}
    words = words_of(question, asked, scope.rarity)
    if words is None:
        return {}
    told = _told(candidates, asked, scope, read)
    readings = {
        each.id: read_closely(words, each, told[each.id], scope.rarity)
        for each in candidates
        if each.id in told
    }
    return {number: reading for number, reading in readings.items() if reading is not None}


def _told(
    candidates: Sequence[Candidate], asked: Tokens, scope: Scope, read: Reader
) -> Mapping[int, Tokens]:
    """The tokens of candidates: as they were kept, and of the others from the model."""
    kept = scope.view.tokens([each.id for each in candidates], model=scope.generation.model)
    told = {number: tokens for number, data in kept.items() if (tokens := _whole(data, asked))}
    rest = {each.id: each.text for each in candidates if each.id not in told}
    return {**read(rest), **told} if rest else told


def _whole(kept: bytes, asked: Tokens) -> Tokens | None:
    """The tokens that were kept; None where they are damaged."""
    try:
        return restored(kept, asked.vectors.shape[1])
    except ValueError:
        return None


_MOST_COSINE = 1.1  # of unit vectors at half precision; beyond it, or no number, one is damaged


def _cosines(found: Sequence[Found], near: Near) -> dict[int, float]:
    """How near paragraphs are in meaning, by id; not of those whose vector is lost or damaged."""
    whole = [each for each in found if each.vector.shape == near.vector.shape]
    if not whole:
        return {}
    rows = np.concatenate([each.vector for each in whole]).reshape(len(whole), -1)
    products = np.vecdot(rows, near.vector).tolist()
    return {
        each.id: product
        for each, product in zip(whole, products, strict=True)
        if abs(product) <= _MOST_COSINE
    }


def _candidates(found: Mapping[int, Found], near: Near, *, lead: bool) -> dict[int, Candidate]:
    cosines = _cosines(list(found.values()), near)
    return {
        number: Candidate(
            id=number,
            text=each.text,
            terms=each.terms,
            cosine=cosines.get(number, 0.0),
            lead=each.lead if lead else "",
            lead_terms=each.lead_terms if lead else (),
            credit=each.credit,
            article=each.article,
        )
        for number, each in found.items()
    }
