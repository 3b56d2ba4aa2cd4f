"""The entries of a fetched feed as articles, and as the files that these are kept in."""

import json
from dataclasses import asdict, replace
from hashlib import sha256

from index.article import Article, Credit
from index.errors import Unreadable
from index.fetching.fetcher import Fetched
from index.fetching.source import Source
from index.readers import feed as feeds
from index.readers import fetched as fetched_pages
from index.readers.feed import Entry, Feed

_SHORT = 1_500  # characters: below them a feed's text may well be no more than a summary
_CUT = ("…", "...", "[…]", "[...]", "→", "»")
_A_PAGE = "a web page, not a feed; scripts/run sources add finds the feed of a page"


def read_feed(got: Fetched, source: Source) -> Feed:
    """The feed that was fetched, with what sources.toml tells of it.

    A publisher told there goes before the feed's title, and after whom an entry is said to be
    from; a language told there is that of a feed that names none. Raises Unreadable.
    """
    body = got.body or b""
    try:
        charset = fetched_pages.trusted(got.charset, body)
        feed = feeds.entries(body, charset=charset, address=got.url)
    except Unreadable as error:
        if looks_like_page(body):
            raise Unreadable(_A_PAGE) from error
        raise
    return replace(
        feed,
        title=source.publisher or feed.title,
        language=feed.language or source.language,
    )


def article_of(entry: Entry, feed: Feed) -> Article:
    """The article of an entry; its text is "" where the feed has nothing but a title."""
    try:
        return feeds.article_of(entry, feed)
    except Unreadable:
        told = Credit(
            title=entry.title,
            publisher=entry.source or feed.title,
            author=entry.author,
            published=entry.published,
            url=entry.link,
        )
        return Article("", (), told, entry.id, entry.language or feed.language)


def looks_like_page(body: bytes) -> bool:
    """Whether this is HTML, by how it begins."""
    head = body[:4096].lower()
    return any(mark in head for mark in (b"<!doctype html", b"<html", b"<head", b"<body"))


def is_pdf(body: bytes) -> bool:
    """Whether this is a PDF file, by how it begins."""
    return body.startswith(b"%PDF-")


def name_of(entry: Entry) -> str:
    """What the files of an entry are called."""
    return sha256(entry.id.encode()).hexdigest()[:24]


def row_of(article: Article) -> bytes:
    """An article as a line of JSON Lines, which is what a file of its own holds."""
    told = asdict(article.credit) | {"language": article.language}
    row = {"id": article.entry, **told, "text": article.text}
    return f"{json.dumps(row, ensure_ascii=False)}\n".encode()


def suffix_of(body: bytes, content_type: str) -> str:
    """What a page's file ends with. Raises Unreadable for what is of no kind that is read."""
    if is_pdf(body):
        return ".pdf"
    if looks_like_page(body) or content_type in ("text/html", "application/xhtml+xml"):
        return ".html"
    if content_type == "text/plain":
        return ".txt"
    raise Unreadable(f"it is {content_type[:60]}, which is not read")


def is_short(article: Article) -> bool:
    """Whether the text looks like less than the article."""
    return len(article.text) < _SHORT or article.text.endswith(_CUT)
