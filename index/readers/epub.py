"""EPUB books and magazines: each chapter an article, in the order of reading."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

from index.article import Article
from index.errors import Unreadable
from index.paragraphs import Block, Kind
from index.readers import xmltree
from index.readers.composition import compose, letters
from index.readers.credits import credit_of, language_of, one_line
from index.readers.decoding import decode
from index.readers.fragments import blocks_of_fragment, text_of_fragment
from index.readers.reading import Reading, reading_of
from index.readers.unpacking import MAGIC, opened, part

SUFFIXES = frozenset((".epub",))

_CONTAINER = "META-INF/container.xml"
_FRONT_MATTER = re.compile(
    r"""<(?:body|section)\b[^>]{0,300}?:type\s*=\s*["'][^"']{0,60}?"""
    r"\b(?:cover|titlepage|toc|copyright-page|index|landmarks)\b"
)
_BODY = re.compile(r"<body\b[^>]{0,2000}>(.*?)(?:</body>|\Z)", re.DOTALL)
_NOTE_MARK = re.compile(r"""<a\b[^<>]{0,300}\bnoteref\b[^<>]{0,300}>[^<]{0,20}</a>""")
_LINK = re.compile(
    r"""<a\b[^>]{0,500}?\bhref\s*=\s*["']([^"']{1,500})["'][^>]{0,500}>(.{0,2000}?)</a>""",
    re.DOTALL,
)
_NAVIGATION = re.compile(r"<nav\b.*?</nav>", re.DOTALL)
_FONTS_ONLY = ("idpf.org/2008/embedding", "ns.adobe.com/pdf/enc#RC")


def looks_right(head: str) -> bool:
    """Whether a file is an EPUB, by the names of what is in it."""
    return head.startswith(MAGIC) and f"\n{_CONTAINER}\n" in head


def articles(data: bytes) -> Reading:
    """The chapters; each title is the book's and the chapter's, and entry the chapter's file.

    A file that the table of contents leaves out goes on with the chapter before it.
    """
    book = _Book(opened(data))
    found: list[Article] = []
    faults: list[str] = []
    for chapter in book.chapters(faults):
        try:
            found.append(book.article(chapter))
        except Unreadable:
            continue  # a cover, a page of pictures
    return reading_of(found, faults)


@dataclass(slots=True)
class _Chapter:
    """A file of the book, and those after it that have no title of their own."""

    file: str
    title: str
    blocks: list[Block]


