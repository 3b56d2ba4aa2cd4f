"""Read a passage closely: how near a question's words come to the words of one sentence of it.

The vectors of single tokens, which the embedding model makes on its way to a text's one vector,
know their context; comparing them one by one (late interaction, after Khattab and Zaharia's
ColBERT) sees a missing or exchanged word that two whole texts' vectors hide.
"""

from bisect import bisect_left
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.contrast import is_exchanged, is_opposed, is_undenied
from index.evidence import Candidate
from index.question import Kind, Question
from index.scoring import Reading
from index.sentences import split_sentences
from index.times import day_terms
from index.tokens import Tokens
from index.wanted import Rarity
from index.words import spot

__all__ = ["FROM_LEAD", "Reading", "Words", "read_closely", "words_of"]

FROM_LEAD = 0.6  # the nearness of a word that the lead tells: about that of a word of like meaning
OTHER_NAME = 0.2  # the most that another name's nearness counts for the one that is asked for


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for in every passage: the tokens of a question that are part of a term.

    `vectors` is float32 (tokens, width), `shares` what each weighs of `weight`, `terms` the term
    of each. Days are not among them: they are judged as days.
    """

    question: Question
    vectors: NDArray[np.float32]
    shares: NDArray[np.float32]
    weight: float
    terms: tuple[str, ...]
    days: Set[str]


def words_of(question: Question, asked: Tokens, rarity: Rarity) -> Words | None:
    """The words of a question to look for, each weighing its rarity; None where it has none.

    None too for a question in other letters than Latin, which the packaged model cannot read.
    """
    days = day_terms(question.days)
    words = [word for word in _spotted(question, asked, rarity) if word[2] not in days]
    if question.foreign or not words:
        return None
    weights = np.array([weight for _, weight, _ in words], dtype=np.float32)
    return Words(
        question,
        vectors=asked.vectors[[row for row, _, _ in words]],
        shares=weights / weights.sum(),
        weight=float(weights.sum()),
        terms=tuple(term for _, _, term in words),
        days=days,
    )


def read_closely(
    words: Words, candidate: Candidate, told: Tokens, rarity: Rarity
) -> Reading | None:
    """The reading of one passage; None where the text has no words to compare.

    A word that the article's lead tells in the passage's stead counts as FROM_LEAD at least.
    """
    if not told.spans:
        return None
    question = words.question
    sentences = split_sentences(candidate.text)
    by_sentence, whole = _nearness(words, candidate, told, sentences, rarity)
    read = [
        (near, *at) for near, at in zip(by_sentence, sentences, strict=True) if near is not None
    ] or [(whole, 0, len(candidate.text))]
    nearest, start, end = max(read, key=lambda each: each[0])
    sentence = candidate.text[start:end]
    return Reading(
        nearest,
        tuple(near or 0.0 for near in by_sentence),
        undenied=is_undenied(question.text, sentence),
        opposed=is_opposed(question.text, sentence),
        exchanged=is_exchanged(question.text, candidate.terms, apart=words.days),
    )


def _nearness(
    words: Words,
    candidate: Candidate,
    told: Tokens,
    sentences: Sequence[tuple[int, int]],
    rarity: Rarity,
) -> tuple[list[float | None], float]:
    """How near each sentence comes, None where it has no tokens; how near all of them do."""
    lead = set(candidate.lead_terms) - set(candidate.terms)
    gone = missing_names(words.question, candidate)
    least = np.array([FROM_LEAD if term in lead else -1.0 for term in words.terms])
    lost = _names_lost_aside(words.question, gone, rarity) / words.weight
    # Not by `@`, whose threads wait for a core where other work has them.
    products = np.vecdot(words.vectors[:, None], told.vectors[None])
    # Of what is kept in four bits the product with itself may be more than 1.
    most = np.array([OTHER_NAME if term in gone else 1.0 for term in words.terms])
    products = np.minimum(products, most[:, None])

    def near(first: int, after: int) -> float:
        nearest = np.maximum(products[:, first:after].max(axis=1), least)
        return float((float(nearest @ words.shares) + lost * OTHER_NAME) / (1 + lost))

    starts = [start for start, _ in told.spans]
    # The model has no tokens of what lies beyond its reach.
    places = [(bisect_left(starts, start), bisect_left(starts, end)) for start, end in sentences]
    return [near(*at) if at[0] < at[1] else None for at in places], near(0, len(starts))


def missing_names(question: Question, candidate: Candidate) -> frozenset[str]:
    """The terms of names and numbers that neither the passage nor its article's lead holds.

    One place, person or number is as near to another as vectors can tell: only letters tell them
    apart.
    """
    held = frozenset(candidate.terms) | frozenset(candidate.lead_terms)
    missing: set[str] = set()
    for slot in question.slots:
        if slot.kind is Kind.WORD or any(held.issuperset(n) for n in (slot.terms, *slot.others)):
            continue
        missing.update(term for term in slot.terms if term not in held)
    return frozenset(missing)


def _names_lost_aside(question: Question, gone: Set[str], rarity: Rarity) -> float:
    """The rarity, summed, of names that a question tells in brackets and nothing here holds.

    The model does not read what stands in brackets, but a passage on somebody else is no answer.
    """
    names = (slot for slot in question.slots if slot.aside and slot.kind is not Kind.WORD)
    return sum(rarity(term) for slot in names for term in slot.terms if term in gone)


def _spotted(question: Question, asked: Tokens, rarity: Rarity) -> list[tuple[int, float, str]]:
    """The question's tokens that are part of a term: row, the term's rarity, and the term."""
    terms = [
        (start, end, term)
        for term, start, end in spot(question.plain)
        if "-" not in question.plain[start:end]
    ]
    return [
        (row, rarity(term), term)
        for row, (at, to) in enumerate(asked.spans)
        for start, end, term in terms
        if start <= at and to <= end
    ]
