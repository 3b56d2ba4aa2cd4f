"""Word documents (DOCX): the text as it stands after all changes, with headings, lists, tables."""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from zipfile import ZipFile

from index.article import Article, Credit
from index.errors import Unreadable
from index.paragraphs import Block, Kind
from index.readers import xmltree
from index.readers.bylines import byline
from index.readers.composition import compose
from index.readers.credits import completed, language_of, one_line
from index.readers.unpacking import MAGIC, opened, part

SUFFIXES = frozenset((".docx",))

_TEXT = "word/document.xml"
_TITLE, _CAPTION = "title", "caption"  # names of styles, besides those that are kinds
_OTHERS = {"xl/workbook.xml": "an Excel workbook", "ppt/presentation.xml": "a PowerPoint file"}
_NO_TITLE = re.compile(r"(?i)(?:microsoft word\b.*|document ?\d*|untitled\b.*|.*\.docx?)")
_NO_AUTHOR = re.compile(r"(?i)(?:user|admin\w*|owner|author|python-docx|microsoft.*|\W*)")
# Deleted text, instructions, pictures with their texts, marks of notes, and what is drawn twice.
_NOT_READ = frozenset((
    "del", "moveFrom", "instrText", "pPr", "rPr", "txbxContent", "Fallback", "pict", "drawing",
    "footnoteReference", "endnoteReference", "commentReference", "rt",
))  # fmt: skip

_Styled = tuple[Block, str]  # a block and the name of its style where that matters here


def looks_right(head: str) -> bool:
    """Whether a file is of the Office family, by the names of what is in it."""
    return head.startswith(MAGIC) and "\n[Content_Types].xml\n" in head


def articles(data: bytes) -> tuple[Article, ...]:
    """The one article of a document; headers, footers, notes and comments are left out.

    The day in the file is that of its making, and is not taken for that of publication; one that
    stands alone above the text is.
    """
    archive = opened(data)
    names = frozenset(archive.namelist())
    if _TEXT not in names:
        other = next((what for name, what in _OTHERS.items() if name in names), "an Office file")
        raise Unreadable(f"{other} and no text document")
    styled = list(_blocks(_body(archive), _styles(archive, names)))
    told = _told(archive, names)
    titles = [" ".join(block.text.split()) for block, style in styled[:3] if style == _TITLE]
    title = one_line(titles[0]) if titles else told.get("title", "")
    found, read_off = byline([block.text for block, _ in styled])
    credit = completed(Credit(title=title, author=told.get("creator", "")), found)
    blocks = [
        block
        for at, (block, style) in enumerate(styled)
        if at not in read_off and style != _CAPTION
    ]
    return (compose(_with_lists(blocks), credit, language=language_of(told.get("language"))),)


def _body(archive: ZipFile) -> xmltree.Element:
    bodies = xmltree.find_all(xmltree.parsed(part(archive, _TEXT), _TEXT), "body")
    if not bodies:
        raise Unreadable("no article text found")
    return bodies[0]


def _styles(archive: ZipFile, names: frozenset[str]) -> dict[str, str]:
    """id -> what the style is: its English name says it in every edition of Word."""
    if "word/styles.xml" not in names:
        return {}
    found: dict[str, str] = {}
    styles = xmltree.parsed(part(archive, "word/styles.xml"), "word/styles.xml")
    for style in xmltree.find_all(styles, "style"):
        for name in xmltree.find_all(style, "name"):
            found[xmltree.attribute(style, "styleId")] = xmltree.attribute(name, "val").lower()
    return found


def _told(archive: ZipFile, names: frozenset[str]) -> dict[str, str]:
    """What the document tells about itself, but for what an office program fills in."""
    if "docProps/core.xml" not in names:
        return {}
    core = xmltree.parsed(part(archive, "docProps/core.xml"), "docProps/core.xml")
    told = {xmltree.local_name(each): one_line(each.text or "") for each in core.iter()}
    for name, junk in (("title", _NO_TITLE), ("creator", _NO_AUTHOR)):
        if junk.fullmatch(told.get(name, "")):
            told.pop(name, None)
    return told


def _blocks(body: xmltree.Element, styles: Mapping[str, str]) -> Iterator[_Styled]:
    """The paragraphs and tables in order, those inside content controls too."""
    for element in body:
        name = xmltree.local_name(element)
        if name == "p":
            yield from _paragraph(element, styles)
        elif name == "tbl":
            rows = (_row(row) for row in element if xmltree.local_name(row) == "tr")
            yield Block("\n".join(filter(None, rows)), Kind.TABLE), ""
        elif name in ("sdt", "sdtContent", "ins", "customXml", "smartTag"):
            yield from _blocks(element, styles)


def _paragraph(element: xmltree.Element, styles: Mapping[str, str]) -> Iterator[_Styled]:
    text = _text(element)
    if not text:
        return
    identity = _property(element, "pStyle")
    style = styles.get(identity, identity.lower())
    if style == _TITLE or style.startswith("heading") or _property(element, "outlineLvl"):
        yield Block(text, Kind.HEADING), style
    elif _property(element, "numId") not in ("", "0") or style.startswith("list"):
        depth = _property(element, "ilvl")
        indent = "  " * min(int(depth), 8) if depth.isdecimal() else ""
        flat = " ".join(text.split())
        yield Block(f"{indent}• {flat}", Kind.LIST), style
    else:
        yield Block(text, Kind.QUOTE if "quote" in style else Kind.PARAGRAPH), style


def _property(paragraph: xmltree.Element, name: str) -> str:
    for properties in paragraph:
        if xmltree.local_name(properties) == "pPr":
            found = xmltree.find_all(properties, name)
            return xmltree.attribute(found[0], "val") if found else ""
    return ""


def _with_lists(blocks: list[Block]) -> Iterator[Block]:
    """The blocks, with items that follow one another made one list."""
    for is_list, group in groupby(blocks, key=lambda block: block.kind is Kind.LIST):
        if is_list:
            yield Block("\n".join(item.text for item in group), Kind.LIST)
        else:
            yield from group


def _row(row: xmltree.Element) -> str:
    cells = (each for each in row.iter() if xmltree.local_name(each) == "tc")
    return " | ".join(filter(None, (" ".join(_text(cell).split()) for cell in cells)))


def _text(element: xmltree.Element) -> str:
    lines = (" ".join(line.split(" ")) for line in "".join(_pieces(element)).split("\n"))
    return "\n".join(filter(None, (line.strip() for line in lines)))


def _pieces(element: xmltree.Element) -> Iterator[str]:
    for child in element:
        name = xmltree.local_name(child)
        if name in _NOT_READ:
            continue
        if name == "t":
            yield (child.text or "").replace("\n", " ")
        elif name in ("tab", "br", "cr", "noBreakHyphen"):
            yield {"tab": " ", "noBreakHyphen": "-"}.get(name, "\n")
        else:
            yield from _pieces(child)
            if name == "p":  # of several in a cell
                yield "\n"
