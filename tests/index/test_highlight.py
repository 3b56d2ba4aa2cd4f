"""The best sentence is the one that answers."""

import pytest

from index.highlight import best_sentence
from index.question import read_question
from index.sentences import split_sentences

REPORT = "Otters were counted in the bay. The count was led by Ada Brine. Tea was served."


def rarity(term):
    return 1.0


def chosen(question: str, text: str, nearness=()):
    start, end = best_sentence(
        read_question(question), text, split_sentences(text), rarity, nearness
    )
    return text[start:end]


def test_the_sentence_with_the_question_in_it_is_chosen():
    text = "Tea was served. Nine otters slept. It rained."

    assert chosen("How many otters slept?", text) == "Nine otters slept."


@pytest.mark.parametrize(
    ("question", "text", "best"),
    [
        ("How many otters came?", "The otters came. 9 otters came.", "9 otters came."),
        ("Who fed the otters?", "The otters were fed. Ada Brine fed the otters.",
         "Ada Brine fed the otters."),
        ("When did it rain?", "It rained. It rained on Monday.", "It rained on Monday."),
    ],
)  # fmt: skip
def test_of_sentences_that_tell_as_much_the_one_with_the_kind_asked_for_is_chosen(
    question, text, best
):
    assert chosen(question, text) == best


def test_the_kind_asked_for_does_not_outweigh_the_question():
    text = "The harbour guards fed the otters. Ada Brine drank tea in Larkspur Hall."

    assert chosen("Who fed the otters?", text) == "The harbour guards fed the otters."


def test_the_sentence_that_came_nearest_in_close_reading_is_chosen():
    assert chosen("Who tallied the animals?", REPORT, (0.5, 0.8, 0.1)) == (
        "The count was led by Ada Brine."
    )


def test_the_first_of_equal_sentences_is_chosen():
    assert best_sentence(read_question("Otters?"), "Tea. Tea.", ((0, 4), (5, 9)), rarity) == (0, 4)


def test_a_text_without_sentences_is_its_own():
    assert best_sentence(read_question("Otters?"), "tea", (), rarity) == (0, 3)


@pytest.mark.parametrize(
    ("text", "sentences", "best"),
    [("Tea was served.", [(0, 15)], (0, 15)), ("Tea. Kelp.", [(0, 4), (5, 10)], (5, 10))],
)
def test_what_needs_no_words_to_choose_looks_for_none(text, sentences, best):
    def unasked(term):
        raise AssertionError(f"{term} was looked for")

    question = read_question("Otters?")
    rare = unasked if len(sentences) == 1 else rarity

    assert best_sentence(question, text, sentences, rare, (0.1, 0.4)[: len(sentences)]) == best
