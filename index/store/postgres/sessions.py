"""Sessions with one server: opened when they are wanted, kept for whoever reads next."""

import threading
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from index.store.postgres.connection import speak_vectors
from index.store.postgres.nearest import SEARCHING

Session = Connection[Any]

MOST = 16
REACH_S = 10.0  # for a session, before the server counts as gone

PATH = "set search_path = quotewire, public"

_PATIENCE = {
    "connect_timeout": 3,
    # A machine that vanished closes nothing: without these a question waits for it for ever.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def connected(url: str) -> Session:
    """A new session. What the address says of times goes before what is said here."""
    where = make_conninfo("", **{**_PATIENCE, **conninfo_to_dict(url)})
    return psycopg.connect(where, autocommit=True)


def prepare(session: Session) -> None:
    """Tell a new session where the tables are, and how vectors are sent and searched."""
    session.execute(PATH)
    session.execute(SEARCHING)
    speak_vectors(session)


class Sessions:
    """Up to MOST sessions. A thread has one for itself from `take` to `give_back`.

    A pool that connects behind one's back would have whoever asks wait for its next attempt: here
    a server that is gone is told at once, and one that is back is found at once.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: list[Session] = []
        self._closed = False
        self._guard = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST)

    def take(self) -> Session:
        """A session; it may have died while nobody used it. Raises psycopg.OperationalError."""
        if not self._room.acquire(timeout=REACH_S):
            raise psycopg.OperationalError(f"all {MOST} sessions are in use")
        try:
            with self._guard:
                if self._idle:
                    return self._idle.pop()
            return self._new()
        except BaseException:
            self._room.release()
            raise

    def give_back(self, session: Session) -> None:
        """Keep a session for the next, if it is in order; where it died, the others did too."""
        with self._guard:
            if session.closed:
                self._drop_idle()
            elif session.info.transaction_status != TransactionStatus.IDLE or self._closed:
                session.close()
            else:
                self._idle.append(session)
        self._room.release()

    def renew(self) -> None:
        """Let go of those that nobody has: the next are opened where the address leads now."""
        with self._guard:
            self._drop_idle()

    def close(self) -> None:
        """Close them; those that somebody has when they are given back."""
        with self._guard:
            self._closed = True
            self._drop_idle()

    def _new(self) -> Session:
        session = connected(self._url)
        try:
            prepare(session)
        except BaseException:
            session.close()
            raise
        return session

    def _drop_idle(self) -> None:
        while self._idle:
            self._idle.pop().close()
