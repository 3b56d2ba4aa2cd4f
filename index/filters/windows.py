"""Find the days that a question keeps to: "last week", "since 3 May", "in September 2017"."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

from index.answer import Window
from index.times import Day, days_in
from index.words import fold

_DATA = Path(__file__).parents[1] / "data" / "windows.txt"

Days = tuple[date, date]


class Mention(NamedTuple):
    """The slice of a text that tells a window, and what to put there where it is taken out.

    A window that is `told` is of an event: its words are evidence too, and stay.
    """

    start: int
    end: int
    window: Window
    instead: str = ""


def find_windows(text: str, *, today: date) -> list[Mention]:
    """The windows of a text in order; none overlaps another.

    What is reckoned from today ("last week", "3 days ago") is of publication, and so are bounds
    as precise as a month ("since 3 May", "before September 2017", where the clause ends with
    them). A year or a month of one that something happens in, a year that it happens before or
    after, and days from one to another are told. No window is a day told by its date, nor a month
    without its year, which the evidence judges, nor "recent", "latest", "now", "the last week of
    May", "Russia Today". A year left out is that of the latest such day that is not to come.
    """
    line = _Line(text)
    found = [*_ranges(line, today), *_bounds(line, today), *_told(line, today)]
    found += _relative(line, today)
    return _joined(_apart(found), text)


def days_at(text: str, *, today: date) -> tuple[Days, int] | None:
    """The days that a text begins with, in any form, and where they end; None where it does not.

    "yesterday", "Monday", "last week", "2017", "Sept. 2017", "2017/9/3", "3.9.2017".
    """
    line = _Line(text)
    figures = _in_figures(text)
    named = _named_at(line, 0, today)
    told = _date_at(text, 0)
    dated = (_days_of(told[0], today), told[1]) if told else None
    return max(filter(None, (figures, named, dated)), key=lambda each: each[1], default=None)


class _Line:
    """A text and its folded shape, with where each folded letter came from."""

    def __init__(self, text: str) -> None:
        pieces = [fold(mark) for mark in text]
        self.text = text
        self.folded = "".join(pieces)
        self._from = [at for at, piece in enumerate(pieces) for _ in piece] + [len(text)]

    def place(self, folded: int) -> int:
        """Where a place of the folded text is in the text."""
        return self._from[folded]


# -- dates as they are written -----------------------------------------------------------------

_DATE_WORD = re.compile(r"[\w.]+|\d{4}-(?:0[1-9]|1[0-2])(?:-\d{2})?")
_STEP = re.compile(r"\s*([^\s,;:!?()\[\]\"«»“”…،؛؟]+)(,?)")
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th|er|\.)?", re.IGNORECASE)
_YEAR_WORD = re.compile(r"\s+(?:года|году|год|г\b\.?)")
_DECADE = re.compile(r"\d{4}\D")


def _date_at(text: str, at: int) -> tuple[Day, int] | None:
    """The longest date that starts at a place, with its end."""
    best: tuple[Day, int] | None = None
    for step in islice(_steps(text, at), 5):
        word, end = step[1].rstrip("."), step.start(1) + len(step[1].rstrip("."))
        day = _one_day(text[at:end])
        first = step.start() == at
        if not _DATE_WORD.fullmatch(word) or (first and _DECADE.match(word) and "-" not in word):
            break
        if day and _adds(day, best[0] if best else Day()):
            best = day, end
        elif best or not (_ORDINAL.fullmatch(word) if first else word.lower() in {"of", "de"}):
            break
        if step[1].endswith(".") and word.isdigit():
            break
    if best and (suffix := _YEAR_WORD.match(text, best[1])):
        return best[0], suffix.end()
    return best


def _steps(text: str, at: int) -> Iterator[re.Match[str]]:
    """The words of a text from a place on, as long as nothing but spaces and commas parts them."""
    while step := _STEP.match(text, at):
        yield step
        at = step.end()


@lru_cache(maxsize=4_000)
def _one_day(piece: str) -> Day | None:
    # The mark behind keeps "3 May 17" from being read as of 1917, as an old dateline would be.
    days = days_in(f"{piece} ;")
    if not days and " " not in piece:
        days = tuple(replace(day, year=0) for day in days_in(f"{piece} 2000 ;") if day.month)
    return days[0] if len(days) == 1 and _valid(days[0]) else None


def _valid(day: Day) -> bool:
    return not day.day or bool(day.month and day.day <= monthrange(day.year or 2000, day.month)[1])


def _adds(day: Day, to: Day) -> bool:
    return day.agrees(to) and sum(map(bool, day.parts)) > sum(map(bool, to.parts))


_ISO = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2}))?)?(?![\w/-])")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\w)")


def _in_figures(text: str) -> tuple[Days, int] | None:
    """A date in figures at the start, its day brought within its month."""
    if match := _ISO.match(text):
        parts = match[1], match[3], match[4]
    elif match := _DAY_FIRST.match(text):
        parts = match[3], match[2], match[1]
    else:
        return None
    year, month, day = (int(part or 0) for part in parts)
    if month > 12 or (parts[1] and not month):
        return None
    year = max(1, year)
    day = min(day, monthrange(year, month)[1]) if month else 0
    return _days_of(Day(year, month, day), date.max), match.end()


def _days_of(day: Day, today: date) -> Days:
    """The first and last day of a day, month or year; a year left out is the latest begun."""
    for year in [day.year] if day.year else range(today.year, max(today.year - 8, 0), -1):
        last = monthrange(year, day.month or 12)[1]
        if day.day <= last:
            first = date(year, day.month or 1, day.day or 1)
            if day.year or first <= today:
                return first, first if day.day else date(year, day.month or 12, last)
    return date.min, date.min


# -- days reckoned from today ------------------------------------------------------------------


_KINDS = {"past", "ago", "last", "this", "of"}


class _Unit(NamedTuple):
    """What a pattern of the list tells: "past", "week", and the count that it always has."""

    kind: str
    unit: str
    always: int | None


@dataclass(frozen=True, slots=True)
class _Sayings:
    """The list of how people tell days, read."""

    patterns: tuple[tuple[_Unit, re.Pattern[str]], ...]
    numbers: dict[str, int]
    weekdays: dict[str, int]
    weekday: re.Pattern[str]


@cache
def _sayings() -> _Sayings:
    rows = [
        (name.split(), [fold(each.strip()) for each in told.split(" | ")])
        for line in _DATA.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
        for name, _, told in [line.partition(": ")]
    ]
    numbers = {word: int(row[1]) for row, told in rows if row[0] == "number" for word in told}
    weekdays = {word: int(row[1]) for row, told in rows if row[0] == "weekday" for word in told}
    fill = {
        "#": rf"(?P<n>\d{{1,40}}|{_any_of(numbers)})",
        "@": rf"(?P<d>{_any_of(weekdays)})",
    }
    patterns = tuple(
        (_unit(row), _whole(re.sub("[#@]", lambda mark: fill[mark[0]], pattern)))
        for row, told in rows
        if row[0] not in {"number", "weekday"}
        for pattern in told
    )
    nights = "(?: morning| afternoon| evening| night)?"
    return _Sayings(patterns, numbers, weekdays, _whole(f"(?:يوم )?{fill['@']}{nights}"))


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])(?! of\b)")


def _unit(row: Sequence[str]) -> _Unit:
    kind, rest = (row[0], row[1:]) if row[0] in _KINDS else ("", row)
    return _Unit(kind, rest[0], int(rest[1]) if len(rest) > 1 else None)


def _named_at(
    line: _Line, at: int, today: date, *, weekdays: bool = True
) -> tuple[Days, int] | None:
    """The longest saying, or a weekday, that starts at a folded place, and its end in the text."""
    sayings = _sayings()
    weekday = [(_Unit("", "weekday", None), sayings.weekday)] if weekdays else []
    found = [
        (unit, match)
        for unit, pattern in (*sayings.patterns, *weekday)
        if (match := pattern.match(line.folded, at))
    ]
    if not found:
        return None
    unit, match = max(found, key=lambda each: each[1].end())
    return _days(unit, match, today), line.place(match.end())


def _days(unit: _Unit, match: re.Match[str], today: date) -> Days:
    told = match.groupdict()
    if unit.unit == "weekday":
        return _weekday(unit.kind, _sayings().weekdays[told["d"]], today)
    count = unit.always if unit.always is not None else _number(told.get("n") or "1")
    if unit.kind == "past":
        return _past(unit.unit, count, today), today
    return _calendar(unit.unit, count if unit.kind == "ago" else -count, today)


def _number(told: str) -> int:
    return int(told) if told.isdecimal() else _sayings().numbers[told]


def _weekday(kind: str, number: int, today: date) -> Days:
    back = (today.weekday() - number) % 7
    if kind == "this":
        back = today.weekday() - number
    elif kind == "last":
        back = back or 7
    return (_plus(today, -back),) * 2


def _past(unit: str, count: int, today: date) -> date:
    """The first of the last so many days, weeks, months or years, today besides."""
    if unit == "hour":
        return _plus(today, -(-count // -24))
    if unit in {"day", "week"}:
        return _plus(today, -count * (7 if unit == "week" else 1))
    first, last = _month(today, count * (12 if unit == "year" else 1))
    return first.replace(day=min(today.day, last.day)) if first > date.min else first


def _calendar(unit: str, back: int, today: date) -> Days:
    """The whole day, ISO week, weekend, month or year so many before this one."""
    if unit == "day":
        return (_plus(today, -back),) * 2
    if unit in {"week", "weekend"}:
        monday = _plus(today, -today.weekday() - 7 * back)
        return _plus(monday, 5 if unit == "weekend" else 0), _plus(monday, 6)
    if unit == "month":
        return _month(today, back)
    year = min(max(today.year - back, 1), date.max.year)
    return date(year, 1, 1), date(year, 12, 31)


def _month(today: date, back: int) -> Days:
    year, month = divmod(12 * today.year + today.month - 1 - back, 12)
    if year < 1:
        return date.min, date.min
    return date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])


def _plus(day: date, days: int) -> date:
    """A day so many days later, or the last or first that there is."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min


