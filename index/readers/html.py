"""Web pages: the article without the page around it, and what the page tells about it."""

import logging
import re
from collections.abc import Iterator
from typing import Any

from index.article import Article, Credit
from index.errors import Unreadable
from index.paragraphs import Block, Kind
from index.readers.composition import compose, letters
from index.readers.credits import language_of, one_line, web_address
from index.readers.dates import iso_date
from index.readers.decoding import decode
from index.readers.markup import bound

SUFFIXES = frozenset((".html", ".htm", ".xhtml"))

_Element = Any  # lxml has no types of its own
_LONGEST = 8_000_000  # characters, pictures set into the page among them
_MOST_MARKS = 60_000  # tags and references: some ten times as many as long pages have
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_NOT_ARTICLE = ["//figcaption", "//nav", "//*[contains(@class, 'caption')]"]
_KINDS = {"head": Kind.HEADING, "list": Kind.LIST, "quote": Kind.QUOTE, "table": Kind.TABLE}
_INLINE = frozenset(("hi", "ref", "del", "code", "graphic"))


def articles(data: bytes) -> tuple[Article, ...]:
    """The one article of a page, without comments, captions, navigation and share buttons."""
    import trafilatura

    # A page that it cannot make sense of gets a reason from us; its own log would say it again.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    page = decode(data)
    bound(page, size=_LONGEST, marks=_MOST_MARKS)
    tree: _Element = trafilatura.load_html(page)
    if tree is None:
        raise Unreadable("no article text found")
    told, opening, language = _Told(tree), _standfirst(tree), language_of(tree.get("lang"))
    found: Any = trafilatura.bare_extraction(
        tree,
        include_comments=False,
        with_metadata=True,
        prune_xpath=_NOT_ARTICLE,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if found is None:
        raise Unreadable("no article text found")
    blocks = list(_blocks(found.body))
    if opening and letters(opening) not in letters(" ".join(block.text for block in blocks)):
        blocks.insert(0, Block(opening))
    return (compose(blocks, told.credit(found), language=language, hosted=True),)


def looks_right(head: str) -> bool:
    """Whether the beginning of a file is that of a web page."""
    head = head.lower()
    marks = ("<!doctype html", "<html", "<head>")
    return head.startswith("<") and any(mark in head for mark in marks)


# What the page tells about the article.


class _Told:
    """What stands in the head of a page, read before the extraction takes the tree apart."""

    def __init__(self, tree: _Element) -> None:
        self.page_title = _flat(tree.findtext(".//title") or "")
        self.shared_title = _flat(" ".join(tree.xpath("//meta[@property='og:title']/@content")))
        scripts = tree.xpath("//script[@type='application/ld+json']/text()")
        self.linked_data = " ".join(scripts)[:200_000]
        self.meta = " ".join(tree.xpath("//meta/@content"))[:200_000]
        self.times = tree.xpath(
            "//meta[@property='article:published_time' or @itemprop='datePublished']/@content"
            " | //*[@itemprop='datePublished']/@datetime"
        ) + re.findall(r'"datePublished"\s*:\s*"([^"]{4,40})"', self.linked_data)

    def credit(self, found: Any) -> Credit:
        """The extraction's findings, with those that it only guessed left out."""
        site = one_line(found.sitename)
        if letters(site) == letters(one_line(found.title)):
            site = one_line(found.hostname)
        return Credit(
            title=_without_site(self._title(one_line(found.title), site), site),
            publisher=site,
            author=self._author(one_line(found.author)),
            published=self._published(iso_date(found.date)),
            url=web_address(found.url),
        )

    def _title(self, found: str, site: str) -> str:
        """The title found, unless the page calls itself something else altogether.

        A page that does not name its site keeps what stands behind its title: often the site.
        """
        if found and not site and not self.shared_title and self.page_title.startswith(found):
            return one_line(self.page_title)
        confirmed = letters(found) in letters(f"{self.page_title} {self.shared_title}")
        return found if confirmed or self.shared_title else self.page_title or found

    def _author(self, found: str) -> str:
        """The names that the page gives as data; those picked out of its text are often wrong."""
        names = [name.strip() for name in found.split(";")]
        return ", ".join(name for name in names if name in f"{self.meta} {self.linked_data}")

    def _published(self, day: str) -> str:
        """The day found, with its time where the page tells that too."""
        times = map(iso_date, map(str, self.times))
        return next((time for time in times if day and time.startswith(day)), day)


def _without_site(title: str, site: str) -> str:
    """The title without " | Harbour Times" at its end."""
    match = re.fullmatch(r"(.*\S)\s+[|–—»-]\s+(\S[^|»]{0,80})", title)
    if match is None or not (tail := letters(match[2])):
        return title
    return match[1] if tail in letters(site) or (site and letters(site) in tail) else title


def _standfirst(tree: _Element) -> str:
    """The paragraph set above an article, which extraction takes for a part of the page's head."""
    described = {letters(text) for text in tree.xpath("//meta/@content") if len(text) >= 60}
    marked = re.compile(r"(?:^|[\s_-])(?:perex|standfirst|lead|lede|dek|bajada|chapo)(?:$|[\s_-])")
    for element in tree.xpath("//body//p | //body//div[not(.//p)]")[:5000]:
        names = element.get("class") or ""
        if not (marked.search(names) or element.get("itemprop")) or _shows_a_picture(element):
            continue
        text = _flat(element.text_content())
        if 60 <= len(text) <= 800 and (letters(text) in described or element.tag == "div"):
            return text
    return ""


def _shows_a_picture(element: _Element) -> bool:
    around = [element, *element.iterancestors()][:4]
    return any(re.search("caption|media|figure", one.get("class") or one.tag) for one in around)


# The article itself.


def _blocks(body: _Element) -> Iterator[Block]:
    """The blocks of an extracted body; a table that only sets the page is no table."""
    waiting = list(reversed(body))
    while waiting:
        element = waiting.pop()
        if element.tag == "table" and element.find(".//p") is not None:
            waiting.extend(reversed(element.findall(".//cell")))
        elif element.tag == "cell" and element.find("p") is not None:
            yield Block(_flat(element.text or ""))
            waiting.extend(reversed(element))
        elif text := _text(element):
            yield Block(text, _KINDS.get(element.tag, Kind.PARAGRAPH))


def _text(element: _Element) -> str:
    if element.tag == "list":
        return "\n".join(filter(None, map(_item, element.iter("item"))))
    if element.tag == "table":
        return "\n".join(filter(None, map(_row, element.iter("row"))))
    return _lines(element)


def _item(item: _Element) -> str:
    """One item behind its mark; a list inside it has items of its own."""
    text = _lines(item).replace("\n", " ")
    siblings = item.getparent()
    ordered = siblings.get("rend") == "ol"
    mark = f"{siblings.index(item) + 1}." if ordered else "•"
    return f"{mark} {text}" if text else ""


def _row(row: _Element) -> str:
    return " | ".join(filter(None, (_lines(cell).replace("\n", " ") for cell in row.iter("cell"))))


def _lines(element: _Element) -> str:
    """The text inside, on one line but for the breaks and paragraphs that it has itself."""
    return "\n".join(filter(None, map(_flat, "".join(_pieces(element)).split("\v"))))


def _pieces(element: _Element) -> Iterator[str]:
    """The text inside in order, with a vertical tab where a line of its own begins or ends."""
    yield (element.text or "").replace("\v", " ")
    for child in element:
        edge = "" if child.tag in _INLINE else "\v"
        yield edge
        if child.tag != "list":
            yield from _pieces(child)
        yield edge + (child.tail or "").replace("\v", " ")


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
