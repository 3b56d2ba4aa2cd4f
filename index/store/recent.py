"""What was read lately of one generation, so that what many questions find is read once."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from index.store.records import Found

ROOM = 2_000  # paragraphs, some 10 kB each

Mark = tuple[int, str, str, str]
"""A generation's number, when it was published, of which collection, and the vectors' model.

A collection may be put in another's place, and one that lost its last commits counts on from an
older number.
"""


class Recent:
    """The paragraphs that were found lately, by id. Any thread may use it.

    All of them are of one generation and model; those of a newer take their place, and a view of
    an older one gets none.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._mark: Mark = (0, "", "", "")
        self._found: OrderedDict[int, Found] = OrderedDict()
        self._guard = Lock()

    def among(self, ids: Iterable[int], mark: Mark) -> dict[int, Found]:
        """Those of the ids that are there, by id."""
        with self._guard:
            if mark != self._mark:
                return {}
            held = {number: self._found[number] for number in ids if number in self._found}
            for number in held:
                self._found.move_to_end(number)
            return held

    def keep(self, found: Iterable[Found], mark: Mark) -> None:
        """Have them for later; the ones that were not asked for the longest make room."""
        with self._guard:
            if mark != self._mark:
                if mark[0] < self._mark[0] and mark[2] == self._mark[2]:
                    return
                self._mark = mark
                self._found.clear()
            self._found.update((each.id, each) for each in found)
            while len(self._found) > self._room:
                self._found.popitem(last=False)
