"""Filters in a question are read, taken out, and written down so that they are read again."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.answer import Filters, Window
from index.filters import Wish, read_filters, write_filters

TODAY = date(2026, 11, 22)  # a Sunday
PUBLISHERS = (
    "FDD's Long War Journal",
    "Radio Free Europe/Radio Liberty",
    "Otter Weekly",
    "Otter Times",
    "Tea",
    "The Hill",
    "Russia Today",
    "الإمارات اليوم",
    "Acan-Efe",
    "Acan - Efe",
)


def read(text: str, today: date = TODAY) -> Wish:
    return read_filters(text, today=today, publishers=PUBLISHERS)


def days(first: str, last: str = "", *, told: bool = False) -> Window:
    return Window(
        date.fromisoformat(first) if first else date.min,
        date.fromisoformat(last or "9999-12-31"),
        told,
    )


@pytest.mark.parametrize(
    ("asked", "publisher"),
    [
        ("from:long war journal who was hurt?", "FDD's Long War Journal"),
        ("who was hurt? from:LWJ", "FDD's Long War Journal"),
        ('source:"fdds long war journal" who was hurt?', "FDD's Long War Journal"),
        ("from:rfe/rl who was hurt?", "Radio Free Europe/Radio Liberty"),
        ("who was hurt from:otter times?", "Otter Times"),
        ("FROM:The Hill, who was hurt?", "The Hill"),
        ("from:hill who was hurt?", "The Hill"),
        ("from:Russia Today who was hurt?", "Russia Today"),
        ("who was hurt? from:الامارات اليوم", "الإمارات اليوم"),
        ("источник:tea who was hurt?", "Tea"),
    ],
)
def test_a_publisher_is_named_as_people_shorten_it(asked, publisher):
    assert read(asked) == Wish("who was hurt?", Filters(sources=(publisher,)))


def test_several_publishers_are_alternatives():
    assert read("from:tea otters from:hill").filters.sources == ("Tea", "The Hill")


def test_publishers_that_are_spelled_alike_are_all_meant():
    assert read("from:acan-efe otters").filters.sources == ("Acan-Efe", "Acan - Efe")


def test_a_publisher_that_the_collection_lacks_is_unknown():
    wish = read('from:nobody otters from:"Sea and Sky" near from:otter')

    assert wish == Wish("otters near", Filters(unknown=("nobody", "Sea and Sky", "otter")))


@pytest.mark.parametrize(
    ("operator", "window"),
    [
        ("after:2017-09-01", days("2017-09-01")),
        ("since:2017-09", days("2017-09-01")),
        ("after:September 2017", days("2017-09-01")),
        ('after:"3 May 2017"', days("2017-05-03")),
        ("after:yesterday", days("2026-11-21")),
        ("after:3.9.2017", days("2017-09-03")),
        ("before:2017-09", days("", "2017-08-31")),
        ("until:2017/9/3", days("", "2017-09-03")),
        ("until:2017-02-31", days("", "2017-02-28")),
        ("on:2017-09", days("2017-09-01", "2017-09-30")),
        ("on:monday", days("2026-11-16", "2026-11-16")),
        ("on:last week", days("2026-11-09", "2026-11-15")),
        ("on:2017-09-01..2017-09-07", days("2017-09-01", "2017-09-07")),
        ("in:2017", days("2017-01-01", "2017-12-31", told=True)),
        ("after:2017 before:2018", days("2017-01-01", "2017-12-31")),
        ("after:9999-12-31", days("9999-12-31")),
        ("before:0001-01-01", days("0001-01-01", "0001-01-01")),
        ("после:2017 до:вчера", days("2017-01-01", "2026-11-20")),
        ("بعد:أمس", days("2026-11-21")),
    ],
)
def test_days_are_bounded_by_operators(operator, window):
    assert read(f"who was hurt {operator}?") == Wish("who was hurt?", Filters(window=window))


def test_bounds_that_contradict_each_other_leave_an_empty_window():
    assert read("otters after:2018 before:2017").filters.window == days("2018-01-01", "2016-12-31")


@pytest.mark.parametrize("text", ["after:lunch", "otters from: the sea", "after: 2017", "in:side"])
def test_an_operator_without_a_value_that_can_be_read_is_text(text):
    assert read(text) == Wish(text, Filters())


@pytest.mark.parametrize("text", ['who said "holy war" here?', "who said “holy war” here?"])
def test_a_phrase_stays_in_the_question_without_its_marks(text):
    assert read(text) == Wish("who said holy war here?", Filters(phrases=("holy war",)))


@pytest.mark.parametrize(
    "text",
    [
        "the otters' and the whale's tea",
        'a 5" gun',
        "it's 'so'",
        '"tea',
        '"',
        "a«b»c",
        "кто снял «Левиафан»?",
    ],
)
def test_an_apostrophe_or_lone_mark_quotes_nothing(text):
    assert read(text) == Wish(text, Filters())


def test_what_is_quoted_is_neither_window_nor_operator():
    assert read('who said "last week"?') == Wish(
        "who said last week?", Filters(phrases=("last week",))
    )


def test_words_behind_a_minus_are_kept_out():
    assert read('otters -raqqa -"tea house"?') == Wish(
        "otters?", Filters(without=("raqqa", "tea house"))
    )


@pytest.mark.parametrize(
    "text",
    ["Deir ez-Zor", "10 -20 cups", "tea - otters", "Paris — Rome", "-Who was hurt?", "-from:tea"],
)
def test_a_hyphen_dash_or_number_is_no_minus(text):
    assert read(text) == Wish(text, Filters())


def test_an_article_is_named_by_its_key():
    assert read("when? article:0a1b2c") == Wish("when?", Filters(article="0a1b2c"))


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("yesterday?", ""),
        ("Yesterday, who was hurt?", "who was hurt?"),
        ("who was hurt near Raqqa yesterday?", "who was hurt near Raqqa?"),
        ("who was hurt in yesterday's raid?", "who was hurt in the raid?"),
        ("what is the news from yesterday (the 21st)?", "what is the news (the 21st)?"),
        ("from:tea yesterday", ""),
        ("кто пострадал вчера у Ракки?", "кто пострадал у Ракки?"),
        ("кто пострадал во вчерашней атаке?", "кто пострадал во атаке?"),
        ("من أصيب أمس؟", "من أصيب؟"),
    ],
)
def test_days_reckoned_from_today_leave_a_question_that_can_be_read(text, question):
    wish = read(text)

    assert wish.question == question
    assert wish.filters.window == days("2026-11-21", "2026-11-21")


def test_what_is_told_counts_only_where_no_publication_is_asked_for():
    assert read("what fell in September 2017 since:2018").filters.window == days("2018-01-01")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("who was hurt last week?", "who was hurt? since:2026-11-09 until:2026-11-15"),
        ("who was hurt last month?", "who was hurt? on:2026-10"),
        ("who fell in September 2017?", "who fell in September 2017?"),
        ("who fell since 2017?", "who fell since 2017?"),
        ("who? from 3 May to 9 May", "who? from 3 May to 9 May in:2026-05-03..2026-05-09"),
        ("before 2017", "before 2017"),
        ('from:lwj "holy war" -tea', '"holy war" from:"FDD\'s Long War Journal" -tea'),
        ('exact:"holy war" who?', 'who? exact:"holy war"'),
        ("who? from:nobody article:a1", "who? from:nobody article:a1"),
        ("in:2018-02-01..2017-01-01 who?", "who? in:2018-02-01..2017-01-01"),
        ("who was hurt?", "who was hurt?"),
    ],
)
def test_filters_are_written_as_operators(text, written):
    assert write_filters(read(text).question, read(text).filters) == written


_HOSTILE_WORDS = """
    otters tea in on from to the and since before between "tea "tea" «tea» -tea -"a b" May 3 9 may
    2017 2017-09 September last this past week weeks yesterday today monday ago 99999999999 years'
    from:tea from:"x y" from:long war after: after:3 before:2017 on:yesterday in:2016 exact:week ,
    ? ( ) . : - " ' вчера с мая года أمس منذ مايو عام article:a
