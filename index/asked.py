"""What kind of thing a question asks for, and whether a passage holds one of its own."""

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from index.words import analyse, fold, stem

_DATA = Path(__file__).parent / "data"

Terms = tuple[str, ...]


class Asked(StrEnum):
    """The kind of thing that would answer."""

    WHO = "who"
    GROUP = "group"
    WHEN = "when"
    WHERE = "where"
    NUMBER = "number"
    MONEY = "money"
    WEAPON = "weapon"
    WHY = "why"
    OTHER = "other"


_WHAT = r"\b(?:what|which|whose) (?:\w+ ){0,1}?"
_PATTERNS = (
    (Asked.MONEY, r"\bhow much\b.*\b(?:costs?|pa(?:y|id)|spen[dt]|worth|price|owe|earn)"),
    (Asked.MONEY, r"\bhow much (?:money|cash)\b|\b(?:price|cost) of\b"),
    (Asked.NUMBER, r"\bhow (?:many|much)\b|\bnumber of\b|\bcuant[oa]s\b|\bcombien\b|wie ?viel"),
    (Asked.NUMBER, r"сколько"),
    (Asked.NUMBER, r"(?:^|\s)كم(?:\s|$)"),
    (Asked.WHEN, rf"\bwhen\b|{_WHAT}(?:year|date|day|time|month|century|decade)s?\b"),
    (Asked.WHEN, r"\bcuando\b|\bquand\b|\bwann\b|\bquando\b|когда|متي"),
    (Asked.GROUP, _WHAT + r"(?:group|organi[sz]ation|party|army|militia|gang|cartel|company|team|"
                  r"movement|agency|faction|force)s?\b"),
    (Asked.WEAPON, _WHAT + r"(?:weapon|explosive|bomb|gun|arm)s?\b"),
    (Asked.WHERE, rf"\bwhere\b|{_WHAT}(?:country|city|town|place|region|state|village|province|"
                  r"district|location)\b"),
    (Asked.WHY, r"\bwhy\b|\bwhat caused\b|\breason\b|\bpor que\b|\bpourquoi\b|\bwarum\b"),
    (Asked.WHO, r"\bwho(?:m|se)?\b|\bname of\b"),
    (Asked.WHO, _WHAT + r"(?:soldier|sailor|president|minister|general|man|woman|person|leader|"
                r"officer|player|actor|king|queen|judge|politician|author)s?\b"),
)  # fmt: skip
_RULES = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)

_MONEY = re.compile(
    r"[$€£¥₽]|\b(?:dollar|euro|pound|peso|ruble|rouble|lira|dinar|yuan|yen|franc|rupee|usd)s?\b",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]+\b")
_NAMES = re.compile(
    r"[A-Z][\w’'-]*\.?(?:\s+(?:de |del |la |al-?|el |bin |von |of |y )?[A-Z][\w’'-]*\.?)*"
)
_PLACE = re.compile(
    r"\b(?:in|at|near|from|to|of|outside|around|into|towards?|on)\s+(?:the\s+)?"
    r"((?:[A-Z][\w'’-]+\s?)+)"
)
_REASON = re.compile(
    r"\b(?:because|due to|after|since|so that|in order to|as a result|caused|led to|owing|"
    r"in response|in protest|therefore|reason|result(?:ed|s)?|following|aimed? at|"
    r"prompt(?:ed|ing)|thanks to|to (?:prevent|protest|avoid|protect|help|allow|force|support))\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:today|yesterday|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day|morning|evening|"
    r"night|noon|midnight|dawn|century|decade|week|month|year|hours?|january|february|march|april|"
    r"june|july|august|september|october|november|december|1\d{3}s?|20\d{2}s?|\d{1,2}:\d\d)s?\b",
    re.IGNORECASE,
)


def asked_for(text: str) -> Asked:
    """The kind of thing that a question asks for; OTHER where it cannot be told."""
    folded = re.sub(r"[^\w ]", " ", fold(text))
    return next((kind for kind, pattern in _RULES if pattern.search(folded)), Asked.OTHER)


def counted_in(text: str) -> str:
    """The term of what a question wants counted: "boat" of "How many boats sank?", or ""."""
    _, _, rest = fold(text).partition("how many ")
    return next(iter(analyse(rest, "en")), "")


def holds(asked: Asked, text: str, terms: Terms, known: Set[str]) -> float:
    """How surely a passage holds what is asked for: 0 to 1, and .5 where that cannot be told.

    `terms` are those of the passage, `known` those of the question: what the question itself
    names is not its answer.
    """
    return _CHECKS[asked](_Passage(text, terms, known)) if asked in _CHECKS else 0.5


@dataclass(frozen=True, slots=True)
class _Passage:
    text: str
    terms: Terms
    known: Set[str]

    def new(self) -> Iterator[str]:
        """The terms that the question does not name."""
        return (term for term in self.terms if term not in self.known)

    def tells(self, word: str) -> bool:
        """Whether a word of the passage is none of the question's."""
        return stem(fold(word), "en") not in self.known


def _number(passage: _Passage) -> float:
    # A year is a number of its own kind.
    return float(
        any(
            term[0].isdigit() and not (len(term) == 4 and term[:2] in {"19", "20"})
            for term in passage.new()
        )
    )


def _money(passage: _Passage) -> float:
    return float(_MONEY.search(passage.text) is not None)


def _time(passage: _Passage) -> float:
    return float(any(passage.tells(match[0]) for match in _TIME.finditer(passage.text)))


def _weapon(passage: _Passage) -> float:
    # Told by the word and not its stem: "bombing" in a question is no bomb.
    return float(
        any(fold(word) in _lexicon("weapon") for word in re.findall(r"[\w-]+", passage.text))
    )


def _group(passage: _Passage) -> float:
    acronym = any(fold(word) not in passage.known for word in _ACRONYM.findall(passage.text))
    told = any(term in _stems("group") for term in passage.new())
    return (0.8 + 0.2 * told) if acronym else 0.6 * told


def _why(passage: _Passage) -> float:
    return float(_REASON.search(passage.text) is not None)


def _where(passage: _Passage) -> float:
    return float(
        any(
            passage.tells(word)
            for match in _PLACE.finditer(passage.text)
            for word in match[1].split()
        )
    )


def _who(passage: _Passage) -> float:
    best = 0.6 * any(term in _stems("person") for term in passage.new())
    for match in _NAMES.finditer(passage.text):
        new = sum(passage.tells(word) for word in re.findall(r"[\w’'-]+", match[0]))
        if new >= 2:
            return 1.0
        if new and match.start() > 0:
            best = max(best, 0.7)
    return best


_CHECKS: dict[Asked, Callable[[_Passage], float]] = {
    Asked.NUMBER: _number,
    Asked.MONEY: _money,
    Asked.WHEN: _time,
    Asked.WEAPON: _weapon,
    Asked.GROUP: _group,
    Asked.WHY: _why,
    Asked.WHERE: _where,
    Asked.WHO: _who,
}


@cache
def _lexicon(kind: str) -> frozenset[str]:
    """The words of a kind, with their plurals."""
    for line in (_DATA / "kinds.txt").read_text("utf-8").splitlines():
        name, _, words = line.partition(":")
        if name == kind:
            return frozenset(form for word in words.split() for form in (word, word + "s"))
    return frozenset()


@cache
def _stems(kind: str) -> frozenset[str]:
    return frozenset(stem(word, "en") for word in _lexicon(kind))
