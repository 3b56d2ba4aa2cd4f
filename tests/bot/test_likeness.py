"""Prints of texts tell which say nearly the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.likeness import ALIKE, CHANGED, likeness, print_of

LONG = (
    "The harbour master of Tidewater, Ada Brine, counted forty otters on 3 May 2017 and said that "
    "the storm of the ninth had driven the kelp ashore, so that eleven pups were taken to the "
    "aquarium, where the Lantern Guild pays for their fish."
)


@pytest.mark.parametrize(
    ("other", "least", "most"),
    [
        (LONG.upper().replace(", ", " – "), 1.0, 1.0),
        (LONG.replace("aquarium", "Aquarium of Tidewater"), ALIKE, 1.0),
        (LONG.replace("forty", "thirty").replace("eleven pups", "two pups"), CHANGED, 1.0),
        ("The clipper Larkspur landed ninety chests of tea at Tidewater on Monday.", 0.0, 0.1),
    ],
)
def test_texts_are_as_alike_as_what_they_share(other, least, most):
    assert least <= likeness(print_of(LONG), print_of(other)) <= most


def test_a_text_without_letters_or_of_few_has_a_print_too():
    assert likeness(print_of("海獭"), print_of("海獭")) == 1.0
    assert likeness(print_of("海獭"), print_of("…")) == 0.0


@given(st.text(max_size=3_000), st.text(max_size=300))
def test_prints_are_short_and_likeness_goes_both_ways(one, other):
    first, second = print_of(one), print_of(other)

    assert len(first) <= 512
    assert likeness(first, first) == 1.0
    assert likeness(first, second) == likeness(second, first)