# -- how a text says that it keeps to them -----------------------------------------------------

_LEAD = (
    r"(?<![\w-])(?:(?P<since>since|с|со|منذ)|(?P<after>after|после|بعد)"
    r"|(?P<before>before|до|قبل)|(?P<until>until|till|up to|حتي))"
    r" (?:the )?(?:(?:start|beginning) of |начала |بدايه )?(?:the |year |يوم |عام |سنه |شهر )?"
)
_LED = re.compile(_LEAD)
_LED_BY = re.compile(_LEAD + "$")
_WITHIN = re.compile(
    r"(?<![\w-])(?:(?:in|during|throughout) (?:(?:early|late|mid)[ -]|(?:the )?(?:year |(?:month|"
    r"spring|summer|autumn|fall|winter|end|beginning|start|middle|first half|second half) of ))?"
    r"|(?:в|во|за) (?:начале |середине |конце )?"
    r"|(?:في|خلال) (?:(?:عام|سنه|شهر) )?|(?:عام|سنه|شهر) )"
)
_BETWEEN = re.compile(r"(?<![\w-])(?:between|from|с|со|между|بين|من) (?:the |عام |سنه )?")
_AND = re.compile(
    r"\s*(?:(?:and|or|to|until|till|through|по|до|и|или|إلى|الى|حتى|أو)\s+(?:the\s+)?|و\s*|[-–—]\s*)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,2}(?:st|nd|rd|th)?(?!\w)")
