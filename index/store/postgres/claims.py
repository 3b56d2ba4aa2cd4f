"""Which sources a writer has claimed: two may write at once, but not from one folder."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.errors import Locked
from index.settings import Server
from index.store.postgres.sessions import Session

CLAIMS = 0x71770003
"""Advisory locks of two numbers: this one, and one made of a path."""

PUBLISHING = 0x71770001
"""Advisory lock: held while a generation is written, so that one is made after the other."""

_WHOLE = Path("/")  # of who changes more than what comes from some folders

_ALONE = "select pg_try_advisory_lock(%s, %s)"
_SHARED = "select pg_try_advisory_lock_shared(%s, %s)"


def claim(session: Session, sources: Sequence[Path], server: Server) -> None:
    """Have these files and folders for this session alone. Raises Locked, naming the holder.

    A path is held for oneself, and what it lies in is held with others: so it is in the way of
    what lies in it and of what it lies in, and of nothing else. The session's end lets go of it.
    """
    for path, alone in _wanted(sources):
        row = session.execute(_ALONE if alone else _SHARED, [CLAIMS, _key(path)]).fetchone()
        if not row or not row[0]:
            what = f"{path} of {server}" if path.parent != path else str(server)
            raise Locked(
                f"{what} is being reindexed by {_holder(session, path)};"
                " wait for it to end, or stop it"
            )


def _wanted(sources: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """The paths to hold, and whether alone; in one order, so that of two one is the first."""
    paths = {Path(os.path.abspath(source)) for source in sources or [_WHOLE]}  # noqa: PTH100 - links are kept, as origins keep them
    around = {outer for path in paths for outer in path.parents}
    for path in sorted(paths | around):
        yield path, path in paths


def _key(path: Path) -> int:
    digest = hashlib.blake2b(os.fsencode(path), digest_size=4).digest()
    return int.from_bytes(digest, "big", signed=True)


def _holder(session: Session, path: Path) -> str:
    """Who holds a path, as the server knows them."""
    row = session.execute(
        """select a.pid, coalesce(host(a.client_addr), 'its own machine'),
                  to_char(a.backend_start at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS')
           from pg_locks l join pg_stat_activity a on a.pid = l.pid
           where l.locktype = 'advisory' and l.classid::bigint = %s and l.granted
             and l.objid::bigint = %s and a.datname = current_database()
             and a.pid <> pg_backend_pid()
           order by a.backend_start limit 1""",
        [CLAIMS, _key(path) % 2**32],
    ).fetchone()
    return f"session {row[0]} from {row[1]} since {row[2]} UTC" if row else "another process"
