"""What a source says about an article, made into a Credit that can be trusted and shown."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from urllib.parse import urlsplit

from index.article import Credit
from index.readers.dates import iso_date
from index.readers.decoding import clean

_KEYS = {  # the first key that says something is believed
    "title": ("title", "headline"),
    "publisher": ("publisher", "source", "site", "sitename", "site_name"),
    "via": ("via",),
    "author": ("author", "authors", "by", "byline"),
    "published": ("published", "date", "published_at", "pubdate"),
    "url": ("url", "link", "canonical", "canonical_url"),
}
KNOWN_KEYS = frozenset(key for keys in _KEYS.values() for key in keys)
_LONGEST = 500  # characters: anything longer is no name, title or address to be shown
_TRACKING = re.compile(
    r"(?:utm_\w*|fbclid|gclid|dclid|yclid|msclkid|igshid|mc_[ce]id|_ga|_hs(?:enc|mi)|ref_src|xtor"
    r"|at_(?:medium|campaign)\w*|wt\.mc_id|cmpid)",
    re.IGNORECASE,
)


def credit_of(told: Mapping[str, object]) -> Credit:
    """The credit in a mapping under any of the usual keys, which are in lower case."""
    found = {field: _first(told, keys) for field, keys in _KEYS.items()}
    return Credit(
        title=one_line(found["title"]),
        publisher=one_line(found["publisher"]),
        via=one_line(found["via"]),
        author=_names(found["author"]),
        published=iso_date(found["published"]),
        url=web_address(found["url"]),
    )


def completed(credit: Credit, other: Credit) -> Credit:
    """The credit, with what it leaves empty taken from the other."""
    missing = {
        field.name: getattr(other, field.name)
        for field in fields(Credit)
        if not getattr(credit, field.name)
    }
    return replace(credit, **missing)


def language_of(value: object) -> str:
    """The two-letter code in "en", "en-US" or "EN_us"; "" for anything else."""
    code = re.split(r"[-_]", value, maxsplit=1)[0].lower() if isinstance(value, str) else ""
    return code if re.fullmatch("[a-z]{2}", code) else ""


def one_line(value: object) -> str:
    """The text without line breaks; "" where it is not a text or too long to be a name."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > 4 * _LONGEST:
        return ""
    line = " ".join(clean(value).split())
    return "" if len(line) > _LONGEST or line.lower() in ("null", "none", "~") else line


def web_address(value: object) -> str:
    """The http(s) address without what only tracks the reader; "" for any other."""
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > 4 * _LONGEST or re.search(r"[\s\x00-\x1f\x7f\ud800-\udfff]", text):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    kept = [pair for pair in parts.query.split("&") if not _tracks(pair)]
    fragment = "" if _tracks(parts.fragment) else parts.fragment
    return parts._replace(query="&".join(kept), fragment=fragment).geturl()


def _tracks(pair: str) -> bool:
    name, equals, _ = pair.partition("=")
    return bool(equals and _TRACKING.fullmatch(name))


def _first(told: Mapping[str, object], keys: tuple[str, ...]) -> object:
    return next((told[key] for key in keys if told.get(key)), "")


def _names(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(one_line, value[:20])))
    return one_line(value)