class _Book:
    """The package of an EPUB: what it tells about itself, its files and their order."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        container = xmltree.parsed(part(archive, _CONTAINER), _CONTAINER)
        roots = [root.get("full-path") or "" for root in xmltree.find_all(container, "rootfile")]
        if not roots:
            raise Unreadable("its container names no book")
        self._folder = posixpath.dirname(roots[0])
        self._package = xmltree.parsed(part(archive, roots[0]), "the package file")
        self._items = {item.get("id"): item for item in xmltree.find_all(self._package, "item")}
        self._protected = self._encrypted()
        self._contents = self._table_of_contents()
        told = self._told()
        self._credit = credit_of(told)
        self._language = language_of(told.get("language"))

    def chapters(self, faults: list[str]) -> list[_Chapter]:
        """The chapters in the order of reading; what cannot be unpacked is told in `faults`."""
        chapters: list[_Chapter] = []
        for file in self._spine():
            try:
                page = decode(self._bytes(file))
            except Unreadable as error:
                faults.append(f"{posixpath.basename(file)}: {error}")
                continue
            blocks = _blocks(page)
            if not blocks or _FRONT_MATTER.search(page[:20_000]):
                continue
            title = self._contents.get(file) or _heading(blocks) or ""
            if title or not chapters:
                chapters.append(_Chapter(file, title, blocks))
            else:
                chapters[-1].blocks += blocks
        return chapters

    def article(self, chapter: _Chapter) -> Article:
        """The chapter under the book's title and its own."""
        book = self._credit.title
        credit = replace(self._credit, title=chapter.title)
        article = compose(chapter.blocks, credit, entry=chapter.file, language=self._language)
        same = not book or not chapter.title or letters(book) in letters(chapter.title)
        title = chapter.title or book if same else f"{book}: {chapter.title}"
        return replace(article, credit=replace(article.credit, title=title))

    def _spine(self) -> Iterator[str]:
        seen: set[str] = set()
        for reference in xmltree.find_all(self._package, "itemref"):
            item = self._items.get(reference.get("idref"))
            if item is None or reference.get("linear") == "no":
                continue
            file = self._path(item.get("href") or "", self._folder)
            is_page = "html" in (item.get("media-type") or "") or file.endswith("html")
            if is_page and "nav" not in (item.get("properties") or "").split():
                if file not in seen:
                    yield file
                seen.add(file)

    def _bytes(self, file: str) -> bytes:
        if file in self._protected:
            raise Unreadable("protected against copying (DRM); a copy without it can be read")
        return part(self._archive, file)

    def _told(self) -> dict[str, object]:
        """What the package tells: the first title and so on, but every author."""
        told: dict[str, object] = {}
        authors: list[object] = []
        for element in self._package.iter():
            if "purl.org/dc/elements" not in str(element.tag):
                continue
            name, text = xmltree.local_name(element), one_line(element.text or "")
            if name == "creator":
                authors.append(text)
            elif name in ("title", "publisher", "date", "language", "source"):
                told.setdefault(name, text)
        source = told.pop("source", "")
        return {**told, "authors": authors, "url": source}

    def _table_of_contents(self) -> dict[str, str]:
        """file -> its title, of the navigation page or else of the older NCX."""
        for item in self._items.values():
            if "nav" in (item.get("properties") or "").split():
                return self._links(item)
        for item in self._items.values():
            if "ncx" in (item.get("media-type") or ""):
                return self._points(item)
        return {}

    def _links(self, item: xmltree.Element) -> dict[str, str]:
        file, titles = self._path(item.get("href") or "", self._folder), dict[str, str]()
        try:
            page = decode(part(self._archive, file))
        except Unreadable:
            return {}
        contents = _NAVIGATION.search(page)
        for href, label in _LINK.findall(contents[0] if contents else page):
            target = self._path(href, posixpath.dirname(file))
            titles.setdefault(target, one_line(text_of_fragment(label)))
        return _titles(titles)

    def _points(self, item: xmltree.Element) -> dict[str, str]:
        file, titles = self._path(item.get("href") or "", self._folder), dict[str, str]()
        try:
            tree = xmltree.parsed(part(self._archive, file), "its contents")
        except Unreadable:
            return {}
        for point in xmltree.find_all(tree, "navPoint"):
            labels, targets = xmltree.find_all(point, "text"), xmltree.find_all(point, "content")
            if labels and targets:
                target = self._path(targets[0].get("src") or "", posixpath.dirname(file))
                titles.setdefault(target, one_line(labels[0].text or ""))
        return _titles(titles)

    def _encrypted(self) -> frozenset[str]:
        """The files that are encrypted; fonts are often only disguised."""
        name = "META-INF/encryption.xml"
        if name not in self._archive.namelist():
            return frozenset()
        files: set[str] = set()
        root = xmltree.parsed(part(self._archive, name), name)
        for data in xmltree.find_all(root, "EncryptedData"):
            methods = [str(m.get("Algorithm")) for m in xmltree.find_all(data, "EncryptionMethod")]
            if not any(known in method for known in _FONTS_ONLY for method in methods):
                references = xmltree.find_all(data, "CipherReference")
                files.update(
                    self._path(reference.get("URI") or "", "") for reference in references
                )
        return frozenset(files)

    @staticmethod
    def _path(href: str, folder: str) -> str:
        """The name in the archive that a link leads to, seen from a folder."""
        try:
            path = unquote(urlsplit(href).path)
        except ValueError:
            return ""
        return posixpath.normpath(posixpath.join(folder, path))


def _titles(titles: dict[str, str]) -> dict[str, str]:
    """The titles that say more than a number does."""
    return {file: title for file, title in titles.items() if any(map(str.isalpha, title))}


def _heading(blocks: list[Block]) -> str:
    """The heading that a chapter begins with."""
    first = blocks[0]
    return one_line(first.text) if first.kind is Kind.HEADING else ""


def _blocks(page: str) -> list[Block]:
    body = _BODY.search(page)
    return blocks_of_fragment(_NOTE_MARK.sub("", body[1] if body else page))
