"""Features become one number from 0 to 1."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.scoring import Features, Reading, Scale, Spelling, closely, evidence

GOOD = Features(meaning=4, coverage=0.9, together=0.9, phrases=0.5, days=1, kind=1)


def test_a_cosine_is_told_in_spreads_above_the_mean():
    assert Scale(mean=0.1, spread=0.2).standard(0.5) == pytest.approx(2.0)


def test_a_passage_about_the_question_passes_and_one_about_nothing_does_not():
    assert evidence(GOOD) > 0.5 > evidence(Features())
    assert closely(GOOD, Reading(0.8)) > 0.5 > closely(Features(), Reading(0.3))


@pytest.mark.parametrize("name", ["meaning", "coverage", "together", "phrases", "days", "kind"])
def test_less_of_anything_is_less_evidence(name):
    poorer = replace(GOOD, **{name: getattr(GOOD, name) - 0.3})

    assert evidence(poorer) < evidence(GOOD)
    assert closely(poorer, Reading(0.8)) < closely(GOOD, Reading(0.8))


def test_where_the_model_cannot_read_letters_stand_for_meaning():
    spelt = replace(GOOD, meaning=-9, spelling=Spelling(0.9, 0.8))

    assert evidence(spelt) > 0.68
    assert evidence(replace(spelt, meaning=9)) == evidence(spelt)
    assert evidence(replace(spelt, spelling=Spelling(0.4, 0.8))) < evidence(spelt)
    assert evidence(replace(spelt, spelling=Spelling(0.9, 0.3))) < evidence(spelt)


@pytest.mark.parametrize("against", ["undenied", "opposed", "exchanged"])
def test_what_speaks_against_a_passage_is_less_evidence(against):
    assert closely(GOOD, Reading(0.8, **{against: True})) < closely(GOOD, Reading(0.8))


@given(st.floats(-5, 12), st.floats(0, 1), st.floats(0, 1), st.floats(-1, 1))
def test_evidence_is_a_share(meaning, coverage, days, nearness):
    features = Features(meaning=meaning, coverage=coverage, days=days)

    assert 0 < evidence(features) < 1
    assert 0 < closely(features, Reading(nearness)) < 1
