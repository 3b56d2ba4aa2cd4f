"""Read HTML as the Bot API does: its few tags, properly nested, and nothing else."""

import re
from dataclasses import dataclass
from html import unescape

_TOKEN = re.compile(
    r"<(/?)([a-zA-Z0-9-]*)([^<>]*)>|&(?:#\d+|#x[0-9a-fA-F]+|lt|gt|amp|quot);|(.)", re.DOTALL
)
_ATTRIBUTE = re.compile(r'\s+([a-z-]+)(?:="([^"]*)")?')
_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "blockquote": "blockquote",
}


class BadMarkup(Exception):  # noqa: N818 - it is Telegram's verdict
    """The Bot API would answer "can't parse entities"."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A formatted piece of text: its kind, the text itself, and a link's address."""

    kind: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a person sees, and the pieces in it, in the order in which they begin."""

    text: str
    pieces: tuple[Piece, ...]

    @property
    def units(self) -> int:
        return utf16_units(self.text)

    def of(self, kind: str) -> list[str]:
        return [piece.text for piece in self.pieces if piece.kind == kind]


@dataclass(slots=True)
class _Open:
    tag: str
    kind: str
    start: int
    order: int
    url: str = ""


def parse_html(html: str) -> Parsed:
    """The text and the pieces of a message; raises BadMarkup for what Telegram refuses."""
    text: list[str] = []
    pieces: list[tuple[int, Piece]] = []
    stack: list[_Open] = []
    for order, token in enumerate(_TOKEN.finditer(html)):
        closing, tag, attributes, plain = token[1], token[2], token[3], token[4]
        if tag is None:
            text.append(_character(plain, token[0]))
        elif closing:
            opened = _closed(stack, tag, token.start())
            piece = Piece(opened.kind, "".join(text)[opened.start :], opened.url)
            pieces.append((opened.order, piece))
        else:
            stack.append(_opened(stack, tag.lower(), attributes, "".join(text), order))
    if stack:
        raise BadMarkup(f"can't find end tag corresponding to start tag {stack[-1].tag}")
    ordered = [piece for _, piece in sorted(pieces, key=lambda found: found[0]) if piece.text]
    return Parsed("".join(text), tuple(ordered))


def utf16_units(text: str) -> int:
    """How long Telegram finds a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _character(plain: str | None, token: str) -> str:
    if plain is None:
        return unescape(token)
    if plain == "<":
        raise BadMarkup("unsupported start tag")
    return plain


def _closed(stack: list[_Open], tag: str, place: int) -> _Open:
    if not stack or stack[-1].tag != tag.lower():
        raise BadMarkup(f"unmatched end tag at offset {place}")
    return stack.pop()


def _opened(stack: list[_Open], tag: str, attributes: str, text: str, order: int) -> _Open:
    kind = _KINDS.get(tag)
    if kind is None:
        raise BadMarkup(f'unsupported start tag "{tag}"')
    if kind == "blockquote" and any(outer.kind == kind for outer in stack):
        raise BadMarkup("a blockquote inside a blockquote")  # Telegram drops it silently
    given = _attributes(tag, attributes)
    if kind == "blockquote" and "expandable" in given:
        kind = "expandable_blockquote"
    return _Open(tag, kind, len(text), order, unescape(given.get("href") or ""))


def _attributes(tag: str, written: str) -> dict[str, str]:
    if not re.fullmatch(rf"(?:{_ATTRIBUTE.pattern})*\s*", written):
        raise BadMarkup(f'attributes of "{tag}" cannot be read')
    return dict(_ATTRIBUTE.findall(written))
