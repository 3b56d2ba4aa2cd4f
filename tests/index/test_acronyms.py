"""Acronyms that a text explains, and what only looks like one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.names.acronyms import MOST, acronyms_in


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "The Harbour Otter Society (HOS) met the mayor (who smiled).",
            {"HOS": "Harbour Otter Society"},
        ),
        ("the HOS (the Harbour Otter Society) met", {"HOS": "Harbour Otter Society"}),
        ("Harbour Otter Society, or HOS, met", {"HOS": "Harbour Otter Society"}),
        ("the Ministry of Defence (MoD) said", {"MoD": "Ministry of Defence"}),
        ("the Bureau for the Care of Otters [BCO]", {"BCO": "Bureau for the Care of Otters"}),
        ("internally displaced persons (IDPs)", {"IDP": "internally displaced persons"}),
        ("U.S. Agency for Tides (USAT)", {"USAT": "U.S. Agency for Tides"}),
        ("the Anti-Kelp Unit (AKU)", {"AKU": "Anti-Kelp Unit"}),
        ("the “Harbour Otter Society” (HOS)", {"HOS": "Harbour Otter Society"}),
        (
            "Combined Joint Task Force – Operation Inherent Resolve (CJTF-OIR)",
            {"CJTF-OIR": "Combined Joint Task Force – Operation Inherent Resolve"},
        ),
        (
            "Соединённые Штаты Америки (США) и Сирийские демократические силы (СДС)",
            {"США": "Соединённые Штаты Америки", "СДС": "Сирийские демократические силы"},
        ),
        ("قوات سوريا الديمقراطية (قسد)", {"قسد": "قوات سوريا الديمقراطية"}),
        (
            "الدولة الإسلامية في العراق والشام (داعش)",
            {"داعش": "الدولة الإسلامية في العراق والشام"},
        ),
    ],
)
def test_a_text_tells_what_its_own_acronyms_stand_for(text, told):
    assert acronyms_in(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "People's Protection Units (YPG)",
        "he said in Tidewater (AP)",
        "an old boat (OB)",
        "Harbour. Otter Society (HOS)",
        "the tide (he said) rose",
        "the city of Aleppo (القديمة)",
    ],
)
def test_initials_that_prove_nothing_are_not_taken(text):
    assert acronyms_in(text) == {}


def test_the_first_telling_counts():
    text = "Harbour Otter Society (HOS). House of Seals (HOS)."

    assert acronyms_in(text) == {"HOS": "Harbour Otter Society"}


def test_a_glossary_is_cut_short():
    letters = "ABCDEFGHIJKLMNOPQRST"
    text = ". ".join(f"{a}a {b}b {a}c ({a}{b}{a})" for a in letters for b in letters)

    assert len(acronyms_in(text)) == MOST


@example("Superscript two (²³)")
@example("of of of of of of of of of of of of of of of of of of of of of (OOOOOOOOOO)")
@given(st.text(alphabet="AaBb of(.)[]-–'’ال ء", max_size=80))
def test_an_expansion_is_always_a_part_of_its_text(text):
    for long in acronyms_in(text).values():
        assert long in " ".join(text.split())
