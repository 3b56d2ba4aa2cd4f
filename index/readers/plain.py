"""Plain text: a title line or a few "Key: value" lines if there are any, then paragraphs."""

import re
from dataclasses import replace

from index.article import Article
from index.paragraphs import blocks_of_text
from index.readers.composition import compose
from index.readers.credits import KNOWN_KEYS, completed, credit_of, language_of
from index.readers.decoding import decode
from index.trailer import split_trailer

SUFFIXES = frozenset((".txt", ".text"))

_TITLE_LIMIT = 120
_HEADER = re.compile(r"([A-Za-z][A-Za-z _]{0,20}):[ \t]+(\S.*)")


def articles(data: bytes) -> tuple[Article, ...]:
    """The one article of a text file."""
    told, text = _split_header(decode(data).strip())
    credit = credit_of(told)
    if not credit.title:
        title, text = _split_title(text)
        credit = replace(credit, title=title)
    text, trailing = split_trailer(text)  # its lines must not be taken for wrapped ones
    credit = completed(credit, trailing)
    language = language_of(told.get("language") or told.get("lang"))
    return (compose(blocks_of_text(text), credit, language=language),)


def _split_header(text: str) -> tuple[dict[str, str], str]:
    """The "Key: value" lines at the top and the text below them; no lines unless all are known."""
    head, empty_line, body = text.partition("\n\n")
    told: dict[str, str] = {}
    for line in head.split("\n")[:20]:
        match = _HEADER.fullmatch(line.strip())
        key = match[1].lower() if match else ""
        if match is None or key not in KNOWN_KEYS | {"language", "lang"}:
            return {}, text
        told[key] = match[2]
    return (told, body) if empty_line else ({}, text)


def _split_title(text: str) -> tuple[str, str]:
    """A first line that is a title: short, no sentence, an empty line and more text below it."""
    line, empty_line, body = text.partition("\n\n")
    title = line.strip()
    if not empty_line or "\n" in title or not 0 < len(title) <= _TITLE_LIMIT:
        return "", text
    if title[-1] in ".,;:。،۔" or len(body.strip()) <= len(title):
        return "", text
    return title, body
