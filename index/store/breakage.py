"""Tell a database that is broken from one that is only out of reach, and say what mends it."""

import sqlite3
from pathlib import Path

from index.errors import Damaged, IndexFault, OutOfReach

_ELSEWHERE = {
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
"""Errors that say nothing against the file: its folder, its disk or the machine is the trouble."""


def trouble(path: Path, error: sqlite3.DatabaseError) -> IndexFault:
    """What to raise for an error of SQLite's on a file."""
    if is_elsewhere(error):
        return OutOfReach(
            f"{path} cannot be reached ({error}); see to the rights and the room of its folder and"
            " to the limit of open files: scripts/run doctor says which"
        )
    return Damaged(
        f"{path} cannot be read ({error}); scripts/run doctor tells what is damaged and --fix"
        " mends what can be made anew; else restore it from a copy (scripts/run backup FILE"
        " --restore --replace), or move it away and run scripts/run reindex PATH..."
    )


def is_elsewhere(error: sqlite3.Error) -> bool:
    """Whether an error is of the disk, the rights or the machine, and not of the file itself."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _ELSEWHERE


def tolerant(raw: bytes) -> str:
    """A stored text, also where a damaged byte makes it no UTF-8: its digest then tells."""
    return raw.decode("utf-8", "replace")
