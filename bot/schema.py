"""The tables of bot.db, as a list of migrations that only ever grows."""

from collections.abc import Callable

from sqlite_utils import Database


def m001_inbox(db: Database) -> None:
    """Updates that arrived. Files from before there were migrations have the table already."""
    db.conn.executescript("""
        create table if not exists inbox (
            seq integer primary key autoincrement,
            update_id integer not null unique,
            chat integer,
            sent_at integer not null,
            state text not null,
            payload text not null,
            settled_at real
        );
        create index if not exists inbox_chat on inbox (chat, seq);
        create index if not exists inbox_settled on inbox (settled_at);
        create index if not exists inbox_waiting on inbox (seq) where state = 'waiting';
    """)


def m002_answers(db: Database) -> None:
    """Which message of ours answered what: the turn that a follow-up follows, as JSON."""
    db.conn.executescript("""
        create table if not exists answers (
            chat integer not null,
            message integer not null,
            turn text not null,
            given_at real not null,
            primary key (chat, message)
        );
        create index if not exists answers_given on answers (given_at);
    """)


MIGRATIONS: tuple[Callable[[Database], None], ...] = (m001_inbox, m002_answers)


def migrate(db: Database) -> None:
    """Bring a file to the newest tables.

    A step that was broken off is taken again, so each makes only what is not there yet.
    """
    done = int(db.execute("pragma user_version").fetchone()[0])
    for number, step in enumerate(MIGRATIONS[done:], start=done + 1):
        step(db)
        db.conn.execute(f"pragma user_version = {number}")
