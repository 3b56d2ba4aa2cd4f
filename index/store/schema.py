"""The tables of library.db, as a list of migrations that only ever grows."""

from collections.abc import Callable

from sqlite_utils import Database

from index.errors import TooNew
from index.names.acronyms import acronyms_in
from index.store.counting import outdate, recount
from index.store.records import sameness_of

WORDS = """
    create virtual table words using fts5(
        terms, lead_terms, content='searchable', content_rowid='id',
        tokenize="unicode61 remove_diacritics 0"
    )
"""
"""Made anew from the other tables where it is damaged."""

_PIECES = (
    "delete from vocabulary",
    "insert into vocabulary select term, doc from counted",
    "delete from words_total",
    "insert into words_total select count(*) from words_docsize",
)
"""Counts as FTS5 has them: of pieces where it takes a term apart; see m007."""


def m001_collection(db: Database) -> None:
    """Files, articles, paragraphs with their words, vectors by content, generations."""
    db.table("files").create({"origin": str, "stamp": str, "digest": str}, pk="origin")
    db.table("articles").create(
        {
            "key": str, "origin": str, "entry": str, "digest": str,
            "title": str, "publisher": str, "via": str, "author": str, "published": str,
            "url": str, "language": str, "lead": str, "lead_terms": str,
            "text": str,  # last: reading the other columns then never touches its pages
        },
        pk="key",
    )  # fmt: skip
    db.table("articles").create_index(["origin", "entry"], unique=True)
    db.table("articles").create_index(["digest"])
    db.table("paragraphs").create(
        {
            "id": int, "article": str, "position": int, "start": int, "end": int,
            "heading": str, "digest": str, "terms": str,
        },
        pk="id",
        foreign_keys=[("article", "articles", "key")],
    )  # fmt: skip
    db.table("paragraphs").create_index(["article", "position"], unique=True)
    db.table("paragraphs").create_index(["digest"])
    # External content: the analysed terms stand once, in the tables that this view joins.
    db.execute("""
        create view searchable as
        select p.id, p.terms, a.lead_terms from paragraphs p join articles a on a.key = p.article
    """)
    db.execute(WORDS)
    db.execute("create virtual table vocabulary using fts5vocab(words, row)")  # see m006
    db.table("vectors").create(
        {"model": str, "digest": str, "vector": bytes}, pk=("digest", "model")
    )
    db.table("generations").create(
        {
            "id": int, "created": str, "articles": int, "paragraphs": int, "publishers": int,
            "earliest": str, "latest": str, "model": str, "mean": float, "spread": float,
            "threshold": float, "measured_at": int,
        },
        pk="id",
    )  # fmt: skip
    db.table("changes").create({"generation": int, "paragraph": int, "added": int})
    db.table("changes").create_index(["generation"])
    db.table("facts").create({"name": str, "value": str}, pk="name")


def m002_acronyms(db: Database) -> None:
    """What articles say that their acronyms stand for, taken from those that are there already."""
    db.table("acronyms").create(
        {"article": str, "short": str, "long": str},
        pk=("article", "short"),
        not_null={"long"},
    )
    for key, text in db.execute("select key, text from articles"):
        db.conn.executemany(
            "insert into acronyms values (?, ?, ?)",
            [(key, short, long) for short, long in acronyms_in(text).items()],
        )


def m003_browsing(db: Database) -> None:
    """The generation that each paragraph came in with, 0 from before; lists without a sort."""
    if "entered" not in db.table("paragraphs").columns_dict:
        db.execute("alter table paragraphs add column entered integer not null default 0")
    db.table("paragraphs").create_index(["entered"], if_not_exists=True)
    db.execute("create index if not exists idx_articles_newest on articles (published desc, key)")
    db.execute("create index if not exists idx_articles_publisher on articles (publisher)")


def m004_carriers(db: Database) -> None:
    """The further places of an article, each with its credit; what has happened to articles."""
    db.table("carriers").create(
        {
            "origin": str, "entry": str, "article": str, "digest": str, "title": str,
            "publisher": str, "via": str, "author": str, "published": str, "url": str,
            "language": str,
        },
        pk=("origin", "entry"),
        if_not_exists=True,
    )  # fmt: skip
    db.table("carriers").create_index(["article"], if_not_exists=True)
    db.table("events").create(
        {"article": str, "event": str, "generation": int, "at": str, "title": str},
        if_not_exists=True,
    )
    db.table("events").create_index(["article"], if_not_exists=True)
    db.table("events").create_index(["event"], if_not_exists=True)
    db.execute("""
        insert into events
        select a.key, 'seen', coalesce(g.id, 0), coalesce(g.created, ''), a.title from articles a
        left join generations g on g.id =
            (select min(p.entered) from paragraphs p where p.article = a.key)
        where a.key not in (select article from events)
    """)
    if "sameness" not in db.table("articles").columns_dict:
        # Behind the text, which is only passed over where a row is read by this column's index.
        db.execute("alter table articles add column sameness text not null default ''")
        same = [
            (sameness_of(title, text), key)
            for key, title, text in db.execute("select key, title, text from articles")
        ]
        db.conn.executemany("update articles set sameness = ? where key = ?", same)
    db.table("articles").create_index(["sameness"], if_not_exists=True)


def m005_tokens(db: Database) -> None:
    """The vectors of a text's tokens, by content, for those that are embedded from now on."""
    db.table("tokens").create(
        {"model": str, "digest": str, "kept": bytes}, pk=("digest", "model"), if_not_exists=True
    )


def m006_counts(db: Database) -> None:
    """How many paragraphs there are and hold each term: FTS5 would count them at each asking."""
    db.execute("drop table if exists vocabulary")
    db.execute("drop table if exists words_total")
    db.execute("create virtual table if not exists counted using fts5vocab(words, row)")
    db.execute(
        "create table vocabulary (term text primary key, doc integer not null) without rowid"
    )
    db.execute("create table words_total (paragraphs integer not null)")
    for statement in _PIECES:
        db.execute(statement)
    # What is told of each publisher is then read from the index alone.
    db.execute("drop index if exists idx_articles_publisher")
    db.execute("create index if not exists idx_articles_extent on articles (publisher, published)")


def m007_counts_of_terms(db: Database) -> None:
    """The counts are of terms, as publications count; FTS5's pieces hid those it takes apart."""
    db.execute("drop table if exists counted")
    if db.execute("select 1 from words_docsize limit 1").fetchone():
        recount(db.conn)
        outdate(db.conn)


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    m001_collection,
    m002_acronyms,
    m003_browsing,
    m004_carriers,
    m005_tokens,
    m006_counts,
    m007_counts_of_terms,
)


def migrate(db: Database) -> None:
    """Bring a database to the newest schema, each step in a transaction of its own."""
    done = int(db.execute("pragma user_version").fetchone()[0])
    refuse_newer(done)
    for number, step in enumerate(MIGRATIONS[done:], start=done + 1):
        with db.atomic():
            step(db)
            db.execute(f"pragma user_version = {number}")


def refuse_newer(version: int) -> None:
    """Raise TooNew where a collection is of a version that is not known here."""
    if version > len(MIGRATIONS):
        raise TooNew(
            f"the collection is of version {version}, and this program knows those up to"
            f" {len(MIGRATIONS)}; update the program, or name another folder in INDEX_URL"
        )
