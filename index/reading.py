"""Read a passage closely: how near each word of a question comes to some word of one sentence of it.

The vectors of single tokens, which the embedding model makes on its way to a text's one vector,
know their context; comparing them one by one (late interaction, after Khattab and Zaharia's
ColBERT) sees a missing or exchanged word that two whole texts' vectors hide.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.evidence import Candidate, Question, Rarity
from index.scoring import Reading
from index.sentences import split_sentences
from index.times import day_terms
from index.words import spot


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens as the model saw them: unit vectors, float32 (tokens, width), and slices.

    Marks of the model's own that stand for no part of the text are left out.
    """

    vectors: NDArray[np.float32]
    spans: tuple[tuple[int, int], ...]


def read_closely(
    question: Question,
    asked: Tokens,
    candidate: Candidate,
    told: Tokens,
    *,
    rarity: Rarity,
) -> Reading | None:
    """The reading of one passage; None where the question or the text has no words.

    None too for a question in other letters than Latin, which the packaged model cannot read. What the article's lead tells in the passage's stead, and days, are not looked for here.
    """
    text = candidate.text
    elsewhere = set(candidate.lead_terms) - set(candidate.terms) | day_terms(question.days)
    weights = _weights(question, asked, rarity, elsewhere)
    if question.foreign or not weights.any() or not told.spans:
        return None
    nearness = asked.vectors @ told.vectors.T
    content = weights > 0
    shares = weights[content] / weights[content].sum()
    best = max(
        float(nearness[content][:, columns].max(axis=1) @ shares)
        for columns in _columns(text, told)
    )
    return Reading(sentence=best, opening=float(nearness[0].max()))


def _weights(
    question: Question, asked: Tokens, rarity: Rarity, elsewhere: Set[str]
) -> NDArray[np.float32]:
    """What each token of the question weighs: the rarity of its word, 0 outside its terms."""
    words = [
        (start, end, rarity(term))
        for term, start, end in spot(question.text)
        if "-" not in question.text[start:end] and term not in elsewhere
    ]
    return np.array(
        [
            next((weight for start, end, weight in words if start <= at and to <= end), 0.0)
            for at, to in asked.spans
        ],
        dtype=np.float32,
    )


def _columns(text: str, told: Tokens) -> list[Sequence[int]]:
    """The tokens of each sentence that has any."""
    sentences = split_sentences(text) or ((0, len(text)),)
    columns: list[Sequence[int]] = [
        [place for place, (at, _) in enumerate(told.spans) if start <= at < end]
        for start, end in sentences
    ]
    return [each for each in columns if each] or [range(len(told.spans))]
