"""Quiet hours, and the hour of the daily digest."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiet import digest_after, is_quiet

LAST = datetime.fromisoformat("9000-01-01")
hours = st.tuples(st.integers(0, 23), st.integers(0, 23))


@pytest.mark.parametrize(
    ("hour", "quiet", "expected"),
    [
        (21, (22, 7), False),
        (22, (22, 7), True),
        (6, (22, 7), True),
        (7, (22, 7), False),
        (12, (12, 14), True),
        (14, (12, 14), False),
        (5, (5, 5), False),
    ],
)
def test_it_is_quiet_from_the_first_hour_until_the_second(hour, quiet, expected):
    assert is_quiet(datetime(2017, 5, 3, hour, 59, tzinfo=UTC), quiet) is expected


@pytest.mark.parametrize(
    ("found", "quiet", "due"),
    [
        ("2017-05-03T08:59", (0, 0), "2017-05-03T09:00"),
        ("2017-05-03T09:00", (0, 0), "2017-05-04T09:00"),
        ("2017-05-03T23:30", (22, 11), "2017-05-04T11:00"),
        ("2017-05-03T10:59", (22, 11), "2017-05-03T11:00"),
        ("2017-12-31T12:00", (0, 0), "2018-01-01T09:00"),
    ],
)
def test_the_digest_is_due_at_nine_or_when_the_quiet_ends(found, quiet, due):
    zone = ZoneInfo("Europe/Berlin")
    moment = datetime.fromisoformat(found).replace(tzinfo=zone)

    assert digest_after(moment, quiet) == datetime.fromisoformat(due).replace(tzinfo=zone)


@given(st.datetimes(max_value=LAST, timezones=st.just(UTC)), hours)
def test_a_digest_comes_within_a_day_and_never_in_quiet_hours(found, quiet):
    due = digest_after(found, quiet)

    assert 0 < (due - found).total_seconds() <= 24 * 3600
    assert not is_quiet(due, quiet)
