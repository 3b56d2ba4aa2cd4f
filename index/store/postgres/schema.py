"""The tables of library.db in a schema of PostgreSQL's, as a list that only ever grows."""

from typing import Any

from psycopg import Connection as Session

from index.errors import TooNew

M001_COLLECTION = """
    create extension if not exists vector with schema public;

    create table files (
        origin text collate "C" primary key, stamp text not null, digest text not null
    );
    create table articles (
        key text collate "C" primary key,
        origin text collate "C" not null, entry text collate "C" not null,
        digest text collate "C" not null, title text collate "C" not null,
        publisher text collate "C" not null, via text not null, author text not null,
        published text collate "C" not null, url text not null, language text not null,
        lead text not null, lead_terms text not null, text text not null,
        sameness text collate "C" not null default '',
        folded text collate "C" not null default ''
    );
    create unique index on articles (origin, entry);
    create index on articles (digest);
    create index on articles (sameness);
    create index on articles (publisher);
    create index on articles (published desc, key);

    create table paragraphs (
        id bigint primary key, article text collate "C" not null references articles (key),
        position integer not null, start integer not null, "end" integer not null,
        heading text not null, digest text collate "C" not null, terms text not null,
        entered bigint not null default 0
    );
    create unique index on paragraphs (article, position);
    create index on paragraphs (digest);
    create index on paragraphs (entered);

    -- How often a term stands in a paragraph and in its lead, and how many terms these have:
    -- what FTS5 has in its index. All that ranking reads is in the key's own pages.
    create table postings (
        paragraph bigint not null, size integer not null,
        hits smallint not null, lead_hits smallint not null, term text collate "C" not null,
        primary key (term, paragraph) include (hits, lead_hits, size)
    );
    create table vocabulary (term text collate "C" primary key, doc bigint not null);
    -- How many terms a paragraph and its lead have together, and its text folded, for phrases.
    create table words_docsize (
        id bigint primary key, size integer not null, plain text collate "C" not null
    );

    -- One row: how many paragraphs have words, and how many terms these are together.
    create table words_total (paragraphs bigint not null, terms bigint not null);
    insert into words_total values (0, 0);

    create table vectors (
        model text collate "C" not null, digest text collate "C" not null,
        vector halfvec not null, primary key (digest, model)
    );
    create table tokens (
        model text collate "C" not null, digest text collate "C" not null,
        kept bytea not null, primary key (digest, model)
    );
    create table generations (
        id bigint primary key, created text not null, articles bigint not null,
        paragraphs bigint not null, publishers bigint not null, earliest text not null,
        latest text not null, model text not null, mean double precision not null,
        spread double precision not null, threshold double precision, measured_at bigint not null
    );
    create table changes (
        generation bigint not null, paragraph bigint not null, added integer not null
    );
    create index on changes (generation);
    create table facts (name text collate "C" primary key, value text not null);
    create table acronyms (
        article text collate "C" not null, short text collate "C" not null,
        long text collate "C" not null, primary key (article, short)
    );
    create table carriers (
        origin text collate "C" not null, entry text collate "C" not null,
        article text collate "C" not null, digest text not null,
        title text not null, publisher text collate "C" not null, via text not null,
        author text not null, published text collate "C" not null, url text not null,
        language text not null, primary key (origin, entry)
    );
    create index on carriers (article);
    create table events (
        article text collate "C" not null, event text not null, generation bigint not null,
        at text not null, title text not null,
        rowid bigint generated always as identity primary key
    );
    create index on events (article);
    create index on events (event);

    insert into facts values ('collection', md5(random()::text || clock_timestamp()::text));
"""

MIGRATIONS = (M001_COLLECTION,)

MIGRATING = 0x71770000
"""Advisory lock: held while tables are made."""


def migrate(session: Session[Any]) -> None:
    """Bring the schema to the newest version, one process at a time. Raises TooNew."""
    with session.transaction():
        session.execute("select pg_advisory_xact_lock(%s)", [MIGRATING])
        session.execute("create schema if not exists quotewire")
        session.execute("create table if not exists schema_version (version integer not null)")
        done = version_of(session)
        refuse_newer(done)
        for step in MIGRATIONS[done:]:
            session.execute(step)
        if done < len(MIGRATIONS):
            session.execute("delete from schema_version")
            session.execute("insert into schema_version values (%s)", [len(MIGRATIONS)])


def version_of(session: Session[Any]) -> int:
    """The version of the schema; 0 where there is none."""
    there = session.execute("select to_regclass('quotewire.schema_version')").fetchone()
    if there is None or there[0] is None:
        return 0
    row = session.execute("select version from schema_version").fetchone()
    return int(row[0]) if row else 0


def refuse_newer(version: int) -> None:
    """Raise TooNew where a collection is of a version that is not known here."""
    if version > len(MIGRATIONS):
        raise TooNew(
            f"the collection is of version {version}, and this program knows those up to"
            f" {len(MIGRATIONS)}; update the program, or name another database in INDEX_URL"
        )
