"""The names in force: the shipped ones, the admins' own, and what the collection defines."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from index.names.aliases import Aliases, Terms, aliases_of, name_terms, shipped_aliases

LARGEST = 1_000_000  # bytes of an aliases file
MOST_ACRONYMS = 5_000
MOST_FAULTS = 20
ORDINARY = 0.001  # of all paragraphs: a word as common as this means itself, not an acronym
_LONGEST = 10  # terms of a name; a sentence is none

Group = tuple[Terms, ...]

logger = logging.getLogger(__name__)


class Tells(Protocol):
    """A view of a collection that tells its acronyms: short, long, in how many articles."""

    def mark(self) -> object: ...
    def acronyms(self) -> Iterable[tuple[str, str, int]]: ...


@dataclass(frozen=True, slots=True)
class AliasFile:
    """An aliases file as read: what it names, and what in it could not be used, in words."""

    groups: tuple[Group, ...] = ()
    faults: tuple[str, ...] = ()


def read_alias_file(path: Path) -> AliasFile:
    """The groups of names of a file with lines `A = B = C`; empty where there is no file.

    A line that cannot be used is left out and told, and the others count.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        return AliasFile()
    except OSError as error:
        return AliasFile(faults=(f"{path} cannot be read ({error.strerror}); see who owns it",))
    if len(raw) > LARGEST:
        fault = f"{path} is larger than {LARGEST // 1_000_000} MB and was not read; shorten it"
        return AliasFile(faults=(fault,))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fault = f"line {line} of {path} is not UTF-8 text; save it as UTF-8 and try again"
        return AliasFile(faults=(fault,))
    return _read_lines(text.splitlines(), path)


def _read_lines(lines: Iterable[str], path: Path) -> AliasFile:
    groups, faults = [], []
    for number, line in enumerate(lines, start=1):
        names = line.partition("#")[0].strip()
        if not names:
            continue
        group, fault = _group(names)
        if fault:
            faults.append(f"line {number} of {path} was left out: {fault}")
        else:
            groups.append(group)
    if len(faults) > MOST_FAULTS:
        more = len(faults) - MOST_FAULTS
        faults[MOST_FAULTS:] = [f"{path} has {more} more lines that were left out"]
    return AliasFile(tuple(groups), tuple(faults))


def _group(line: str) -> tuple[Group, str]:
    """A line's names, or what is wrong with it."""
    group = []
    for name in map(str.strip, line.split("=")):
        terms = name_terms(name)
        if not name:
            return (), 'it has "=" with no name beside it'
        if not terms:
            return (), f'"{name}" has no word that is looked for'
        if len(terms) > _LONGEST:
            return (), f'"{name[:60]}" is too long for a name'
        group.append(terms)
    if len(group) < 2:
        return (), f'"{line[:60]}" stands alone; write another name of it behind "="'
    return tuple(dict.fromkeys(group)), ""


def with_acronyms(
    known: Aliases,
    told: Iterable[tuple[str, str, int]],
    *,
    commonness: Callable[[str], float] = lambda _: 0.0,
) -> Aliases:
    """The known names and, added to them, what a collection says that its acronyms stand for.

    An acronym has the meaning that most articles tell, none where two are told as often. One that
    is known already, or is an ordinary word (AID) by its `commonness`, is left alone.
    """
    names = {name for entity in known.entities for name in entity}
    meanings: dict[Terms, Counter[Terms]] = {}
    for short, long, articles in told:
        meanings.setdefault(name_terms(short), Counter())[name_terms(long)] += articles
    added = [
        (meaning, short)
        for short, counts in meanings.items()
        if short and short not in names and max(map(commonness, short)) < ORDINARY
        if (meaning := _commonest(counts))
    ]
    return aliases_of([*known.entities, *added[:MOST_ACRONYMS]])


def _commonest(counts: Counter[Terms]) -> Terms:
    (best, most), *rest = counts.most_common(2)
    return () if rest and rest[0][1] == most else best


class AliasBook:
    """The names in force, made anew only when the collection or the admins' file has changed."""

    def __init__(
        self, file: Path | None = None, *, commonness: Callable[[str], float] = lambda _: 0.0
    ) -> None:
        self._file = file
        self._commonness = commonness
        # One attribute, replaced whole: threads may make it twice, but never see half of it.
        self._made: tuple[object, Aliases] | None = None
        self._said: object = None

    def of(self, view: Tells) -> Aliases:
        """The names in force for a view of the collection."""
        state = self._stamp(), view.mark()
        made = self._made
        if made is None or made[0] != state:
            known = self._known(state[0])
            made = state, with_acronyms(known, view.acronyms(), commonness=self._commonness)
            self._made = made
        return made[1]

    def _known(self, stamp: object) -> Aliases:
        if self._file is None:
            return shipped_aliases()
        own = read_alias_file(self._file)
        if stamp != self._said:
            self._said = stamp
            for fault in own.faults:
                logger.warning("%s", fault)
        return aliases_of([*own.groups, *shipped_aliases().entities])

    def _stamp(self) -> tuple[int, int] | None:
        """What changes when the file is written; None where there is none."""
        try:
            stat = self._file.stat() if self._file is not None else None
        except OSError:
            return None
        return (stat.st_mtime_ns, stat.st_size) if stat is not None else None
