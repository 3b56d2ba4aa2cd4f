"""Pieces of HTML, as feeds and newsletters carry them: all of it is article, none of it a page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from index.paragraphs import Block, Kind
from index.readers.decoding import clean
from index.readers.markup import bound

_Element = Any  # lxml has no types of its own

_LONGEST, _MOST_MARKS = 8_000_000, 60_000
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_LINE, _CELL = "\v", "\x1f"  # where a line or a table's cell ends; no HTML text holds either

# What a tree of lxml's cannot hold; the two marks above are among it.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NEVER_SHOWN = (
    "script", "style", "noscript", "template", "head", "title", "iframe", "object", "embed",
    "svg", "math", "audio", "video", "form", "button", "select", "textarea", "nav", "figcaption",
)  # fmt: skip
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_WHOLE = {
    "ul": Kind.LIST, "ol": Kind.LIST, "dl": Kind.LIST,
    "blockquote": Kind.QUOTE, "table": Kind.TABLE, "pre": Kind.PARAGRAPH,
    **dict.fromkeys(_HEADINGS, Kind.HEADING),
}  # fmt: skip
_APART = frozenset((
    "p", "div", "section", "article", "aside", "header", "footer", "main", "figure", "hr",
    "center", "address", "details", "summary", "li", "dt", "dd", "tr", "caption", "br", "body",
))  # fmt: skip


def text_of_fragment(markup: str) -> str:
    """The text of a piece of HTML, as one line."""
    return _flat(" ".join(block.text for block in blocks_of_fragment(markup)))


def blocks_of_fragment(markup: str) -> list[Block]:
    """The paragraphs, headings, lists, quotations and tables of a piece of HTML, in order.

    Lists, quotations and tables stay whole, but a table that only sets the page is none. Two line
    breaks in a row part paragraphs. Scripts, forms, menus and captions leave nothing. Raises
    Unreadable for more markup than can be read in reasonable time.
    """
    from lxml import etree

    if not markup.strip():
        return []
    setting = _Setting()
    for event, element in etree.iterwalk(_tree(markup), events=("start", "end")):
        if event == "start":
            setting.open(element)
        else:
            setting.close(element)
    setting.end_block(Kind.PARAGRAPH)
    return setting.blocks


def _tree(markup: str) -> _Element:
    """The tree below one div, without what is never shown and without captions."""
    from lxml import etree, html

    bound(markup, size=_LONGEST, marks=_MOST_MARKS)
    markup = _UNWRITABLE.sub(" ", clean(markup))
    # Behind a comment nothing is taken for a whole page: lxml fails on one without a body.
    tree: _Element = html.fragment_fromstring(f"<!---->{markup}", create_parent="div")
    etree.strip_tags(tree, etree.Comment, etree.ProcessingInstruction)
    etree.strip_elements(tree, *_NEVER_SHOWN, with_tail=False)
    for element in tree.xpath(".//*[contains(@class, 'caption')]"):
        element.drop_tree()
    return tree


@dataclass(slots=True)
class _Setting:
    """The blocks set so far, and the pieces of the one at hand."""

    blocks: list[Block] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _whole: _Element = None  # the list, quotation, table or heading that we are in
    _marks: list[int | None] = field(default_factory=list)  # of each list around us: items so far
    _marked: bool = False  # the mark of an item stands there, and nothing behind it yet

    def open(self, element: _Element) -> None:
        """Take the beginning of an element: the edge that it makes, and its first text."""
        tag = element.tag
        if self._whole is None and _is_whole(element):
            self.end_block(Kind.PARAGRAPH)
            self._whole = element
        elif self._whole is None and tag in _APART and tag != "br":
            self.end_block(Kind.PARAGRAPH)
        elif (tag in _APART or tag in _WHOLE) and not (self._marked and tag in ("p", "div")):
            self._pieces.append(self._edge(tag))
        if tag in ("ul", "ol"):
            self._marks.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._pieces.append(self._mark())
        self._add(element.text, raw=tag == "pre")

    def close(self, element: _Element) -> None:
        """Take the end of an element, and the text behind it."""
        tag = element.tag
        if tag in ("ul", "ol"):
            self._marks.pop()
        if element is self._whole:
            self._whole = None
            self.end_block(_WHOLE[tag])
        elif self._whole is None and tag in _APART and tag != "br":
            self.end_block(Kind.PARAGRAPH)
        elif tag in ("td", "th"):
            self._pieces.append(_CELL)
        elif tag != "br" and (tag in _APART or tag in _WHOLE):
            self._pieces.append(self._edge(tag))
        self._add(element.tail)

    def end_block(self, kind: Kind) -> None:
        """Set what has been gathered as a block, or several where empty lines part it."""
        text = "".join(self._pieces)
        self._pieces.clear()
        parts = [text] if kind is not Kind.PARAGRAPH else re.split(rf"{_LINE}\s*{_LINE}", text)
        for part in parts:
            if lines := list(_lines(part)):
                self.blocks.append(Block("\n".join(lines), kind))

    def _add(self, text: str | None, *, raw: bool = False) -> None:
        if text:
            self._marked = self._marked and not text.strip()
            self._pieces.append(text.replace("\n", _LINE) if raw else _SPACE.sub(" ", text))

    def _edge(self, tag: str) -> str:
        """What parts an element from its neighbours; in a table only rows are lines."""
        in_a_table = self._whole is not None and self._whole.tag == "table"
        return " " if in_a_table and tag != "tr" else _LINE

    def _mark(self) -> str:
        self._marked = True
        if not self._marks or self._marks[-1] is None:
            return "• "
        self._marks[-1] += 1
        return f"{self._marks[-1]}. "


def _is_whole(element: _Element) -> bool:
    """Whether an element is one block, whatever is in it."""
    if element.tag == "table":  # with paragraphs or tables in its cells it only sets the page
        return element.find(".//p") is None and element.find(".//table") is None
    return element.tag in _WHOLE


def _lines(text: str) -> Iterator[str]:
    for line in text.split(_LINE):
        cells = [cell for cell in map(_flat, line.split(_CELL)) if cell]
        if cells and not re.fullmatch(r"•|\d+\.", cells[0]):
            yield " | ".join(cells)


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
