"""The end of a republished article: where it came from, and buttons; both are never quoted."""

import re
from dataclasses import replace

from index.article import Credit

_WINDOW = 600  # characters: a credit is short, and looking further back would only cost time

_URL = r"https?://[^\s<>\"”»]+"
_CREDIT = re.compile(
    rf"""
    (?P<lead>^|(?<=[.!?…"'”’»)\]])[ \t]+)[ \t]*
    (?P<word>from|source:?)[ \t]+(?P<source>[^\n]+?)\s+<?(?P<url>{_URL})>?
    (?:\s+via\s+(?P<via>[^\n]+?)(?:\s+(?:no|\d+)\ comments?:?)?)?\Z
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_FROM_LINE = re.compile(r"(?im)^[ \t]*(?:from|source:)[ \t]+(?P<source>[^\n]+)\Z")
_VIA_LINE = re.compile(rf"(?im)^[ \t]*via[ \t]+(?P<via>[^\n]+?)(?:[ \t]+{_URL})?\Z")
_DASH = re.compile(r"\s+[–—|-]\s+")
_SENTENCE_INSIDE = re.compile(r"[.!?]\s+\S")

_FURNITURE = re.compile(
    r"""\s*(?:
      (?:no|one|\d{1,6}|leave\ an?|post\ an?|add\ an?|view|show|hide)
        \ (?:comments?|repl(?:y|ies))(?:\ yet)?[:.]?
    | comments?\s*(?:\(\d{1,6}\))?:? | comments\ are\ (?:closed|off)\.?
    | share(?:\ (?:this|it|on|to|via|with)\b[^.!?\n]{0,60})?:? | re?tweet(?:\ this)? | tweet
    | like\ this:? | (?:like\ )?loading(?:\.{3}|…)? | pin\ it | advertisement
    | (?:(?:facebook|twitter|whatsapp|linkedin|reddit|pinterest|telegram|tumblr|e-?mail|print|more)
        [\s,|·•]*){1,12}
    | click\ to\ (?:share|e-?mail|print|tweet)\b[^\n]{0,100}
    | (?:read|see|learn)\ more(?:\ (?:at|on|here|from|about)\b[^.!?\n]{0,80})?
        (?:\s*(?::(?!//)|[>»→…])\s*[^\n]{0,200}|\.{3}|\.)?
    | (?:continue\ reading|read\ the\ (?:full|whole|original)\ (?:story|article|post|text))
        \b[^.!?\n]{0,100}\.?
    | the\ post\ [^\n]{1,300}\ (?:first\ appeared|appeared\ first)\ on\ [^\n]{1,120}
    | posted\ (?:by|on|at)\b[^.!?\n]{0,60}?(?:\d[^\n]{0,30})?
    | (?:labels?|tags?):[^\n]{0,200}
    | (?:filed\ under|categor(?:y|ies)|posted\ in):?\ [^.!?\n]{1,120}
    | (?:subscribe\ to|sign\ up\ for|follow\ us\ on)\b[^.!?\n]{1,80}[.!]?
    | (?:e-?mail\ this|blogthis!?)[^\n]{0,120}
    | (?:newer|older)\ posts?(?:[\s|·]*(?:home|older\ posts?))* | sent\ from\ my\ \w{1,20}
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)


def split_trailer(text: str) -> tuple[str, Credit]:
    """The text without the trailer at its end, and the credit that the trailer gives.

    What is left is the beginning of `text` unchanged but for white space at its end. Known are
    "from SOURCE http://..." and "via NAME", on one line or several, comment counts and share
    buttons. A sentence that only begins with "from" or "via" stays.
    """
    credit = Credit()
    end = _end(text, len(text))
    while end:
        line = _line_start(text, end)
        if _FURNITURE.fullmatch(text, line, end):
            end = _end(text, line)
        elif found := _credit_before(text, line, end, credit):
            start, credit = found
            end = _end(text, start)
        else:
            break
    return text[:end], credit


def is_furniture(line: str) -> bool:
    """Whether a line is a share button, a comment count or the like, and no part of an article."""
    return bool(_FURNITURE.fullmatch(line))


def _end(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _line_start(text: str, end: int) -> int:
    return text.rfind("\n", max(0, end - _WINDOW), end) + 1 or max(0, end - _WINDOW)


def _credit_before(text: str, line: int, end: int, known: Credit) -> tuple[int, Credit] | None:
    """Where the credit that stands just before `end` begins, and what is known with it."""
    if known.publisher:
        return None
    return (
        _full_credit(text, end, known)
        or _via_line(text, line, end, known)
        or _from_line(text, line, end, known)
    )


def _full_credit(text: str, end: int, known: Credit) -> tuple[int, Credit] | None:
    match = _last_match(_CREDIT, text, end)
    if match is None or not _is_name(match["source"]):
        return None
    if match["lead"] and match["word"] != "from":  # within a line, only as the machine writes it
        return None
    via = (match["via"] or "").strip()
    if via and not _is_name(via):
        return None
    return match.start(), replace(
        known,
        publisher=_publisher(match["source"]),
        via=known.via or via,
        url=match["url"].rstrip(".,;)"),
    )


def _last_match(pattern: re.Pattern[str], text: str, end: int) -> re.Match[str] | None:
    """The shortest match that reaches `end`, tried line by line from the last, four at most."""
    start, floor = end, max(0, end - _WINDOW)
    for _ in range(4):
        if start <= floor:
            return None
        start = _line_start(text, _end(text, start))
        if match := pattern.search(text, start, end):
            return match
    return None


def _via_line(text: str, line: int, end: int, known: Credit) -> tuple[int, Credit] | None:
    match = _VIA_LINE.match(text, line, end)
    if match is None or known.via or not _is_plain_name(match["via"]):
        return None
    return line, replace(known, via=match["via"].strip())


def _from_line(text: str, line: int, end: int, known: Credit) -> tuple[int, Credit] | None:
    """A source without a link: believed when "via" follows it or it says "Source:"."""
    match = _FROM_LINE.match(text, line, end)
    if match is None or not _is_plain_name(match["source"]):
        return None
    if not known.via and not match[0].lstrip().lower().startswith("source:"):
        return None
    return line, replace(known, publisher=_publisher(match["source"]))


def _is_name(text: str) -> bool:
    """Whether this reads like a name: short, one sentence, mostly in capitals."""
    words = text.split()
    if len(text) > 120 or len(words) > 16 or _SENTENCE_INSIDE.search(text):
        return False
    return sum(not word[0].islower() for word in words) * 2 > len(words)


def _is_plain_name(text: str) -> bool:
    """The stricter reading, for a line with nothing else to go by."""
    text = text.strip()
    if len(text) > 60 or text[-1] in ".!?:;," or "," in text:
        return False
    words = [word for word in text.split() if len(word) > 3] or text.split()
    return len(words) <= 6 and not any(word[0].islower() for word in words)


def _publisher(source: str) -> str:
    """The site's name out of "FEED – SITE" where both name the same, else the source as it is."""
    source = source.strip().strip("–—|-").strip()
    feed, *site = _DASH.split(source, maxsplit=1)
    if site and (feed.casefold() in site[0].casefold() or site[0].casefold() in feed.casefold()):
        return site[0]
    return source
