"""Propose aliases out of a collection's own texts, for a person to look at.

Four signs are followed: an acronym that is explained but not in force; one name spelled in two
ways, in like company; a name behind another in brackets, again and again; and a text that says so
("also known as").
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from index.names.acronyms import acronyms_in, is_acronym
from index.names.aliases import Aliases, Terms, name_terms
from index.names.spellings import is_respelled, only_in, skeleton
from index.words import analyse, fold, stops

MOST = 200  # suggestions; more is not read
_MOST_NAMES = 300_000  # kept while counting; the rare ones go when there are more
_MOST_PAIRS = 2_000  # looked at for their company
_SEEN = 3  # a spelling in fewer articles is a slip
_SAMPLES = 60  # of a name's surroundings
_AROUND = 90  # characters to either side of a name that are its company
_ALIKE = 0.3  # cosine of two names' company from which on they may be one
_STEADY = 0.6  # of what stands before a bracket must be the same name

_WORD = (
    r"(?:(?:al|el|ul|a[rsdnzth]|e[rsdnzt]|ash|esh|d|l)[-’'])?"
    r"[A-ZÀ-ÞŞĞİĀĪŪА-ЯЁ]\w*(?:[-’']\w+)*"
)
_PARTICLE = r"(?:al|el|bin|ibn|of|for|the|de|del|la|ez|es|ash|az|as|an|ar)"
_NAME = rf"{_WORD}(?: (?:{_PARTICLE} ){{0,2}}{_WORD}){{0,5}}"
_RUN = re.compile(rf"(?<![\w’'-]){_NAME}")
_BRACKETED = re.compile(rf"({_NAME}) \(({_NAME})\)")
_KNOWN_AS = re.compile(
    rf"({_NAME}),? \(?(?:(?:(?:also|better|formerly|previously|locally|commonly|otherwise|once)"
    rf" (?:known|called|spelled|spelt) (?:as |in \w+ as )?|a\.?k\.?a\.? |formerly called "
    rf"|also spelled )(?:the )?|\(formerly (?:the )?)[“\"‘']?({_NAME})"
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Names that may be one, in how many articles each stands, why, and where it was seen."""

    names: tuple[str, ...]
    articles: tuple[int, ...]
    why: str
    example: str


def suggest(
    texts: Callable[[], Iterable[str]],
    *,
    known: Aliases,
    acronyms: Iterable[tuple[str, str, int]] = (),
    common: Callable[[str], bool] = lambda _: False,
) -> list[Suggestion]:
    """Names that may be one and are not known to be, those in most articles first.

    `texts` gives every article's text; it is called twice. `acronyms` are those that the articles
    explain: short, long, in how many. `common` tells an ordinary word's term: two ordinary words
    are never one name.
    """
    count = _counted(texts())
    book = _Known(known)
    told = [*_explained(acronyms, book), *_bracketed(count, book, common), *_known_as(count, book)]
    pairs = list(_alike(count.names, book, common))[:_MOST_PAIRS]
    company = _company(texts(), {name for pair in pairs for name in pair})
    spelled = _shortest([pair for pair in pairs if _cosine(company, *pair) >= _ALIKE])
    found = [*told, *_joined(spelled, count, company)]
    return sorted(_distinct(found), key=lambda each: -min(each.articles))[:MOST]


@dataclass(frozen=True, slots=True)
class _Count:
    """In how many articles each name stands, and each pair of names of either sign."""

    names: Counter[str]
    brackets: Counter[tuple[str, str]]
    closing: Counter[str]
    also: Counter[tuple[str, str]]
    examples: dict[tuple[str, str], str]


class _Known:
    """Which names are known, and which of those are one."""

    def __init__(self, aliases: Aliases) -> None:
        self._home = {
            name: place for place, names in enumerate(aliases.entities) for name in names
        }

    def settled(self, one: str, other: str) -> bool:
        """Whether two names are the same by their terms, or both are known."""
        mine, theirs = name_terms(one), name_terms(other)
        same = not mine or not theirs or mine == theirs
        return same or (mine in self._home and theirs in self._home)


