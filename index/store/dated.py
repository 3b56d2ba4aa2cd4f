"""Which generation of which collection a view is of."""

from index.store.crediting import Run
from index.store.recent import Mark

COLLECTION = "collection"
"""The fact that names the collection, as no other is named."""

WORDS_MADE = "words"
"""The fact that says when the table of words was made anew, if ever: a name of no other time."""


_MARK = """
    select id, created, (select value from facts where name = ?),
           (select value from facts where name = ?)
    from generations order by id desc limit 1
"""


class Dated:
    """Reads of one open transaction, which `run` executes."""

    _run: Run
    _marked: Mark | None = None

    def generation_number(self) -> int:
        """The newest generation's number, 0 before the first."""
        return int(self._run("select coalesce(max(id), 0) from generations").fetchone()[0])

    def published(self, generation: int) -> str:
        """When a generation was published; "" for one that is not here."""
        query = "select created from generations where id = ?"
        row = self._run(query, [generation]).fetchone()
        return str(row[0]) if row else ""

    def collection(self) -> str:
        """A name that no other collection has."""
        return self._fact(COLLECTION)

    def _fact(self, name: str) -> str:
        row = self._run("select value from facts where name = :name", {"name": name}).fetchone()
        return str(row[0]) if row else ""

    def mark(self, model: str = "") -> Mark:
        """What this view shows is kept under; with the model where vectors are part of it."""
        if self._marked is None:
            row = self._run(_MARK, [COLLECTION, WORDS_MADE]).fetchone()
            number, created, collection, words = row or (0, "", "", "")
            # A doctor may have made the words anew, and nothing else.
            self._marked = int(number), str(created), f"{collection} {words}", ""
        return *self._marked[:3], model
