"""Names in every known spelling, and words that were mistyped."""

import pytest

from index.names import acronyms_in, edits, mend, name_terms, read_aliases, shipped_aliases

OTTERS = read_aliases("# animals\nSea otter = Enhydra lutris = Калан\nTeahouse = Tea House\n")


def test_the_longest_name_is_found_with_all_other_spellings():
    assert OTTERS.find(("old", "tea", "hous")) == [(1, 3, (("teahous",), ("tea", "hous")))]


def test_a_line_without_a_second_name_tells_nothing():
    assert read_aliases("Otter\n\n# x = y").entities == ()


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


def test_a_text_tells_what_its_own_acronyms_stand_for():
    text = "The Harbour Otter Society (HOS) met the mayor (who smiled)."

    assert acronyms_in(text) == {"HOS": "Harbour Otter Society"}
