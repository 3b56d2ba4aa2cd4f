"""What is read of a collection's vectors, and of what differs between its generations."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from index.store.dated import Dated
from index.store.protocols import Rows, Vectors
from index.store.records import Changes, Ids, Matrix
from index.store.wholeness import whole_vectors, width_of

_VECTORS = """
    select p.id, v.vector from paragraphs p
    join vectors v on v.digest = p.digest and v.model = :model
    {} order by p.id
"""

_PART = 10_000  # vectors read at a time: 15 MB of them


class Vectored(Dated):
    """Reads of one open transaction, which `run` executes."""

    def vectors(self, model: str) -> Vectors | None:  # noqa: ARG002 - for those that do
        """What searches this view by meaning, where the database does so itself; else None."""
        return None

    def all_vectors(self, model: str) -> tuple[Ids, Matrix]:
        """Every paragraph's id and vector, by id."""
        return self._vectors_of("", model)

    def vectors_in_parts(self, model: str) -> Iterator[tuple[Ids, Matrix]]:
        """Every paragraph's id and vector, by id, some thousands at a time."""
        rows = self._run(_VECTORS.format(""), {"model": model})
        width = 0
        for part in _parts(rows):
            width = width or width_of([row[1] for row in part])
            yield whole_vectors(part, width)

    def changes_since(self, generation: int, *, model: str) -> Changes | None:
        """What to remove from and add to vectors of that generation; None if no longer known."""
        oldest = int(self._fact("changes_after") or 0)
        if not oldest <= generation <= self.generation_number():
            return None
        rows = self._run(
            "select distinct paragraph from changes where generation > ?", [generation]
        )
        touched = np.array([row[0] for row in rows], dtype=np.int64)
        ids, vectors = self._vectors_of(
            "where p.id in (select paragraph from changes where generation > :since)",
            model,
            since=generation,
        )
        return Changes(removed=touched, added=ids, vectors=vectors)

    def changed_since(self, generation: int) -> int:
        """How many paragraphs came or went after that generation."""
        return int(
            self._run(
                "select count(distinct paragraph) from changes where generation > ?", [generation]
            ).fetchone()[0]
        )

    def _vectors_of(self, where: str, model: str, **values: int) -> tuple[Ids, Matrix]:
        rows = self._run(_VECTORS.format(where), {"model": model, **values}).fetchall()
        return whole_vectors(rows)


def _parts(rows: Rows) -> Iterator[list[Any]]:
    left = iter(rows)
    while part := list(islice(left, _PART)):
        yield part
