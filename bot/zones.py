"""Time zones: those that most people choose from, and the one that somebody means."""

from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

COMMON = (
    "UTC",
    "America/Los_Angeles",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Africa/Cairo",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Asia/Beirut",
    "Asia/Baghdad",
    "Europe/Istanbul",
    "Europe/Kyiv",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Tehran",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
)
"""From west to east, and two columns of them fill a screen."""

_LONGEST = 60
_SOUGHT = 5


def common() -> tuple[str, ...]:
    """The zones that most people choose from, of those that this machine knows."""
    return tuple(name for name in COMMON if _plain(name) in _by_name())


def meant(written: str) -> str | None:
    """The zone that is meant: by its name, or by its city where no other zone has that."""
    sought = _plain(written)
    if zone := _by_name().get(sought):
        return zone
    cities = [name for name in _by_name().values() if _city(name) == sought]
    # Many a zone has an old name too, which does not begin with a part of the world.
    regions = [name for name in cities if name.partition("/")[0] in _REGIONS]
    return regions[0] if len(regions) == 1 else None


def nearest(written: str) -> tuple[str, ...]:
    """Names that somebody may have meant, the nearest first; it takes tens of milliseconds."""
    sought = _plain(written)
    cities = {_city(name): name for name in sorted(_by_name().values())}
    near = [cities[city] for city in get_close_matches(_city(sought), cities, _SOUGHT, 0.7)]
    near += [_by_name()[name] for name in get_close_matches(sought, _by_name(), _SOUGHT, 0.8)]
    return tuple(dict.fromkeys(near))[:_SOUGHT]


_REGIONS = {
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
}


@cache
def _by_name() -> dict[str, str]:
    names = (name for name in available_timezones() if "/" in name or name == "UTC")
    return {_plain(name): name for name in names}


def _city(name: str) -> str:
    return _plain(name.rpartition("/")[2])


def _plain(written: str) -> str:
    return "_".join(written[:_LONGEST].replace("_", " ").casefold().split())
