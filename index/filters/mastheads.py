"""Find the publishers that a name stands for, as people shorten it: "war journal", "RFE/RL"."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from index.words import fold, stops

LONGEST_NAME = 12  # words of a name that are told apart


class Mastheads:
    """The publishers of a collection by everything that names them."""

    def __init__(self, publishers: Collection[str]) -> None:
        self._spelled = {" ".join(name.split()): name for name in publishers}
        self._named: defaultdict[str, list[str]] = defaultdict(list)
        self._parts: defaultdict[str, set[str]] = defaultdict(set)
        for name in publishers:
            words = _words(name)
            self._named["".join(words)].append(name)
            for part in {*_parts(words), *_initials(words)}:
                self._parts[part].add("".join(words))

    def named(self, value: str) -> tuple[str, ...]:
        """The publishers that a value names; several only where they are spelled alike.

        Case, accents, spaces, punctuation and a leading "the" do not count. A part of a name of
        whole words, and its initials, name it if they are of no other.
        """
        spelled = self._spelled.get(" ".join(value.split()))
        if spelled is not None:
            return (spelled,)
        key = "".join(_words(value))
        if not key:
            return ()
        whole = self._named.get(key)
        of = self._parts.get(key, set())
        return tuple(whole or (self._named[next(iter(of))] if len(of) == 1 else ()))


def mastheads_of(publishers: Collection[str]) -> Mastheads:
    """The publishers by their names, made once for the same ones."""
    return _made(tuple(publishers))


@lru_cache(maxsize=4)
def _made(publishers: tuple[str, ...]) -> Mastheads:
    return Mastheads(publishers)


def _words(name: str) -> list[str]:
    words = "".join(mark if mark.isalnum() else " " for mark in fold(name)).split()
    return words[1:] if words[:1] == ["the"] else words


def _parts(words: Sequence[str]) -> Iterator[str]:
    """Runs of the words of a name, but for those that are no name by themselves."""
    for run in _runs(words[:LONGEST_NAME]):
        if len("".join(run)) > 2 and not all(word in stops("en") for word in run):
            yield "".join(run)


def _initials(words: Sequence[str]) -> Iterator[str]:
    """The initials of a name, and of any three or more of its words on end."""
    weighty = [word for word in words[:LONGEST_NAME] if word not in stops("en") and word != "s"]
    for run in _runs(weighty):
        if len(run) > 2 or (len(run) == len(weighty) > 1):
            yield "".join(word[0] for word in run)


def _runs(words: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(len(words)):
        for last in range(first + 1, len(words) + 1):
            yield words[first:last]
