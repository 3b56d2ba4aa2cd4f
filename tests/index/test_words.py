"""Texts in many writings become the same few terms."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.words import analyse, fold, guess_language, spot


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Who was hurt near the harbour?", ("hurt", "near", "harbour")),
        ("The otters' and the whale's tea", ("otter", "whale", "tea")),
        ("40,000 cups, forty thousand cups", ("40000", "cup", "40000", "cup")),
        ("two hundred and five, sixty-two, 1.2 million", ("205", "62", "1200000")),
        ("on 1988-11-22", ("22", "novemb", "1988")),
        ("on 22 Nov. 1988, the 10th", ("22", "novemb", "1988", "10")),
        ("al-Nusra", ("nusra", "alnusra")),
        ("U.S. ships for the US, not for us", ("us", "ship", "us")),
        ("the buses struck men", ("buse", "strike", "man")),
        ("3.5 percent", ("3p5", "percent")),
        ("Señor Ødegård's café", ("senor", "odegard", "cafe")),
        ("日本語の", ("日本", "本語", "語の")),
        ("", ()),
    ],
)
def test_english_and_its_neighbours_become_terms(text, terms):
    assert analyse(text, "en") == terms


def test_arabic_words_lose_article_preposition_and_ending():
    assert analyse("المدينة والمدينة بالمدينة مدينة") == ("مدين",) * 4


def test_arabic_stop_words_are_known_behind_what_is_attached_to_them():
    assert analyse("والتي فيها بماذا للسفينة", "ar") == analyse("السفينة", "ar")


def test_russian_forms_of_a_word_are_one_term():
    assert len(set(analyse("ёлка елку ёлкой"))) == 1


def test_latin_names_in_other_scripts_keep_their_english_stem():
    assert analyse("в городе Raqqa ранили солдат")[1] == analyse("Raqqa", "en")[0]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Who was hurt?", "en"),
        ("¿Quién murió en el ataque de ayer?", "es"),
        ("кого ранили", "ru"),
        ("кого поранили, що сталося є", "uk"),
        ("من قتل", "ar"),
        ("چه کسی کشته شد", "fa"),
        ("12345", "en"),
    ],
)
def test_a_language_is_guessed_by_script_and_stop_words(text, language):
    assert guess_language(text) == language


def test_folding_keeps_letters_that_only_look_like_marked_ones():
    assert fold("Йод и ЁЖ, Straße") == "йод и еж, strasse"


def test_a_spotted_term_says_where_it_stands():
    assert spot("The otters sleep", "en") == [("otter", 4, 10), ("sleep", 11, 16)]


@given(st.text(alphabet="a1,.-é’ ㋿日ا\u064b\u0301STU", max_size=40))
@example("1,000,00-a")
@example("\u064b")
def test_terms_hold_nothing_that_the_word_index_would_split(text):
    assert all(term and term.isalnum() for term in analyse(text))
