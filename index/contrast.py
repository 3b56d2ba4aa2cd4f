"""What a sentence says against a question, or lacks of it, however near their words are.

Vectors place "win" beside "lose" and "fired" beside "not fired", and people who ask for what a
text does not tell often change just such a word (Rajpurkar, Jia and Liang: Know What You Don't
Know, 2018, count negations, antonyms and exchanged names among the ways). Only lists tell them
apart.
"""

import re
from collections.abc import Mapping, Sequence, Set
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from index.words import analyse, fold, spot, stem

Sides = tuple[frozenset[str], frozenset[str]]
Terms = tuple[str, ...]

_OPPOSITES = Path(__file__).parent / "data" / "opposites.txt"
_NATIONALITIES = Path(__file__).parent / "data" / "nationalities.txt"
_ASKED = 64  # questions that stay taken apart, each read in some passages
_NEAR = 3  # terms between a word and what it is said of, at most
_WORD = re.compile(r"\w+")
_DENIES = re.compile(
    r"\bnot\b(?! only| just)|\bno\b(?!\.? ?\d)|\w+n['’]t\b|"
    r"\b(?:never|none|nobody|nothing|without|neither|nor|cannot)\b",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(r"\b(?:if|unless|might|would|could|were it)\b", re.IGNORECASE)
_DENIES_SOMEHOW = re.compile(  # what other ways of saying "not" look like in a passage
    r"\b(?:not?|non|never|none|nobody|nothing|without|neither|nor|cannot|\w+n ?['’]t|fail\w*|"
    r"refus\w*|unable|lack\w*|hardly|rarely|den(?:y|ie[sd])|prevent\w*|reject\w*|ban(?:ned)?|"
    r"un\w+ed|impossible|few|little|only|rather|instead|avoid\w*|stop\w*|abolish\w*|abandon\w*|"
    r"outlaw\w*|ceased?)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=_ASKED)
def denies(question: str) -> bool:
    """Whether a question asks for what is not so.

    "Didn't they win?" asks whether they did; "What if they had not won?" only supposes.
    """
    denied = any(match.start() > 0 for match in _DENIES.finditer(question.strip()))
    return denied and not _SUPPOSES.search(question)


def is_undenied(question: str, sentence: str) -> bool:
    """Whether the question denies something and the sentence denies nothing at all."""
    return denies(question) and not _DENIES_SOMEHOW.search(sentence)


def is_opposed(question: str, sentence: str) -> bool:
    """Whether the sentence tells the opposite of a word of the question, and not the word.

    A question that names both sides ("faster or slower?") has no opposite.
    """
    asked = _asked_stems(question)
    opposed = [opposites()[word] for word in asked & opposites().keys()]
    told = _stems(sentence) if opposed else set()
    return any(told & other and not told & same and not asked & other for same, other in opposed)


@lru_cache(maxsize=_ASKED)
def _asked_stems(question: str) -> Set[str]:
    return _stems(question)


def _stems(text: str) -> Set[str]:
    return {stem(word, "en") for word in _WORD.findall(fold(text))}


@cache
def opposites() -> Mapping[str, Sides]:
    """For each stem of the shipped list what is on its side of a pair, and on the other only."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for line in _OPPOSITES.read_text("utf-8").splitlines():
        left, _, right = (_stems(part) for part in line.partition("#")[0].partition("|"))
        for same, other in ((left, right), (right, left)):
            for word in same:
                mine = found.setdefault(word, (set(), set()))
                mine[0].update(same)
                mine[1].update(other)
    return {
        word: (frozenset(same), frozenset(other - same)) for word, (same, other) in found.items()
    }


def is_exchanged(question: str, told: Terms, *, apart: Set[str] = frozenset()) -> bool:
    """Whether a passage has another number or nationality before a word than the question has.

    "American frigate" against "the Russian frigate Admiral Essen", the passage given by its terms.
    Where the question's own stands near the same word too, nothing is exchanged. Terms set `apart`
    are those of days, which are compared as days.
    """
    spots = _asked_spots(question)
    asked = {term for term, _, _ in spots}
    for (mine, _, end), (noun, start, _) in pairwise(spots):
        between = question[end:start].strip(" -")  # as in "Article 12 of the treaty"
        if not (kind := _excluding(mine)) or between or mine in apart:
            continue
        places = [at for at, term in enumerate(told) if term == noun]
        if _stands_near(mine, places, told):
            continue
        before = {term for at in places for term in told[max(0, at - 2) : at]}
        if any(_excluding(term) == kind for term in before - asked):
            return True
    return False


@lru_cache(maxsize=_ASKED)
def _asked_spots(question: str) -> tuple[tuple[str, int, int], ...]:
    return tuple(spot(question))


def _stands_near(term: str, places: Sequence[int], told: Terms) -> bool:
    return any(term in told[max(0, at - _NEAR) : at + _NEAR + 1] for at in places)


def _excluding(term: str) -> str:
    """The kind of a term of which only one can hold of one thing; "" for any other term."""
    if term.isdigit():
        return "number"
    return "nationality" if term in _nationalities() else ""


@cache
def _nationalities() -> Set[str]:
    lines = _NATIONALITIES.read_text("utf-8").splitlines()
    return {term for line in lines for term in analyse(line.partition("#")[0], "en")}
