"""Telegram Desktop's export (result.json): the posts of a channel, each an article."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from index.article import Article, Credit
from index.errors import Unreadable
from index.paragraphs import blocks_of_text
from index.readers import jsontext
from index.readers.composition import compose
from index.readers.credits import one_line, web_address
from index.readers.dates import iso_date
from index.readers.decoding import clean, decode
from index.readers.reading import Reading, reading_of

SUFFIXES = frozenset((".json",))

_CHANNELS = frozenset(("public_channel", "private_channel"))
_TYPE = re.compile(
    r'"type"\s*:\s*"(?:(?:public|private)_\w+|personal_chat|saved_messages|bot_chat)"'
)
_TITLE_LIMIT = 200
# Pieces that close a post without being a part of it: where to find it, and how it is filed.
_SIGNATURES = frozenset(
    ("hashtag", "mention", "text_link", "link", "mention_name", "custom_emoji")
)
_SOURCE = re.compile(
    r"(?i)\W*(?:source|link|via|read (?:more|on)|more|subscribe|join(?: us)?|источник|подробнее"
    r"|читать(?: далее| полностью)?|подписаться|المصدر|للمزيد|المزيد|اشترك|quelle|fuente)?\W*"
)


def looks_right(head: str) -> bool:
    """Whether a file is an export of Telegram Desktop's, of one chat or of an account."""
    if not head.startswith("{"):
        return False
    one_chat = _TYPE.search(head) and re.search(r'"messages"\s*:', head)
    return bool(one_chat) or "Here is the data you requested" in head


def articles(data: bytes) -> Reading:
    """The posts that have a text, by their number; entry is that, behind the channel's if several.

    The publisher is the channel, or what a post was forwarded from, with the channel as `via`. The
    link is to the post where the channel's public name is told or the channel is private, and else
    that of the source, where the post ends with one. Service messages and posts without text are
    left out.
    """
    told = jsontext.parsed(decode(data))
    chats = _chats(told)
    channels = [chat for chat in chats if chat.get("type") in _CHANNELS]
    if not channels:
        raise Unreadable("a Telegram export without a channel; chats of people are not read")
    found: list[Article] = []
    faults: list[str] = []
    for chat in channels:
        prefix = f"{chat.get('id', '')}/" if len(channels) > 1 else ""
        for post in _posts(chat):
            try:
                found.append(_article(post, chat, prefix))
            except Unreadable:
                continue  # nothing but emoji or links
            except (TypeError, ValueError, AttributeError):
                faults.append(f"post {one_line(post.get('id'))} is not as Telegram writes them")
    return reading_of(found, faults)


def _chats(told: object) -> list[dict[str, Any]]:
    if not isinstance(told, dict):
        raise Unreadable("JSON, but no Telegram export")
    if "messages" in told:
        return [told]
    chats = told.get("chats")
    listed = chats.get("list") if isinstance(chats, dict) else None
    if not isinstance(listed, list):
        raise Unreadable("JSON, but no Telegram export")
    return [chat for chat in listed if isinstance(chat, dict)]


def _posts(chat: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    messages = chat.get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("type") == "message" and message.get("text"):
            yield message


def _article(post: Mapping[str, Any], chat: Mapping[str, Any], prefix: str) -> Article:
    pieces = [_piece(piece) for piece in _listed(post["text"])]
    pieces, source = _without_signature(pieces)
    title, text = _split_title(pieces)
    if not re.search(r"\w", text):
        raise Unreadable("no words in it")
    channel, origin = one_line(chat.get("name")), one_line(post.get("forwarded_from"))
    forwarded = bool(origin) and origin != channel
    credit = Credit(
        title=title,
        publisher=origin if forwarded else channel,
        via=channel if forwarded else "",
        author=one_line(post.get("author")),
        published=_published(post),
        url=_link(post, chat) or source,
    )
    return compose(blocks_of_text(text), credit, entry=f"{prefix}{post.get('id', '')}")


_Piece = tuple[str, str, str]  # a text, what it is ("" for plain), and where it leads


def _listed(text: object) -> list[object]:
    return text if isinstance(text, list) else [text]


def _piece(piece: object) -> _Piece:
    if isinstance(piece, dict):
        kind, text = str(piece.get("type", "")), str(piece.get("text", ""))
        return clean(text), "" if kind == "plain" else kind, str(piece.get("href", ""))
    return clean(str(piece)), "", ""


def _without_signature(pieces: list[_Piece]) -> tuple[list[_Piece], str]:
    """The pieces without the links, names and hashtags that close a post, and the last link.

    A link whose words go on in the sentence before it is a part of that.
    """
    kept = list(pieces)
    source = ""
    while kept:
        text, kind, href = kept[-1]
        if kind == "" and not re.search(r"\w", text):
            kept.pop()
        elif kind in _SIGNATURES and _is_signature(kept):
            source = web_address(href or text) or source
            kept.pop()
        else:
            break
    if not any(re.search(r"\w", text) for text, _, _ in kept):
        return pieces, source
    return kept, source


def _is_signature(pieces: list[_Piece]) -> bool:
    text, kind, _ = pieces[-1]
    before = "".join(text for text, _, _ in pieces[:-1]).rstrip(" ")
    alone = before.endswith("\n") or not before or pieces[-2][1] in _SIGNATURES
    return kind == "hashtag" or alone or bool(kind == "text_link" and _SOURCE.fullmatch(text))


def _split_title(pieces: list[_Piece]) -> tuple[str, str]:
    """A first line that is all bold, or short and above an empty one, and the text below it."""
    text = "".join(text for text, _, _ in pieces).strip()
    line, _, rest = text.partition("\n")
    first = next((piece for piece in pieces if piece[0].strip()), ("", "", ""))
    is_bold = first[1] == "bold" and first[0].strip().startswith(line.strip())
    stands_apart = rest.startswith("\n") and not line.rstrip().endswith((".", ",", ";", ":", "。"))
    title = one_line(line)
    if rest.strip() and (is_bold or stands_apart) and 0 < len(title) <= _TITLE_LIMIT:
        return title, rest
    return "", text


def _published(post: Mapping[str, Any]) -> str:
    """The moment of posting; the clock time alone is that of whoever made the export."""
    stamp = str(post.get("date_unixtime", ""))
    if stamp.isdecimal() and len(stamp) < 11:
        return datetime.fromtimestamp(int(stamp), UTC).isoformat()
    return iso_date(post.get("date"))


def _link(post: Mapping[str, Any], chat: Mapping[str, Any]) -> str:
    """The address of a post: by the channel's public name, or for members of a private one."""
    number = post.get("id")
    name = str(chat.get("username") or "").lstrip("@")
    if not isinstance(number, int):
        return ""
    if re.fullmatch(r"[A-Za-z]\w{3,31}", name):
        return f"https://t.me/{name}/{number}"
    if chat.get("type") == "private_channel" and isinstance(chat.get("id"), int):
        return f"https://t.me/c/{chat['id']}/{number}"
    return ""
