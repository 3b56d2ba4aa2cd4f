"""Hear of new generations from the primary, and see meanwhile how the replica is."""

import time
from contextlib import suppress
from threading import Event

import psycopg

from index.store.postgres.servers import Servers
from index.store.postgres.sessions import Session, connected, prepare

CHANNEL = "quotewire"
"""Told the number of each new generation."""

QUIET_S = 60.0  # without news, before one looks nevertheless
LOOK_S = 1.0  # between two looks at the replica
_SLICE_S = 0.2  # before one sees that nobody wants to know any more


class News:
    """Waits for new generations, on one thread.

    A session listens; where it dies or cannot be had, one looks every now and then instead.
    """

    def __init__(self, url: str, servers: Servers) -> None:
        self._url = url
        self._servers = servers
        self._session: Session | None = None
        self._newest: int | None = None  # on the primary; None while it is gone
        self._looked_at = float("-inf")

    def wait(self, known: int, every_s: float, ended: Event) -> None:
        """Return once there may be a newer generation than `known`, or it has ended.

        That is at once when it is told, and after `every_s` while nothing can be heard, or while
        what was told of is not to be seen yet.
        """
        try:
            begun = self._session is None
            session = self._session or self._listening()
            self._look_over()
            if begun or (self._newest or 0) > known:
                ended.wait(0 if begun else every_s)
                return
            self._hear(session, ended)
        except psycopg.Error:
            self.close()
            self._look_over()
            ended.wait(every_s)

    def close(self) -> None:
        """Listen no more."""
        self._newest = None
        if self._session is not None:
            with suppress(psycopg.Error):
                self._session.close()
        self._session = None

    def _listening(self) -> Session:
        self._session = session = connected(self._url)
        prepare(session)
        session.execute("listen quotewire")  # CHANNEL, which can be no parameter
        self._newest = _newest(session)
        return session

    def _hear(self, session: Session, ended: Event) -> None:
        until = time.monotonic() + QUIET_S
        while not ended.is_set() and time.monotonic() < until:
            if list(session.notifies(timeout=_SLICE_S, stop_after=1)):
                # What was told is not believed: anybody who may connect may tell anything.
                self._newest = _newest(session)
                return
            self._look_over()

    def _look_over(self) -> None:
        if time.monotonic() - self._looked_at >= LOOK_S:
            self._servers.look_over(primary=self._newest)
            self._looked_at = time.monotonic()


def _newest(session: Session) -> int:
    """The newest generation's number, 0 before the first."""
    row = session.execute("select coalesce(max(id), 0) from generations").fetchone()
    return int(row[0]) if row else 0
