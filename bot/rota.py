"""Whose turn it is: everybody waits in a line of their own, and the lines take turns."""

from collections import Counter, deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants something, and in which chat; None is nobody in particular, and has no bound."""

    chat: Hashable | None = None
    one: Hashable | None = None


class Rota(Generic[Item]):
    """What waits, by chat and in each by person, and how much of whose has begun.

    Chats take turns, and so do the people of a chat. At most `at_once` have begun at any time, of
    one chat `in_chat` and of one person `of_one`: whoever wants much waits for their own work.
    """

    def __init__(self, *, at_once: int, in_chat: int, of_one: int) -> None:
        self._at_once = at_once
        self._in_chat = in_chat
        self._of_one = of_one
        self._lines: dict[Hashable, dict[Hashable, deque[Item]]] = {}
        self._begun: Counter[Hashable] = Counter()
        self._held: Counter[Hashable] = Counter()
        self._at_work = 0
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How much has not begun."""
        return self._waiting

    @property
    def full(self) -> bool:
        """Whether nothing more can begin until something has ended."""
        return self._at_work >= self._at_once

    def of_chat(self, asker: Asker) -> int:
        """How much of the asker's chat waits or is at work; 0 where there is no chat."""
        return self._held[_chat(asker)] if asker.chat is not None else 0

    def of_one(self, asker: Asker) -> int:
        """How much of the asker waits or is at work, in all chats; 0 where nobody is named."""
        return self._held[_one(asker)] if asker.one is not None else 0

    def add(self, asker: Asker, item: Item) -> None:
        """Put something at the end of the asker's line."""
        self._lines.setdefault(asker.chat, {}).setdefault(asker.one, deque()).append(item)
        self._waiting += 1
        _count(self._held, asker, 1)

    def take(self) -> tuple[Asker, Item] | None:
        """What may begin now, and has with that; None where nothing may."""
        asker = None if self.full else next(self._free(), None)
        if asker is None:
            return None
        people = self._lines.pop(asker.chat)
        line = people.pop(asker.one)
        item = line.popleft()
        # Whoever had their turn is last from now on.
        if line:
            people[asker.one] = line
        if people:
            self._lines[asker.chat] = people
        self._waiting -= 1
        self._at_work += 1
        _count(self._begun, asker, 1)
        return asker, item

    def end(self, asker: Asker) -> None:
        """Say that something which had begun is over."""
        self._at_work -= 1
        _count(self._begun, asker, -1)
        _count(self._held, asker, -1)

    def withdraw(self, asker: Asker, item: Item) -> bool:
        """Take something out of its line; False where it has begun."""
        people = self._lines.get(asker.chat, {})
        line = people.get(asker.one, deque())
        if item not in line:
            return False
        line.remove(item)
        if not line:
            del people[asker.one]
        if not people:
            del self._lines[asker.chat]
        self._waiting -= 1
        _count(self._held, asker, -1)
        return True

    def _free(self) -> Iterator[Asker]:
        for chat, people in self._lines.items():
            if chat is not None and self._begun[_chat(Asker(chat))] >= self._in_chat:
                continue
            for one in people:
                asker = Asker(chat, one)
                if one is None or self._begun[_one(asker)] < self._of_one:
                    yield asker


def _chat(asker: Asker) -> Hashable:
    return "chat", asker.chat


def _one(asker: Asker) -> Hashable:
    return "one", asker.one


def _count(counter: Counter[Hashable], asker: Asker, by: int) -> None:
    for key in (_chat(asker), _one(asker)):
        counter[key] += by
        if not counter[key]:
            del counter[key]
