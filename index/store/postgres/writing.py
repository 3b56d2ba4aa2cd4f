"""A publication in PostgreSQL while it is open: its words are rows, and counted."""

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from index.store.draft import Draft
from index.store.filtering import plain
from index.store.postgres.connection import PgConnection
from index.store.postgres.reading import PgSnapshot
from index.store.records import Kept, Publication
from index.store.snapshot import Snapshot
from index.words import fold


class PgDraft(Draft):
    """The open transaction of a publication in PostgreSQL."""

    def __init__(self, db: PgConnection) -> None:
        super().__init__(db)
        self._pg = db
        self._docs: Counter[str] = Counter()  # how many more paragraphs hold each term
        self._rows = self._terms = 0  # how many more paragraphs and terms there are

    @property
    def view(self) -> Snapshot:
        """The collection as it is written so far."""
        return PgSnapshot(self._pg)

    def apply(self, change: Publication, *, at: str) -> None:
        """Write the change's files, removals and articles; log which paragraphs came and went.

        `at` is the moment, ISO, under which the history has it.
        """
        super().apply(change, at=at)
        self._count()

    def received(self) -> None:
        """Finish with the articles: what was noted of their coming is another's to tell."""
        super().received()
        self._count()

    def receive_vectors(self, model: str, vectors: Iterable[tuple[str, bytes]]) -> None:
        """Keep vectors of a model: the digest of a text, and the bytes of its half floats."""
        self._db.executemany(
            "insert into vectors (model, digest, vector) values (?, ?, cast(? as halfvec))",
            [(model, digest, np.frombuffer(vector, dtype="<f2")) for digest, vector in vectors],
        )

    def _add(self, kept: Kept, number: int) -> None:
        super()._add(kept, number)
        self._db.execute(
            "update articles set folded = ? where key = ?", [fold(kept.credit.title), kept.key]
        )

    def _keep_words(self, kept: Kept) -> None:
        lead = Counter(kept.lead_terms.split())
        sizes = []
        for each in kept.paragraphs:
            own = Counter(each.terms.split())
            size = own.total() + lead.total()
            text = kept.text[each.span.start : each.span.end]
            sizes.append((each.id, size, plain(text)))
            self._docs.update((own | lead).keys())
            self._rows += 1
            self._terms += size
        self._db.executemany("insert into words_docsize values (?, ?, ?)", sizes)
        self._pg.copy("postings (term, paragraph, hits, lead_hits, size)", _postings(kept))

    def _forget_words(self, paragraph: int, terms: str, lead: str) -> None:
        own = set(terms.split()) | set(lead.split())
        self._docs.subtract(own)
        self._rows -= 1
        self._terms -= len(terms.split()) + len(lead.split())
        self._db.execute(
            "delete from postings where paragraph = ? and term = any(?)", [paragraph, sorted(own)]
        )
        self._db.execute("delete from words_docsize where id = ?", [paragraph])

    def _count(self) -> None:
        """Bring the counts of terms up to what was written."""
        changed = sorted((term, more) for term, more in self._docs.items() if more)
        self._db.executemany(
            """insert into vocabulary values (?, ?)
               on conflict (term) do update set doc = vocabulary.doc + excluded.doc""",
            changed,
        )
        self._db.execute("delete from vocabulary where doc <= 0")
        self._db.execute(
            "update words_total set paragraphs = paragraphs + ?, terms = terms + ?",
            [self._rows, self._terms],
        )
        self._docs.clear()
        self._rows = self._terms = 0


def _postings(kept: Kept) -> Iterator[tuple[str, int, int, int, int]]:
    lead = Counter(kept.lead_terms.split())
    for each in kept.paragraphs:
        own = Counter(each.terms.split())
        size = own.total() + lead.total()
        for term in sorted({*own, *lead}):
            yield term, each.id, own[term], lead[term], size
