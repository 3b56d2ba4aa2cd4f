"""Which word a typo was meant for."""

from collections.abc import Callable, Iterable


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
    if least_edits(a, b) > most:
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


def least_edits(a: str, b: str) -> float:
    """What two words' edits cost at the least, by their letters alone: an exchange settles two."""
    alone = frozenset(a) ^ frozenset(b)
    return 0.5 * len(alone - _VOWELS) + 0.25 * len(alone & _VOWELS)


def _letter(letter: str, before: str) -> float:
    return 0.5 if letter == before or letter in _VOWELS else 1.0


def _swap(mine: str, theirs: str) -> float:
    if mine == theirs:
        return 0.0
    return 0.5 if mine in _VOWELS and theirs in _VOWELS else 1.0
