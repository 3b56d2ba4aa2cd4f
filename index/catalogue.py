"""Look things up in a collection: words, lists, whole articles, and what became of a paragraph."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from difflib import SequenceMatcher, get_close_matches

from index.answer import (
    Event,
    Fate,
    Filters,
    Listing,
    Match,
    Matches,
    Publisher,
    Quotable,
    Reading,
    Source,
    Surroundings,
    Window,
)
from index.article import Credit
from index.filters import Wish, read_filters, unread_in
from index.filters.mastheads import mastheads_of
from index.retrieve import fits
from index.store import Snapshot, Store
from index.words import analyse, fold, spot, words_of

LONGEST_QUESTION = 1_000  # characters; what comes after is not a question any more

MOST_MATCHES = 1_000
"""Matches of one search that are counted."""

MOST_MARKS = 20
"""Places of a paragraph that are marked; more would not be told apart."""

MOST_NEAREST = 3

MOST_NUMBER = 2**63 - 1
"""The greatest that a database takes."""

ALIKE = 0.5
"""How much of a paragraph must be left in another for that to stand in its place, from 0 to 1."""


def tidy(question: str) -> str:
    """A question on one line, without lone surrogates, and of a length that can be one."""
    plain = question[: 4 * LONGEST_QUESTION].encode("utf-8", "replace").decode()
    return re.sub(r"\s+", " ", plain).strip()[:LONGEST_QUESTION]


def here_today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()


class Catalogue:
    """What can be looked up in a collection without a model; any thread may call any method."""

    _store: Store
    # Replaced whole, as threads may read it meanwhile.
    _extents: tuple[object, tuple[Publisher, ...]] | None = None

    def search(
        self,
        words: str,
        *,
        skip: int = 0,
        limit: int = 5,
        only: tuple[str, ...] = (),
        today: date | None = None,
    ) -> Matches:
        """Paragraphs that hold the words, or else some of them; filters as in a question."""
        with self._store.snapshot() as view:
            known, day = self._publishers(view, only), today or here_today()
            wish = read_filters(tidy(words), today=day, publishers=known)
            return _search(view, wish, (skip, limit), only)

    def latest(
        self, source: str = "", *, skip: int = 0, limit: int = 10, only: tuple[str, ...] = ()
    ) -> Listing:
        """The newest articles, of one source if it is named."""
        with self._store.snapshot() as view:
            known = self._publishers(view, only)
            sources = mastheads_of(known).named(source) if source else ()
            if source and not sources:
                return Listing((), 0, unknown=source, nearest=_nearest(source, known))
            filters = Filters(sources=sources, only=only)
            listed, total = view.newest(filters=filters, limit=limit, skip=min(skip, MOST_NUMBER))
        return Listing(listed, total, sources)

    def publishers(self, *, only: tuple[str, ...] = ()) -> tuple[Publisher, ...]:
        """Who published the articles, those with most first; read again for a new generation."""
        with self._store.snapshot() as view:
            return self._published_in(view, only)

    def passages(self, ids: Sequence[int], *, only: tuple[str, ...] = ()) -> dict[int, Quotable]:
        """The paragraphs of these ids; those that left the collection are left out."""
        with self._store.snapshot() as view:
            return view.quotable(ids, filters=Filters(only=only))

    def reading(self, wanted: int | str, *, only: tuple[str, ...] = ()) -> Reading | None:
        """The article of a key, or the one that a paragraph of that id stands in."""
        if not _names(wanted):
            return None
        with self._store.snapshot() as view:
            key = wanted if isinstance(wanted, str) else view.article_of(wanted)
            return view.reading(key, filters=Filters(only=only)) if key else None

    def titled(self, words: str, *, only: tuple[str, ...] = ()) -> Reading | None:
        """The newest article whose title holds all of these words."""
        parts = re.findall(r"\w+", fold(tidy(words)))[:10]
        filters = Filters(only=only)
        with self._store.snapshot() as view:
            key = view.titled(parts, filters=filters)
            return view.reading(key, filters=filters) if key else None

    def fates(self, quoted: Mapping[int, tuple[str, str]]) -> dict[int, Fate]:
        """What became of paragraphs that left, of those given with their article and text."""
        with self._store.snapshot() as view:
            return _fates(view, quoted)

    def history(self, article: str) -> tuple[Event, ...]:
        """When an article was first seen here, changed and withdrawn, the earliest first.

        It is known for a while after the article has left.
        """
        if not _names(article):
            return ()
        with self._store.snapshot() as view:
            return view.events(article)

    def around(self, paragraph: int, *, only: tuple[str, ...] = ()) -> Surroundings | None:
        """The paragraphs before and after one; None where it has left the collection."""
        if not _names(paragraph):
            return None
        with self._store.snapshot() as view:
            found = view.neighbours(paragraph, filters=Filters(only=only))
        return Surroundings(*found) if found and _may_be_seen(found[3], only) else None

    def source(self, article: str, *, only: tuple[str, ...] = ()) -> Source | None:
        """The whole article of a key; None where it has left the collection."""
        if not _names(article):
            return None
        with self._store.snapshot() as view:
            found = view.source(article, filters=Filters(only=only))
        return found if found and _may_be_seen(found.credit, only) else None

    def _published_in(self, view: Snapshot, only: tuple[str, ...]) -> tuple[Publisher, ...]:
        state = view.mark()
        known = self._extents
        if known is None or known[0] != state:
            known = state, tuple(view.extents())
            self._extents = known
        return tuple(each for each in known[1] if not only or each.name in only)

    def _publishers(self, view: Snapshot, only: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The names of the publishers that may be seen, in order."""
        return tuple(sorted(each.name for each in self._published_in(view, only)))


