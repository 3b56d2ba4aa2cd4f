"""What has happened to articles: when each was first seen, changed, and withdrawn."""

from index.answer import Happened
from index.store.protocols import Connection
from index.store.records import Publication

MOST_CHANGES = 50
"""Changes that are remembered of one article; the first sight of it always is."""

MOST_WITHDRAWN = 50_000
"""Articles that have left the collection and are still remembered; the oldest go first."""

_ALL = 2**62


def note_events(db: Connection, change: Publication, generation: int, at: str) -> None:
    """Write down what a publication does to articles, before it does it."""
    known = {
        kept.key: (row[0], row[1])
        for kept in change.kept
        for row in db.execute("select title, sameness from articles where key = ?", [kept.key])
    }
    events = []
    for kept in change.kept:
        before = known.get(kept.key)
        if before is None:
            events.append((kept.key, Happened.SEEN, kept.credit.title))
        elif before != (kept.credit.title, kept.sameness):
            events.append((kept.key, Happened.CHANGED, kept.credit.title))
    events += [(key, Happened.WITHDRAWN, _title(db, key)) for key in change.removed]
    db.executemany(
        "insert into events values (?, ?, ?, ?, ?)",
        [(key, what.value, generation, at, title) for key, what, title in events],
    )
    for key, what, _ in events:
        if what is Happened.CHANGED:
            _forget_changes(db, key)
    if change.removed:
        _forget_withdrawn(db)


def take_back_events(db: Connection, change: Publication, generation: int) -> None:
    """Have the history of articles that came with one, in place of what is known of them."""
    for key, events in change.histories:
        db.execute("delete from events where article = ?", [key])
        db.executemany(
            "insert into events values (?, ?, ?, ?, ?)",
            [(key, each.what.value, generation, each.at, each.title) for each in events],
        )


def _title(db: Connection, key: str) -> str:
    row = db.execute("select title from articles where key = ?", [key]).fetchone()
    return str(row[0]) if row else ""


def _forget_changes(db: Connection, key: str) -> None:
    db.execute(
        """delete from events where article = :key and event = 'changed' and rowid not in
               (select rowid from events where article = :key and event = 'changed'
                order by rowid desc limit :most)""",
        {"key": key, "most": MOST_CHANGES},
    )


def _forget_withdrawn(db: Connection) -> None:
    oldest = [
        (row[0], row[1])
        for row in db.execute(
            """select rowid, article from events where event = 'withdrawn'
               order by rowid desc limit ? offset ?""",
            [_ALL, MOST_WITHDRAWN],
        )
    ]
    db.executemany("delete from events where rowid = ?", [(row,) for row, _ in oldest])
    db.executemany(
        """delete from events where article = :key
           and not exists (select 1 from articles where key = :key)
           and not exists (select 1 from events where article = :key and event = 'withdrawn')""",
        [{"key": key} for _, key in oldest],
    )
