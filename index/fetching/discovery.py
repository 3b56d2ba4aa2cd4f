"""What an address has to offer: a feed, the feeds that a page names or hides, or an article."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from html.parser import HTMLParser

import httpx

from index.article import Article
from index.errors import Unreadable
from index.fetching.addresses import web_url
from index.fetching.entries import is_pdf, looks_like_page, read_feed
from index.fetching.fetcher import Fetched, Fetcher
from index.fetching.source import Kind, Source
from index.readers import fetched as fetched_pages
from index.readers.feed import Feed

USUAL_PATHS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
_FEED_TYPES = frozenset(
    f"application/{kind}" for kind in ("rss+xml", "atom+xml", "rdf+xml", "feed+json")
)
_MOST_NAMED = 10
_MOST_READ = 512 * 1024  # bytes of a page; feeds are named in its head


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be listed as a source: a feed with its entries, or a page with its article.

    `others` are the addresses of more feeds that the page names.
    """

    kind: Kind
    where: str
    feed: Feed | None = None
    article: Article | None = None
    others: tuple[str, ...] = ()


def discover(url: str, fetcher: Fetcher, *, page_itself: bool = False) -> Offer:
    """The feed at an address or of the page there; without any, or if wished, the page itself.

    Raises Unreadable where there is neither.
    """
    got = fetcher.fetch(url)
    source = Source("", Kind.FEED, url)
    if not page_itself:
        try:
            return Offer(Kind.FEED, url, feed=read_feed(got, source))
        except Unreadable:
            if is_pdf(got.body or b""):
                return Offer(Kind.PAGE, url, article=_article(got))
            if not looks_like_page(got.body or b""):
                raise
        if (offer := _first_feed(feeds_named(got), fetcher)) is not None:
            return offer
        if (guess := _first_feed(_usual(got.url), fetcher)) is not None:
            return replace(guess, others=())  # guesses too, which nobody offers
    return Offer(Kind.PAGE, url, article=_article(got))


def feeds_named(got: Fetched) -> tuple[str, ...]:
    """The addresses of the feeds that a page names in its head, in its order."""
    parser = _Links()
    parser.feed((got.body or b"")[:_MOST_READ].decode("utf-8", "replace"))
    base = httpx.URL(got.url)
    with suppress(Unreadable):
        base = web_url(parser.base, base) if parser.base else base
    named = []
    for href in parser.feeds[:_MOST_NAMED]:
        with suppress(Unreadable):
            named.append(str(web_url(href, base)))
    return tuple(dict.fromkeys(named))


def newest(feed: Feed, count: int) -> Iterator[str]:
    """The titles of a feed's newest entries with their days; those without a date come last."""
    ordered = sorted(feed.entries, key=lambda entry: entry.published, reverse=True)
    for entry in ordered[:count]:
        title = entry.title or entry.link or "without a title"
        yield f"{entry.published[:10]}  {title}" if entry.published else title


def _usual(url: str) -> tuple[str, ...]:
    return tuple(str(httpx.URL(url).join(path)) for path in USUAL_PATHS)


def _first_feed(addresses: tuple[str, ...], fetcher: Fetcher) -> Offer | None:
    """The first of the addresses that is a feed with entries."""
    for number, address in enumerate(addresses):
        with suppress(Unreadable):
            feed = read_feed(fetcher.fetch(address), Source("", Kind.FEED, address))
            if feed.entries:
                return Offer(Kind.FEED, address, feed=feed, others=addresses[number + 1 :])
    return None


def _article(got: Fetched) -> Article:
    body = got.body or b""
    told = {"url": got.url, "charset": got.charset, "kind": ".pdf" if is_pdf(body) else ""}
    (article,) = fetched_pages.articles(fetched_pages.with_credit(body, told))
    return article


class _Links(HTMLParser):
    """Collects what a page says its feeds are, and what its links are relative to."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.base = ""
        self.feeds: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "base":
            self.base = self.base or told.get("href", "")
        if tag == "link" and "alternate" in told.get("rel", "").lower().split():
            kind = told.get("type", "").partition(";")[0].strip().lower()
            if kind in _FEED_TYPES and told.get("href"):
                self.feeds.append(told["href"])
