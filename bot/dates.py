"""Write ISO dates as people do."""

import re

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?!\d))?)?")


def spoken(iso: str) -> str:
    """The day, month or year as people write it, "16 September 2017"; "" if it is no date."""
    found = _ISO.match(iso)
    if not found:
        return ""
    year, month, day = found.groups()
    if not month:
        return year
    if not 1 <= int(month) <= 12:
        return ""
    named = f"{_MONTHS[int(month) - 1]} {year}"
    return f"{int(day)} {named}" if day else named
