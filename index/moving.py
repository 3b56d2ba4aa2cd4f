"""Move a collection between a folder and a database, without embedding anything again."""

from contextlib import closing
from dataclasses import dataclass

from index.errors import Damaged, NotEmpty
from index.lock import reindex_lock
from index.settings import Where
from index.store import Snapshot, open_store
from index.store.moving import Told, digest_of_rows, move_rows


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied: the generation, and how many articles and paragraphs it has."""

    generation: int
    articles: int
    paragraphs: int


def move(source: Where, target: Where, *, replace: bool = False, told: Told) -> Moved:
    """Copy the newest generation and all that is kept beside it, in one transaction.

    The source is only read. The target has all of it and agrees with it row by row, or is as it
    was, however this ends. Raises NotEmpty where the target holds something and `replace` is not
    said, NoCollection, Locked, Damaged, OutOfReach.
    """
    if source == target:
        raise NotEmpty(f"{source} and {target} are one place; name another")
    with (
        closing(open_store(source)) as old,
        old.snapshot() as view,
        reindex_lock(target),
        closing(open_store(target, writable=True)) as new,
    ):
        now = view.generation()
        with new.publishing() as draft:
            if draft.view.generation_number() and not replace:
                raise NotEmpty(
                    f"there is a collection in {target} already; say --replace to have it"
                    " replaced, or name another place"
                )
            draft.empty()
            move_rows(view, draft, told=told)
            told("comparing", 0, 1)
            _compare(view, draft.view, now.model)
            told("comparing", 1, 1)
        new.tend_vectors(now.model)
    return Moved(now.id, now.articles, now.paragraphs)


def _compare(old: Snapshot, new: Snapshot, model: str) -> None:
    """Raise Damaged where what was written is not what was read, or makes no sense."""
    wrong = new.unresolved(model)
    if digest_of_rows(old) != digest_of_rows(new):
        wrong.append("what was written is not what was read")
    if wrong:
        raise Damaged(
            f"nothing was moved ({'; '.join(wrong)}); run scripts/run doctor on both places"
        )
