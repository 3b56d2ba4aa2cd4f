from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Credit
from index.readers.credits import completed, credit_of, language_of, web_address
from index.readers.dates import iso_date


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2017", "2017"),
        (2017, "2017"),
        ("2017-09", "2017-09"),
        ("2017-9-6", "2017-09-06"),
        ("2017/09/16", "2017-09-16"),
        ("2017-09-16T10:00:00Z", "2017-09-16T10:00:00+00:00"),
        ("2017-09-16T10:00:00+0300", "2017-09-16T10:00:00+03:00"),
        ("2017-09-16 10:00", "2017-09-16T10:00:00"),
        ("2017-09-16 10:00:00 -0500", "2017-09-16T10:00:00-05:00"),
        ("2017-09-16 10:00:00 GMT", "2017-09-16T10:00:00+00:00"),
        ("16 September 2017", "2017-09-16"),
        ("Sept. 16, 2017", "2017-09-16"),
        ("Saturday, September 16th, 2017", "2017-09-16"),
        ("September 2017", "2017-09"),
        ("16 сентября 2017 г.", "2017-09-16"),
        ("16.09.2017", "2017-09-16"),
        ("2017年9月16日", "2017-09-16"),
        ("09/16/2017", "2017-09-16"),
        ("Sat, 16 Sep 2017 10:00:00 GMT", "2017-09-16T10:00:00+00:00"),
        (1505556000, "2017-09-16T10:00:00+00:00"),
        (date(2017, 9, 16), "2017-09-16"),
        (datetime(2017, 9, 16, 10, tzinfo=UTC), "2017-09-16T10:00:00+00:00"),
    ],
)
def test_a_date_keeps_the_precision_it_was_written_with(written, iso):
    assert iso_date(written) == iso


@pytest.mark.parametrize(
    "written",
    [
        "",
        None,
        True,
        "soon",
        "03/04/2017",
        "2017-13-01",
        "2017-02-30",
        "31 Tea 2017",
        "0001-01-01T00:00:00Z",
        -5,
    ],
)
def test_what_is_no_date_or_could_be_two_gives_none(written):
    assert iso_date(written) == ""


@settings(deadline=None)
@given(st.text(max_size=70) | st.integers() | st.floats())
def test_no_value_breaks_the_reading_of_dates(value):
    assert isinstance(iso_date(value), str)


@pytest.mark.parametrize(
    ("given_address", "address"),
    [
        ("http://ift.tt/2ygBBwH", "http://ift.tt/2ygBBwH"),
        (" https://tide.example/a?utm_source=x&id=3&fbclid=y#tea ", "https://tide.example/a?id=3#tea"),
        ("https://tide.example/a?utm_medium=x", "https://tide.example/a"),
        ("javascript:alert(1)", ""),
        ("ftp://tide.example/a", ""),
        ("/otters", ""),
        ("http://", ""),
        ("http://[tide/", ""),
        ("http://tide.example/a b", ""),
        (None, ""),
    ],
)  # fmt: skip
def test_only_web_addresses_are_kept_and_without_trackers(given_address, address):
    assert web_address(given_address) == address


def test_the_first_key_that_says_something_is_believed():
    told = {"title": "", "headline": "Otters\n of the Bay", "source": "Tide", "date": "2017"}

    assert credit_of(told) == Credit(title="Otters of the Bay", publisher="Tide", published="2017")


def test_a_value_that_is_no_name_is_left_out():
    told = {"title": ["a"], "publisher": {"x": 1}, "via": "x" * 600, "author": ["Ann", 3, None]}

    assert credit_of(told) == Credit(author="Ann, 3")


def test_what_one_credit_lacks_comes_from_the_other():
    assert completed(Credit(title="Otters"), Credit(title="Tea", via="Gull")) == Credit(
        title="Otters", via="Gull"
    )


@pytest.mark.parametrize(("told", "code"), [("en-US", "en"), ("AR", "ar"), ("eng", ""), (3, "")])
def test_a_language_is_a_two_letter_code(told, code):
    assert language_of(told) == code
