"""Names as people write them: what else they are called, and which word a typo was meant for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from index.words import guess_language, spot

_SHIPPED = Path(__file__).parents[1] / "data" / "aliases.txt"

Terms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aliases:
    """Entities under all their names, each name kept as the terms that `analyse` makes of it."""

    entities: tuple[tuple[Terms, ...], ...] = ()
    by_first: dict[str, tuple[tuple[Terms, int], ...]] = field(default_factory=dict)
    terms: frozenset[str] = frozenset()

    def find(self, terms: Terms) -> list[tuple[int, int, tuple[Terms, ...]]]:
        """Every entity named in the terms: start, end, all its names. The longest name wins."""
        found, place = [], 0
        while place < len(terms):
            best: tuple[Terms, int] | None = None
            for name, entity in self.by_first.get(terms[place], ()):
                if terms[place : place + len(name)] == name and (
                    best is None or len(name) > len(best[0])
                ):
                    best = name, entity
            if best is None:
                place += 1
                continue
            found.append((place, place + len(best[0]), self.entities[best[1]]))
            place += len(best[0])
        return found


def read_aliases(text: str) -> Aliases:
    """Aliases from lines `A = B = C`; "#" opens a comment. Lines that share a name are one."""
    return aliases_of(
        [name_terms(name) for name in line.partition("#")[0].split("=")]
        for line in text.splitlines()
    )


def aliases_of(groups: Iterable[Iterable[Terms]]) -> Aliases:
    """Aliases from groups of names; groups that share a name are one entity.

    Names keep the order in which they come; an entity with a single name tells nothing.
    """
    home: dict[Terms, dict[Terms, None]] = {}
    for group in groups:
        entity: dict[Terms, None] = {}
        for name in group:
            if name:
                entity |= home.get(name, {name: None})
        for name in entity:
            home[name] = entity
    entities = {id(each): tuple(each) for each in home.values() if len(each) > 1}
    return _indexed(tuple(entities.values()))


def _indexed(entities: tuple[tuple[Terms, ...], ...]) -> Aliases:
    by_first: dict[str, list[tuple[Terms, int]]] = {}
    for place, entity in enumerate(entities):
        for name in entity:
            by_first.setdefault(name[0], []).append((name, place))
    return Aliases(
        entities,
        {first: tuple(names) for first, names in by_first.items()},
        frozenset(term for entity in entities for name in entity for term in name),
    )


def name_terms(name: str) -> Terms:
    """The terms of a name without the whole of its hyphenated parts: deir, ez, zor."""
    name = name.strip()
    language = guess_language(name) if not name.isascii() else "en"
    # In a text of capitals alone "US" may be a shouted word; a name by itself never is.
    beside = "" if " " in name else " x"
    return tuple(
        term
        for term, start, end in spot(name + beside, language)
        if end <= len(name) and "-" not in name[start:end]
    )


@cache
def shipped_aliases() -> Aliases:
    """The aliases that come with the project."""
    return read_aliases(_SHIPPED.read_text("utf-8"))
