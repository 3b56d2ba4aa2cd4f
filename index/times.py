"""Days, months and years as texts tell them, and whether two texts tell the same."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from index.words import analyse, fold

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "en short": "jan feb mar apr may jun jul aug sep oct nov dec",
    "en other": "- - - - - - - - sept - - -",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "fr": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "de": "januar februar marz april mai juni juli august september oktober november dezember",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "pt": "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ru plain": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ru in": "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре",
    "ar": "يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر",
}
_NUMBER_OF = {
    name: number
    for names in _MONTHS.values()
    for number, name in enumerate(map(fold, names.split()), start=1)
    if name != "-"
}
_LONG = ("", *_MONTHS["en"].split())
_NAME = "|".join(sorted(_NUMBER_OF, key=len, reverse=True))
_YEAR = r"(?:1[6-9]\d{2}|20\d{2})"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_PATTERN = re.compile(
    rf"\b(?P<y1>{_YEAR})-(?P<m1>0[1-9]|1[0-2])(?:-(?P<d1>{_DAY}))?(?!\d)"
    rf"|\b(?P<d2>{_DAY})(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?(?P<n2>{_NAME})\b\.?"
    rf"(?:,?\s+(?:de\s+|of\s+)?(?P<y2>{_YEAR}|\d{{2}}(?=\s*(?:\(|--|$))))?"
    rf"|\b(?P<n3>{_NAME})\b\.?\s+(?P<d3>{_DAY})(?:st|nd|rd|th)?\b(?!\s*(?:\d|%|percent))"
    rf"(?:,?\s+(?P<y3>{_YEAR})\b)?"
    rf"|\b(?P<n4>{_NAME})\b\.?,?\s+(?:of\s+|de\s+)?(?P<y4>{_YEAR})\b"
    rf"|\b(?P<y5>{_YEAR})(?:s\b|\b)(?![,.]?\d|%)"
)
# A month alone needs its capital: "may" and "march" are words of their own.
_ALONE = re.compile(r"\b(?:January|February|March|April|May|June|July|August|September|October|"
                    r"November|December)\b(?!\s+\d)")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """A day, month or year, as precise as it was told; 0 stands for what was not."""

    year: int = 0
    month: int = 0
    day: int = 0

    def agrees(self, other: "Day") -> bool:
        """Whether both may be the same day: no part that both tell differs."""
        pairs = zip(self.parts, other.parts, strict=True)
        return all(mine == theirs for mine, theirs in pairs if mine and theirs)

    @property
    def parts(self) -> tuple[int, int, int]:
        """Year, month and day."""
        return self.year, self.month, self.day


@lru_cache(maxsize=20_000)
def days_in(text: str) -> tuple[Day, ...]:
    """Every day, month or year that a text tells, in order."""
    folded = fold(text) if len(fold(text)) == len(text) else text.lower()
    found = [(match.start(), _day(match)) for match in _PATTERN.finditer(folded)]
    taken = [match.span() for match in _PATTERN.finditer(folded)]
    found += [
        (match.start(), Day(month=_NUMBER_OF[match[0].lower()]))
        for match in _ALONE.finditer(text)
        if not any(start <= match.start() < end for start, end in taken)
    ]
    return tuple(day for _, day in sorted(found, key=lambda pair: pair[0]))


def day_of(published: str) -> Day:
    """The day of an ISO date of any precision; Day() for an empty one."""
    days = days_in(published[:10])
    return days[0] if days else Day()


def day_terms(days: Iterable[Day]) -> frozenset[str]:
    """The terms that `analyse` makes of days told in English."""
    return frozenset(
        term
        for day in days
        for term in analyse(f"{day.day or ''} {_LONG[day.month]} {day.year or ''}", "en")
    )


def agreement(asked: Day, told: Sequence[Day], *, published: Day = Day()) -> float:
    """How well days told by a text, published on a day, agree with the one asked: 0 to 1.

    1 where a day told matches all that was asked, with the year of publication where the text
    leaves it out; .8 where the article came out within a week after the day asked, as reports
    do; .4 where only less precise parts agree; 0 where nothing does.
    """
    return max((_match(asked, day, published) for day in told), default=_near(asked, published))


def _match(asked: Day, told: Day, published: Day) -> float:
    near = _near(asked, published)
    whole = Day(told.year or (published.year if told.month else 0), told.month, told.day)
    if not asked.agrees(whole):
        return near
    known = [bool(part) for part in whole.parts]
    wanted = [bool(part) for part in asked.parts]
    if all(has for has, wants in zip(known, wanted, strict=True) if wants):
        return 1.0
    missing_year = asked.year and not whole.year and whole.month and (whole.day or not asked.day)
    return max(near, 0.9 if missing_year else 0.4)


def span_of(day: Day, *, published: Day = Day()) -> tuple[date, date] | None:
    """The first and last date that a day, month or year covers; None where no year is known.

    A month without its year is taken to be of the year of publication.
    """
    year = day.year or (published.year if day.month else 0)
    try:
        if not year or (day.day and not day.month):
            return None
        first = date(year, day.month or 1, day.day or 1)
        if day.day:
            return first, first
        after = date(year + (day.month in {0, 12}), day.month % 12 + 1 if day.month else 1, 1)
    except ValueError:
        return None
    return first, after - timedelta(1)


def _near(asked: Day, published: Day) -> float:
    """What the day of publication alone says of a day asked."""
    if not asked.year or not published.year:
        return 0.0
    if not asked.month:
        return 0.8 if asked.year == published.year else 0.0
    if not asked.day or not published.day:
        return 0.8 if asked.agrees(published) else 0.0
    try:
        late = date(*published.parts) - date(*asked.parts)
    except ValueError:
        return 0.0
    if timedelta(0) <= late <= timedelta(7):
        return 0.8
    return 0.3 if asked.year == published.year and asked.month == published.month else 0.0


def _day(match: re.Match[str]) -> Day:
    told = {name[0]: value for name, value in match.groupdict().items() if value}
    year = int(told.get("y", 0))
    month = _NUMBER_OF[told["n"]] if "n" in told else int(told.get("m", 0))
    return Day(1900 + year if 0 < year < 100 else year, month, int(told.get("d", 0)))
