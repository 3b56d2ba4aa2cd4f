"""Lay a recording out as one self-contained page in the look of Telegram."""

import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from scripts.gallery.recording import Button, Message, Recording
from scripts.gallery.scenes import Place

STYLE = Path(__file__).with_name("telegram.css")

_COLOURS = 5  # of names and their round pictures, as the style sheet numbers them
_TAGS = {
    "b": "b",
    "strong": "b",
    "i": "i",
    "em": "i",
    "u": "u",
    "ins": "u",
    "s": "s",
    "strike": "s",
    "del": "s",
    "code": "code",
    "pre": "pre",
    "a": "a",
    "blockquote": "blockquote",
    "tg-spoiler": "span",
    "span": "span",
}
_ADDRESSED = re.compile(r"(?<!\S)(?:/\w+(?:@\w+)?|@\w{4,32})")
_ICONS = {"open": "↗", "copy": "⧉"}


def page_html(recording: Recording) -> str:
    """The page: the head of the chat, then its messages, with nothing fetched from outside."""
    lines = [_line_html(recording, place) for place in range(len(recording.messages))]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f"<title>{escape(recording.title)}</title>",
            f"<style>{STYLE.read_text('utf-8')}</style></head>",
            f"<body>{_head_html(recording)}<main>",
            *lines,
            "</main></body></html>\n",
        ]
    )


def body_html(text: str) -> str:
    """Telegram's HTML as a browser shows it: its tags, web links, and no other markup."""
    reader = _Body()
    reader.feed(text)
    reader.close()
    return "".join(reader.written)


def plain_html(text: str) -> str:
    """What a person typed, with commands and mentions coloured."""
    written, end = [], 0
    for found in _ADDRESSED.finditer(text):
        written += [escape(text[end : found.start()]), f"<em>{escape(found[0])}</em>"]
        end = found.end()
    return "".join([*written, escape(text[end:])])


def visible_text(html: str) -> str:
    """The text of some HTML without its markup."""
    return "".join(_pieces(html))


class _Body(HTMLParser):
    """Rewrites Telegram's few tags and escapes all else."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._after_quote = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = _TAGS.get(tag)
        given = dict(attrs)
        folded = ' class="folded"' if "expandable" in given else ""
        if name == "a":
            self.written.append(f'<a href="{_address(given.get("href"))}">')
        elif name == "blockquote":
            self.written.append(f'<blockquote dir="auto"{folded}>')
        elif name == "span":
            self.written.append('<span class="spoiler">')
        elif name:
            self.written.append(f"<{name}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _TAGS:
            self.written.append(f"</{_TAGS[tag]}>")
        self._after_quote = tag == "blockquote"

    def handle_data(self, data: str) -> None:
        # The end of a quote ends its line; a browser would show one more.
        self.written.append(escape(data.removeprefix("\n") if self._after_quote else data))
        self._after_quote = False


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def _pieces(html: str) -> list[str]:
    reader = _Text()
    reader.feed(html)
    reader.close()
    return reader.pieces


def _address(href: str | None) -> str:
    return escape(href) if href and href.startswith(("http://", "https://", "tg://")) else "#"


def _head_html(recording: Recording) -> str:
    people = {message.by for message in recording.messages if message.by}
    told = "bot" if recording.place is Place.PRIVATE else f"{len(people)} members"
    title = f'<b dir="auto">{escape(recording.title)}</b>'
    told = f"<div>{title}<small>{told}</small></div>"
    return f"<header>{_round_html(recording.title, 0)}{told}</header>"


def _round_html(name: str, colour: int) -> str:
    return f'<i class="round c{colour}">{escape(name[:1])}</i>'


def _line_html(recording: Recording, place: int) -> str:
    message = recording.messages[place]
    if not message.by:
        return f'<p class="notice">{escape(message.text)}</p>'
    mine = message.by == recording.viewer
    colour = _colour(recording, message.by)
    in_group = recording.place is Place.GROUP and not mine
    parts = [
        _round_html(message.by, colour) if in_group else "",
        f'<div class="column"><div class="bubble c{colour}">',
        f'<b class="name" dir="auto">{escape(message.by)}</b>' if in_group else "",
        _replied_html(recording, message),
        f'<div class="text" dir="auto">{_shown(message)}</div>',
        '<small class="edited">edited</small>' if message.is_edited else "",
        f"</div>{_keyboard_html(message.buttons)}</div>",
    ]
    return f'<section class="{"mine" if mine else "theirs"}">{"".join(parts)}</section>'


def _shown(message: Message) -> str:
    return body_html(message.text) if message.is_bot else plain_html(message.text)


def _replied_html(recording: Recording, message: Message) -> str:
    if message.reply_to is None:
        return ""
    earlier = recording.messages[message.reply_to]
    text = visible_text(earlier.text) if earlier.is_bot else earlier.text
    line = " ".join(text.split())
    return (
        f'<div class="replied c{_colour(recording, earlier.by)}"><b dir="auto">'
        f'{escape(earlier.by)}</b><span dir="auto">{escape(line)}</span></div>'
    )


def _keyboard_html(rows: tuple[tuple[Button, ...], ...]) -> str:
    if not rows:
        return ""
    return f'<div class="keyboard">{"".join(map(_row_html, rows))}</div>'


def _row_html(row: tuple[Button, ...]) -> str:
    shown = "".join(
        f'<span class="button" dir="auto">{escape(each.label)}'
        f"<sup>{_ICONS.get(each.action, '')}</sup></span>"
        for each in row
    )
    return f"<div>{shown}</div>"


def _colour(recording: Recording, name: str) -> int:
    bot_first = sorted(recording.messages, key=lambda message: not message.is_bot)
    names = list(dict.fromkeys(message.by for message in bot_first))
    return names.index(name) % _COLOURS
