"""The days that a text keeps to, as people tell them."""

from datetime import date

import pytest

from index.answer import Window
from index.filters.windows import find_windows

TODAY = date(2026, 11, 22)  # a Sunday


def windows(text: str, today: date = TODAY) -> list[tuple[str, Window]]:
    return [(text[each.start : each.end], each.window) for each in find_windows(text, today=today)]


def days(first: str, last: str = "", *, told: bool = False) -> Window:
    return Window(
        date.fromisoformat(first) if first else date.min,
        date.fromisoformat(last or "9999-12-31"),
        told,
    )


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ("today", "2026-11-22", "2026-11-22"),
        ("this morning", "2026-11-22", "2026-11-22"),
        ("last night", "2026-11-21", "2026-11-22"),
        ("the day before yesterday", "2026-11-20", "2026-11-20"),
        ("earlier this week", "2026-11-16", "2026-11-22"),
        ("last week", "2026-11-09", "2026-11-15"),
        ("last weekend", "2026-11-14", "2026-11-15"),
        ("this month", "2026-11-01", "2026-11-30"),
        ("in the past month", "2026-10-22", "2026-11-22"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("over the last 7 days", "2026-11-15", "2026-11-22"),
        ("in the last two weeks", "2026-11-08", "2026-11-22"),
        ("in the past 24 hours", "2026-11-21", "2026-11-22"),
        ("past 3 months", "2026-08-22", "2026-11-22"),
        ("a couple of days ago", "2026-11-20", "2026-11-20"),
        ("two weeks ago", "2026-11-02", "2026-11-08"),
        ("last 99999999999999 years", "0001-01-01", "2026-11-22"),
        ("last Monday", "2026-11-16", "2026-11-16"),
        ("last Sunday", "2026-11-15", "2026-11-15"),
        ("since 3 May", "2026-05-03", ""),
        ("since the 3rd of December", "2025-12-03", ""),
        ("since 29 February", "2024-02-29", ""),
        ("since September 2017", "2017-09-01", ""),
        ("since Monday", "2026-11-16", ""),
        ("since last week", "2026-11-09", ""),
        ("since the start of this year", "2026-01-01", ""),
        ("after May 3, 2017", "2017-05-04", ""),
        ("before September", "", "2026-08-31"),
        ("until yesterday", "", "2026-11-21"),
        ("вчера", "2026-11-21", "2026-11-21"),
        ("позавчера", "2026-11-20", "2026-11-20"),
        ("на прошлой неделе", "2026-11-09", "2026-11-15"),
        ("за последние две недели", "2026-11-08", "2026-11-22"),
        ("в прошлом году", "2025-01-01", "2025-12-31"),
        ("в прошлый понедельник", "2026-11-16", "2026-11-16"),
        ("неделю назад", "2026-11-09", "2026-11-15"),
        ("с 3 мая", "2026-05-03", ""),
        ("с понедельника", "2026-11-16", ""),
        ("до 3 мая 2017 года", "", "2017-05-02"),
        ("أمس", "2026-11-21", "2026-11-21"),
        ("الأسبوع الماضي", "2026-11-09", "2026-11-15"),
        ("خلال الأيام السبعة الماضية", "2026-11-15", "2026-11-22"),
        ("آخر أسبوعين", "2026-11-08", "2026-11-22"),
        ("منذ 3 مايو", "2026-05-03", ""),
        ("قبل يومين", "2026-11-20", "2026-11-20"),
        ("يوم الاثنين الماضي", "2026-11-16", "2026-11-16"),
    ],
)
def test_what_is_reckoned_from_today_is_a_window_of_publication(told, first, last):
    assert windows(told) == [(told, days(first, last))]


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ("in September 2017", "2017-09-01", "2017-09-30"),
        ("in late September 2017", "2017-09-01", "2017-09-30"),
        ("in the summer of 2017", "2017-01-01", "2017-12-31"),
        ("in 2017", "2017-01-01", "2017-12-31"),
        ("in 2016 and 2017", "2016-01-01", "2017-12-31"),
        ("in september 2017", "2017-09-01", "2017-09-30"),
        ("before 2017", "", "2016-12-31"),
        ("since 2017", "2017-01-01", ""),
        ("between 3 and 9 May 2017", "2017-05-03", "2017-05-09"),
        ("from 3 May to 9 May", "2026-05-03", "2026-05-09"),
        ("from December to March 2018", "2017-12-01", "2018-03-31"),
        ("from 2000 to 2005", "2000-01-01", "2005-12-31"),
        ("в сентябре 2017 года", "2017-09-01", "2017-09-30"),
        ("с 3 по 9 мая 2017", "2017-05-03", "2017-05-09"),
        ("في سبتمبر 2017", "2017-09-01", "2017-09-30"),
        ("عام 2017", "2017-01-01", "2017-12-31"),
        ("بين 3 و9 مايو 2017", "2017-05-03", "2017-05-09"),
    ],
)
def test_a_month_a_year_or_a_range_is_told_of(told, first, last):
    assert windows(told) == [(told, days(first, last, told=True))]


@pytest.mark.parametrize(
    "text",
    [
        "on 22 November 1988",
        "the recent, latest and newest",
        "in the last week of the war",
        "by the end of this year",
        "even today",
        "Russia Today and USA Today",
        "before 2017 ended",
        "after May resigned",
        "after Monday's raid",
        "why does the court adjourn after Monday?",
        "in September, in mid-December",
        "66 миллионов лет назад",
        "قبل سنوات",
        "since last week's raid",
        "in the 1600s",
        "in the 2010 drought",
        "during 1620-21",
        "in 1,200 homes",
        "66 million years ago",
        "it may march on",
        "in march to the sea",
        "с Маем и до вечера",
        "كم يأكل في اليوم",
    ],
)
def test_other_words_of_time_are_no_window(text):
    assert windows(text) == []


def test_days_joined_by_and_are_taken_out_with_it():
    text = "today and yesterday"

    assert windows(text) == [
        ("today and ", days("2026-11-22", "2026-11-22")),
        ("yesterday", days("2026-11-21", "2026-11-21")),
    ]


@pytest.mark.parametrize("today", [date.min, date.max])
def test_the_ends_of_the_calendar_are_no_obstacle(today):
    text = "last week, last month, last year, past 3 months, since May, in 2017, 9 days ago"

    assert len(windows(text, today)) == 7
