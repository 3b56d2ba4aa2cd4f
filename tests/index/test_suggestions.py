"""Names that may be one, as a collection's own texts hint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.names import read_aliases
from index.names.spellings import is_respelled, skeleton
from index.names.suggestions import Suggestion, suggest

NOTHING = read_aliases("")
SIGHTED = "The keeper counted forty otters near {} on the northern shore of the harbour."


def suggested(*texts: str, known=NOTHING, **options) -> list[Suggestion]:
    return suggest(lambda: texts, known=known, **options)


def names(found: list[Suggestion]) -> list[tuple[str, ...]]:
    return [each.names for each in found]


def test_two_spellings_in_like_company_are_suggested_with_counts_and_an_example():
    texts = [SIGHTED.format("Deir Ezzor")] * 5 + [SIGHTED.format("Dayr az-Zawr")] * 3

    assert suggested(*texts) == [
        Suggestion(
            ("Deir Ezzor", "Dayr az-Zawr"),
            (5, 3),
            "spelled alike",
            "counted forty otters near Dayr az-Zawr on the northern shore of the",
        )
    ]


def test_spellings_in_different_company_are_two_names():
    texts = [SIGHTED.format("Kobani")] * 3 + [
        "Parliament asked Kabuni whether bread was dear."
    ] * 3

    assert suggested(*texts) == []


def test_what_is_known_already_is_not_suggested():
    texts = [SIGHTED.format("Deir Ezzor")] * 3 + [SIGHTED.format("Dayr az-Zawr")] * 3
    known = read_aliases("Deir Ezzor = Dayr az-Zawr")

    assert suggested(*texts, known=known) == []


def test_a_longer_name_does_not_repeat_what_a_shorter_one_says():
    texts = [SIGHTED.format("Khan Tuman")] * 3 + [SIGHTED.format("Khan Touman")] * 3

    assert names(suggested(*texts)) == [("Touman", "Tuman")]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Tidewater, also known as Port Brine, is wet.", ("Tidewater", "Port Brine")),
        ("He lives in Tidewater (formerly Port Brine).", ("Tidewater", "Port Brine")),
        ("Ada Brine, better known as Kelp Queen, sang.", ("Ada Brine", "Kelp Queen")),
        ("Ada Brine, aka Kelp Queen, sang.", ("Ada Brine", "Kelp Queen")),
        ("at Brine Airfield, also called “B-West” in", ("Brine Airfield", "B-West")),
    ],
)
def test_what_a_text_says_outright_is_suggested(text, pair):
    found = suggested(text)

    assert names(found) == [pair]
    assert (found[0].why, found[0].articles) == ("said to be", (1, 1))


def test_a_steady_name_before_an_acronym_is_suggested():
    texts = [
        "The Kelp Divers League (LKD) met in Tidewater.",
        "In May the Kelp Divers League (LKD) dived.",
    ]

    assert names(suggested(*texts)) == [("Kelp Divers League", "LKD")]


def test_a_news_agency_behind_its_datelines_is_not():
    texts = [
        "Tidewater (TWP) It rained.",
        "Port Brine (TWP) It snowed.",
        "Larkspur (TWP) Fog.",
    ] * 2

    assert suggested(*texts) == []


def test_the_country_of_a_town_is_not_another_name_of_it():
    texts = ["In Tidewater (Brinia) it rained."] * 2 + ["The king of Brinia spoke."] * 3

    assert suggested(*texts) == []


def test_an_acronym_with_several_meanings_is_left_to_the_admins():
    told = [
        ("HOS", "Harbour Otter Society", 2),
        ("HOS", "House of Seals", 2),
        ("TT", "Tea Tax", 1),
    ]

    assert names(suggested(acronyms=told)) == [
        ("Harbour Otter Society", "HOS"),
        ("House of Seals", "HOS"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "respelled"),
    [
        ("Deir Ezzor", "Dayr az-Zawr", True),
        ("Deirezzor", "Deir ez-Zor", True),
        ("Qaddafi", "Kadafi", True),
        ("Raqqa", "Rakkah", True),
        ("Iraq", "Iraqi", False),
        ("Mario", "Maria", False),
        ("Esquipulas", "Esquipulas II", False),
        ("Minister", "Ministry", False),
    ],
)
def test_kin_and_ordinary_words_are_no_spellings_of_one_name(one, other, respelled):
    common = {"minist", "ministri"}.__contains__

    assert skeleton(one)[:2] == skeleton(other)[:2]
    assert is_respelled(one, other, common) is respelled
    assert is_respelled(other, one, common) is respelled


@given(st.lists(st.text(alphabet="AaZz -'’()al.,Ж ", max_size=60), max_size=6))
def test_no_text_breaks_it(texts):
    assert all(len(each.names) >= 2 for each in suggested(*texts * 3))
