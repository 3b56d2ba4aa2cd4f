"""List, add, check and remove the feeds, pages and folders of sources.toml."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from index import IndexFault, IndexSettings
from index.article import Article
from index.fetching.discovery import Offer, discover, newest
from index.fetching.editing import add_table, comment_out
from index.fetching.listing import Listing
from index.fetching.shelf import Shelf, due_at
from index.fetching.source import Kind, Source, default_name, source_of_table
from index.readers import wants
from scripts.terminal.gathering import (
    OpenFetcher,
    bring_in,
    gathered_line,
    listing_file,
    listing_of,
    open_fetcher,
)
from scripts.terminal.opening import NoSuchPath, guarded, settings_here

SOME_FAILED = 1
NOTHING_LISTED = "Nothing is listed yet; scripts/run sources add https://... finds a site's feed."
_SHOWN = 3


def main(argv: Sequence[str] | None = None, *, opened: OpenFetcher = open_fetcher) -> int:
    """List or change the sources. Exit status 0, 1 where a source failed, 2 for wrong use."""
    asked = _parser().parse_args(argv)
    does: Callable[[argparse.Namespace, IndexSettings, OpenFetcher], int] = asked.does
    return guarded(lambda: does(asked, settings_here(), opened))


# The four things to be done.


def _list(asked: argparse.Namespace, settings: IndexSettings, _: OpenFetcher) -> int:
    listing = listing_of(settings)
    rows = [("name", "kind", "files", "last check (UTC)", "trouble")]
    rows += [_row(source, listing, settings.folder) for source in _tagged(asked.tag, listing)]
    paths = () if asked.tag else listing.paths
    rows += [
        (str(path), "path", str(_count(path, listing)), "", "" if path.exists() else "not there")
        for path in paths
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for *cells, last in rows:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        print("  ".join((*padded, last)).rstrip())
    if not listing.sources:
        print(f"\n{NOTHING_LISTED}")
    return 0


def _add(asked: argparse.Namespace, settings: IndexSettings, opened: OpenFetcher) -> int:
    listing = listing_of(settings)
    offer = None
    if "://" in asked.where:
        with closing(opened(settings.private)) as fetcher:
            offer = discover(asked.where, fetcher, page_itself=asked.page)
        kind, where, shown = offer.kind, offer.where, list(_offered(offer, follow=asked.follow))
    else:
        kind, where = _place(asked.where)
        shown = [f"{where}: {_many(_count(Path(where), Listing()), 'file')} to be read"]
    _refuse_listed(where, listing)
    name = asked.name or _unused_name(default_name(kind, where), listing)
    told: dict[str, str | bool] = {"name": name, kind.value: where}
    told |= {"follow": True} if asked.follow and kind is Kind.FEED else {}
    file = listing_file(settings)
    _refuse_taken(source_of_table(dict(told), file).name, listing)
    if asked.json:
        print(json.dumps({"name": name, "kind": kind, "where": where, **_facts(offer)}))
    else:
        print("\n".join(map(_harmless, shown)))
    if not asked.yes and (asked.json or not _agreed(f'Add it to {file} as "{name}"? [y/N] ')):
        print("nothing was added", file=sys.stderr if asked.json else sys.stdout)
        return 0
    add_table(file, told)
    if not asked.json:
        print(f"{name} is in {file}; scripts/run reindex reads it")
    return 0


def _remove(asked: argparse.Namespace, settings: IndexSettings, _: OpenFetcher) -> int:
    source = _named(asked.name, listing_of(settings))
    comment_out(source)
    read_from = Shelf(source, settings.folder).folder if source.kind.is_fetched else source.where
    print(
        f"{source.name} is commented out in {source.listed}. What was read from it is still there;"
        f" this drops it: scripts/run reindex --remove {read_from}"
    )
    return 0


def _check(asked: argparse.Namespace, settings: IndexSettings, opened: OpenFetcher) -> int:
    listing = listing_of(settings)
    chosen = [_named(asked.name, listing)] if asked.name else _tagged(asked.tag, listing)
    if not chosen:
        print(NOTHING_LISTED)
    failed = False
    for source in chosen:
        if not source.kind.is_fetched:
            there = Path(source.where).exists()
            files = _many(_count(Path(source.where), listing), "file") if there else "is not there"
            print(f"{source.name}: {files}")
            failed |= not there
    for report in bring_in(chosen, settings, all_of_them=True, opened=opened):
        print(_harmless(gathered_line(report)))
        failed |= bool(report.failed)
    return SOME_FAILED if failed else 0


# What is said of them.


def _row(source: Source, listing: Listing, folder: Path) -> tuple[str, str, str, str, str]:
    if not source.kind.is_fetched:
        path = Path(source.where)
        trouble = "" if path.exists() else f"{path} is not there"
        return source.name, source.kind, str(_count(path, listing)), "", trouble
    shelf = Shelf(source, folder)
    state = shelf.state
    trouble = f"{state.error} (next try {_minute(due_at(source, state))})" if state.error else ""
    checked = state.checked.replace("T", " ")[:16]
    return source.name, source.kind, str(len(shelf.files())), checked or "never", trouble


def _minute(moment: datetime) -> str:
    return moment.isoformat(" ")[:16]


def _count(path: Path, listing: Listing) -> int:
    """How many files of a folder are to be read."""
    if path.is_file():
        return 1
    count = 0
    for here, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found = (Path(here, name) for name in files)
        count += sum(1 for each in found if wants(each) and listing.wants(each))
    return count


def _offered(offer: Offer, *, follow: bool) -> Iterator[str]:
    """A preview: what it is, its newest articles or its beginning, and how much there is."""
    if offer.article is not None:
        yield from _article_lines(offer.where, offer.article)
        return
    if offer.feed is None:
        return
    entries = offer.feed.entries
    yield f"feed   {offer.where}"
    yield f"title  {offer.feed.title or '(none)'}"
    for title in newest(offer.feed, _SHOWN):
        yield f"       {title}"
    bare = sum(1 for entry in entries if not (entry.content_html or entry.summary_html))
    yield _many(len(entries), "article") + (f", {bare:,} of them without a text" if bare else "")
    if not follow and entries and not any(entry.content_html for entry in entries):
        yield "It gives no more than summaries, it seems; with --follow their pages are read too."
    for other in offer.others:
        yield f"The page also names {other}"


def _facts(offer: Offer | None) -> dict[str, object]:
    """The preview for a program: a title, how many articles, the newest, the first paragraph."""
    if offer is None:
        return {}
    if offer.article is not None:
        title, lines = offer.article.credit.title, [_beginning(offer.article)]
        return {"title": _harmless(title), "articles": 1, "shown": [*map(_harmless, lines)]}
    if offer.feed is None:
        return {}
    entries = offer.feed.entries
    return {
        "title": _harmless(offer.feed.title),
        "articles": len(entries),
        "shown": [_harmless(title) for title in newest(offer.feed, _SHOWN)],
        "summaries": bool(entries) and not any(entry.content_html for entry in entries),
    }


def _article_lines(where: str, article: Article) -> Iterator[str]:
    yield f"page   {where}"
    yield f"title  {article.credit.title or '(none)'}"
    yield f"       {_beginning(article)}"
    yield "1 article; no feed was found"


def _beginning(article: Article) -> str:
    first = article.spans[0]
    return article.text[first.start : first.end][:300]


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _harmless(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


# What was meant.


def _place(where: str) -> tuple[Kind, str]:
    path = Path(where).expanduser().absolute()
    if not path.exists():
        raise NoSuchPath(f"{path} does not exist; an address begins with https:// or http://")
    return (Kind.FOLDER if path.is_dir() else Kind.FILE), str(path)


def _refuse_listed(where: str, listing: Listing) -> None:
    for source in listing.sources:
        if source.where == where:
            raise NoSuchSource(f"{where} is listed already, as {source.name}")


def _refuse_taken(name: str, listing: Listing) -> None:
    if any(source.name.casefold() == name.casefold() for source in listing.sources):
        raise NoSuchSource(f'a source is called "{name}" already; give --name another')


def _unused_name(name: str, listing: Listing) -> str:
    taken = {source.name.casefold() for source in listing.sources}
    names = (name, *(f"{name[:55]}-{number}" for number in range(2, 1000)))
    return next(one for one in names if one.casefold() not in taken)


def _tagged(tag: str, listing: Listing) -> list[Source]:
    """The sources with a tag; all of them where none is asked for."""
    if not tag:
        return list(listing.sources)
    found = [
        source
        for source in listing.sources
        if tag.casefold() in {each.casefold() for each in source.tags}
    ]
    if not found:
        known = ", ".join(sorted({each for source in listing.sources for each in source.tags}))
        raise NoSuchSource(f"no source is tagged {tag}; there are: {known or 'no tags'}")
    return found


def _named(name: str, listing: Listing) -> Source:
    for source in listing.sources:
        if source.name.casefold() == name.casefold():
            return source
    known = ", ".join(source.name for source in listing.sources) or "none"
    raise NoSuchSource(f"there is no source called {name}; there are: {known}")


class NoSuchSource(IndexFault):
    """A source that was named is not there, or is there already."""


def _agreed(question: str) -> bool:
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:
        print()
        return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run sources",
        description="The feeds, pages, folders and files that scripts/run reindex reads when it is"
        " given none. Without a word: the list of them.",
    )
    parser.add_argument("--tag", default="", metavar="TAG", help="only those with this tag")
    parser.set_defaults(does=_list)
    words = parser.add_subparsers(metavar="WORD")
    add = words.add_parser("add", help="find the feed of a page, show what it has, and list it")
    add.add_argument("where", metavar="URL|PATH", help="a page, a feed, a folder or a file")
    add.add_argument("--name", default="", help="what to call it (default: its host or folder)")
    add.add_argument("--page", action="store_true", help="take the page itself, not its feed")
    add.add_argument("--follow", action="store_true", help="read the pages of the feed's entries")
    add.add_argument("--yes", action="store_true", help="do not ask")
    add.add_argument(
        "--json", action="store_true", help="show it as JSON, and add it only with --yes"
    )
    add.set_defaults(does=_add)
    check = words.add_parser("check", help="fetch now, due or not, and say what was there")
    which = check.add_mutually_exclusive_group()
    which.add_argument("name", nargs="?", default="", metavar="NAME")
    which.add_argument(
        "--tag", default=argparse.SUPPRESS, metavar="TAG", help="all those with this tag"
    )
    check.set_defaults(does=_check)
    remove = words.add_parser("remove", help="comment a source out")
    remove.add_argument("name", metavar="NAME")
    remove.set_defaults(does=_remove)
    return parser


if __name__ == "__main__":
    sys.exit(main())
