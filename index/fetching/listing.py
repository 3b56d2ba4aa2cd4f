"""What sources.toml lists: folders, files, feeds and pages, each checked and told in words."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import UnknownSetting
from index.fetching.source import Source, plain, source_of_table

FILE_NAME = "sources.toml"
FETCHED = "fetched"  # the folder in a collection's folder where what was fetched is kept
_HEADER = re.compile(r"(?m)^[ \t]*\[\[[ \t]*source[ \t]*\]\]")


@dataclass(frozen=True, slots=True)
class Listing:
    """All that is listed, and the files and folders that are sources as they are."""

    sources: tuple[Source, ...] = ()
    paths: tuple[Path, ...] = ()

    def names(self) -> tuple[str, ...]:
        """What people call each of them: a path, or the name of a source."""
        return (*map(str, self.paths), *(source.name for source in self.sources))

    def roots(self, folder: Path) -> list[Path]:
        """The files and folders to be read, for a collection in `folder`, in their order."""
        listed = [
            folder / FETCHED / source.name if source.kind.is_fetched else Path(source.where)
            for source in self.sources
        ]
        return list(dict.fromkeys((*self.paths, *listed)))

    def wants(self, path: Path) -> bool:
        """Whether a file below the roots is to be read; a pattern of its source may say no."""
        covering = [source for source in self.sources if source.covers(path)]
        if not covering or any(path == root or root in path.parents for root in self.paths):
            return True
        return any(source.wants(path) for source in covering)

    def source_of(self, path: Path) -> Source | None:
        """The folder or file that a path is read for, the innermost where several cover it."""
        covering = [source for source in self.sources if source.covers(path)]
        return max(covering, key=lambda source: len(source.where), default=None)


def read_listing(named: Sequence[Path], default: Path) -> Listing:
    """What the .toml files among `named` list, and `default` where it exists; the rest as paths.

    Raises UnknownSetting, one line a fault.
    """
    files = [path for path in named if path.suffix.lower() == ".toml"]
    plain = tuple(path for path in named if path.suffix.lower() != ".toml")
    if default.is_file():
        files.insert(0, default)
    sources: list[Source] = []
    faults: list[str] = []
    for file in dict.fromkeys(files):
        for given, line in _tables(file):
            try:
                sources.append(source_of_table(given, file, line=line))
            except UnknownSetting as fault:
                faults.append(str(fault))
    faults += _repeated(sources)
    if faults:
        raise UnknownSetting("\n".join(faults))
    return Listing(tuple(sources), plain)


def header_lines(text: str) -> list[int]:
    """The numbers of the lines on which a [[source]] begins."""
    return [text.count("\n", 0, match.end()) + 1 for match in _HEADER.finditer(text)]


def _tables(file: Path) -> list[tuple[dict[str, Any], int]]:
    """Each [[source]] of a file, with the line that it begins on, 0 where that is unclear."""
    try:
        text = file.read_text("utf-8-sig")
        told = tomllib.loads(text)
    except OSError as error:
        raise UnknownSetting(f"{file} cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise UnknownSetting(f"{file} is not valid TOML: {reason}") from error
    if other := [key for key in told if key != "source"]:
        key = plain(other[0])
        raise UnknownSetting(f"{file}: {key} means nothing here; each source is a [[source]]")
    tables = told.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UnknownSetting(f"{file}: write [[source]], in two pairs of brackets")
    lines = header_lines(text)
    exact = lines if len(lines) == len(tables) else [0] * len(tables)
    return list(zip(tables, exact, strict=True))


def _repeated(sources: Iterable[Source]) -> list[str]:
    first: dict[str, Source] = {}
    faults = []
    for source in sources:
        other = first.setdefault(source.name.casefold(), source)
        if other is not source:
            faults.append(
                f'{FILE_NAME}, line {source.line}: a source called "{source.name}" is on line'
                f" {other.line} already; give this one a name of its own"
            )
    return faults
