"""Days as texts tell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.times import Day, agreement, day_of, day_terms, days_in


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on 22 November 1988?", (Day(1988, 11, 22),)),
        ("Harbour city, 4 Feb 90 (OTTER) --", (Day(1990, 2, 4),)),
        ("Sept. 9, the otters", (Day(0, 9, 9),)),
        ("in June 2021", (Day(2021, 6),)),
        ("it may march on", ()),
        ("40,000 cups since 2014", (Day(2014),)),
        ("2017-09-16T10:00:00", (Day(2017, 9, 16),)),
        ("22 de noviembre de 1988", (Day(1988, 11, 22),)),
        ("22 ноября 1988", (Day(1988, 11, 22),)),
        ("By September the tea was cold", (Day(0, 9),)),
    ],
)
def test_days_are_read_in_several_forms_and_languages(text, days):
    assert days_in(text) == days


@pytest.mark.parametrize(
    ("told", "published", "agreed"),
    [
        ("on 22 November 1988", "", 1.0),
        ("on 22 November", "1988-11-25", 1.0),
        ("on 22 November", "", 0.9),
        ("yesterday", "1988-11-23", 0.8),
        ("in 1988", "", 0.4),
        ("on 3 May 1990", "1990-05-04", 0.0),
        ("yesterday", "1988-11-02", 0.3),
    ],
)
def test_a_report_agrees_with_the_day_asked(told, published, agreed):
    asked = Day(1988, 11, 22)

    assert agreement(asked, days_in(told), published=day_of(published)) == agreed


def test_a_year_alone_agrees_with_an_article_of_that_year():
    assert agreement(Day(2017), (), published=Day(2017, 9, 16)) == 0.8


def test_the_terms_of_a_day_are_those_of_the_text():
    assert day_terms((Day(1988, 11, 22),)) == {"22", "novemb", "1988"}


@given(st.text(alphabet="0129 -/.Mayjun2", max_size=30))
def test_any_text_has_days_or_none(text):
    assert all(0 <= day.month <= 12 and 0 <= day.day <= 31 for day in days_in(text))
