"""A denial, an opposite: small words that turn a question into another one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.contrast import denies, is_exchanged, is_opposed, is_undenied, opposites
from index.words import analyse


@pytest.mark.parametrize(
    "question",
    [
        "Which militia did not sign?",
        "who never signed",
        "Which town wasn’t retaken?",
        "Which town wasn't retaken?",
        "Who left without a wound?",
    ],
)
def test_a_question_may_ask_for_what_is_not_so(question):
    assert denies(question)


@pytest.mark.parametrize(
    "question",
    [
        "Which militia signed?",
        "Didn't they sign?",  # asks whether they did
        "Not only Reuters told of it, who else?",
        "Who was not only wounded?",
        "What happened at No. 10?",
        "Where is Notting Hill?",
        "",
    ],
)
def test_other_questions_deny_nothing(question):
    assert not denies(question)


def test_only_a_sentence_that_denies_something_may_answer_a_denial():
    question = "Which town was not retaken?"

    assert is_undenied(question, "The army retook Mayadin.")
    assert not is_undenied(question, "The army failed to retake Mayadin.")
    assert not is_undenied(question, "Mayadin wasn't retaken.")
    assert not is_undenied("Which town was retaken?", "The army retook Mayadin.")


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What is the smallest field?", "Al-Omar is the LARGEST field."),
        ("Who rejected the plan?", "The council accepted the plan."),
        ("Which town lies in the northern province?", "Hajin lies in the southern province."),
        ("What fell by a third?", "Exports grew by a third."),
    ],
)
def test_a_sentence_that_tells_only_the_opposite_is_of_something_else(question, sentence):
    assert is_opposed(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What is the smallest field?", "The largest is Al-Omar, the smallest Tanak."),
        ("What is the biggest field?", "Al-Omar is the largest, Tanak the smallest."),
        ("Who rejected the plan?", "The plan was long."),
        ("Is it larger or smaller than Tanak?", "It is larger."),
        ("Who bought the plant?", "The plant was sold to a trader."),  # the same deal
        ("Who was Emma's brother?", "His sister was Emma."),
        ("", "The smallest."),
    ],
)
def test_a_sentence_that_tells_the_word_its_like_or_both_sides_is_not_opposed(question, sentence):
    assert not is_opposed(question, sentence)


def test_no_word_is_its_own_opposite():
    assert len(opposites()) > 200
    assert all(word in same and word not in other for word, (same, other) in opposites().items())
    assert all(same.isdisjoint(other) for same, other in opposites().values())


def exchanged(question, passage, **options):
    return is_exchanged(question, analyse(passage, "en"), **options)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("Which American frigate fired?", "The Russian frigate Admiral Essen fired."),
        ("Who freed the 12 hostages?", "All nine hostages were freed."),
        ("Who led the French forces?", "British and Dutch forces were led by a duke."),
    ],
)
def test_another_number_or_nationality_before_the_same_word_is_an_exchange(question, passage):
    assert exchanged(question, passage)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("Which American frigate fired?", "A Russian frigate watched the American frigate."),
        ("Which American frigate fired?", "The frigate Admiral Essen fired."),
        ("Which American frigate fired?", "Nine frigates fired."),
        ("What does article 12 of the treaty forbid?", "The 1925 treaty forbids it."),
        ("Which frigate fired?", "The Russian frigate fired."),
        ("", "The Russian frigate fired."),
    ],
)
def test_where_nothing_else_stands_in_its_place_nothing_is_exchanged(question, passage):
    assert not exchanged(question, passage)


def test_the_numbers_of_days_are_compared_as_days():
    question, passage = "Who fired on 12 September?", "Russia fired on 16 September."

    assert exchanged(question, passage)
    assert not exchanged(question, passage, apart=frozenset({"12"}))


@given(st.text(), st.text())
def test_any_two_texts_are_compared(question, sentence):
    assert is_undenied(question, sentence) in {True, False}
    assert is_opposed(question, sentence) in {True, False}
