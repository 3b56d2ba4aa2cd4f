"""How many paragraphs there are and hold each term, counted anew from their analysed terms."""

import sqlite3
from collections import Counter
from secrets import token_hex

from index.store.breakage import tolerant
from index.store.dated import WORDS_MADE

# As bytes: a damaged row may hold anything, and who looks it over is not to stumble.
_TERMS = """
    select cast(coalesce(terms, '') as blob), cast(coalesce(lead_terms, '') as blob)
    from searchable
"""


def counts_of(db: sqlite3.Connection) -> Counter[str]:
    """In how many paragraphs each term occurs, by their own words or by their article's lead.

    Counted as a publication counts. FTS5's vocabulary would not do: of a term that its tokenizer
    takes apart, such as "½" or most words of Hindi, it holds the pieces. Reads every paragraph.
    """
    counts: Counter[str] = Counter()
    for terms, lead in db.execute(_TERMS):
        counts.update({*tolerant(terms).split(), *tolerant(lead).split()})
    return counts


def outdate(db: sqlite3.Connection) -> None:
    """Say that the words are made anew: what others keep of them in memory does not outlive it."""
    db.execute("insert or replace into facts values (?, ?)", [WORDS_MADE, token_hex(8)])


def recount(db: sqlite3.Connection) -> None:
    """Count the words anew, within the transaction that is open."""
    counts = counts_of(db)
    db.execute("delete from vocabulary")
    db.executemany("insert into vocabulary values (?, ?)", sorted(counts.items()))
    db.execute("delete from words_total")
    db.execute("insert into words_total select count(*) from words_docsize")


def miscounted(db: sqlite3.Connection) -> str:
    """Whether the counts that are kept are those of the words: which is not, else ""."""
    if not db.execute("select 1 from sqlite_master where name = 'words_total'").fetchone():
        return ""
    kept, there = db.execute(
        "select (select paragraphs from words_total), (select count(*) from words_docsize)"
    ).fetchone()
    if kept != there:
        return f"{kept} rows of words are counted, and {there} are there"
    counts = counts_of(db)
    for term, paragraphs in db.execute("select term, doc from vocabulary"):
        if counts.pop(term, 0) != paragraphs:
            return f"the count of {term!r} is not right"
    return f"the count of {next(iter(counts))!r} is not right" if counts else ""
