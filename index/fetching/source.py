"""One source: what a [[source]] of sources.toml tells, every key of it checked."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from index.errors import UnknownSetting, Unreadable
from index.fetching.addresses import web_url
from index.retiring import Rule

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = {"m": _MINUTE, "h": _HOUR, "d": _DAY}
_NAME = re.compile(r"[^\W_](?:[\w .-]{0,58}[\w-])?")


class Kind(StrEnum):
    """What a source is; each is also the key that says where it is."""

    FOLDER = "folder"
    FILE = "file"
    FEED = "feed"
    PAGE = "page"

    @property
    def is_fetched(self) -> bool:
        """Whether it comes from the web."""
        return self in {Kind.FEED, Kind.PAGE}


@dataclass(frozen=True, slots=True)
class Source:
    """One [[source]]: `where` is an absolute path or an address.

    `publisher` and `language` hold for articles that do not tell their own. `every_s` is how often
    a feed or page is asked for. Articles are retired when published longer than `keep_days` ago or
    when `keep_newest` newer ones are there; 0 keeps all. `line` of `listed` is where it is told.
    """

    name: str
    kind: Kind
    where: str
    match: tuple[str, ...] = ()
    publisher: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    every_s: int = _HOUR
    follow: bool = False
    keep_days: int = 0
    keep_newest: int = 0
    line: int = 0
    listed: str = ""

    @property
    def asked(self) -> str:
        """What is asked of the source, to be seen when that becomes another thing."""
        return " ".join((self.where, self.publisher, self.language, str(self.follow)))

    @property
    def retires(self) -> bool:
        """Whether there are rules by which articles go."""
        return bool(self.keep_days or self.keep_newest)

    @property
    def rule(self) -> Rule:
        """The rules by which articles go."""
        return Rule(self.name, self.keep_days, self.keep_newest)

    def covers(self, path: Path) -> bool:
        """Whether a path is this file or lies in this folder."""
        place = Path(self.where)
        return not self.kind.is_fetched and (path == place or place in path.parents)

    def wants(self, path: Path) -> bool:
        """Whether a path that is covered fits what is to be matched.

        A pattern without a slash is for the name alone, another for the path inside the folder.
        """
        inside = path.relative_to(self.where).as_posix()
        return not self.match or any(
            fnmatchcase(inside if "/" in pattern else path.name, pattern) for pattern in self.match
        )


def source_of_table(given: dict[str, Any], file: Path, *, line: int = 0) -> Source:
    """The source that a [[source]] of a file tells. Raises UnknownSetting."""
    return _Table(given, line, file).source()


def default_name(kind: Kind, where: str) -> str:
    """The name of a source that was given none: its folder's, its file's or its host's."""
    if kind.is_fetched:
        name = re.sub(r"^(?:www|feeds?|rss)\.(?=.*\.)", "", urlsplit(where).hostname or "")
    else:
        name = Path(where).name
    fitting = re.sub(r"[^\w .-]", "-", name).strip("_ .-")[:60].rstrip(" .")
    return fitting if _NAME.fullmatch(fitting) else "source"


class _Table:
    """One table on its way to a Source."""

    def __init__(self, given: dict[str, Any], line: int, file: Path) -> None:
        self._given = given
        self._file = file
        self._line = line
        self._checks = _checks(file.parent)

    def source(self) -> Source:
        """The source. Raises UnknownSetting with the first thing that is wrong with it."""
        for key in self._given:
            if key not in self._checks:
                raise self._fault(_unknown(key, self._checks))
        kinds = [kind for kind in Kind if kind.value in self._given]
        if len(kinds) != 1:
            raise self._fault(f"it needs one of {', '.join(Kind)}, and has {len(kinds)}")
        kind = kinds[0]
        told = {key: self._checked(key, value) for key, value in self._given.items()}
        self._refuse_misplaced(kind)
        where = told.pop(kind.value)
        name = told.pop("name", "") or default_name(kind, where)
        every = told.pop("every", 0) or (_DAY if kind is Kind.PAGE else _HOUR)
        return Source(
            name, kind, where, every_s=every, line=self._line, listed=str(self._file), **told
        )

    def _checked(self, key: str, value: Any) -> Any:
        try:
            return self._checks[key](value)
        except (ValueError, Unreadable) as error:
            raise self._fault(f"{key} cannot be {_shown(value)}; {error}") from error

    def _refuse_misplaced(self, kind: Kind) -> None:
        for key, kinds in _ONLY_FOR.items():
            if key in self._given and kind not in kinds:
                raise self._fault(f"{key} is only for a {' or a '.join(kinds)}")

    def _fault(self, what: str) -> UnknownSetting:
        given = next((self._given[key] for key in ("name", *Kind) if self._given.get(key)), "")
        line = f", line {self._line}" if self._line else ""
        called = f" ({plain(given)})" if isinstance(given, str) and given else ""
        return UnknownSetting(f"{self._file.name}{line}{called}: {what}")


_ONLY_FOR = {
    "match": (Kind.FOLDER,),
    "every": (Kind.FEED, Kind.PAGE),
    "follow": (Kind.FEED,),
    "keep_days": (Kind.FEED, Kind.FOLDER, Kind.FILE),
    "keep_newest": (Kind.FEED, Kind.FOLDER, Kind.FILE),
}


def _checks(here: Path) -> dict[str, Callable[[Any], Any]]:
    """What each key is made of; ValueError says what is wanted."""

    def path(value: Any) -> str:
        # By letters alone, without following links: a file is known by the name it was given by.
        return os.path.abspath(here / Path(_text(value)).expanduser())  # noqa: PTH100

    return {
        "name": _name,
        "folder": path,
        "file": path,
        "feed": _address,
        "page": _address,
        "match": _texts,
        "publisher": _text,
        "language": _language,
        "tags": _texts,
        "every": _seconds,
        "follow": _flag,
        "keep_days": _count,
        "keep_newest": _count,
    }


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("what is wanted is a text in quotes")
    return value.strip()


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(each, str) and each.strip() for each in values):
        raise ValueError('what is wanted is a text, or several: ["one", "two"]')
    return tuple(each.strip() for each in values)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError("what is wanted is up to 60 letters, digits, spaces, dots and hyphens")
    return value


def _address(value: Any) -> str:
    return str(web_url(_text(value)))


def _language(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch("[a-z]{2}", value):
        raise ValueError('what is wanted is a code of two letters, such as "en"')
    return value


def _seconds(value: Any) -> int:
    match = re.fullmatch(r"(\d{1,4})\s*([mhd])", value) if isinstance(value, str) else None
    if match is None or not int(match[1]):
        raise ValueError('what is wanted is a time such as "15m", "2h" or "1d"')
    return int(match[1]) * _UNITS[match[2]]


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("what is wanted is true or false")  # noqa: TRY004 - one kind of fault
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1_000_000:
        raise ValueError("what is wanted is a whole number above 0")
    return value


def _unknown(key: str, known: Iterable[str]) -> str:
    near = get_close_matches(key, list(known), 1, 0.5)
    if near:
        return f"{plain(key)} is not a key; did you mean {near[0]}?"
    return f"{plain(key)} is not a key; there are {', '.join(known)}"


def _shown(value: Any) -> str:
    return f'"{plain(value)}"' if isinstance(value, str) else plain(str(value))


def plain(text: str) -> str:
    """The beginning of a text, on one line."""
    return " ".join(text[:60].split())
