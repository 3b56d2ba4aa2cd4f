"""Every article of a collection as a line of JSON, and back under the same keys and ids."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Any

from index.article import Article, Credit, Span
from index.errors import Unreadable
from index.plan import Plan
from index.prepare import article_digest, prepare
from index.store import KeptFile, Snapshot, SqliteStore

_CREDIT = tuple(field.name for field in fields(Credit))


@dataclass(frozen=True, slots=True)
class Exported:
    """An article with what it is known by: its key, and where it was first read from."""

    key: str
    origin: str
    entry: str
    article: Article


def exported_lines(view: Snapshot) -> Iterator[str]:
    """Every article of a view as one line of JSON each, by key."""
    for key, origin, entry, article in view.articles():
        row = {
            "key": key,
            "origin": origin,
            "entry": entry,
            **asdict(article.credit),
            "language": article.language,
            "text": article.text,
            "spans": [astuple(span) for span in article.spans],
        }
        yield json.dumps(row, ensure_ascii=False)


def read_export(path: Path) -> list[Exported]:
    """The articles of an exported file. Raises Unreadable, naming the line that is no article."""
    found = []
    try:
        # Only "\n" ends a line here: JSON leaves other ends of lines as they are in a text.
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    found.append(_exported(path, number, line))
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not UTF-8 text, so it is no export") from error
    if not found:
        raise Unreadable(f"{path} holds no articles")
    return found


def plan_return(articles: Sequence[Exported], store: SqliteStore) -> Plan:
    """Take each article in under its own key; one of another key in its place goes.

    What the collection has besides stays. Of two of one place in the file the later one counts.
    """
    plan = Plan()
    by_place = {(each.origin, each.entry): each for each in articles}
    by_key = {each.key: each for each in by_place.values()}
    for each in by_key.values():
        _take_in(each, plan, store)
    origins = {each.origin for each in by_key.values()}
    plan.read = len(origins)
    # Without a stamp, so that a file that is there is looked at, and one that is gone is dropped.
    plan.files += [KeptFile(origin, "", "") for origin in sorted(origins - set(store.files()))]
    kept = {each.key for each in plan.kept}
    plan.removed[:] = [key for key in plan.removed if key not in kept]
    return plan


def _take_in(each: Exported, plan: Plan, store: SqliteStore) -> None:
    same = store.articles_with(article_digest(each.article))
    if (each.key, each.origin, each.entry) in same:
        plan.unchanged += 1
        return
    there, _ = store.article_digests(each.origin).get(each.entry, ("", ""))
    if there and there != each.key:
        plan.removed.append(there)
    known = bool(there) or store.has_article(each.key)
    plan.changed += known
    plan.new += not known
    plan.kept.append(prepare(each.article, each.origin, each.entry, key=each.key))


def _exported(path: Path, number: int, line: str) -> Exported:
    try:
        return _article(json.loads(line))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unreadable(
            f"line {number:,} of {path} is no exported article ({type(error).__name__}: {error});"
            " scripts/run reindex reads articles in other forms"
        ) from error


def _article(row: Mapping[str, Any]) -> Exported:
    text = _string(row, "text")
    spans = tuple(_span(told, len(text)) for told in row["spans"])
    ends = [0, *(span.end for span in spans)]
    if any(span.start < end for span, end in zip(spans, ends, strict=False)):
        raise ValueError("paragraphs overlap")
    credit = Credit(**{name: _string(row, name) for name in _CREDIT})
    article = Article(text, spans, credit, _string(row, "entry"), _string(row, "language"))
    key, origin = _string(row, "key"), _string(row, "origin")
    if not key or not origin:
        raise ValueError("without a key or an origin")
    return Exported(key, origin, article.entry, article)


def _string(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    value.encode()  # a lone surrogate could not be stored
    if "\0" in value:
        raise ValueError(f"{name} holds a NUL")
    return value


def _span(told: Any, length: int) -> Span:
    start, end, heading = told
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= length:
        raise ValueError("a paragraph outside of the text")
    return Span(start, end, _string({"heading": heading}, "heading"))
