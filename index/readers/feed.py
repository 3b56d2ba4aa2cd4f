"""Feeds: RSS, Atom, RDF, CDF and JSON Feed, each entry an article of its own."""

import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from index.article import Article, Credit
from index.errors import Unreadable
from index.paragraphs import Block, blocks_of_text
from index.readers import jsontext
from index.readers.composition import compose, letters
from index.readers.credits import language_of, one_line, web_address
from index.readers.dates import iso_date
from index.readers.decoding import decode
from index.readers.fragments import blocks_of_fragment, text_of_fragment
from index.readers.markup import bound

SUFFIXES = frozenset((".xml", ".rss", ".atom", ".rdf", ".cdf"))
SIZE_LIMIT = 16 * 1024 * 1024  # bytes; the parser takes some seconds and 30 times as many for it

_ROOT = re.compile(
    r"\s*(?:(?:<\?[^>]*>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)\s*)*"
    r"<(?:\w{1,20}:)?(?:rss|feed|rdf|channel)(?=[\s>/])",
    re.IGNORECASE | re.DOTALL,
)
_JSON_FEED = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org\\?/version\\?/')
_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
_MOST_MARKS = 1_000_000  # tags and references; the parser takes a kilobyte for some
_LONGEST_TITLE = 2000  # characters; what is as long is no title
_A_SENTENCE = 10  # letters; fewer without a full stop are a label, as "Photos" or "Comments"
_STOPPED = re.compile(r"[.!?…؟۔。！？।][\"'”’»)\]」』）]*\Z")

_Told = Mapping[str, Any]  # what feedparser or a JSON Feed says of a feed, an entry or a text


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed; what the feed does not say is "".

    `id` is the feed's own, or the link, or a digest of what it says. `published` is ISO 8601.
    `summary_html` and `content_html` are HTML as strangers wrote it. `source` names whom a feed
    that only collects took it from.
    """

    id: str
    link: str = ""
    title: str = ""
    published: str = ""
    author: str = ""
    summary_html: str = ""
    content_html: str = ""
    language: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself, and its entries in their order in it."""

    title: str
    language: str
    entries: tuple[Entry, ...]
    link: str = ""


def articles(data: bytes) -> tuple[Article, ...]:
    """An article for each entry that has a sentence of text, in full or as a summary.

    Raises Unreadable where there is none.
    """
    feed = entries(data)
    found = tuple(_articles(feed))
    if not feed.entries:
        raise Unreadable("a feed without entries")
    if not found:
        raise Unreadable("a feed whose entries have titles and links, but no text")
    return found


def entries(data: bytes, *, charset: str = "", address: str = "") -> Feed:
    """The feed with all its entries, though it be ill-formed, as long as it can be told.

    `charset` is the one that the server named; links are made whole from `address`, the feed's
    own. Nothing that the feed refers to is opened. Raises Unreadable for what is no feed.
    """
    if len(data) > SIZE_LIMIT:
        raise Unreadable(f"too large for a feed (the limit is {SIZE_LIMIT // 2**20} MB)")
    text = decode(data, charset=charset)
    if text.lstrip().startswith("{"):
        return _json_feed(text)
    return _xml_feed(text, address)


def looks_right(head: str) -> bool:
    """Whether the beginning of a file is that of a feed."""
    if head.lstrip().startswith("{"):
        return bool(_JSON_FEED.search(head))
    return bool(_ROOT.match(head))


# An article of an entry.


def _articles(feed: Feed) -> Iterator[Article]:
    for entry in feed.entries:
        try:
            article = article_of(entry, feed)
        except Unreadable:
            continue
        if _has_a_sentence(article):
            yield article


def article_of(entry: Entry, feed: Feed) -> Article:
    """The entry as an article that its feed vouches for. Raises Unreadable where it has no text.

    Its publisher is the feed, or where the feed names another source that one, by way of the feed.
    """
    collected = entry.source and letters(entry.source) != letters(feed.title)
    credit = Credit(
        title=entry.title,
        publisher=entry.source if collected else feed.title,
        via=feed.title if collected else "",
        author=entry.author,
        published=entry.published,
        url=entry.link,
    )
    language = entry.language or feed.language
    return compose(_blocks(entry), credit, entry=entry.id, language=language, hosted=True)


def _blocks(entry: Entry) -> list[Block]:
    """The text in full, or the summary where that says more."""
    content = blocks_of_fragment(entry.content_html)
    summary = blocks_of_fragment(entry.summary_html)
    return max(content, summary, key=lambda blocks: sum(len(block.text) for block in blocks))


