"""Pieces of words meet where the words as wholes do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.pieces import asked_pieces, pieces_of, spellings


def test_a_word_gives_its_pieces_with_the_space_at_either_end():
    assert pieces_of("чайка") == {" чай", "чайк", "айка", "йка "}
    assert pieces_of("я") == {" я "}


def test_a_run_of_a_script_without_spaces_gives_its_pairs():
    assert pieces_of("东京湾") == {"东京", "京湾"}


def test_stop_words_are_not_asked_for():
    assert asked_pieces("Кто видел?") == pieces_of("видел")
    assert asked_pieces("والتي") == frozenset()


@pytest.mark.parametrize(
    ("question", "meant", "other"),
    [
        ("Кто накормил выдр?", "Кормление выдры начал капитан.", "Чайка спит на пирсе."),
        ("من رأى السفينة؟", "رست سفينتان هنا", "نام القط في البيت"),
        ("Ποιος είδε τις βίδρες;", "Η βίδρα κοιμάται.", "Ο γλάρος πετά."),
        ("谁在东京湾看见水獭", "水獭住在东京湾。", "海鸥在睡觉。"),
    ],
)
def test_another_form_of_a_word_is_nearer_than_another_word(question, meant, other):
    near, far = spellings(question, [(meant, ""), (other, "")])

    assert near.letters > far.letters
    assert near.nearby > far.nearby


def test_what_only_the_lead_tells_counts_less_and_is_not_nearby():
    here, lead, neither = spellings("выдра", [("выдра", ""), ("чай", "выдра"), ("чай", "")])

    assert (here.letters, here.nearby) == (1.0, 1.0)
    assert (lead.letters, lead.nearby) == (pytest.approx(0.8), 0.0)
    assert (neither.letters, neither.nearby) == (0.0, 0.0)


def test_words_far_apart_are_not_nearby():
    (far, near) = spellings(
        "выдра чайка", [("выдра " + "и " * 40 + "чайка", ""), ("выдра и чайка", "")]
    )

    assert far.letters == near.letters
    assert far.nearby < near.nearby


@given(st.text(max_size=30), st.lists(st.tuples(st.text(max_size=60), st.text(max_size=30))))
def test_shares_are_shares(question, passages):
    for each in spellings(question, passages):
        assert 0 <= each.letters <= 1 + 1e-9
        assert 0 <= each.nearby <= each.letters + 1e-9
