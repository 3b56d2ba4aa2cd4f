"""Names as people write them: what else they are called, and which word a typo was meant for."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from index.words import guess_language, spot

_SHIPPED = Path(__file__).parent / "data" / "aliases.txt"
_EXPANDED = re.compile(
    r"((?:[A-Z][\w’'-]*\s+(?:(?:of|for|and|the|in|de|del|la|y)\s+)*){1,7})\(([A-Z][A-Za-z-]{1,9})\)"
)

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
    """Aliases from lines `A = B = C`; "#" opens a comment, a name stands in one line only."""
    entities: list[tuple[Terms, ...]] = []
    by_first: dict[str, list[tuple[Terms, int]]] = {}
    for line in text.splitlines():
        names = dict.fromkeys(
            terms for name in line.partition("#")[0].split("=") if (terms := name_terms(name))
        )
        if len(names) < 2:
            continue
        for name in names:
            by_first.setdefault(name[0], []).append((name, len(entities)))
        entities.append(tuple(names))
    return Aliases(
        tuple(entities),
        {first: tuple(names) for first, names in by_first.items()},
        frozenset(term for entity in entities for name in entity for term in name),
    )


def name_terms(name: str) -> Terms:
    """The terms of a name without the whole of its hyphenated parts: deir, ez, zor."""
    language = guess_language(name) if not name.isascii() else "en"
    return tuple(term for term, start, end in spot(name, language) if "-" not in name[start:end])


@cache
def shipped_aliases() -> Aliases:
    """The aliases that come with the project."""
    return read_aliases(_SHIPPED.read_text("utf-8"))


def acronyms_in(text: str) -> dict[str, str]:
    """What a text itself says that its acronyms stand for: "Syrian Democratic Forces (SDF)"."""
    told = {}
    for match in _EXPANDED.finditer(text):
        words = match[1].split()
        initials = [word for word in words if word[0].isupper()]
        letters = match[2].replace("-", "").upper()
        for first in range(len(initials)):
            if "".join(word[0] for word in initials[first:]).upper() == letters:
                told[match[2]] = " ".join(words[words.index(initials[first]) :])
                break
    return told


def is_capital(text: str, start: int) -> bool:
    """Whether the word that starts there is written with a capital."""
    return text[start : start + 1].isupper()


def mend(
    word: str,
    known: Callable[[str], bool],
    near: Callable[[str], Iterable[str]],
    *,
    name: bool = False,
) -> str:
    """The known word that an unknown one was most likely meant to be; the word itself if none is.

    `near` gives known words worth a look, such as those that begin alike. A longer word may be
    further off; a name may not lose or change a consonant, as it is then another name. Ties go to
    the word with the same first letter, then to the first in the alphabet. Only ASCII words are
    mended: in languages that bend their words more, an unknown form is seldom a typo.
    """
    if len(word) < 4 or not (word.isascii() and word.isalpha()) or known(word):
        return word
    room = _room(word, name=name)
    rated = [
        (cost, other[:1] != word[:1], other)
        for other in near(word)
        if other != word and other.isalpha() and (cost := edits(word, other, room)) <= room
    ]
    return min(rated)[2] if rated else word


def _room(word: str, *, name: bool) -> float:
    if name or len(word) < 6:
        return 0.5 if len(word) < 8 else 1.0
    return 1.0 if len(word) < 7 else 1.5


def edits(a: str, b: str, most: float) -> float:
    """The edits that turn one word into another; more than `most` is given back as `most` + 1.

    Doubling a letter, swapping two neighbours, and a vowel too many, too few or taken for another
    count half.
    """
    if abs(len(a) - len(b)) > 2 * most:
        return most + 1
    older: list[float] = []
    row = [float(at) for at in range(len(b) + 1)]
    for i, mine in enumerate(a, start=1):
        newer = [float(i)]
        for j, theirs in enumerate(b, start=1):
            drop = row[j] + _letter(mine, a[i - 2 : i - 1])
            add = newer[j - 1] + _letter(theirs, b[j - 2 : j - 1])
            cost = min(drop, add, row[j - 1] + _swap(mine, theirs))
            if i > 1 and j > 1 and mine == b[j - 2] and a[i - 2] == theirs:
                cost = min(cost, older[j - 2] + 0.5)
            newer.append(cost)
        if min(newer) > most:
            return most + 1
        older, row = row, newer
    return row[-1] if row[-1] <= most else most + 1


_VOWELS = frozenset("aeiouy")


def _letter(letter: str, before: str) -> float:
    return 0.5 if letter == before or letter in _VOWELS else 1.0


def _swap(mine: str, theirs: str) -> float:
    if mine == theirs:
        return 0.0
    return 0.5 if mine in _VOWELS and theirs in _VOWELS else 1.0