"""
_HOSTILE = st.lists(st.sampled_from(_HOSTILE_WORDS.split()), max_size=14).map(" ".join)


@example(text='"last week" x last week', today=TODAY)
@example(text='FROM:"FROM::0', today=TODAY)
@example(text='FROM:/"FROM:"0', today=TODAY)
@example(text="last yesterday week", today=TODAY)
@example(text=',from:tea in 2017,"', today=TODAY)
@example(text="in September 2017,", today=TODAY)
@example(text="after:3 from:tea May", today=TODAY)
@given(st.one_of(st.text(max_size=60), _HOSTILE), st.dates())
def test_what_is_written_is_read_back(text, today):
    wish = read(text, today)

    assert read(write_filters(wish.question, wish.filters), today) == wish


@given(
    st.text(max_size=1_000),
    st.dates(),
    st.lists(st.text(max_size=12), max_size=4),
    st.text(max_size=60),
)
def test_no_text_is_too_odd_to_be_read(text, today, publishers, question):
    wish = read_filters(f"from:{text}", today=today, publishers=publishers)

    assert isinstance(write_filters(question, wish.filters), str)


_PLAIN_WORDS = "otters hold hands near Raqqa, who slept? — it's 5 o'clock"


@given(st.lists(st.sampled_from(_PLAIN_WORDS.split(" "))))
def test_a_text_without_filters_comes_back_as_it_is(words):
    text = " ".join(words)

    assert read(f"  {text} \n") == Wish(text, Filters())
