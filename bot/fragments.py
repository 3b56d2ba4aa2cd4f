"""Link to the very words that are quoted, in browsers that can go there."""

import re
from urllib.parse import urlsplit

_AT_EACH_END = 5
"""Words of a long sentence that are named at its beginning and at its end."""

_WHOLE = 12
"""A sentence of so many words is named whole."""


def at_words(url: str, sentence: str) -> str:
    """The address of a web page, at the sentence in it.

    The form is that of text fragments (WICG): `#:~:text=first words,last words`. A browser that
    does not know it, or does not find the words, opens the page as always.
    """
    words = re.sub(r"\s+", " ", sentence.encode("utf-8", "ignore").decode()).strip().split(" ")
    if words == [""] or not _takes_fragments(url):
        return url
    if len(words) <= _WHOLE:
        named = _escaped(words)
    else:
        named = f"{_escaped(words[:_AT_EACH_END])},{_escaped(words[-_AT_EACH_END:])}"
    return f"{url}{'' if '#' in url else '#'}:~:text={named}"


def at_page(url: str, page: int, sentence: str) -> str:
    """The address of a PDF, at a page of it (RFC 8118); of a web page, at the sentence."""
    parts = url.partition("#")
    if not parts[0].lower().endswith(".pdf"):
        return at_words(url, sentence)
    return url if parts[2] else f"{parts[0]}#page={page}"


def _takes_fragments(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    # Telegram's own links open in Telegram, and a page that is all script reads its own fragment.
    own = parts.netloc.lower() in {"t.me", "telegram.me"} or parts.fragment.startswith(("!", "/"))
    return parts.scheme in {"http", "https"} and not own and ":~:" not in url


def _escaped(words: list[str]) -> str:
    # A dash and a comma mean something in the fragment itself. Letters of every script may stand
    # as they are, which keeps Arabic and Russian links a sixth as long.
    return re.sub(r"[^\w.~]", lambda found: _percent(found[0]), " ".join(words))


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
