"""Know when the next message may leave, so that Telegram's limits hold."""

import time
from collections import deque
from collections.abc import Callable

from bot.limits import (
    ALL_KEPT_FREE,
    ALL_MESSAGES,
    ALL_SPAN_S,
    CHAT_MESSAGES,
    CHAT_SPAN_S,
    EDIT_SPAN_S,
    GROUP_MESSAGES,
    GROUP_SPAN_S,
)

_MANY_CHATS = 10_000


class Window:
    """At most `count` messages in any `span_s` seconds."""

    def __init__(self, count: int, span_s: float) -> None:
        self._span_s = span_s
        self._times: deque[float] = deque(maxlen=count)

    def opens(self, now: float, *, free: int = 0) -> float:
        """The earliest time, from `now` on, for one more message that leaves room for `free`."""
        most = (self._times.maxlen or 0) - free
        if len(self._times) < most:
            return now
        return max(now, self._times[-most] + self._span_s)

    def book(self, moment: float) -> None:
        """Count a message that leaves at `moment`; moments do not go back."""
        self._times.append(moment)

    def forgotten(self, now: float) -> bool:
        """Whether every message counted is too long ago to matter."""
        return not self._times or self._times[-1] + self._span_s <= now


class Pace:
    """The windows of every chat and the one over all of them.

    Booking says how many seconds to wait first. A chat's turn is booked before the turn among all,
    so that a chat that must wait long takes nothing from the others.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._chats: dict[int, tuple[Window, ...]] = {}
        self._edits: dict[tuple[int, int], Window] = {}
        self._all = Window(ALL_MESSAGES, ALL_SPAN_S)

    def book_chat(self, chat: int) -> float:
        """Book the chat's next turn; groups, whose ids are negative, are held to two limits."""
        now = self._clock()
        self._forget(now)
        windows = self._chats.setdefault(chat, _windows(chat))
        return _book(windows, now)

    def spare(self, chat: int) -> float:
        """Seconds until a message that nobody waits for might leave; nothing is booked by that.

        Some of what all chats may send together is kept free for answers.
        """
        now = self._clock()
        windows = self._chats.get(chat, ())
        everybody = self._all.opens(now, free=ALL_KEPT_FREE)
        return max([everybody, *(window.opens(now) for window in windows)]) - now

    def book_edit(self, chat: int, message: int) -> float:
        """Book the next change of a message's text; each message has its own span."""
        now = self._clock()
        if len(self._edits) >= _MANY_CHATS:
            self._edits = {
                key: window for key, window in self._edits.items() if not window.forgotten(now)
            }
        window = self._edits.setdefault((chat, message), Window(1, EDIT_SPAN_S))
        return _book((window,), now)

    def book_all(self) -> float:
        """Book the next turn among all chats."""
        return _book((self._all,), self._clock())

    def _forget(self, now: float) -> None:
        if len(self._chats) < _MANY_CHATS:
            return
        self._chats = {
            chat: windows
            for chat, windows in self._chats.items()
            if not all(window.forgotten(now) for window in windows)
        }


def _windows(chat: int) -> tuple[Window, ...]:
    own = Window(CHAT_MESSAGES, CHAT_SPAN_S)
    return (own, Window(GROUP_MESSAGES, GROUP_SPAN_S)) if chat < 0 else (own,)


def _book(windows: tuple[Window, ...], now: float) -> float:
    moment = max(window.opens(now) for window in windows)
    for window in windows:
        window.book(moment)
    return moment - now
