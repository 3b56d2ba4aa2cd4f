"""Find out what a reindex has to do: which files are new, changed, gone or beyond reading."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index import readers
from index.article import Article
from index.errors import Unreadable
from index.prepare import VERSION, article_digest, prepare
from index.store import Kept, KeptFile, Publication, SqliteStore


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why, in one line."""

    file: str
    reason: str


@dataclass(slots=True)
class Plan:
    """What is to be done, filled while the files are looked at. Counts are of articles."""

    kept: list[Kept] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    files: list[KeptFile] = field(default_factory=list)
    files_gone: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def publication(self) -> Publication:
        """The plan as the change of one generation."""
        return Publication(
            kept=tuple(self.kept),
            removed=tuple(self.removed),
            files=tuple(self.files),
            files_gone=tuple(self.files_gone),
            moved=tuple(self.moved),
        )


Progress = Callable[[str, int, int], None]
"""Told of (stage, done, total) as work goes on."""


def plan_reading(
    paths: Sequence[Path], store: SqliteStore, *, full: bool, progress: Progress
) -> Plan:
    """Read what is new or changed under the paths, and note what is gone from them.

    `full` reads every file again. A file that cannot be read keeps what the index had of it.
    """
    plan = Plan()
    known = store.files()
    found, unlisted = _list_files(paths, plan.failed)
    present = {str(path) for path in found}
    for origin in known:
        gone = origin not in present and _under(Path(origin), paths)
        if gone and not _under(Path(origin), unlisted):
            _drop(origin, plan, store)
    for number, path in enumerate(found, start=1):
        _look_at(path, plan, store, known.get(str(path)), full=full)
        progress("reading", number, len(found))
    return plan


def plan_articles(articles: Mapping[str, Sequence[Article]], store: SqliteStore) -> Plan:
    """Make the collection hold exactly these articles, given by the name of their origin."""
    plan = Plan()
    for origin in store.files():
        if origin not in articles:
            _drop(origin, plan, store)
    for origin, given in articles.items():
        plan.read += 1
        plan.files.append(KeptFile(origin, stamp="", digest=""))
        _compare(origin, given, plan, store)
    return plan


def plan_removal(paths: Sequence[Path], store: SqliteStore) -> Plan:
    """Drop every article read from these files or from under these folders."""
    plan = Plan()
    for origin in store.files():
        if _under(Path(origin), paths):
            _drop(origin, plan, store)
    return plan


def _list_files(
    paths: Sequence[Path], failed: list[Failure]
) -> tuple[list[Path], tuple[Path, ...]]:
    """The readable files under the paths, each once, and the folders that could not be listed."""
    unlisted: list[Path] = []

    def note(error: OSError) -> None:
        folder = Path(error.filename)
        unlisted.append(folder)
        failed.append(Failure(str(folder), f"the folder cannot be listed ({error.strerror})"))

    found: dict[Path, None] = {}
    for path in paths:
        inside = [path] if path.is_file() else _walk(path, note)
        found.update(dict.fromkeys(inside))
    return sorted(found), tuple(unlisted)


def _walk(folder: Path, note: Callable[[OSError], None]) -> Iterator[Path]:
    # Links to folders are not followed: they can lead round in a circle.
    for here, folders, files in os.walk(folder, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(here, name)
            if readers.wants(path):
                yield path


def _drop(origin: str, plan: Plan, store: SqliteStore) -> None:
    """Plan the end of a file and of every article that was read from it."""
    plan.files_gone.append(origin)
    plan.removed.extend(key for key, _ in store.article_digests(origin).values())


def _look_at(
    path: Path, plan: Plan, store: SqliteStore, known: KeptFile | None, *, full: bool
) -> None:
    """Take one file into the plan: unchanged by its stamp, by its bytes, or read anew."""
    plan.read += 1
    origin = str(path)
    try:
        stamp = _stamp(path)
        if known is not None and known.stamp == stamp and not full:
            plan.unchanged += len(store.article_digests(origin))
            return
        digest = _digest(path)
        same_bytes = known is not None and known.digest == digest and not full
        articles = () if same_bytes else readers.read(path)
    except Unreadable as error:
        plan.failed.append(Failure(origin, str(error)))
        return
    except OSError as error:
        plan.failed.append(Failure(origin, f"cannot be opened ({error.strerror})"))
        return
    plan.files.append(KeptFile(origin, stamp, digest))
    if same_bytes:
        plan.unchanged += len(store.article_digests(origin))
        return
    _compare(origin, articles, plan, store, full=full)


def _compare(
    origin: str,
    articles: Sequence[Article],
    plan: Plan,
    store: SqliteStore,
    *,
    full: bool = False,
) -> None:
    """Sort a file's articles into new, changed and unchanged; those it no longer holds go.

    With `full` the unchanged ones are made anew as well.
    """
    before = store.article_digests(origin)
    entries = _distinct([article.entry for article in articles])
    for entry, article in zip(entries, articles, strict=True):
        key, digest = before.pop(entry, ("", ""))
        if digest == article_digest(article):
            plan.unchanged += 1
            if full:
                plan.kept.append(prepare(article, origin=origin, entry=entry, key=key))
        elif key:
            plan.changed += 1
            plan.kept.append(prepare(article, origin=origin, entry=entry, key=key))
        elif moved := _moved_from(article, entry, plan, store):
            plan.unchanged += 1
            plan.moved.append((moved, origin))
        else:
            plan.new += 1
            plan.kept.append(prepare(article, origin=origin, entry=entry))
    plan.removed.extend(key for key, _ in before.values())


def _moved_from(article: Article, entry: str, plan: Plan, store: SqliteStore) -> str:
    """The key of the same article at a place that is no more, "" if there is none.

    An article that moves keeps its key, so that nothing is embedded again and old buttons work.
    """
    taken = {key for key, _ in plan.moved}
    for key, origin, old_entry in store.articles_with(article_digest(article)):
        if key not in taken and old_entry == entry and not Path(origin).exists():
            if key in plan.removed:
                plan.removed.remove(key)
            return key
    return ""


def _distinct(entries: Sequence[str]) -> list[str]:
    """The entries, with a number behind every repeat of one."""
    seen: dict[str, int] = {}
    distinct = []
    for entry in entries:
        seen[entry] = seen.get(entry, 0) + 1
        distinct.append(entry if seen[entry] == 1 else f"{entry}~{seen[entry]}")
    return distinct


def _under(path: Path, roots: Iterable[Path]) -> bool:
    return any(path == root or root in path.parents for root in roots)


def _stamp(path: Path) -> str:
    """What changes when a file is written or another program version reads it."""
    stat = path.stat()
    return f"{VERSION}:{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ino}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"{VERSION}:{hashlib.file_digest(file, 'blake2b').hexdigest()[:32]}"