def _names(wanted: int | str) -> bool:
    """Whether anything can be stored under this id or key: databases refuse what is of no use."""
    if isinstance(wanted, str):
        return "\0" not in wanted
    return -MOST_NUMBER <= wanted <= MOST_NUMBER


def _may_be_seen(credit: Credit, only: tuple[str, ...]) -> bool:
    return not only or credit.publisher in only


def _nearest(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """The few of the known names that were most likely meant: with its words, or spelled alike."""
    words = set(words_of(name))
    folded = {fold(each): each for each in known}
    holding = [each for each in known if words and words <= set(words_of(each))]
    alike = get_close_matches(fold(name), folded, MOST_NEAREST)
    found = dict.fromkeys([*holding, *(folded[each] for each in alike)])
    return tuple(found)[:MOST_NEAREST]


def _search(view: Snapshot, wish: Wish, page: tuple[int, int], only: tuple[str, ...]) -> Matches:
    """Paragraphs that hold all the words looked for, else any of them; `page` is (skip, limit)."""
    filters = replace(wish.filters, only=only)
    looked_for = " ".join((wish.question, *wish.filters.phrases))
    terms = tuple(dict.fromkeys(analyse(looked_for)))
    ids, every = _holding(view, terms, filters, every=True), True
    if not ids:
        ids, every = _holding(view, terms, filters, every=False), False
    skip, limit = page
    shown = ids[skip : skip + limit]
    texts = view.quotable(shown)
    found = tuple(
        Match(texts[each], _marks(texts[each].text, terms)) for each in shown if each in texts
    )
    unread = unread_in(wish.question)
    return Matches(wish.question, found, len(ids), every, wish.filters, unread)


def _holding(view: Snapshot, terms: Sequence[str], filters: Filters, *, every: bool) -> list[int]:
    """The paragraphs with all the terms, or any, under the filters, best first."""
    if not filters.window.told:
        return view.holding(terms, every=every, filters=filters, limit=MOST_MATCHES)
    anytime = replace(filters, window=Window())
    ids = view.holding(terms, every=every, filters=anytime, limit=MOST_MATCHES)
    met = {each.id for each in view.found(ids, model="") if fits(each, filters.window)}
    return [each for each in ids if each in met]


def _fates(view: Snapshot, quoted: Mapping[int, tuple[str, str]]) -> dict[int, Fate]:
    """What became of those paragraphs, by id, that are not in the collection any more.

    Each is given with the key of its article and its text.
    """
    left = quoted.keys() - view.present(tuple(quoted))
    fates = {}
    for each in sorted(left):
        article, text = quoted[each]
        events = view.events(article)
        on = events[-1].at if events else view.generation().created
        fates[each] = Fate(_successor(view, article, text), on)
    return fates


def _successor(view: Snapshot, article: str, text: str) -> Quotable | None:
    """The paragraph of an article that is most like a text, if any is like it."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(_parts(text))
    best, found = 0.0, None
    for each in view.in_article(article):
        matcher.set_seq1(_parts(each.text))
        if matcher.real_quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, found = ratio, each
    return found if best >= ALIKE else None


def _parts(text: str) -> tuple[str, ...]:
    """What two texts are compared by: terms, as not every script has words between spaces."""
    return analyse(text) or tuple(text)


def _marks(text: str, terms: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where the first of the terms stand, from left to right, none within another."""
    wanted, marks = set(terms), list[tuple[int, int]]()
    for first, end in sorted((first, end) for term, first, end in spot(text) if term in wanted):
        if not marks or first >= marks[-1][1]:
            marks.append((first, end))
    return tuple(marks[:MOST_MARKS])
