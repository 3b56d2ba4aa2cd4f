"""The dates that sources write, as ISO 8601 and exactly as precise as they were written."""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan январь января янв",
            "february feb февраль февраля фев февр",
            "march mar март марта мар",
            "april apr апрель апреля апр",
            "may май мая",
            "june jun июнь июня июн",
            "july jul июль июля июл",
            "august aug август августа авг",
            "september sep sept сентябрь сентября сен сент",
            "october oct октябрь октября окт",
            "november nov ноябрь ноября ноя нояб",
            "december dec декабрь декабря дек",
        ),
        start=1,
    )
    for name in names.split()
}
_YEAR_MONTH = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})")
_WRITTEN = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([^\W\d_]{3,9})\.?,?\s+(\d{4})(?:\s*г\.?)?"
)
_AMERICAN = re.compile(r"([^\W\d_]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_ZONE = re.compile(r"\s+(?:UTC|GMT|Z|([+-]\d\d:?\d\d))\Z")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?")
_WEEKDAY = re.compile(r"[^\W\d_]{2,11}\.?,\s+(?=\d|[^\W\d_]{3,9}\.?\s+\d)")


def iso_date(value: object) -> str:
    """The date as ISO 8601, or "" where it is none or could be two ("03/04/2017").

    Numbers are seconds since 1970. No zone is added to a time that has none.
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    if not isinstance(value, str) or len(value) > 60:
        return ""
    text = " ".join(value.split())
    found = _exact(text) or _written(_WEEKDAY.sub("", text, count=1)) or _from_mail(text)
    return "" if found.startswith("0") else found  # the year 1 is what programs write for none


def _exact(text: str) -> str:
    if match := _YEAR_MONTH.fullmatch(text):
        return _day(match[1], match[2])
    if match := _YEAR_FIRST.fullmatch(text) or _CHINESE.fullmatch(text):
        return _day(*match.groups())
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d", text):
        return ""
    try:
        return datetime.fromisoformat(_ZONE.sub(_offset, text, count=1)).isoformat()
    except ValueError:
        return ""


def _offset(zone: re.Match[str]) -> str:
    return zone[1] or "+00:00"


def _written(text: str) -> str:
    if match := _AMERICAN.fullmatch(text):
        return _day(match[3], _MONTHS.get(match[1].lower()), match[2])
    if match := _WRITTEN.fullmatch(text):
        return _day(match[3], _MONTHS.get(match[2].lower()), match[1])
    if match := _DAY_FIRST.fullmatch(text):
        first, separator, second, year = match.groups()
        if separator == "." or int(first) > 12:
            return _day(year, second, first)
        return _day(year, first, second) if int(second) > 12 else ""
    return ""


def _from_mail(text: str) -> str:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _from_epoch(seconds: float) -> str:
    if seconds in range(1000, 10_000):
        return str(int(seconds))  # a year
    if not 0 < seconds < 4_102_444_800:  # later than 2100: not seconds
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _day(year: str, month: str | int | None, day: str | None = None) -> str:
    """Year, month and day as far as they are told; "" where there is no such day."""
    if month is None:
        return "" if day else year
    try:
        found = date(int(year), int(month), int(day or 1))
    except ValueError:
        return ""
    return found.isoformat() if day else found.isoformat()[:7]
