"""Every article of a collection as a line of JSON, and back under the same keys and ids."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

from index.answer import Event, Happened
from index.article import Article, Credit, Span
from index.carriers import Carriers
from index.errors import Unreadable
from index.plan import Plan, settle
from index.prepare import article_digest, prepare
from index.store import Carrier, KeptFile, Snapshot, Store

_CREDIT = tuple(field.name for field in fields(Credit))


@dataclass(frozen=True, slots=True)
class Exported:
    """An article with what it is known by: its key, and where it was first read from.

    `carriers` are the places where it stands besides, `events` what has happened to it.
    """

    key: str
    origin: str
    entry: str
    article: Article
    carriers: tuple[Carrier, ...] = ()
    events: tuple[Event, ...] = ()


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
            "carriers": [_told(each) for each in view.carriers_of(key)],
            "events": [astuple(event) for event in view.events(key)],
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


def plan_return(articles: Sequence[Exported], store: Store) -> Plan:
    """Take each article in under its own key; one of another key in its place goes.

    What the collection has besides stays. Of two of one place in the file the later one counts.
    """
    plan = Plan(carriers=Carriers(store.carriers()))
    by_place = {(each.origin, each.entry): each for each in articles}
    by_key = {each.key: each for each in by_place.values()}
    for each in by_key.values():
        _take_in(each, plan, store)
    kept = {each.key for each in plan.kept}
    plan.histories += [
        (each.key, each.events) for each in by_key.values() if each.events and each.key in kept
    ]
    carriers = _carry(by_key.values(), plan, store)
    origins = {each.origin for each in by_key.values()} | {each.origin for each in carriers}
    plan.read = len(origins)
    # Without a stamp, so that a file that is there is looked at, and one that is gone is dropped.
    plan.files += [KeptFile(origin, "", "") for origin in sorted(origins - set(store.files()))]
    plan.removed[:] = [key for key in plan.removed if key not in kept]
    settle(plan, store)
    return plan


def _carry(articles: Iterable[Exported], plan: Plan, store: Store) -> list[Carrier]:
    """Plan the further places of the articles; where another article stands, that one stays."""
    given = list(articles)
    taken = {(each.origin, each.entry) for each in given}
    plan.carriers.drop(taken)
    carriers = [
        carrier
        for each in given
        for carrier in each.carriers
        if carrier.place not in taken
        and carrier.entry not in store.article_digests(carrier.origin)
    ]
    for carrier in carriers:
        plan.carriers.restore(carrier)
    plan.copies = len(carriers)
    return carriers


def _take_in(each: Exported, plan: Plan, store: Store) -> None:
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
    carriers = tuple(_carrier(each, key, article) for each in row.get("carriers", ()))
    events = tuple(_event(each) for each in row.get("events", ()))
    return Exported(key, origin, article.entry, article, carriers, events)


def _told(carrier: Carrier) -> dict[str, str]:
    """A further place as it is exported; the digest follows from the rest."""
    place = {"origin": carrier.origin, "entry": carrier.entry}
    return {**place, **asdict(carrier.credit), "language": carrier.language}


def _carrier(row: Mapping[str, Any], key: str, article: Article) -> Carrier:
    credit = Credit(**{name: _string(row, name) for name in _CREDIT})
    entry, language = _string(row, "entry"), _string(row, "language")
    there = replace(article, credit=credit, language=language, entry=entry)
    origin = _string(row, "origin")
    if not origin:
        raise ValueError("a further place without an origin")
    return Carrier(origin, entry, key, article_digest(there), credit, language)


def _event(told: Any) -> Event:
    what, at, title = told
    return Event(Happened(what), _string({"at": at}, "at"), _string({"title": title}, "title"))


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
