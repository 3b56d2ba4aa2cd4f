"""E-mail and newsletters (.eml): the message, without what only a mailbox needs."""

import re
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from index.article import Article, Credit
from index.errors import Unreadable
from index.paragraphs import Block, Kind, blocks_of_text
from index.readers.composition import compose, letters
from index.readers.credits import language_of, one_line, web_address
from index.readers.dates import iso_date
from index.readers.decoding import clean, decode
from index.readers.fragments import blocks_of_fragment

SUFFIXES = frozenset((".eml",))

_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):(?:[ \t]|$)")
_MAIL_ONLY = frozenset(
    ("message-id", "mime-version", "received", "return-path", "delivered-to", "x-mailer")
)
_PARTS = 200  # of a message; more are a bomb
_URL = re.compile(r"<?https?://\S+>?")
_HIDDEN = re.compile(  # the line that a mailbox shows beside the subject
    r"(?is)<(div|span|p)\b[^>]{0,2000}display\s*:\s*none[^>]{0,2000}>.{0,3000}?</\1>"
)
_REPLY = re.compile(r"(?i)^\s*(?:(?:re|fwd?|aw|wg|tr|rv|antw)\s*(?:\[\d+\])?:\s*)+")
_FOOTER = re.compile(
    r"""(?:\[?\W{0,3}(?:
      (?:click\ here\ to\ )?(?:un|re)?subscribe\b.{0,120}
    | (?:view|read|open)\ (?:this\ |it\ )?(?:e-?mail\ |message\ |newsletter\ )?
      (?:in|on)\ (?:your|a|the)?\ ?(?:web\ )?(?:browser|web)\b.{0,60}
    | .{0,60}(?:no\ longer\ (?:wish|want)|having\ trouble|you(?:['’]re|\ are)\ receiving\ this
      |was\ sent\ to\ you|(?:e-?mail|message)\ was\ sent\ to|you\ (?:received|signed\ up)
      |received\ this\ (?:e-?mail|message)\ because)\b.{0,300}
    | (?:update|manage|change)\ (?:your\ )?(?:e-?mail\ |subscription\ )?(?:preferences|settings
      |subscriptions?)\b.{0,120}
    | forward\ (?:this\ )?(?:e-?mail|message|newsletter)?\ ?to\ a\ friend.{0,60}
    | (?:copyright|©|\(c\)).{0,160} | all\ rights\ reserved\.? | privacy\ policy.{0,100}
    | sponsored(?:\ by.{0,60})? | advertisement
    )\W{0,3}\]?)""",
    re.IGNORECASE | re.VERBOSE,
)


def articles(data: bytes) -> tuple[Article, ...]:
    """The one message of a file: its subject is the title, its sender the publisher."""
    message = message_from_bytes(data.lstrip())
    if "multipart/encrypted" in message.get_content_type() or _is_pkcs7(message):
        raise Unreadable("an encrypted message; save a copy that is not")
    plain, markup = _bodies(message)
    name, address = parseaddr(_said(message, "From"))
    credit = Credit(
        title=_REPLY.sub("", one_line(_said(message, "Subject"))),
        publisher=one_line(name.strip("\"' ")) or one_line(address.rpartition("@")[2]),
        published=iso_date(re.sub(r"\([^)]*\)", "", _said(message, "Date"))),
        url=web_address(_said(message, "Archived-At").strip("<> ")),
    )
    blocks = [block for block in _best(plain, markup) if not _is_footer(block)]
    language = language_of(_said(message, "Content-Language").split(",")[0].strip())
    return (compose(blocks, credit, language=language),)


def looks_right(head: str) -> bool:
    """Whether a file begins with the header lines of a message, one of them only mail's own."""
    names: set[str] = set()
    for line in head.split("\n")[:60]:
        match = _HEADER.match(line)
        if match is None and not (names and line[:1] in (" ", "\t")):
            break
        if match is not None:
            names.add(match[1].lower())
    return bool(names & _MAIL_ONLY) and bool(names & {"from", "subject", "date"})


def _is_pkcs7(message: Message) -> bool:
    kind = message.get_content_type()
    return kind.endswith("pkcs7-mime") and message.get_param("smime-type") != "signed-data"


def _said(message: Message, name: str) -> str:
    """What a header says, decoded; as it stands where its encoding is broken."""
    raw = message.get(name)
    if raw is None:
        return ""
    text = str(raw)[:2000]
    with suppress(HeaderParseError, LookupError, UnicodeError, ValueError):
        text = str(make_header(decode_header(text)))
    return " ".join(clean(text).split())


def _bodies(message: Message) -> tuple[str, str]:
    """The text and the HTML of a message; either may be missing, attachments are not read."""
    plain: list[str] = []
    markup: list[str] = []
    for number, part in enumerate(message.walk()):
        if number > _PARTS:
            raise Unreadable(f"a message of more than {_PARTS} parts")
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html"):
            (plain if kind == "text/plain" else markup).append(_decoded(part))
    return "\n\n".join(plain), "\n".join(markup)


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        return ""
    return _flowed(part, decode(payload, charset=part.get_content_charset() or ""))


def _flowed(part: Message, text: str) -> str:
    """The text, its lines joined where RFC 3676 says that only their width parted them."""
    if str(part.get_param("format") or "").lower() != "flowed":
        return text
    text = re.sub(r"(?m)^ ", "", text)
    gap = "" if str(part.get_param("delsp") or "").lower() == "yes" else " "
    return re.sub(r"(?<!^--) \n(?!\n)", lambda _: gap, text, flags=re.MULTILINE)


def _best(plain: str, markup: str) -> list[Block]:
    """The text, unless it is only a poor cousin of the HTML: much shorter, or full of links."""
    shown = blocks_of_fragment(_HIDDEN.sub("", markup)) if markup.strip() else []
    written = list(_of_text(plain))
    if not shown:
        return written
    said = sum(len(letters(block.text)) for block in written)
    links = sum(len(url) for url in _URL.findall(plain))
    if said * 5 < sum(len(letters(block.text)) for block in shown) * 4 or links * 5 > len(plain):
        return shown
    return written


def _of_text(plain: str) -> Iterator[Block]:
    """The blocks of the text without its signature and without what it replies to."""
    text = re.split(r"(?m)^-- $", plain, maxsplit=1)[0]
    kept = [line for line in text.split("\n") if not line.startswith(">")]
    for block in blocks_of_text("\n".join(kept)):
        body = re.sub(r"[ \t]*<https?://[^>\s]{1,2000}>", "", block.text)
        if re.search(r"\w", _URL.sub("", body)):
            yield Block(body, block.kind)


def _is_footer(block: Block) -> bool:
    """Whether a block is what a newsletter says about itself and not what it tells."""
    if block.kind is Kind.HEADING:
        return False
    lines = [line.removeprefix("• ").strip() for line in block.text.split("\n")]
    return all(_FOOTER.fullmatch(line) or not re.search(r"\w", line) for line in lines)
