"""Choose the one sentence of a passage that answers best."""

from collections.abc import Sequence

from index.evidence import Question, Rarity, Wanted, events_in, filled_by, wanted_of
from index.words import analyse, guess_language


def best_sentence(
    question: Question, text: str, sentences: Sequence[tuple[int, int]], rarity: Rarity
) -> tuple[int, int]:
    """The slice of the sentence that holds most of what is asked about; ties to the first.

    The whole text where it has no sentences.
    """
    if not sentences:
        return 0, len(text)
    language = guess_language(text)
    wanted = wanted_of(question, rarity)
    return max(
        sentences,
        key=lambda at: _held(wanted, text[at[0] : at[1]], language),
    )


def _held(wanted: Wanted, sentence: str, language: str) -> float:
    return filled_by(wanted, events_in(wanted, analyse(sentence, language)), {})
