"""Choose the one sentence of a passage that answers best."""

from collections.abc import Sequence

from index.evidence import Question, Rarity
from index.words import analyse, guess_language


def best_sentence(
    question: Question, text: str, sentences: Sequence[tuple[int, int]], rarity: Rarity
) -> tuple[int, int]:
    """The slice of the sentence that holds most of what the question asks about; ties to the first.

    The whole text where it has no sentences.
    """
    if not sentences:
        return 0, len(text)
    language = guess_language(text)
    return max(sentences, key=lambda at: _held(question, text[at[0] : at[1]], language, rarity))


def _held(question: Question, sentence: str, language: str, rarity: Rarity) -> float:
    held = frozenset(analyse(sentence, language))
    return sum(
        slot.found(held, rarity) * max(rarity(term) for term in slot.terms)
        for slot in question.slots
    )
