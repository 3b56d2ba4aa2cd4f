"""What was read lately of one generation, so that what many questions need is read once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from index.store.postings import Lengths, Postings
from index.store.records import Found

PARAGRAPHS = 2_000  # some 10 kB each
TERMS = 20_000  # some 100 bytes each
POSTINGS = 2_500_000  # 6 bytes each
LEAST_OF_A_TERM = 80  # postings that a term takes the room of at the least
LOST = 16  # looks at an older generation in a row, after which the newer is taken to be lost

Mark = tuple[int, str, str, str]
"""A generation's number, when it was published, of which collection, and the vectors' model.

A collection may be put in another's place, and one that lost its last commits counts on from an
older number.
"""

NO_MARK: Mark = (0, "", "", "")
"""Of no generation."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """What was read lately, by key. Any thread may use it.

    All of it is of one generation; what is of a newer takes its place, and a view of an older one
    gets none, unless nobody looks at the newer any more: a failover may lose it. `size` is the
    part of the `room` that a value takes.
    """

    def __init__(self, room: int, size: Callable[[V], int] = lambda _: 1) -> None:
        self._room = room
        self._size = size
        self._taken = 0
        self._mark = NO_MARK
        self._older = 0  # in a row that looked at an older one
        self._held: OrderedDict[K, V] = OrderedDict()
        self._guard = Lock()

    def among(self, keys: Iterable[K], mark: Mark) -> dict[K, V]:
        """What there is of the keys, by key."""
        with self._guard:
            if mark != self._mark:
                return {}
            self._older = 0
            held = {key: self._held[key] for key in keys if key in self._held}
            for key in held:
                self._held.move_to_end(key)
            return held

    def keep(self, read: Mapping[K, V], mark: Mark) -> None:
        """Have it for later; what was not asked for the longest makes room."""
        with self._guard:
            if mark != self._mark:
                held = self._mark
                if mark[0] < held[0] and mark[1] <= held[1] and mark[2] == held[2]:
                    self._older += 1
                    if self._older < LOST:
                        return  # that somebody still looks at
                self._mark, self._taken, self._older = mark, 0, 0
                self._held.clear()
            for key, value in read.items():
                if key not in self._held:
                    self._held[key] = value
                    self._taken += self._size(value)
            while self._taken > self._room:
                self._taken -= self._size(self._held.popitem(last=False)[1])


def _room_of(postings: Postings) -> int:
    return max(LEAST_OF_A_TERM, len(postings.places))


@dataclass(frozen=True, slots=True)
class Lately:
    """What the views of one store have read.

    Paragraphs by id; of terms how many paragraphs hold them, and which; all paragraphs' lengths.
    """

    found: Recent[int, Found] = field(default_factory=lambda: Recent(PARAGRAPHS))
    holding: Recent[str, int] = field(default_factory=lambda: Recent(TERMS))
    postings: Recent[str, Postings] = field(default_factory=lambda: Recent(POSTINGS, _room_of))
    lengths: Recent[str, Lengths] = field(default_factory=lambda: Recent(1))
