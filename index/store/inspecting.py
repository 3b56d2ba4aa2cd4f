"""Look a collection's database over, row by row, for what contradicts itself."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from index.store.breakage import is_elsewhere
from index.store.counting import miscounted
from index.store.records import digest_of, paragraph_id
from index.store.wholeness import unsound, width_of

MOST_FAULTS = 20  # of SQLite's own findings; one damaged page has hundreds
_CHUNK = 2_000
_LOCK_S = 2.0

_EXAMPLES = 3


@dataclass(slots=True)
class Tally:
    """How many rows were looked at, how many are wrong, and the first few of those."""

    seen: int = 0
    wrong: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: object) -> None:
        """Count a row that is wrong."""
        self.wrong += 1
        if len(self.examples) < _EXAMPLES and str(example) not in self.examples:
            self.examples.append(str(example))


def sqlite_faults(db: sqlite3.Connection, *, quick: bool = False) -> list[str]:
    """What SQLite itself finds wrong with pages, indexes and references; empty where nothing."""
    pragma = "quick_check" if quick else "integrity_check"
    rows = db.execute(f"pragma {pragma}({MOST_FAULTS})").fetchall()
    found = [str(row[0]) for row in rows if row[0] != "ok"]
    strays = db.execute("pragma foreign_key_check").fetchmany(MOST_FAULTS)
    return found + [f"row {row[1]} of {row[0]} refers to no row of {row[2]}" for row in strays]


def is_index_fault(fault: str) -> bool:
    """Whether a fault of SQLite's is one of an index alone, which the table can make anew."""
    return "missing from index" in fault or "entries in index" in fault


def texts_changed(db: sqlite3.Connection, *, most: int | None = None) -> Tally:
    """Paragraphs whose slice of their article is not the text that was indexed under their id."""
    tally, names = Tally(), _Names(db)
    rows = db.execute(
        """
        select p.id, p.article, p.digest, a.origin,
               substr(a.text, p.start + 1, p."end" - p.start)
        from paragraphs p left join articles a on a.key = p.article order by p.id limit ?
        """,
        [-1 if most is None else most],
    )
    for number, article, digest, origin, text in rows:
        tally.seen += 1
        of_digest = text is not None and digest_of(str(text)) == digest
        if not of_digest or not names.has(number, article, digest):
            tally.add(origin or f"paragraph {number}")
    return tally


class _Names:
    """The ids that the paragraphs of a collection have by their content.

    Those of an article's texts that stand in it more than once are made once an article.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._repeated: dict[str, dict[int, str]] = {}

    def has(self, number: int, article: str, digest: str) -> bool:
        """Whether an id is one that a text of this digest has in this article."""
        if paragraph_id(article, digest, 0) == number:
            return True
        if article not in self._repeated:
            self._repeated[article] = self._repeats(article)
        return self._repeated[article].get(number) == digest

    def _repeats(self, article: str) -> dict[int, str]:
        digests = self._db.execute("select digest from paragraphs where article = ?", [article])
        counts = Counter(str(row[0]) for row in digests)
        return {
            paragraph_id(article, digest, repeat): digest
            for digest, count in counts.items()
            for repeat in range(1, count)
        }


def vectors_wrong(db: sqlite3.Connection, model: str) -> tuple[Tally, list[tuple[str, str]]]:
    """Paragraphs without a sound vector of the model; the keys of vectors that are damaged."""
    tally, damaged = Tally(), list[tuple[str, str]]()
    rows = db.execute("select digest, model, vector from vectors where model = ?", [model])
    width = _width(db, model)
    while chunk := rows.fetchmany(_CHUNK):
        damaged += [(row[0], row[1]) for row in unsound(chunk, width)]
    lost = {digest for digest, _ in damaged}
    for number, digest, held in db.execute(
        """select p.id, p.digest, v.digest is not null from paragraphs p
           left join vectors v on v.digest = p.digest and v.model = ?""",
        [model],
    ):
        tally.seen += 1
        if not held or digest in lost:
            tally.add(number)
    return tally, damaged


def _width(db: sqlite3.Connection, model: str) -> int:
    some = db.execute("select vector from vectors where model = ? limit 1000", [model])
    return width_of([row[0] for row in some])


def words_fault(path: Path) -> str:
    """What FTS5 says of its words against the paragraphs; "" where they agree.

    It wants to be asked as a writer is, and writes nothing. Raises sqlite3.OperationalError where
    that cannot be.
    """
    try:
        return _words_fault(path)
    except sqlite3.DatabaseError as error:
        if is_elsewhere(error):
            raise
        return str(error)


def _words_fault(path: Path) -> str:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_LOCK_S)) as db:
        db.execute("begin immediate")
        db.execute("insert into words (words, rank) values ('integrity-check', 1)")
        db.execute("rollback")
        return rows_of_words(db) or miscounted(db)


def rows_of_words(db: sqlite3.Connection) -> str:
    """Whether there is a row of words for each paragraph: how many there are, else ""."""
    rows, words = db.execute(
        "select (select count(*) from paragraphs), (select count(*) from words_docsize)"
    ).fetchone()
    return "" if rows == words else f"{words:,} rows of words for {rows:,} paragraphs"


def generations_faults(db: sqlite3.Connection) -> list[str]:
    """What the newest generation and the log of changes say that the rows do not."""
    newest, articles, paragraphs = db.execute(
        "select id, articles, paragraphs from generations order by id desc limit 1"
    ).fetchone()
    counted = db.execute(
        "select (select count(*) from articles), (select count(*) from paragraphs)"
    ).fetchone()
    checks = {
        f"generation {newest} says {articles:,} articles and {paragraphs:,} paragraphs, and"
        f" {counted[0]:,} and {counted[1]:,} are there": (articles, paragraphs) != tuple(counted),
        "changes are noted for generations that do not exist": _is_beyond(
            db, "select max(generation) from changes", newest
        ),
        "paragraphs are said to have come in later than the newest generation": _is_beyond(
            db, "select max(entered) from paragraphs", newest
        ),
        "changes are said to be forgotten that are still to come": _is_beyond(
            db,
            "select max(cast(value as integer)) from facts where name = 'changes_after'",
            newest,
        ),
    }
    return [fault for fault, holds in checks.items() if holds]


def _is_beyond(db: sqlite3.Connection, query: str, newest: int) -> bool:
    return int(db.execute(query).fetchone()[0] or 0) > newest
