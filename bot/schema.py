"""The tables of bot.db, as a list of migrations that only ever grows."""

from collections.abc import Callable

from sqlite_utils import Database


class TooNew(Exception):  # noqa: N818 - it is told as BotDataUnusable
    """The file was written by a newer version of this program."""


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


def m003_sheets(db: Database) -> None:
    """Messages of ours that can be gone back to, and the paragraphs that each quotes.

    `told` and `turn` are JSON; an answer given before this version keeps its turn.
    """
    db.conn.executescript("""
        create table if not exists sheets (
            chat integer not null,
            message integer not null,
            token text not null,
            kind text not null,
            asked integer not null,
            told text not null,
            turn text,
            kept_at real not null,
            primary key (chat, message)
        );
        create index if not exists sheets_kept on sheets (kept_at);
        create index if not exists sheets_asked on sheets (chat, asked);
        insert or ignore into sheets
            select chat, message, '', 'answer', 0, '{}', turn, given_at from answers;
        delete from answers;
        create table if not exists quoted (
            chat integer not null,
            message integer not null,
            place integer not null,
            paragraph integer not null,
            article text not null,
            text text not null,
            primary key (chat, message, place)
        );
        create index if not exists quoted_paragraph on quoted (paragraph);
    """)


def m004_settings(db: Database) -> None:
    """What a chat, or a topic of it, has set; topic 0 is the chat itself; values are JSON.

    Beside it, when a chat was last greeted, and which chat a group has become.
    """
    db.conn.executescript("""
        create table if not exists settings (
            chat integer not null,
            topic integer not null,
            name text not null,
            value text not null,
            primary key (chat, topic, name)
        );
        create table if not exists greetings (chat integer primary key, greeted_at real not null);
        create table if not exists moves (old integer primary key, new integer not null);
    """)


def m005_watches(db: Database) -> None:
    """Standing questions, and the alerts that are to be sent or have been.

    `digest` is the print by which what says nearly the same is known, `told` is JSON, and `more`
    were found beside it and not kept.
    """
    db.conn.executescript("""
        create table if not exists watches (
            id integer primary key autoincrement,
            chat integer not null,
            topic integer not null,
            user integer not null,
            question text not null,
            language text not null,
            daily integer not null default 0,
            generation integer not null,
            created_at real not null,
            stopped_at real
        );
        create index if not exists watches_chat on watches (chat);
        create table if not exists alerts (
            id integer primary key autoincrement,
            watch integer not null,
            paragraph integer not null,
            article text not null,
            digest text not null,
            told text not null,
            more integer not null default 0,
            found_at real not null,
            sent_at real,
            message integer,
            unique (watch, paragraph)
        );
        create index if not exists alerts_unsent on alerts (watch) where sent_at is null;
        create index if not exists alerts_sent on alerts (sent_at);
    """)


def m006_feedback(db: Database) -> None:
    """Votes on answers, one a person and message, and questions that got no answer, unnamed."""
    db.conn.executescript("""
        create table if not exists votes (
            chat integer not null,
            message integer not null,
            user integer not null,
            helpful integer not null,
            reason text not null default '',
            question text not null,
            paragraphs text not null,
            voted_at real not null,
            primary key (chat, message, user)
        );
        create index if not exists votes_at on votes (voted_at);
        create table if not exists unanswered (
            key text primary key,
            question text not null,
            times integer not null,
            last_at real not null
        );
        create index if not exists unanswered_last on unanswered (last_at);
    """)


def m007_state(db: Database) -> None:
    """Single values that outlive a restart, such as the generation that was last looked at."""
    db.conn.executescript("""
        create table if not exists state (name text primary key, value text not null);
    """)


def m008_attempts(db: Database) -> None:
    """How often the handling of an update was begun, so that one that kills the bot ends."""
    if "attempts" not in db["inbox"].columns_dict:
        db.conn.execute("alter table inbox add column attempts integer not null default 0")


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    m001_inbox,
    m002_answers,
    m003_sheets,
    m004_settings,
    m005_watches,
    m006_feedback,
    m007_state,
    m008_attempts,
)


def migrate(db: Database) -> None:
    """Bring a file to the newest tables.

    A step that was broken off is taken again, so each makes only what is not there yet.
    """
    done = int(db.execute("pragma user_version").fetchone()[0])
    if done > len(MIGRATIONS):
        raise TooNew(
            f"it is of version {done}, and this program knows those up to {len(MIGRATIONS)}"
        )
    for number, step in enumerate(MIGRATIONS[done:], start=done + 1):
        step(db)
        db.conn.execute(f"pragma user_version = {number}")
