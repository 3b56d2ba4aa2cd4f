"""A lock for each of many things, for as long as somebody holds or awaits it."""

import asyncio
from collections.abc import Hashable
from weakref import WeakValueDictionary


class Locks:
    """Locks by key; one that nobody uses is forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def of(self, *key: Hashable) -> asyncio.Lock:
        """The lock of a key; whoever asks for it must keep it while using it."""
        return self._locks.setdefault(key, asyncio.Lock())
