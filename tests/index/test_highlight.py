"""The best sentence is the one that answers."""

from index.evidence import read_question
from index.highlight import best_sentence


def rarity(term):
    return 1.0


def test_the_sentence_with_the_question_in_it_is_chosen():
    text = "Tea was served. Nine otters slept. It rained."

    start, end = best_sentence(
        read_question("How many otters slept?"), text, ((0, 15), (16, 34), (35, 45)), rarity
    )

    assert text[start:end] == "Nine otters slept."


def test_the_first_of_equal_sentences_is_chosen():
    assert best_sentence(read_question("Otters?"), "Tea. Tea.", ((0, 4), (5, 9)), rarity) == (0, 4)


def test_a_text_without_sentences_is_its_own():
    assert best_sentence(read_question("Otters?"), "tea", (), rarity) == (0, 3)