def _counted(texts: Iterable[str]) -> _Count:
    count = _Count(Counter(), Counter(), Counter(), Counter(), {})
    for text in texts:
        count.names.update(set(_names_of(text)))
        proven = acronyms_in(text)
        brackets = {
            (before, inside)
            for match in _BRACKETED.finditer(text)
            if (inside := match[2]) not in proven
            for before in _endings(match[1])
        }
        count.brackets.update(brackets)
        count.closing.update({inside for _, inside in brackets})
        _example(count, text)
        for counter in (count.names, count.brackets, count.closing):
            _prune(counter)
    return count


def _example(count: _Count, text: str) -> None:
    """Count what a text says outright, and keep the first place of each pair."""
    for match in _KNOWN_AS.finditer(text):
        pair = match[1], _without_tail(match[2])
        count.also[pair] += 1
        count.examples.setdefault(pair, _snippet(text, match.start(), match.end()))
    for match in _BRACKETED.finditer(text):
        if len(count.examples) < _MOST_NAMES:
            key = "", match[2]
            count.examples.setdefault(key, _snippet(text, match.start(), match.end()))


def _without_tail(name: str) -> str:
    """A name without the beginning of the next sentence, where no full stop parts them."""
    words = name.split(" ")
    while len(words) > 1 and fold(words[-1]) in stops("en"):
        words.pop()
    return " ".join(words)


def _prune(counter: Counter[Any]) -> None:
    if len(counter) > _MOST_NAMES:
        for name in [name for name, articles in counter.items() if articles == 1]:
            del counter[name]


def _names_of(text: str) -> Iterator[str]:
    """Every run of capitalised words, and every part of one up to three words long."""
    for match in _RUN.finditer(text):
        words = match[0].split(" ")
        for length in (1, 2, 3):
            for first in range(len(words) - length + 1):
                part = words[first : first + length]
                if _capital(part[0]) and _capital(part[-1]):
                    yield " ".join(part)


def _capital(word: str) -> bool:
    return any(mark.isupper() for mark in word)


def _endings(run: str) -> Iterator[str]:
    words = run.split(" ")
    for first in range(max(0, len(words) - 6), len(words)):
        if _capital(words[first]) and analyse(words[first] + " x", "en")[:-1]:
            yield " ".join(words[first:])


def _explained(acronyms: Iterable[tuple[str, str, int]], book: _Known) -> Iterator[Suggestion]:
    """Acronyms that are not in force: ordinary words, and those that several things share."""
    for short, long, articles in acronyms:
        if articles >= 2 and not book.settled(long, short):
            yield Suggestion((long, short), (articles, articles), "explained", "")


def _bracketed(count: _Count, book: _Known, common: Callable[[str], bool]) -> Iterator[Suggestion]:
    """Names that stand before one and the same bracket most of the time: "Palmyra (Tadmur)"."""
    best: dict[str, tuple[int, int, str]] = {}
    for (before, inside), articles in count.brackets.items():
        if articles >= 2 and articles >= _STEADY * count.closing[inside]:
            found = articles, len(before), before
            best[inside] = max(best.get(inside, found), found)
    for inside, (articles, _, before) in best.items():
        if not book.settled(before, inside) and _is_other_name(inside, count, common):
            example = count.examples.get(("", inside), "")
            yield Suggestion((before, inside), (articles, articles), "in brackets", example)


def _is_other_name(inside: str, count: _Count, common: Callable[[str], bool]) -> bool:
    """Whether what stands in brackets is another name rather than the country of a town.

    An acronym is; so is a name that hardly stands anywhere else.
    """
    if is_acronym(inside):
        return True
    rare = 2 * count.closing[inside] >= count.names[inside]
    return rare and not all(map(common, name_terms(inside)))


