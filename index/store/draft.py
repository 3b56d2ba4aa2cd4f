"""A publication while it is open: its rows are written, looked at, and then committed or not."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple

from index.store.events import note_events, take_back_events
from index.store.protocols import Connection
from index.store.records import Generation, Kept, Publication
from index.store.snapshot import Snapshot

_EMPTYING = (
    "delete from files",
    "delete from carriers",
    "delete from events",
    "delete from changes",
    "delete from generations",
    "delete from vectors",
    "delete from tokens",
    "delete from facts",
)

_OF_OTHERS = ("delete from vectors where model <> ?", "delete from tokens where model <> ?")
_UNUSED = tuple(
    f"""delete from {table} where digest = :digest
        and not exists (select 1 from paragraphs where digest = :digest)"""
    for table in ("vectors", "tokens")
)


class Draft:
    """The open transaction of a publication: write the change, look at it, then let it commit."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._entered: dict[int, int] = {}  # of the paragraphs removed, which may come again
        self._docs = Counter[str]()  # how many more paragraphs hold each term
        self._rows = 0  # and how many more there are

    @property
    def view(self) -> Snapshot:
        """The collection as it is written so far."""
        return Snapshot(self._db)

    def apply(self, change: Publication, *, at: str) -> None:
        """Write the change's files, removals and articles; log which paragraphs came and went.

        `at` is the moment, ISO, under which the history has it.
        """
        number = self.view.generation_number() + 1
        note_events(self._db, change, number, at)
        take_back_events(self._db, change, number)
        # An article whose text changed keeps its key: its old rows go first.
        gone = [*change.removed, *(kept.key for kept in change.kept)]
        dropped = {digest for key in gone for digest in self._remove(key, number)}
        self._move(change.moved)
        for kept in change.kept:
            self._add(kept, number)
        self._carry(change)
        self._keep_files(change)
        self._drop_vectors(dropped)
        self._count()

    def seal(self, generation: Generation) -> None:
        """Record the generation; its number is taken from the generation itself."""
        self._db.execute(
            "insert into generations values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            astuple(generation),
        )

    def fact(self, name: str) -> str:
        """What was last kept under this name; "" where nothing was."""
        row = self._db.execute("select value from facts where name = ?", [name]).fetchone()
        return str(row[0]) if row else ""

    def keep_fact(self, name: str, value: str) -> None:
        """Keep a word on the generation under a name."""
        self._db.execute(
            """insert into facts values (?, ?)
               on conflict (name) do update set value = excluded.value""",
            [name, value],
        )

    def forget_other_models(self, model: str) -> None:
        """Drop the vectors and tokens of every other model."""
        for statement in _OF_OTHERS:
            self._db.execute(statement, [model])

    # Taking over another collection, row by row.

    def empty(self) -> None:
        """Remove everything; what is put in its place is another collection, by another name."""
        for (key,) in self._db.execute("select key from articles").fetchall():
            self._remove(key, 0)
        for statement in _EMPTYING:
            self._db.execute(statement)
        self.keep_fact("collection", secrets.token_hex(8))

    def receive(self, kept: Kept, entered: Mapping[int, int]) -> None:
        """Take an article as it is; its paragraphs came in with the generations `entered`."""
        self._entered.update(entered)
        self._add(kept, 0)

    def received(self) -> None:
        """Finish with the articles: what was noted of their coming is another's to tell."""
        self._entered.clear()
        self._db.execute("delete from changes")
        self._count()

    def receive_vectors(self, model: str, vectors: Iterable[tuple[str, bytes]]) -> None:
        """Keep vectors of a model: the digest of a text, and the bytes of its half floats."""
        self._db.executemany(
            "insert into vectors (model, digest, vector) values (?, ?, ?)",
            [(model, digest, vector) for digest, vector in vectors],
        )

    def receive_tokens(self, model: str, tokens: Iterable[tuple[str, bytes]]) -> None:
        """Keep tokens of a model: the digest of a text, and what `shrunk` made of them."""
        self._db.executemany(
            "insert into tokens (model, digest, kept) values (?, ?, ?)",
            [(model, digest, kept) for digest, kept in tokens],
        )

    def fill(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """Insert rows as they are."""
        self._db.executemany(statement, rows)

    def _remove(self, key: str, number: int) -> set[str]:
        """Remove an article and give back the digests of the texts that it had embedded."""
        run = self._db.execute
        lead = run("select lead_terms from articles where key = ?", [key]).fetchone()
        if lead is None:
            return set()
        rows = run(
            "select id, terms, digest, entered from paragraphs where article = ?", [key]
        ).fetchall()
        for paragraph, terms, _, entered in rows:
            self._entered[paragraph] = entered
            self._forget_words(paragraph, terms, lead[0])
            run("insert into changes values (?, ?, 0)", [number, paragraph])
        run("delete from acronyms where article = ?", [key])
        run("delete from paragraphs where article = ?", [key])
        run("delete from articles where key = ?", [key])
        return {row[2] for row in rows}

    def _drop_vectors(self, digests: Iterable[str]) -> None:
        """Forget the vectors and tokens of texts that nothing refers to any more."""
        for digest in digests:
            for statement in _UNUSED:
                self._db.execute(statement, {"digest": digest})

    def _move(self, moved: Iterable[tuple[str, str]]) -> None:
        self._db.executemany(
            "update articles set origin = ? where key = ?", [(to, key) for key, to in moved]
        )

    def _add(self, kept: Kept, number: int) -> None:
        credit = kept.credit
        self._db.execute(
            """insert into articles (key, origin, entry, digest, text, title, publisher, via,
                   author, published, url, language, lead, lead_terms, sameness)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                *(kept.key, kept.origin, kept.entry, kept.digest, kept.text, *astuple(credit)),
                *(kept.language, kept.lead, kept.lead_terms, kept.sameness),
            ],
        )
        many = self._db.executemany
        many(
            "insert into paragraphs values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    p.id,
                    kept.key,
                    p.position,
                    p.span.start,
                    p.span.end,
                    p.span.heading,
                    p.digest,
                    p.terms,
                    self._entered.get(p.id, number),
                )
                for p in kept.paragraphs
            ],
        )
        self._keep_words(kept)
        many("insert into changes values (?, ?, 1)", [(number, p.id) for p in kept.paragraphs])
        many(
            "insert into acronyms values (?, ?, ?)",
            [(kept.key, short, long) for short, long in kept.acronyms],
        )

    def _keep_words(self, kept: Kept) -> None:
        self._db.executemany(
            "insert into words (rowid, terms, lead_terms) values (?, ?, ?)",
            [(p.id, p.terms, kept.lead_terms) for p in kept.paragraphs],
        )
        lead = set(kept.lead_terms.split())
        for each in kept.paragraphs:
            self._docs.update(lead.union(each.terms.split()))
        self._rows += len(kept.paragraphs)

    def _forget_words(self, paragraph: int, terms: str, lead: str) -> None:
        # An external-content index must be told what it is to forget.
        self._db.execute(
            """insert into words (words, rowid, terms, lead_terms)
               values ('delete', ?, ?, ?)""",
            [paragraph, terms, lead],
        )
        self._docs.subtract(set(terms.split()) | set(lead.split()))
        self._rows -= 1

    def _count(self) -> None:
        """Bring the counts of words up to what was written."""
        changed = sorted((term, more) for term, more in self._docs.items() if more)
        self._db.executemany(
            """insert into vocabulary values (?, ?)
               on conflict (term) do update set doc = doc + excluded.doc""",
            changed,
        )
        gone = [(term,) for term, more in changed if more < 0]
        self._db.executemany("delete from vocabulary where term = ? and doc <= 0", gone)
        self._db.execute("update words_total set paragraphs = paragraphs + ?", [self._rows])
        self._docs.clear()
        self._rows = 0

    def _carry(self, change: Publication) -> None:
        many = self._db.executemany
        anew = [*change.put_down, *(carrier.place for carrier in change.carried)]
        many("delete from carriers where origin = ? and entry = ?", anew)
        many(
            "insert into carriers values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (c.origin, c.entry, c.article, c.digest, *astuple(c.credit), c.language)
                for c in change.carried
            ],
        )

    def _keep_files(self, change: Publication) -> None:
        many = self._db.executemany
        many("delete from files where origin = ?", [(origin,) for origin in change.files_gone])
        many(
            """insert into files values (?, ?, ?)
               on conflict (origin) do update
               set stamp = excluded.stamp, digest = excluded.digest""",
            [(f.origin, f.stamp, f.digest) for f in change.files],
        )
