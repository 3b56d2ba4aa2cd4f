"""Which time zone somebody means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.zones import COMMON, common, meant, nearest


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        (" Berlin ", "Europe/Berlin"),
        ("new   york", "America/New_York"),
        ("utc", "UTC"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Berln", None),
        ("Atlantis", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_a_zone_is_meant_by_its_name_or_its_city(written, zone):
    assert meant(written) == zone


@pytest.mark.parametrize(
    ("written", "zones"),
    [
        ("Berln", ("Europe/Berlin",)),
        ("Europ/Berln", ("Europe/Berlin",)),
        ("new yrok", ("America/New_York",)),
        ("qqqqq", ()),
    ],
)
def test_the_nearest_names_are_offered_for_one_that_is_wrong(written, zones):
    assert nearest(written)[:1] == zones


@given(st.text(max_size=300))
def test_whatever_is_written_a_few_zones_at_most_are_near(written):
    assert len(nearest(written)) <= 5
    assert all(meant(zone) == zone for zone in nearest(written))


def test_the_zones_to_choose_from_are_known_here():
    assert set(common()) == set(COMMON)
    assert [meant(zone) for zone in COMMON] == list(COMMON)
