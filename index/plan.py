"""Find out what a reindex has to do: which files are new, changed, gone or beyond reading."""

import hashlib
import logging
import os
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path

from index import readers
from index.answer import Event
from index.article import Article, Credit
from index.carriers import Carriers
from index.errors import Unreadable
from index.prepare import VERSION, article_digest, prepare
from index.readers.credits import completed
from index.readers.reading import Reading
from index.retiring import Rule, retired_by_rule
from index.store import Kept, KeptFile, Publication, Store, article_key

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, or a part of it, and why, in one line."""

    file: str
    reason: str


@dataclass(slots=True)
class Plan:
    """What is to be done, filled while the files are looked at. Counts are of articles.

    `copies` counts further places of articles that are kept already; `retired` are the keys of
    articles that went by a rule; `skipped` counts the files of kinds that are not read, by their
    suffixes; `moved` has where articles are now, by their keys.
    """

    carriers: Carriers = field(default_factory=Carriers)
    kept: list[Kept] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    files: list[KeptFile] = field(default_factory=list)
    files_gone: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    histories: list[tuple[str, tuple[Event, ...]]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    copies: int = 0
    retired: Set[str] = frozenset()

    def publication(self) -> Publication:
        """The plan as the change of one generation."""
        return Publication(
            kept=tuple(self.kept),
            removed=tuple(self.removed),
            files=tuple(self.files),
            files_gone=tuple(self.files_gone),
            moved=tuple(self.moved.items()),
            histories=tuple(self.histories),
            carried=tuple(self.carriers.added.values()),
            put_down=tuple(sorted(self.carriers.put_down)),
        )


Progress = Callable[[str, int, int], None]
"""Told of (stage, done, total) as work goes on."""

UNREAD = "not read"
"""No stage: under it, how many files and parts of files could not be read so far is told."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the files in the folders are read, and what is told of those that do not tell it.

    All are read, and nothing is told, unless given. `told` gives a file's publisher and language,
    "" where nothing is told; `rule` by what rule its articles go, where there are rules at all.
    """

    wants: Callable[[Path], bool] | None = None
    told: Callable[[Path], tuple[str, str]] | None = None
    rule: Callable[[Path], Rule | None] | None = None

    def completed(self, article: Article, path: Path) -> Article:
        """The article, with what was told of its file where it tells nothing itself."""
        publisher, language = self.told(path) if self.told else ("", "")
        return replace(
            article,
            credit=completed(article.credit, Credit(publisher=publisher)),
            language=article.language or language,
        )

    def mark(self, origin: str) -> str:
        """What was told of a file, to be seen from its stamp and digest; "" for nothing."""
        if not (self.told or self.rule):
            return ""
        path = Path(origin)
        told = "/".join(self.told(path)) if self.told else "/"
        rule = self.rule(path) if self.rule else None
        kept = f":{rule.days}/{rule.newest}" if rule else ""
        return kept if told == "/" else f":{told}{kept}"


EVERYTHING = Choice()

RETIRED = ":retired"
"""The end of the stamp of a file whose articles have all gone by a rule."""


@dataclass(frozen=True, slots=True)
class _Manner:
    """How files are read: what was chosen and told of them, and whether all are read again.

    `held` is how many articles are kept of each file.
    """

    choice: Choice
    full: bool
    held: Mapping[str, int]


def plan_reading(  # noqa: PLR0913 - all but two by name
    paths: Sequence[Path],
    store: Store,
    *,
    full: bool,
    progress: Progress,
    choice: Choice = EVERYTHING,
    now: datetime | None = None,
) -> Plan:
    """Read what is new or changed under the paths, and note what is gone from them.

    What is too old or too many by its source's rules at this moment, `now`, goes too. `full` reads
    every file again. A file that cannot be read keeps what the index had of it.
    """
    plan = Plan(carriers=Carriers(store.carriers()))
    known = store.files()
    found, unlisted = _list_files(paths, plan, choice)
    for origin in known.keys() - set(found):
        if _under(Path(origin), paths) and not _under(Path(origin), unlisted):
            _drop(origin, plan, store)
    manner = _Manner(choice, full, store.article_counts())
    for number, origin in enumerate(found, start=1):
        failed = len(plan.failed)
        _look_at(origin, plan, store, known.get(origin), manner=manner)
        if len(plan.failed) > failed:
            progress(UNREAD, len(plan.failed), 0)
        progress("reading", number, len(found))
    if choice.rule:
        _retire(plan, store, choice.rule, now or datetime.now(UTC))
    settle(plan, store)
    return plan


def plan_articles(articles: Mapping[str, Sequence[Article]], store: Store) -> Plan:
    """Make the collection hold exactly these articles, given by the name of their origin."""
    plan = Plan(carriers=Carriers(store.carriers()))
    for origin in store.files():
        if origin not in articles:
            _drop(origin, plan, store)
    for origin, given in articles.items():
        plan.read += 1
        plan.files.append(KeptFile(origin, stamp="", digest=""))
        how = _How(lambda other: other not in articles, apart=True)
        _compare(origin, given, plan, store, how=how)
    settle(plan, store)
    return plan


def plan_removal(paths: Sequence[Path], store: Store) -> Plan:
    """Drop every article read from these files or from under these folders."""
    plan = Plan(carriers=Carriers(store.carriers()))
    for origin in store.files():
        if _under(Path(origin), paths):
            _drop(origin, plan, store)
    settle(plan, store)
    return plan


def _retire(plan: Plan, store: Store, rule: Callable[[Path], Rule | None], now: datetime) -> None:
    """Plan the end of articles by rule; a file of which none is left is not read again."""
    stored, going = store.seen(), set(plan.removed)
    articles = {
        key: (origin, published or seen)
        for key, (origin, published, seen) in stored.items()
        if key not in going
    }
    for key, origin in plan.moved.items():
        articles[key] = (origin, articles[key][1])
    for kept in plan.kept:
        seen = stored.get(kept.key, ("", "", ""))[2]
        articles[kept.key] = (kept.origin, kept.credit.published or seen)
    rule_of = cache(lambda origin: rule(Path(origin)))
    gone = retired_by_rule(articles, rule_of, now)
    plan.retired = gone & stored.keys()
    changed = plan.retired & {kept.key for kept in plan.kept}
    plan.new -= len(gone - stored.keys())
    plan.changed -= len(changed)
    plan.unchanged -= len(plan.retired - changed)
    plan.kept[:] = [kept for kept in plan.kept if kept.key not in gone]
    plan.moved = {key: origin for key, origin in plan.moved.items() if key not in gone}
    plan.removed += sorted(plan.retired)
    left = {origin for key, (origin, _) in articles.items() if key not in gone}
    emptied = {articles[key][0] for key in gone} - left
    plan.files[:] = [
        _retired_file(file) if file.origin in emptied else file for file in plan.files
    ]
    told = {file.origin for file in plan.files}
    plan.files += [
        _retired_file(file)
        for origin, file in store.files().items()
        if origin in emptied and origin not in told
    ]


def _retired_file(file: KeptFile) -> KeptFile:
    return replace(file, stamp=f"{file.stamp.removesuffix(RETIRED)}{RETIRED}")


def settle(plan: Plan, store: Store) -> None:
    """Finish a plan: what loses its first place goes on at the next one that has it."""
    gone = len(plan.removed)
    heirs = plan.carriers.hand_over(plan.removed, plan.kept, store)
    plan.changed += gone - len(plan.removed)
    plan.copies -= len(heirs)


def _list_files(
    paths: Sequence[Path], plan: Plan, choice: Choice
) -> tuple[list[str], tuple[Path, ...]]:
    """The readable files under the paths, each once, and the folders that could not be listed.

    Those folders, and how many files are of no kind that is read, are noted in the plan too.
    """
    unlisted: list[Path] = []

    def note(error: OSError) -> None:
        folder = Path(error.filename)
        unlisted.append(folder)
        plan.failed.append(Failure(str(folder), f"the folder cannot be listed ({error.strerror})"))

    found: set[str] = set()
    passed: set[str] = set()
    for path in paths:
        inside = [str(path)] if path.is_file() else _walk(path, note, passed)
        if choice.wants and not path.is_file():
            wants = choice.wants
            inside = (origin for origin in inside if wants(Path(origin)))
        found.update(inside)
    plan.skipped.update(filter(None, map(readers.kind_not_read, passed)))
    return sorted(found, key=_by_folder), tuple(unlisted)


def _by_folder(origin: str) -> str:
    """What sorts paths as their parts do."""
    return origin.replace(os.sep, "\0")


def _walk(folder: Path, note: Callable[[OSError], None], passed: set[str]) -> Iterator[str]:
    """The files to be read below a folder; those passed over are added to `passed`."""
    # Links to folders are not followed: they can lead round in a circle.
    for here, folders, files in os.walk(folder, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        # A Path takes its time, and there may be a hundred thousand files.
        before = "" if here == "." else os.path.join(here, "")  # noqa: PTH118
        for name in files:
            origin = f"{before}{name}"
            if readers.wants(name):
                yield origin
            else:
                passed.add(origin)


def _drop(origin: str, plan: Plan, store: Store) -> None:
    """Plan the end of a file and of every article that was read from it."""
    plan.files_gone.append(origin)
    plan.removed.extend(key for key, _ in store.article_digests(origin).values())
    plan.carriers.drop(each.place for each in plan.carriers.at(origin).values())


def _look_at(
    origin: str, plan: Plan, store: Store, known: KeptFile | None, *, manner: _Manner
) -> None:
    """Take one file into the plan: unchanged by its stamp, by its bytes, or read anew."""
    plan.read += 1
    try:
        origin.encode()
        held, copies = manner.held.get(origin, 0), len(plan.carriers.at(origin))
        gone = RETIRED if known and known.stamp.endswith(RETIRED) else ""
        # A file whose articles have moved away is read again, whatever its stamp says.
        known = known if (held or copies or gone) and not manner.full else None
        mark = manner.choice.mark(origin)
        stamp = f"{stamp_of(origin)}{mark}{gone}"
        if known is not None and known.stamp == stamp:
            plan.unchanged += held
            plan.copies += copies
            return
        path = Path(origin)
        readers.admit(path)
        digest = f"{_digest(path)}{mark}"
        if known is not None and known.digest == digest:
            plan.unchanged += held
            plan.copies += copies
        else:
            reading = readers.look_into(path)
            articles = [manner.choice.completed(each, path) for each in reading.articles]
            _compare(origin, articles, plan, store, how=_How(_is_gone, manner.full))
            _note(origin, reading, plan)
            stamp = stamp.removesuffix(RETIRED)
            if reading.faults:
                stamp = digest = ""  # so that it is read and told again, until it is whole
        plan.files.append(KeptFile(origin, stamp, digest))
    except Exception as error:  # noqa: BLE001 - one file never stops the rest
        plan.failed.append(Failure(_sayable(origin), _reason(error)))


def _note(origin: str, reading: Reading, plan: Plan) -> None:
    """Tell of what in a file could not be read, though the rest of it could."""
    plan.failed += [Failure(_sayable(origin), fault) for fault in reading.faults]
    inside = (readers.kind_not_read(Path(name)) for name in reading.skipped)
    plan.skipped.update(filter(None, inside))


def _reason(error: Exception) -> str:
    match error:
        case Unreadable():
            return str(error)
        case UnicodeEncodeError():
            return "its name is not UTF-8; rename it"
        case OSError():
            return f"cannot be opened ({error.strerror})"
    logger.error("reading failed unexpectedly: %s", type(error).__name__, exc_info=error)
    return f"cannot be read: an unexpected {type(error).__name__}, which is a fault of ours"


def _sayable(origin: str) -> str:
    return origin.encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class _How:
    """How articles are compared: which origins are no more, and whether all are made anew.

    With `apart`, one text at two places is two articles.
    """

    gone: Callable[[str], bool]
    full: bool = False
    apart: bool = False


def _is_gone(origin: str) -> bool:
    try:
        return not Path(origin).exists()
    except OSError:  # a folder that may not be looked into may still hold it
        return False


def _compare(
    origin: str, articles: Sequence[Article], plan: Plan, store: Store, *, how: _How
) -> None:
    """Sort a file's articles into new, changed and unchanged; those it no longer holds go."""
    before, carried = store.article_digests(origin), plan.carriers.at(origin)
    entries = _distinct([article.entry for article in articles])
    ready = []
    taken: set[str] = set()
    for entry, article in zip(entries, articles, strict=True):
        key, digest = before.pop(entry, ("", ""))
        same = digest == article_digest(article)
        unused = key or _unused_key(origin, entry, article, taken, store)
        taken.add(unused)
        kept = None if same and not how.full else prepare(article, origin, entry, key=unused)
        ready.append((article, key, same, kept))
    # Nothing is planned before all is ready: an article that cannot be made leaves no half.
    plan.carriers.drop(each.place for each in carried.values())
    for article, key, same, kept in ready:
        new = not key and kept is not None
        moved = _moved_from(article, kept.entry, plan, store, how) if new and kept else ""
        home = plan.carriers.home_of(article, store) if new and not (moved or how.apart) else ""
        plan.unchanged += same or bool(moved)
        plan.changed += bool(key) and not same
        plan.new += new and not (moved or home)
        plan.copies += bool(home)
        if moved:
            plan.moved[moved] = origin
        elif home and kept is not None:
            plan.carriers.carry(article, (origin, kept.entry), home)
        elif kept is not None:
            plan.kept.append(kept)
            plan.carriers.keep(kept)
    plan.removed.extend(key for key, _ in before.values())


def _unused_key(
    origin: str, entry: str, article: Article, taken: Container[str], store: Store
) -> str:
    """A key for a new article that is not among those `taken` by others of its origin.

    The one that it would have may live on elsewhere, after a move.
    """
    digest = article_digest(article)
    for repeat in count():
        key = article_key(origin, f"{entry}#{repeat}" if repeat else entry, digest)
        if key not in taken and not store.has_article(key):
            return key
    raise AssertionError(origin)


def _moved_from(article: Article, entry: str, plan: Plan, store: Store, how: _How) -> str:
    """The key of the same article at a place that is no more, "" if there is none.

    An article that moves keeps its key, so that nothing is embedded again and old buttons work.
    """
    for key, origin, old_entry in store.articles_with(article_digest(article)):
        if key not in plan.moved and old_entry == entry and how.gone(origin):
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


def stamp_of(path: str | Path) -> str:
    """What changes when a file is written or another program version reads it."""
    stat = os.stat(path)  # noqa: PTH116 - no Path is made of most
    return f"{VERSION}:{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ino}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"{VERSION}:{hashlib.file_digest(file, 'blake2b').hexdigest()[:32]}"
