"""Read a passage closely: how near a question's words come to the words of one sentence of it.

The vectors of single tokens, which the embedding model makes on its way to a text's one vector,
know their context; comparing them one by one (late interaction, after Khattab and Zaharia's
ColBERT) sees a missing or exchanged word that two whole texts' vectors hide.
"""

from collections.abc import Sequence

import numpy as np

from index.contrast import is_exchanged, is_opposed, is_undenied
from index.evidence import Candidate, Rarity
from index.question import Kind, Question
from index.scoring import Reading
from index.sentences import split_sentences
from index.times import day_terms
from index.tokens import Tokens
from index.words import spot

__all__ = ["FROM_LEAD", "Reading", "read_closely"]

FROM_LEAD = 0.6  # the nearness of a word that the lead tells: about that of a word of like meaning
OTHER_NAME = 0.2  # the most that another name's nearness counts for the one that is asked for


def read_closely(
    question: Question,
    asked: Tokens,
    candidate: Candidate,
    told: Tokens,
    *,
    rarity: Rarity,
) -> Reading | None:
    """The reading of one passage; None where the question or the text has no words to compare.

    A word that the article's lead tells in the passage's stead counts as FROM_LEAD at least, and
    days are not looked for: they are judged as days. None too for a question in other letters than
    Latin, which the packaged model cannot read.
    """
    days = day_terms(question.days)
    words = [word for word in _words(question, asked, rarity) if word[2] not in days]
    if question.foreign or not words or not told.spans:
        return None
    rows = [row for row, _, _ in words]
    shares = np.array([weight for _, weight, _ in words], dtype=np.float32)
    lost = _names_lost_aside(question, candidate, rarity) / shares.sum()
    shares /= shares.sum()
    lead = set(candidate.lead_terms) - set(candidate.terms)
    least = np.array([FROM_LEAD if term in lead else -1.0 for _, _, term in words])
    nearness = asked.vectors[rows] @ told.vectors.T
    gone = missing_names(question, candidate)
    most = np.array([OTHER_NAME if term in gone else 1.0 for _, _, term in words])
    nearness = np.minimum(nearness, most[:, None])

    def near(columns: Sequence[int]) -> float:
        if not columns:
            return 0.0
        told_of = float(np.maximum(nearness[:, columns].max(axis=1), least) @ shares)
        return float((told_of + lost * OTHER_NAME) / (1 + lost))

    sentences = split_sentences(candidate.text)
    columns = _columns(sentences, told)
    by_sentence = tuple(map(near, columns))
    read = [
        (one, *at) for one, at, held in zip(by_sentence, sentences, columns, strict=True) if held
    ] or [(near(range(len(told.spans))), 0, len(candidate.text))]
    nearest, start, end = max(read, key=lambda each: each[0])
    sentence = candidate.text[start:end]
    return Reading(
        nearest,
        by_sentence,
        undenied=is_undenied(question.text, sentence),
        opposed=is_opposed(question.text, sentence),
        exchanged=is_exchanged(question.text, candidate.terms, apart=days),
    )


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


def _names_lost_aside(question: Question, candidate: Candidate, rarity: Rarity) -> float:
    """The rarity, summed, of names that a question tells in brackets and nothing here holds.

    The model does not read what stands in brackets, but a passage on somebody else is no answer.
    """
    gone = missing_names(question, candidate)
    names = (slot for slot in question.slots if slot.aside and slot.kind is not Kind.WORD)
    return sum(rarity(term) for slot in names for term in slot.terms if term in gone)


def _words(question: Question, asked: Tokens, rarity: Rarity) -> list[tuple[int, float, str]]:
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


def _columns(sentences: Sequence[tuple[int, int]], told: Tokens) -> list[list[int]]:
    """The tokens of each sentence; the model has none of what lies beyond its reach."""
    return [
        [place for place, (at, _) in enumerate(told.spans) if start <= at < end]
        for start, end in sentences
    ]
