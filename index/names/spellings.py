"""Whether two names are one name, spelled in two ways: Deir Ezzor, Dayr az-Zawr."""

import re
from collections.abc import Callable

from index.names.aliases import Terms, name_terms
from index.names.typos import edits
from index.words import fold

_ARTICLES = frozenset("al el ul ar as ash an ad az at ez es ed er en et esh".split())  # noqa: SIM905
_LETTERS = (
    ("ph", "f"), ("kh", "k"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("sh", "š"), ("sch", "š"),
    ("ch", "š"), ("zh", "j"), ("dj", "j"), ("ck", "k"), ("tz", "z"), ("ou", "u"), ("oo", "u"),
    ("q", "k"), ("c", "k"), ("x", "ks"),
)  # fmt: skip
_VOWELS = frozenset("aeiouy")


def skeleton(name: str) -> str:
    """The consonants of a name as transliterations have them in common: Deir ez-Zor, drzr."""
    letters = _said(_plain(name))
    head = "a" if letters[:1] in _VOWELS else letters[:1]
    return head + "".join(mark for mark in letters[1:] if mark not in _VOWELS)


def is_respelled(one: str, other: str, common: Callable[[str], bool]) -> bool:
    """Whether two names with one skeleton can be spellings of one name rather than kin.

    Iraq and Iraqi, Mario and Maria are kin; two ordinary words are two words.
    """
    mine, theirs = _plain(one), _plain(other)
    if _is_kin(mine, theirs) or _is_kin(theirs, mine):
        return False
    words = [only_in(one, other), only_in(other, one)]
    if not all(words) or all(all(map(common, terms)) for terms in words):
        return False
    mine, theirs = _said(mine), _said(theirs)
    # Written in more or fewer words, a name keeps its letters: Deirezzor, Deir Ezzor.
    share = 0.35 if len(skeleton(one)) > 3 else 0.15
    room = share * min(len(mine), len(theirs)) if len(words[0]) == len(words[1]) else 0.5
    return edits(mine, theirs, room) <= room


def only_in(one: str, other: str) -> Terms:
    """The terms of one name that the other lacks."""
    theirs = name_terms(other)
    return tuple(term for term in name_terms(one) if term not in theirs)


def _is_kin(one: str, other: str) -> bool:
    if other.startswith(one) and other[len(one) :] in {"i", "is", "a", "o", "e", "y", "ie", "ia"}:
        return True
    return one[:-1] == other[:-1] and {one[-1:], other[-1:]} <= set("aoei")


def _plain(name: str) -> str:
    """A name's letters without articles, spaces and marks."""
    words = re.findall(r"[^\W\d_]+", fold(name).replace("'", "").replace("’", ""))
    kept = [word for word in words if word not in _ARTICLES] if len(words) > 1 else words
    return "".join(kept)


def _said(letters: str) -> str:
    """Letters as they sound: k for q, no doubled ones, no h but at the beginning."""
    for written, said in _LETTERS:
        letters = letters.replace(written, said)
    letters = letters.replace("w", "u") if letters[:1] != "w" else "v" + letters[1:]
    return re.sub(r"(.)\1+", r"\1", letters[:1] + letters[1:].replace("h", ""))
