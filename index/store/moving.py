"""Copy a collection row by row from one store into the open publication of another."""

import hashlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from index.article import Credit, Span
from index.errors import Damaged
from index.store.draft import Draft
from index.store.records import Kept, KeptParagraph
from index.store.snapshot import Snapshot
from index.store.wholeness import unsound, width_of

Told = Callable[[str, int, int], None]

_PAGE = 500

_ROWS = {
    "files": (
        "select origin, stamp, digest from files order by origin",
        "insert into files values (?, ?, ?)",
    ),
    "carriers": (
        """select origin, entry, article, digest, title, publisher, via, author, published, url,
                  language from carriers order by origin, entry""",
        "insert into carriers values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    "events": (
        "select article, event, generation, at, title from events order by rowid",
        "insert into events values (?, ?, ?, ?, ?)",
    ),
    "changes": (
        """select generation, paragraph, added from changes
           order by generation, paragraph, added""",
        "insert into changes values (?, ?, ?)",
    ),
    "generations": (
        """select id, created, articles, paragraphs, publishers, earliest, latest, model, mean,
                  spread, threshold, measured_at from generations order by id""",
        "insert into generations values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    # Each store keeps its own name, by which vectors' files know it.
    "facts": (
        "select name, value from facts where name <> 'collection' order by name",
        "insert into facts values (?, ?)",
    ),
}
"""The tables that are copied as they are: how they are read and written."""

_VECTORS = """select digest, vector from vectors where model = ? and digest > ?
    order by digest limit ?"""
_TOKENS = """select digest, kept from tokens where model = ? and digest > ?
    order by digest limit ?"""


def move_rows(view: Snapshot, draft: Draft, *, told: Told) -> None:
    """Fill an empty draft with all that a view shows; `told` of articles, then of vectors.

    Raises Damaged where a vector cannot be what a model gave.
    """
    articles, paragraphs, *_ = view.counts()
    for done, (kept, entered) in enumerate(_articles(view), start=1):
        draft.receive(kept, entered)
        told("articles", done, articles)
    draft.received()
    done = 0
    for page in _vector_pages(view):
        draft.receive_vectors(view.generation().model, page)
        told("vectors", done := done + len(page), max(paragraphs, done))
    for page in _token_pages(view):
        draft.receive_tokens(view.generation().model, page)
    for read, write in _ROWS.values():
        draft.fill(write, [tuple(row) for row in view._run(read)])


def digest_of_rows(view: Snapshot) -> str:
    """What is the same for two stores only if they hold the same."""
    digest = hashlib.blake2b(digest_size=16)
    for kept, entered in _articles(view):
        digest.update(repr((kept, sorted(entered.items()))).encode())
    for row in chain.from_iterable(chain(_vector_pages(view), _token_pages(view))):
        digest.update(repr(row).encode())
    for read, _ in _ROWS.values():
        digest.update(repr([tuple(row) for row in view._run(read)]).encode())
    return digest.hexdigest()


def _articles(view: Snapshot) -> Iterator[tuple[Kept, dict[int, int]]]:
    """Every article by key, with the generation that each of its paragraphs came in with."""
    after = ""
    while rows := view._run(
        """select key, origin, entry, digest, text, title, publisher, via, author, published, url,
                  language, lead, lead_terms, sameness
           from articles where key > ? order by key limit ?""",
        [after, _PAGE],
    ).fetchall():
        for row in rows:
            yield _article(view, row)
        after = rows[-1][0]


def _article(view: Snapshot, row: Any) -> tuple[Kept, dict[int, int]]:
    key, origin, entry, digest, text, *credit, language, lead, lead_terms, sameness = row
    spans = view._run(
        """select id, position, start, "end", heading, digest, terms, entered from paragraphs
           where article = ? order by position""",
        [key],
    ).fetchall()
    acronyms = view._run(
        "select short, long from acronyms where article = ? order by short", [key]
    )
    kept = Kept(
        key=key,
        origin=origin,
        entry=entry,
        digest=digest,
        text=text,
        credit=Credit(*credit),
        language=language,
        lead=lead,
        lead_terms=lead_terms,
        paragraphs=tuple(
            KeptParagraph(number, position, Span(start, end, heading), own, terms)
            for number, position, start, end, heading, own, terms, _ in spans
        ),
        acronyms=tuple((short, long) for short, long in acronyms),
        sameness=sameness,
    )
    return kept, {span[0]: span[7] for span in spans}


def _vector_pages(view: Snapshot) -> Iterator[list[tuple[str, bytes]]]:
    """The vectors of the model in force. Raises Damaged where one cannot be what a model gave."""
    for page in _pages(view, _VECTORS):
        if broken := unsound(page, width_of([vector for _, vector in page])):
            raise Damaged(
                f"nothing was moved (the vector of the text {broken[0][0]} is damaged); run"
                " scripts/run doctor --fix where it is kept"
            )
        yield page


def _token_pages(view: Snapshot) -> Iterator[list[tuple[str, bytes]]]:
    """What is kept of tokens: nothing in a collection of a version that kept none."""
    if view._has_table("tokens"):
        for page in _pages(view, _TOKENS):
            yield [row for row in page if isinstance(row[1], bytes)]  # no question reads others


def _pages(view: Snapshot, statement: str) -> Iterator[list[Any]]:
    """What is kept of the texts by the model in force, a page at a time, by digest."""
    model, after = view.generation().model, ""
    while page := view._run(statement, [model, after, _PAGE]).fetchall():
        yield [tuple(row) for row in page]
        after = page[-1][0]
