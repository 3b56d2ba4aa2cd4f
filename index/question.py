"""Take a question apart: the words and names to look for, and what else they are called."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from index.names import Aliases, Terms, shipped_aliases
from index.times import Day, days_in
from index.words import guess_language, spot

Kin = Callable[[str], Mapping[str, float]]


class Kind(StrEnum):
    """What a slot of a question is: an ordinary word, a name, or a number."""

    WORD = "word"
    NAME = "name"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Slot:
    """One word or name of a question: its terms, and whole other spellings of them.

    `aside` is what stands in brackets: it tells what the question is about, as when a follow-up
    was made whole, and counts less.
    """

    terms: Terms
    kind: Kind = Kind.WORD
    others: tuple[Terms, ...] = ()
    kin: tuple[tuple[str, float], ...] = ()
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its evidence is looked for: slots to fill, days, and the words to search by.

    `foreign` tells that it is written in other letters than the Latin ones. `plain` is the text
    as the model reads it, without what stands in brackets.
    """

    text: str
    terms: Terms
    slots: tuple[Slot, ...]
    days: tuple[Day, ...]
    search_terms: Terms
    foreign: bool = False
    plain: str = ""


def no_kin(_: str) -> Mapping[str, float]:
    """Of no word is it known what else means the same."""
    return {}


def read_question(text: str, *, aliases: Aliases | None = None, kin: Kin = no_kin) -> Question:
    """What a question asks for; `aliases` are the shipped ones unless given.

    `kin` gives the terms that mean nearly the same as a term, with their likeness.
    """
    aliases = shipped_aliases() if aliases is None else aliases
    days = days_in(text)
    spots = [
        (term, _kind(text, term, start), _is_aside(text, start))
        for term, start, end in spot(text, guess_language(text))
        if "-" not in text[start:end]
    ]
    terms = tuple(term for term, _, _ in spots)
    slots: list[Slot] = []
    place = 0
    for start, end, names in aliases.find(terms):
        slots += [_slot(*each, kin) for each in spots[place:start]]
        mine = terms[start:end]
        others = tuple(name for name in names if name != mine)
        slots.append(Slot(mine, Kind.NAME, others, aside=spots[start][2]))
        place = end
    slots += [_slot(*each, kin) for each in spots[place:]]
    unique = tuple(dict.fromkeys(slots))
    spellings = (name for slot in unique for name in (slot.terms, *slot.others))
    search = tuple(dict.fromkeys(term for name in spellings for term in name))
    letters = [mark for mark in text if mark.isalpha()]
    foreign = 2 * sum(mark > "\u024f" for mark in letters) > len(letters)
    return Question(text, terms, unique, days, search, foreign, _without_asides(text))


def _slot(term: str, kind: Kind, aside: bool, kin: Kin) -> Slot:  # noqa: FBT001 - of a tuple
    """A slot of one term; a name or number means only itself."""
    alike = tuple(kin(term).items()) if kind is Kind.WORD else ()
    return Slot((term,), kind, kin=alike, aside=aside)


def _without_asides(text: str) -> str:
    """The text without what stands in brackets, unless nothing else is left."""
    plain = " ".join(re.sub(r"\s*\([^()]*\)", "", text).split())
    return plain if any(map(str.isalnum, plain)) else text


def _is_aside(text: str, start: int) -> bool:
    return text.rfind("(", 0, start) > text.rfind(")", 0, start)


def _kind(text: str, term: str, start: int) -> Kind:
    if term[0].isdigit():
        return Kind.NUMBER
    named = text[start].isupper() and (start > 0 or text[start : start + 2].isupper())
    return Kind.NAME if named else Kind.WORD
