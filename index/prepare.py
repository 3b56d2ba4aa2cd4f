"""Make a read article ready to be stored: its digest, lead, paragraph ids and analysed terms."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple

from index.article import Article, Credit
from index.names.acronyms import acronyms_in
from index.store.records import Kept, KeptParagraph, digest_of, paragraph_id, sameness_of
from index.words import ANALYSER, analyse

READING = 3
"""The version of readers and paragraphs; raise it when they give something else for a file."""

VERSION = f"{READING}.{ANALYSER}"
"""Files and articles of another version are read, cut and analysed again."""

OPENING = 300  # characters of the first paragraphs that stand for what an article is about


def article_digest(article: Article) -> str:
    """A digest of everything about an article that a reader of its quotes could see."""
    return digest_of(
        json.dumps(
            [
                VERSION,
                article.text,
                [astuple(span) for span in article.spans],
                astuple(article.credit),
                article.language,
            ]
        )
    )


def prepare(article: Article, origin: str, entry: str, *, key: str) -> Kept:
    """The article as it will be stored under its key."""
    lead = lead_of(article.credit, [article.text[s.start : s.end] for s in article.spans[:3]])
    return Kept(
        key=key,
        origin=origin,
        entry=entry,
        digest=article_digest(article),
        text=article.text,
        credit=article.credit,
        language=article.language,
        lead=lead,
        lead_terms=" ".join(analyse(lead, article.language)),
        paragraphs=tuple(_paragraphs(article, key)),
        acronyms=tuple(acronyms_in(article.text).items()),
        sameness=sameness_of(article.credit.title, article.text),
    )


def lead_of(credit: Credit, opening: Sequence[str]) -> str:
    """An article's title, day and opening: what each of its paragraphs takes as known."""
    parts = [credit.title, credit.published[:10], " ".join(opening)[:OPENING]]
    return ". ".join(part for part in parts if part)


def _paragraphs(article: Article, key: str) -> list[KeptParagraph]:
    repeats: Counter[str] = Counter()
    paragraphs = []
    for position, span in enumerate(article.spans):
        text = article.text[span.start : span.end]
        digest = digest_of(text)
        paragraphs.append(
            KeptParagraph(
                id=paragraph_id(key, digest, repeats[digest]),
                position=position,
                span=span,
                digest=digest,
                terms=" ".join(analyse(text, article.language)),
            )
        )
        repeats[digest] += 1
    return paragraphs
