"""What the bot says, in the languages that it speaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phrases import phrases_in

spoken = phrases_in("en").day


@pytest.mark.parametrize(
    ("iso", "said"),
    [
        ("2017", "2017"),
        ("2017-09", "September 2017"),
        ("2017-09-16", "16 September 2017"),
        ("2017-09-06T10:00:00+00:00", "6 September 2017"),
        ("2017-13", ""),
        ("", ""),
        ("yesterday", ""),
    ],
)
def test_a_date_is_said_as_precisely_as_it_is_known(iso, said):
    assert spoken(iso) == said


@given(st.dates())
def test_every_date_can_be_said(day):
    assert spoken(day.isoformat()) == f"{day.day} {day:%B} {day.year}"