def _has_a_sentence(article: Article) -> bool:
    text = article.text[article.spans[0].start : article.spans[-1].end]
    return len(letters(text)) >= _A_SENTENCE or bool(_STOPPED.search(text))


# RSS, Atom, RDF and CDF.


def _xml_feed(text: str, address: str) -> Feed:
    import feedparser

    bound(text, size=SIZE_LIMIT, marks=_MOST_MARKS)
    # Decoded by us: without a library for guessing, it would take every unnamed charset for Latin.
    data = _DECLARATION.sub("", text, count=1).lstrip().encode("utf-8")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": address}
    parsed: _Told = feedparser.parse(
        io.BytesIO(data),  # a stream: it would open a name or an address
        response_headers=headers,
        resolve_relative_uris=False,
        sanitize_html=False,  # only text is taken from it
    )
    feed: _Told = parsed["feed"]
    if not (parsed.get("version") or feed or parsed["entries"]) or not _ROOT.search(text):
        raise Unreadable("a web page, not a feed" if "<html" in text.lower() else "not a feed")
    return Feed(
        title=_title(feed),
        language=language_of(feed.get("language")),
        entries=tuple(map(_xml_entry, parsed["entries"])),
        link=web_address(feed.get("link")),
    )


def _xml_entry(told: _Told) -> Entry:
    contents = [each for each in told.get("content", ()) if _is_text(each)]
    content = contents[0] if contents else {}
    summary = told.get("summary_detail") or {}
    source: _Told = told.get("source") or {}
    return _identified(
        id=told.get("id"),
        link=told.get("link"),
        title=_title(told),
        published=_published(told),
        author=_author(told),
        summary_html=_html(summary),
        content_html=_html(content),
        language=language_of(content.get("language") or summary.get("language")),
        source=_title(source),
    )


def _title(told: _Told) -> str:
    detail: _Told = told.get("title_detail") or {}
    title = str(told.get("title") or "")[:_LONGEST_TITLE]
    return one_line(text_of_fragment(title) if "html" in detail.get("type", "") else title)


def _published(told: _Told) -> str:
    """The first date told that can be read.

    What feedparser takes it for is not asked: to a date in part it adds the month of today.
    """
    keys = [key for key in ("published", "updated", "created") if key in told]  # else it warns
    return next(filter(None, (iso_date(told[key]) for key in keys)), "")


def _author(told: _Told) -> str:
    names = [one_line(each.get("name")) for each in told.get("authors", ())[:20]]
    return ", ".join(name for name in names if name and "@" not in name)


def _is_text(content: _Told) -> bool:
    return not re.match("image|audio|video|font|application/(?:pdf|zip)", content.get("type", ""))


def _html(detail: _Told) -> str:
    value = detail.get("value") or ""
    return _marked_up(value) if detail.get("type") == "text/plain" else value


def _marked_up(text: str) -> str:
    """The plain text as HTML, its paragraphs and lines kept."""
    return "".join(
        f"<p>{escape(block.text).replace(chr(10), '<br>')}</p>" for block in blocks_of_text(text)
    )


def _identified(*, id: object, link: object, **rest: str) -> Entry:  # noqa: A002 - as the field is
    address = web_address(link)
    said = "\0".join(rest.values()).encode("utf-8", "replace")
    name = one_line(id) or address or hashlib.sha256(said).hexdigest()[:16]
    return Entry(id=name, link=address or web_address(id), **rest)


# JSON Feed.


def _json_feed(text: str) -> Feed:
    told = jsontext.parsed(text)
    items = told.get("items") if isinstance(told, dict) else None
    if not isinstance(items, list) or not _JSON_FEED.search(text):
        raise Unreadable("not a feed")
    return Feed(
        title=one_line(told.get("title")),
        language=language_of(told.get("language")),
        entries=tuple(_json_entry(item) for item in items if isinstance(item, dict)),
        link=web_address(told.get("home_page_url")),
    )


def _json_entry(told: _Told) -> Entry:
    plain, marked_up = told.get("content_text"), told.get("content_html")
    return _identified(
        id=told.get("id"),
        link=told.get("url") or told.get("external_url"),
        title=one_line(told.get("title")),
        published=iso_date(told.get("date_published")) or iso_date(told.get("date_modified")),
        author=_json_authors(told),
        summary_html=_marked_up(_text(told.get("summary"))),
        content_html=_text(marked_up) or _marked_up(_text(plain)),
        language=language_of(told.get("language")),
        source="",
    )


def _json_authors(told: _Told) -> str:
    authors = told.get("authors") or [told.get("author")]
    listed = authors if isinstance(authors, list) else []
    names = [one_line(each.get("name")) for each in listed[:20] if isinstance(each, dict)]
    return ", ".join(filter(None, names))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
