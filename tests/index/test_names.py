"""Names in every known spelling, and words that were mistyped."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.names
from index.names import edits, mend, name_terms, read_aliases, shipped_aliases
from index.names.typos import least_edits

SHIPPED = Path(index.names.__file__).parents[1] / "data" / "aliases.txt"
OTTERS = read_aliases("# animals\nSea otter = Enhydra lutris = Калан\nTeahouse = Tea House\n")


def test_the_longest_name_is_found_with_all_other_spellings():
    assert OTTERS.find(("old", "tea", "hous")) == [(1, 3, (("teahous",), ("tea", "hous")))]


def test_a_line_without_a_second_name_tells_nothing():
    assert read_aliases("Otter\n\n# x = y").entities == ()


def test_lines_that_share_a_name_are_one_entity():
    aliases = read_aliases("Otter = Lutra\nKelp = Tang\nLutra = Калан = otters")

    assert aliases.entities == (
        (("otter",), ("lutra",), ("кала",)),
        (("kelp",), ("tang",)),
    )


def test_a_name_in_capitals_is_no_stop_word():
    assert name_terms("US") == ("us",)
    assert name_terms("WHO") == ("who",)
    assert name_terms("us") == ()
    assert shipped_aliases().find(("us",))[0][2][0] == ("unit", "state")


def test_every_shipped_name_stands_in_one_line_and_is_looked_for():
    groups = [
        line.partition("#")[0].split("=") for line in SHIPPED.read_text("utf-8").splitlines()
    ]
    entities = [{name_terms(name) for name in names} for names in groups if len(names) > 1]

    names = [name for entity in entities for name in entity]
    assert () not in names
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert len(shipped_aliases().entities) == len(entities)


def test_spellings_of_one_place_are_one_entity_in_three_scripts():
    names = [name_terms(name) for name in ("Deir Ezzor", "Dayr az-Zawr", "دير الزور")]

    found = [shipped_aliases().find(name)[0][2] for name in names]

    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
    ("word", "mended"),
    [
        ("hezbolah", "hezbollah"),
        ("harbuor", "harbour"),
        ("wond", "wound"),
        ("ottr", "ottr"),
        ("whale", "whale"),
        ("zzz", "zzz"),
        ("калан", "калан"),
    ],
)
def test_an_unknown_word_becomes_the_nearest_known_one(word, mended):
    known = {"hezbollah", "harbour", "wound", "whale", "winter"}

    assert mend(word, known.__contains__, lambda _: sorted(known)) == mended


def test_a_name_with_another_consonant_is_another_name():
    known = {"cubana"}

    assert mend("cumana", known.__contains__, lambda _: known, name=True) == "cumana"
    assert mend("cumana", known.__contains__, lambda _: known) == "cubana"


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [
        ("tea", "tea", 0),
        ("buss", "bus", 0.5),
        ("teh", "the", 0.5),
        ("cat", "cart", 1),
        ("a", "bcd", 2),
    ],
)
def test_doubled_and_swapped_letters_cost_half(one, other, cost):
    assert edits(one, other, 1) == cost


@given(st.text("aeibnrst", min_size=4, max_size=8), st.text("aeibnrst", min_size=4, max_size=8))
def test_words_that_are_told_apart_by_their_letters_alone_are_as_far_apart(one, other):
    assert least_edits(one, other) <= edits(one, other, 99.0)
