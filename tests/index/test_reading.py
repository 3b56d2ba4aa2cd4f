"""A passage is read word by word, a sentence at a time."""

import numpy as np
import pytest

from index.evidence import Candidate
from index.question import read_question
from index.reading import FROM_LEAD, OTHER_NAME, Reading, read_closely, words_of
from index.tokens import Tokens

WORDS = ("otter", "sleep", "swim", "tea", "mayor")


def tokens(text):
    """One-hot vectors by word: the same word has cosine 1, any other 0."""
    spans, rows, at = [], [], 0
    for word in text.split():
        bare = word.strip(".?").lower().rstrip("s")
        spans.append((at, at + len(word.strip(".?"))))
        rows.append([float(bare == each) for each in WORDS] + [float(bare not in WORDS)])
        at += len(word) + 1
    return Tokens(np.array(rows, dtype=np.float32).reshape(-1, len(WORDS) + 1), tuple(spans))


def read(question, text, lead_terms=(), *, told=None):
    def rarity(_):
        return 1.0

    words = words_of(read_question(question), tokens(question), rarity)
    if words is None:
        return None
    candidate = Candidate(1, text, ("otter",), 0.5, lead_terms=lead_terms)
    return read_closely(words, candidate, told or tokens(text), rarity)


def test_words_must_be_near_within_one_sentence():
    assert read("otters sleep", "Otters sleep.") == Reading(1.0, (1.0,))
    assert read("otters sleep", "Otters swim. Mayors sleep.") == Reading(0.5, (0.5, 0.5))


def test_tokens_that_were_kept_a_little_too_long_are_as_near_as_the_same_word_can_be():
    exact = tokens("Otters sleep.")
    told = Tokens(exact.vectors * np.float32(1.02), exact.spans)

    assert read("otters sleep", "Otters sleep.", told=told) == Reading(1.0, (1.0,))


def test_the_nearness_of_every_sentence_is_kept():
    assert read("otters sleep", "Mayors swim. Otters sleep. 9!") == Reading(1.0, (0.0, 1.0, 0.0))


def test_a_word_that_the_lead_tells_counts_in_part():
    reading = read("otters sleep", "Otters swim.", lead_terms=("sleep",))

    assert reading.sentence == pytest.approx((1 + FROM_LEAD) / 2)


def test_a_question_of_no_words_or_of_other_letters_is_not_read():
    assert read("who?", "Otters swim.") is None
    assert read("выдра спит", "Otters swim.") is None
    assert read("otters", "") is None


def test_what_the_nearest_sentence_says_against_the_question_is_told():
    denied = read("Which otters do not swim?", "Otters swim. Mayors did not.")
    opposed = read("Which otters are the smallest?", "These otters are the largest. Tea.")

    assert denied == Reading(1.0, denied.nearness, undenied=True)
    assert opposed == Reading(opposed.sentence, opposed.nearness, opposed=True)


def test_a_name_told_in_brackets_that_the_passage_lacks_counts_as_another():
    def told(text, lead_terms=()):
        return read("do they sleep (Mayor Tea)?", text, lead_terms).sentence

    assert told("The otters sleep.", lead_terms=("mayor", "tea")) == pytest.approx(1.0)
    assert told("The otters sleep.") == pytest.approx((1 + 2 * OTHER_NAME) / 3)
