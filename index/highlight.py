"""Choose the one sentence of a passage that answers best."""

from collections.abc import Sequence
from functools import lru_cache

from index.asked import Asked, holds
from index.names import Terms
from index.question import Question
from index.wanted import Rarity, Wanted, filled_by, fills_of, wanted_of
from index.words import analyse, guess_language

_KIND = 0.1  # of a whole question told, for holding the kind of thing asked for
_KEPT = 2_000  # passages whose sentences stay taken apart


def best_sentence(
    question: Question,
    text: str,
    sentences: Sequence[tuple[int, int]],
    rarity: Rarity,
    nearness: Sequence[float] = (),
) -> tuple[int, int]:
    """The slice of the sentence that tells most of the question; ties to the first.

    `nearness` is how near each sentence came in close reading; without it the words of the
    question count that a sentence has. The kind of thing asked for decides between sentences that
    are about as near. The whole text where it has no sentences.
    """
    if len(sentences) < 2:
        return sentences[0] if sentences else (0, len(text))
    wanted = wanted_of(question, rarity)
    if nearness and wanted.asked is Asked.OTHER:  # no kind to look for, and no terms
        return sentences[nearness.index(max(nearness))]
    terms = _terms_of(text, tuple(sentences))
    told = list(nearness) or [filled_by(wanted, fills_of(wanted, each), {}) for each in terms]
    rated = [
        (near + _KIND * _kind(wanted, text[start:end], mine), -start)
        for near, (start, end), mine in zip(told, sentences, terms, strict=True)
    ]
    return sentences[rated.index(max(rated))]


def _kind(wanted: Wanted, sentence: str, terms: Terms) -> float:
    return holds(wanted.asked, sentence, terms, wanted.known)


@lru_cache(maxsize=_KEPT)
def _terms_of(text: str, sentences: tuple[tuple[int, int], ...]) -> tuple[Terms, ...]:
    language = guess_language(text)
    return tuple(analyse(text[start:end], language) for start, end in sentences)
