"""The primary and its replica: which of them is read, and how a view outlives the death of one."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import psycopg
from psycopg import Cursor
from psycopg.errors import QueryCanceled

from index.settings import Server
from index.store.postgres.connection import PgConnection
from index.store.postgres.sessions import REACH_S, Session, Sessions
from index.store.protocols import Values

logger = logging.getLogger(__name__)

LAG_S = 5.0  # that a replica may be without the newest generation
FRESH_S = 10.0  # that what was seen of a replica holds good
RESUMED = 3  # times that one statement is run again
PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0

_BEGIN = """
    begin isolation level repeatable read, read only;
    select pg_is_in_recovery(), newest.id, newest.created from (select 1) as one left join
        (select id, created from generations order by id desc limit 1) as newest on true
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """A transaction that was begun for reading, on a replica or not, and the generation it sees.

    That is its number and when it was published; 0 and None before the first.
    """

    session: Session
    sessions: Sessions
    on_replica: bool
    generation: tuple[int, str | None]

    @property
    def number(self) -> int:
        """The generation's number."""
        return self.generation[0]

    def end(self) -> None:
        """Let go of it."""
        try:
            if not self.session.closed:
                self.session.execute("rollback")
        except psycopg.Error:
            self.session.close()
        self.sessions.give_back(self.session)


class Standing:
    """Whether a replica may be read in the primary's place, by what was last seen of both."""

    def __init__(
        self, *, lag_s: float = LAG_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lag_s = lag_s
        self._clock = clock
        self._good_until = float("-inf")
        self._level_at = float("-inf")

    def seen(self, *, primary: int | None, replica: int | None) -> None:
        """The newest generation of each just now; None of one that is gone.

        Where the primary is gone a replica is as new as can be.
        """
        now = self._clock()
        if replica is not None and (primary is None or replica >= primary):
            self._level_at = now
        good = replica is not None and now - self._level_at <= self._lag_s
        self._good_until = now + FRESH_S if good else float("-inf")

    def lost(self) -> None:
        """It did not answer."""
        self._good_until = float("-inf")

    @property
    def good(self) -> bool:
        """Whether it was seen lately, and was not behind for long."""
        return self._clock() < self._good_until


class Servers:
    """Begins transactions for reading: on the replica where it stands well, else on the primary.

    Nobody is shown an older generation than was shown before, while the primary can be reached.
    """

    def __init__(
        self,
        server: Server,
        standing: Standing,
        *,
        clock: Callable[[], float] = time.monotonic,
        sessions: Callable[[str], Sessions] = Sessions,
    ) -> None:
        self._clock = clock
        self.primary = sessions(server.url)
        self.replica = sessions(server.replica) if server.replica else None
        self.standing = standing
        self._shown = 0
        self._guard = Lock()

    def begin(self) -> Begun:
        """A transaction on whichever server can be reached. Raises psycopg.OperationalError."""
        give_up, pause = self._clock() + REACH_S, PAUSE_S
        while True:
            try:
                return self._begin()
            except psycopg.OperationalError:
                if self._clock() >= give_up:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def look_over(self, *, primary: int | None) -> None:
        """See how the replica is; `primary` is the primary's newest generation, None if gone."""
        if self.replica is None:
            return
        was = self.standing.good
        try:
            begun = _begun_on_replica(self.replica)
        except psycopg.OperationalError:
            self.standing.seen(primary=primary, replica=None)
        else:
            begun.end()
            self.standing.seen(primary=primary, replica=begun.number)
            if not begun.on_replica:
                # It was promoted: of several in the address another may be a replica by now.
                self.replica.renew()
        if self.standing.good != was:
            logger.warning("the replica %s", "is not read now" if was else "is read from now on")

    def close(self) -> None:
        """Close all sessions."""
        self.primary.close()
        if self.replica is not None:
            self.replica.close()

    def _begin(self) -> Begun:
        if begun := self._on_replica():
            return begun
        shown = self._shown
        try:
            begun = _begun(self.primary)
        except psycopg.OperationalError:
            if self.replica is None:
                raise
            return _begun_on_replica(self.replica)  # an older generation is better than none
        # The primary's word counts: one that was promoted may have lost the last generation.
        self._show(begun.number, lost=shown)
        return begun

    def _on_replica(self) -> Begun | None:
        """A transaction on the replica, where it stands well and is as new as what was shown."""
        if self.replica is None or not self.standing.good:
            return None
        try:
            begun = _begun_on_replica(self.replica)
        except psycopg.OperationalError:
            self.standing.lost()
            return None
        if not self._show(begun.number):
            begun.end()
            return None
        return begun

    def _show(self, number: int, *, lost: int | None = None) -> bool:
        """Whether a generation may be shown: where none is that is newer, but for a `lost` one.

        What is shown meanwhile was not there when this one was begun, and is not lost.
        """
        with self._guard:
            if number < self._shown and self._shown != lost:
                return False
            self._shown = number
            return True


class Steady(PgConnection):
    """Runs the statements of one view, and goes on elsewhere where the server under it dies.

    That is the same view if it shows the same generation; where no server has that any more, what
    broke it off is raised.
    """

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._begun: Begun | None = servers.begin()
        self._generation = self._begun.generation
        super().__init__(self._begun.session)

    def execute(self, sql: str, parameters: Values = (), /) -> Cursor[Any]:
        """Run one statement; all of its rows are there when this returns."""
        for _ in range(RESUMED):
            try:
                return super().execute(sql, parameters)
            except QueryCanceled:
                raise
            except psycopg.OperationalError as error:
                self._resume(error)
        return super().execute(sql, parameters)

    def end(self) -> None:
        """Let go of the view."""
        if self._begun is not None:
            self._begun.end()
        self._begun = None

    def _resume(self, error: psycopg.OperationalError) -> None:
        self.end()
        self._begun = self._servers.begin()
        self.session = self._begun.session
        if self._begun.generation != self._generation:
            raise error


def _begun(sessions: Sessions) -> Begun:
    """A transaction with one server. Raises psycopg.OperationalError."""
    try:
        return _begun_with(sessions, sessions.take())
    except psycopg.OperationalError:
        # It had died while nobody used it, and the others with it: this one is new.
        return _begun_with(sessions, sessions.take())


def _begun_on_replica(sessions: Sessions) -> Begun:
    """The same with a replica: without a collection that may be read it counts as one gone."""
    try:
        return _begun(sessions)
    except psycopg.ProgrammingError as error:
        raise psycopg.OperationalError("there is no collection there to be read") from error


def _begun_with(sessions: Sessions, session: Session) -> Begun:
    try:
        cursor = session.execute(_BEGIN)
        cursor.nextset()
        row = cursor.fetchone()
    except BaseException:
        sessions.give_back(session)
        raise
    on_replica, number, created = row or (False, 0, None)
    return Begun(session, sessions, on_replica, (number or 0, created))
