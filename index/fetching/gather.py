"""Visit the sources that are due, and keep what they have as files that a reindex reads.

Nothing is ever lost by a visit: what has left a feed stays, a dead source keeps its files, and a
run that is killed has whole files only. Articles go by their source's rules of age and number.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from index.article import Article
from index.errors import Unreadable
from index.fetching.entries import article_of, is_short, name_of, read_feed, row_of, suffix_of
from index.fetching.fetcher import Fetched, Fetcher, Known
from index.fetching.shelf import Put, Shelf, due_at, is_due
from index.fetching.source import Kind, Source
from index.readers import fetched as fetched_pages
from index.readers.feed import Entry, Feed
from index.retiring import moment_of, retired

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
Now = Callable[[], datetime]
PAGES_A_VISIT = 20  # followed; the others of a feed have their turn at the next visits
PAGE_TRIES = 3
ENTRY = ".jsonl"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a visit to one source brought, counted in articles; `failed` says why it did not.

    `seen` is what the source has now; of it `empty` have no text and are not kept.
    """

    name: str
    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    empty: int = 0
    retired: int = 0
    failed: str = ""


def now_utc() -> datetime:
    """The time, as gathering wants it."""
    return datetime.now(UTC)


def gather(  # noqa: PLR0913 - three are about how
    sources: Sequence[Source],
    folder: Path,
    fetcher: Fetcher,
    *,
    now: Now = now_utc,
    progress: Progress = lambda *_: None,
    all_of_them: bool = False,
) -> tuple[Gathered, ...]:
    """Visit the sources that are due, or all of them; files go under the collection's folder.

    Sources that are not fetched are passed over. What goes wrong with one is told in its Gathered
    and never stops the rest.
    """
    due = [
        (source, shelf)
        for source in sources
        if source.kind.is_fetched
        for shelf in (Shelf(source, folder),)
        if all_of_them or is_due(source, shelf.state, now())
    ]
    done = []
    for number, (source, shelf) in enumerate(due):
        progress("fetching", number, len(due))
        done.append(_Visit(source, shelf, fetcher, now()).pay())
    if due:
        progress("fetching", len(due), len(due))
    return tuple(done)


def next_due(sources: Sequence[Source], folder: Path, now: datetime) -> datetime | None:
    """When the first of the sources is to be asked, `now` at the soonest; None if none is fetched.

    One that was last asked in the future, before a clock was put right, is due, as for `gather`.
    """
    states = ((one, Shelf(one, folder).state) for one in sources if one.kind.is_fetched)
    moments = (now if is_due(one, state, now) else due_at(one, state) for one, state in states)
    return min(moments, default=None)


