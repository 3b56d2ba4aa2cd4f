"""Markdown: front matter as credit, and the text that a reader sees, without its marks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.article import Article
from index.errors import Unreadable
from index.paragraphs import Block, Kind
from index.readers.composition import compose
from index.readers.credits import credit_of, language_of
from index.readers.decoding import decode
from index.readers.fragments import text_of_fragment

SUFFIXES = frozenset((".md", ".markdown"))

_KINDS = {
    "heading_open": Kind.HEADING,
    "bullet_list_open": Kind.LIST,
    "ordered_list_open": Kind.LIST,
    "blockquote_open": Kind.QUOTE,
    "table_open": Kind.TABLE,
}


def articles(data: bytes) -> tuple[Article, ...]:
    """The one article of a Markdown file; its title may be the heading that it begins with."""
    told, body = _split_front_matter(decode(data).strip())
    groups = list(_groups(MarkdownIt("commonmark").enable("table").parse(body)))
    blocks = [Block(_text(group), _KINDS.get(group[0].type, Kind.PARAGRAPH)) for group in groups]
    credit = credit_of(told)
    if not credit.title and groups and groups[0][0].tag == "h1":
        credit = replace(credit, title=" ".join(blocks[0].text.split()))
    language = language_of(told.get("language") or told.get("lang"))
    return (compose(blocks, credit, language=language),)


def looks_right(head: str) -> bool:
    """Whether the beginning of a file is front matter."""
    return head.startswith("---\n") and "\n---" in head[3:] and ":" in head.split("\n", 2)[1]


def _split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """What the front matter tells, every value as it is written, and the text below it."""
    if not text.startswith("---\n"):
        return {}, text
    import frontmatter
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    class Verbatim(YAMLHandler):
        def load(self, fm: str, **_: object) -> Any:
            # Only strings, lists and mappings: safe, and "2017-09" keeps its precision.
            return super().load(fm, Loader=yaml.BaseLoader)

    try:
        told, body = frontmatter.parse(text, handler=Verbatim())
    except (yaml.YAMLError, RecursionError) as error:
        raise Unreadable(f"its front matter is not valid YAML{_place(error)}") from error
    return ({key.lower(): value for key, value in told.items()}, body) if told else ({}, text)


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" (line {mark.line + 1})" if mark else ""


def _groups(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each block at the top level."""
    group: list[Token] = []
    depth = 0
    for token in tokens:
        group.append(token)
        depth += token.nesting
        if depth == 0:
            yield group
            group = []


def _text(group: Sequence[Token]) -> str:
    """The lines of one block: a list's items behind their marks, a table's rows as lines."""
    lines: list[str] = []
    lists: list[str] = []
    marker = ""
    for token in group:
        if token.type.endswith("_list_open"):
            lists.append("•" if token.type.startswith("bullet") else "")
        elif token.type.endswith("_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            marker = "  " * (len(lists) - 1) + (lists[-1] or f"{token.info}.") + " "
        elif text := _own_text(token):
            lines.append(marker + text)
            marker = ""
    return _rows(group, lines) if group[0].type == "table_open" else "\n".join(lines)


def _rows(group: Sequence[Token], cells: Sequence[str]) -> str:
    """The cells put back into rows; empty cells are left out."""
    left = iter(cells)
    rows: list[list[str]] = []
    for token in group:
        if token.type == "tr_open":
            rows.append([])
        elif _own_text(token):
            rows[-1].append(next(left))
    return "\n".join(" | ".join(row) for row in rows if row)


def _own_text(token: Token) -> str:
    if token.type == "inline":
        return "".join(map(_inline, token.children or ())).strip()
    if token.type in ("fence", "code_block"):
        return token.content.rstrip()
    return text_of_fragment(token.content) if token.type == "html_block" else ""


def _inline(token: Token) -> str:
    """What shows of a piece of a line: links keep their text, pictures leave nothing."""
    if token.type in ("text", "code_inline"):
        return token.content
    return {"softbreak": " ", "hardbreak": "\n"}.get(token.type, "")
