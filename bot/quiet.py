"""When an alert may make a sound, and when the day's digest is due."""

from datetime import datetime, timedelta

DIGEST_HOUR = 9
"""The hour of the daily digest, unless a chat is still quiet then."""


def is_quiet(moment: datetime, hours: tuple[int, int]) -> bool:
    """Whether a moment of the chat's own clock lies within its quiet hours.

    They last from the first hour until the second begins, over midnight where that is smaller;
    twice the same hour means none.
    """
    first, last = hours
    if first <= last:
        return first <= moment.hour < last
    return moment.hour >= first or moment.hour < last


def digest_after(moment: datetime, hours: tuple[int, int]) -> datetime:
    """When the digest is due that tells of what was found at a moment of the chat's own clock."""
    hour = hours[1] if is_quiet(moment.replace(hour=DIGEST_HOUR), hours) else DIGEST_HOUR
    due = moment.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    return due if due > moment else due + timedelta(days=1)