class _Visit:
    """One visit to one source."""

    def __init__(self, source: Source, shelf: Shelf, fetcher: Fetcher, now: datetime) -> None:
        self._source = source
        self._shelf = shelf
        self._state = shelf.state
        self._fetcher = fetcher
        self._now = now
        self._put: Counter[Put] = Counter()
        self._pages_left = PAGES_A_VISIT
        self._pages_wait = False

    def pay(self) -> Gathered:
        """Fetch, keep, retire, and write down what to remember."""
        found = self._attempt()
        self._state.checked = self._now.isoformat(timespec="seconds")
        try:
            found = replace(found, retired=self._retire())
            self._shelf.save()
        except OSError as error:
            found = replace(found, failed=_reason(error))
        return found

    def _attempt(self) -> Gathered:
        try:
            found = self._feed() if self._source.kind is Kind.FEED else self._page()
        except Exception as error:  # noqa: BLE001 - one source never stops the rest
            self._state.failures += 1
            self._state.error = _reason(error)
            return Gathered(self._source.name, failed=self._state.error)
        self._state.failures, self._state.error = 0, ""
        return found

    # A feed.

    def _feed(self) -> Gathered:
        got = self._fetcher.fetch(self._source.where, self._shelf.known(self._source))
        if got.body is None:
            held = len(self._shelf.files())
            return Gathered(self._source.name, seen=held, unchanged=held)
        feed = read_feed(got, self._source)
        self._forget(feed)
        self._date(feed)
        empty = self._keep(feed)
        self._state.remember(self._source, Known() if self._pages_wait else got.known)
        return self._counted(len(feed.entries), empty)

    def _date(self, feed: Feed) -> None:
        """Date the entries; one without a date keeps that of the day on which it came."""
        for entry in feed.entries if self._source.retires else ():
            day = "" if entry.published else self._state.dated.get(name_of(entry), "")
            self._state.dated[name_of(entry)] = day or moment_of(entry.published, self._now)

    def _keep(self, feed: Feed) -> int:
        """Put every entry on the shelf; gives how many there were without a text."""
        gone = retired(self._source.rule, self._state.dated, self._now)
        empty = 0
        met = set(gone)
        for entry in feed.entries:
            if name_of(entry) in met:
                continue
            met.add(name_of(entry))
            article = article_of(entry, feed)
            put = self._followed(entry, article) if self._is_followed(entry, article) else None
            put = put or self._as_told(entry, article)
            self._put.update([put] if put else [])
            empty += put is None
        return empty

    def _as_told(self, entry: Entry, article: Article) -> Put | None:
        """The entry's own text on the shelf, unless its page is there; None without a text."""
        held = self._shelf.held(name_of(entry))
        if held is not None and held.suffix != ENTRY:
            return Put.UNCHANGED
        if not article.text:
            return None
        return self._shelf.put(f"{name_of(entry)}{ENTRY}", row_of(article))

    def _is_followed(self, entry: Entry, article: Article) -> bool:
        return self._source.follow and bool(entry.link) and is_short(article)

    def _followed(self, entry: Entry, article: Article) -> Put | None:
        """The page of an entry on the shelf; None where it cannot be had, now or at all."""
        name, state = name_of(entry), self._state
        mark = sha256(f"{entry.link}\n{entry.title}\n{article.text}".encode()).hexdigest()[:16]
        held = self._shelf.held(name)
        if state.followed.get(name) == mark and held is not None and held.suffix != ENTRY:
            return Put.UNCHANGED
        if state.tries.get(name, 0) >= PAGE_TRIES:
            return None
        if not self._pages_left:
            self._pages_wait = True
            return None
        self._pages_left -= 1
        put = self._try_page(entry, article)
        state.tries[name] = state.tries.get(name, 0) + 1
        if put is not None:
            state.followed[name] = mark
            del state.tries[name]
        elif state.tries[name] < PAGE_TRIES:
            self._pages_wait = True
        return put

    def _try_page(self, entry: Entry, article: Article) -> Put | None:
        told = asdict(article.credit) | {"language": article.language}
        try:
            got = self._fetcher.fetch(entry.link)
            return self._put_page(name_of(entry), got, told, at_least=len(article.text))
        except Unreadable as error:
            logger.info("%s: a page was not followed: %s", self._source.name, error)
            return None

    # A page.

    def _page(self) -> Gathered:
        got = self._fetcher.fetch(self._source.where, self._shelf.known(self._source))
        if got.body is None:
            return Gathered(self._source.name, seen=1, unchanged=1)
        told = {
            "publisher": self._source.publisher,
            "language": self._source.language,
            "url": got.url,
        }
        put = self._put_page("page", got, told)
        self._put.update([put])
        self._state.remember(self._source, got.known)
        return self._counted(1, 0)

    def _put_page(
        self, name: str, got: Fetched, told: dict[str, str], *, at_least: int = 0
    ) -> Put:
        """Put a page on the shelf. Raises Unreadable where it holds no article."""
        body = got.body or b""
        suffix = suffix_of(body, got.content_type)
        kind = "" if suffix == ".html" else suffix
        body = fetched_pages.with_credit(body, {**told, "charset": got.charset, "kind": kind})
        if sum(len(article.text) for article in fetched_pages.articles(body)) < at_least:
            raise Unreadable("the page has less text than the feed")
        return self._shelf.put(f"{name}{suffix}", body)

    # Either.

    def _retire(self) -> int:
        """Take down what is too old or too many; gives how many that were."""
        if not self._source.retires:
            return 0
        files = self._shelf.files()
        for name, path in files.items():  # what came before there was a rule
            if name not in self._state.dated:
                day = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                self._state.dated[name] = day.isoformat()
        gone = files.keys() & retired(self._source.rule, self._state.dated, self._now)
        for name in gone:
            files[name].unlink(missing_ok=True)
        return len(gone)

    def _forget(self, feed: Feed) -> None:
        """Forget all about what is neither in the feed nor on the shelf."""
        here = {name_of(entry) for entry in feed.entries} | self._shelf.files().keys()
        for memory in (self._state.dated, self._state.followed, self._state.tries):
            for name in memory.keys() - here:
                del memory[name]

    def _counted(self, seen: int, empty: int) -> Gathered:
        new, changed = self._put[Put.NEW], self._put[Put.CHANGED]
        same = self._put[Put.UNCHANGED]
        return Gathered(self._source.name, seen, new, changed, same, empty)


def _reason(error: Exception) -> str:
    match error:
        case Unreadable():
            return str(error)
        case OSError():
            return f"what was fetched cannot be kept ({error.strerror})"
    logger.error("a source failed unexpectedly: %s", type(error).__name__, exc_info=error)
    return f"an unexpected {type(error).__name__}, which is a fault of ours"