def _known_as(count: _Count, book: _Known) -> Iterator[Suggestion]:
    for pair, articles in count.also.items():
        if not book.settled(*pair):
            yield Suggestion(pair, (articles, articles), "said to be", count.examples[pair])


def _alike(
    names: Counter[str], book: _Known, common: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """Pairs of names with the same consonants and nearly the same vowels, most frequent first."""
    groups: dict[str, list[str]] = {}
    for name, articles in names.most_common():
        if articles >= _SEEN and len(bones := skeleton(name)) >= 3:
            groups.setdefault(bones, []).append(name)
    for group in groups.values():
        for one, other in combinations(group[:12], 2):
            if not book.settled(one, other) and is_respelled(one, other, common):
                yield one, other


def _shortest(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs without those that only repeat a shorter one: Khan Tuman, where Tuman is told."""
    differences = {pair: frozenset([only_in(*pair), only_in(*pair[::-1])]) for pair in pairs}
    alone = {frozenset(map(name_terms, pair)) for pair in pairs}
    return [
        pair
        for pair in pairs
        if differences[pair] == frozenset(map(name_terms, pair)) or differences[pair] not in alone
    ]


@dataclass(slots=True)
class _Company:
    """The words around a name, over some of its places, and the first of them."""

    terms: Counter[str]
    places: int = 0
    example: str = ""


def _company(texts: Iterable[str], names: set[str]) -> dict[str, _Company]:
    found = {name: _Company(Counter()) for name in names}
    for text in texts:
        for match in _RUN.finditer(text):
            for name in set(_names_of(match[0])) & names:
                mine = found[name]
                if mine.places < _SAMPLES:
                    mine.places += 1
                    mine.terms.update(_around(text, match.start(), match.end(), name))
                    place = match.start(), match.end()
                    mine.example = mine.example or _snippet(text, *place)
    return found


def _around(text: str, start: int, end: int, name: str) -> set[str]:
    near = f"{text[max(0, start - _AROUND) : start]} {text[start : end + _AROUND]}"
    return set(analyse(near, "en")) - set(analyse(name, "en"))


def _cosine(company: dict[str, _Company], one: str, other: str) -> float:
    mine, theirs = company[one].terms, company[other].terms
    dot = sum(count * theirs[term] for term, count in mine.items())
    norm = sum(c * c for c in mine.values()) * sum(c * c for c in theirs.values())
    return float(dot / norm**0.5) if norm else 0.0


def _joined(
    pairs: Iterable[tuple[str, str]], count: _Count, company: dict[str, _Company]
) -> Iterator[Suggestion]:
    """One suggestion for all the spellings that pairs hold together."""
    home: dict[str, dict[str, None]] = {}
    for pair in pairs:
        names: dict[str, None] = {}
        for name in pair:
            names |= home.get(name, {name: None})
        for name in names:
            home[name] = names
    for group in {id(each): each for each in home.values()}.values():
        ordered = sorted(group, key=lambda name: (-count.names[name], name))
        articles = tuple(count.names[name] for name in ordered)
        yield Suggestion(tuple(ordered), articles, "spelled alike", company[ordered[-1]].example)


def _distinct(found: Iterable[Suggestion]) -> list[Suggestion]:
    """The suggestions without those that another one holds."""
    kept: dict[frozenset[Terms], Suggestion] = {}
    for each in found:
        kept.setdefault(frozenset(map(name_terms, each.names)), each)
    return list(kept.values())


def _snippet(text: str, start: int, end: int) -> str:
    """The words from a place to another with those around them, none cut."""
    before = text[max(0, start - 30) : start]
    after = text[end : end + 30]
    before = before if start <= 30 else before.partition(" ")[2]
    after = after if end + 30 >= len(text) else after.rpartition(" ")[0]
    return re.sub(r"\s+", " ", before + text[start:end] + after).strip()