_CLOSED = re.compile(
    r"\s*(?:$|[?!.,;:)\]»”\"…،؛؟]|[^\x00-\xff]|(?:in|near|at|by|and|or|on|from|with|for|who|whom|"
    r"what|where|when|which|how|why|did|do|does|was|were|is|are|has|have|had)\b)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"['’]s\b")
_PART_OF = re.compile(
    r"\b(?:end|start|beginning|middle|half|rest|remainder|part|quarter|course) of (?:the )?$"
)
_LEADING_WORDS = re.compile(
    r"(?<![\w-])(?:(?:so far|as of|in|on|over|during|within|for|from|of|by|at|around|about|"
    r"throughout|through|в|во|на|за|с|со|от|в течение|في|خلال|من|عن|طوال) )?"
    r"(?:(?:the|this|some|ال) )?$"
)
_JOINTS = frozenset({"", ",", "and", "or", "и", "или", "و", "أو"})


def _relative(line: _Line, today: date) -> Iterator[Mention]:
    """Days reckoned from today, with the preposition before them."""
    for unit, pattern in _sayings().patterns:
        for match in pattern.finditer(line.folded):
            start, end = line.place(match.start()), line.place(match.end())
            before = line.folded[max(0, match.start() - 40) : match.start()]
            if _is_name(line.text, start) or _PART_OF.search(before) or _LED_BY.search(before):
                continue
            window = Window(*_days(unit, match, today))
            if owner := _POSSESSIVE.match(line.text, end):
                instead = "" if before.endswith("the ") else "the"
                yield Mention(start, owner.end(), window, instead)
            else:
                lead = None if unit.kind == "of" else _LEADING_WORDS.search(before)
                back = len(lead[0]) if lead else 0
                yield Mention(line.place(match.start() - back), end, window)


def _is_name(text: str, start: int) -> bool:
    """Whether a word with a capital goes on a name, as in "Russia Today"."""
    before = text[:start].rsplit(maxsplit=1)[-1:] if text[start - 1 : start] == " " else []
    return text[start].isupper() and not text.isupper() and any(w[0].isupper() for w in before)


def _bounds(line: _Line, today: date) -> Iterator[Mention]:
    """Since, after, before and until a day, month or year."""
    for lead in _LED.finditer(line.folded):
        start, at = line.place(lead.start()), line.place(lead.end())
        kind = str(lead.lastgroup)
        named = _named_at(line, lead.end(), today, weekdays=kind == "since")
        if named:
            days, end = named
            if not _POSSESSIVE.match(line.text, end):
                yield Mention(start, end, _bound(kind, days))
        elif dated := _date_at(line.text, at):
            day, end = dated
            if _CLOSED.match(line.text, end) or (day.day and not start):
                window = _bound(kind, _days_of(day, today))
                yield Mention(start, end, replace(window, told=not day.month))


def _bound(kind: str, days: Days) -> Window:
    first, last = days
    if kind in {"since", "after"}:
        return Window(first=first if kind == "since" else _plus(last, 1))
    return Window(last=last if kind == "until" else _plus(first, -1))


def _told(line: _Line, today: date) -> Iterator[Mention]:
    """In a year or a month of one, or in several."""
    for lead in _WITHIN.finditer(line.folded):
        at = line.place(lead.end())
        days: list[Days] = []
        end = at
        while (dated := _date_at(line.text, at)) and dated[0].year and not dated[0].day:
            days.append(_days_of(dated[0], today))
            end = dated[1]
            if not (joint := _AND.match(line.text, end)):
                break
            at = joint.end()
        if days:
            first, last = min(day[0] for day in days), max(day[1] for day in days)
            yield Mention(line.place(lead.start()), end, Window(first, last, told=True))


def _ranges(line: _Line, today: date) -> Iterator[Mention]:
    """From one day, month or year to another."""
    for lead in _BETWEEN.finditer(line.folded):
        at = line.place(lead.end())
        first, number = _date_at(line.text, at), _NUMBER.match(line.text, at)
        joint = _AND.match(line.text, first[1] if first else number.end() if number else at)
        last = _date_at(line.text, joint.end()) if joint and (first or number) else None
        if last is None:
            continue
        begun = first[0] if first else Day(day=int(re.sub(r"\D", "", number[0]) if number else 0))
        if begun.day and not last[0].day:
            continue
        days = _range(begun, last[0], today)
        yield Mention(line.place(lead.start()), last[1], Window(*days, told=True))


def _range(begun: Day, ended: Day, today: date) -> Days:
    """The days of a range whose beginning leaves out what its end tells."""
    ended = ended if ended.year else replace(ended, year=begun.year)
    last = _days_of(ended, today)[1]
    begun = begun if begun.month or not begun.day else replace(begun, month=ended.month)
    if begun.year:
        return _days_of(begun, today)[0], last
    return _days_of(begun, last)[0], last


def _apart(found: Sequence[Mention]) -> list[Mention]:
    """The mentions that start first, the longer before the shorter, without those they overlap."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _joined(found: Sequence[Mention], text: str) -> list[Mention]:
    """The mentions, each with the "and" that leads on to a next one that is taken out too."""
    joined = list(found)
    for at, (here, there) in enumerate(pairwise(found)):
        between = text[here.end : there.start].strip().lower()
        if between in _JOINTS and not here.window.told and not there.window.told:
            joined[at] = here._replace(end=there.start)
    return joined
