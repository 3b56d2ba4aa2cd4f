"""Make anew what a collection's database derives from its other rows: indexes, words, vectors.

Tokens are emptied only: a question has the model read what it misses.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from index.store.breakage import is_elsewhere, tolerant
from index.store.counting import outdate, recount
from index.store.inspecting import is_index_fault, sqlite_faults, vectors_wrong, words_fault
from index.store.records import digest_of
from index.store.schema import WORDS, m005_tokens

_BUSY_S = 10.0
_OWN = ("words", "words_data", "words_idx", "words_docsize", "words_config", "words_content")
"""The table of words, and the tables that FTS5 keeps behind it."""


def mend_indexes(path: Path) -> bool:
    """Make SQLite's indexes anew where one is damaged; whether any was. Raises sqlite3.Error."""
    with _writing(path) as db:
        if not any(map(is_index_fault, sqlite_faults(db))):
            return False
        db.execute("reindex")
    return True


def mend_words(path: Path) -> bool:
    """Make the table of words anew where it is damaged; whether it was. Raises sqlite3.Error."""
    if not words_fault(path):
        return False
    try:
        with _writing(path) as db, _together(db):
            _refill(db)
    except sqlite3.DatabaseError:
        _replace_words(path)  # its own pages are damaged
    if words_fault(path):
        _replace_words(path)
    return True


def mend_tokens(path: Path) -> bool:
    """Empty the table of tokens where its pages are damaged; whether they were.

    Raises sqlite3.Error.
    """
    with _writing(path) as db:
        if _reads_tokens(db):
            return False
        with _together(db):
            _leave_out(db, ("tokens",))
    with _writing(path) as db:
        m005_tokens(Database(db))
        db.execute("vacuum")
    return True


def _reads_tokens(db: sqlite3.Connection) -> bool:
    try:
        if db.execute("select 1 from sqlite_master where name = 'tokens'").fetchone():
            db.execute("select sum(length(kept)) from tokens").fetchone()  # by every row's page
    except sqlite3.DatabaseError as error:
        if is_elsewhere(error):
            raise
        return False
    return True


def drop_damaged_vectors(path: Path, model: str) -> int:
    """Delete the vectors that no model could have given; how many. Raises sqlite3.Error."""
    with _writing(path) as db, _together(db):
        _, damaged = vectors_wrong(db, model)
        db.executemany("delete from vectors where digest = ? and model = ?", damaged)
    return len(damaged)


def proven_texts(texts: dict[str, str]) -> dict[str, str]:
    """Those of the texts, by digest, that have it: no other is embedded."""
    return {digest: text for digest, text in texts.items() if digest_of(text) == digest}


def _replace_words(path: Path) -> None:
    """Take the table of words out, whatever state it is in, and fill a new one."""
    with _writing(path) as db, _together(db):
        _leave_out(db, _OWN)
    with _writing(path) as db:
        with _together(db):
            db.execute(WORDS)
            _refill(db)
        db.execute("vacuum")  # the pages that were left out are given back


def _leave_out(db: sqlite3.Connection, tables: Sequence[str]) -> None:
    """Take out of the list of tables what has broken pages and cannot be dropped."""
    marks = ", ".join("?" * len(tables))
    db.execute("pragma writable_schema = on")
    db.execute(f"delete from sqlite_master where tbl_name in ({marks})", tables)
    db.execute("pragma writable_schema = reset")


def _refill(db: sqlite3.Connection) -> None:
    db.execute("insert into words (words) values ('rebuild')")
    outdate(db)
    if db.execute("select 1 from sqlite_master where name = 'words_total'").fetchone():
        recount(db)


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with closing(
        sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_S)
    ) as connection:
        connection.text_factory = tolerant
        yield connection


@contextmanager
def _together(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("begin immediate")
    try:
        yield
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise
    db.execute("commit")
