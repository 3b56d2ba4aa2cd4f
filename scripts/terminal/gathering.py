"""Bring in what sources.toml lists, for a person: the listing, a fetcher, and what was seen."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from index import ROOT, IndexSettings
from index.fetching.fetcher import Fetcher, Policy
from index.fetching.gather import Gathered, gather
from index.fetching.listing import FETCHED, FILE_NAME, Listing, read_listing
from index.fetching.source import Source
from index.plan import Choice, Failure
from index.reindex import Options, Outcome
from index.retiring import Rule
from scripts.terminal.opening import refuse_missing
from scripts.terminal.reindexing import Shown, carry_out, on_stderr

OpenFetcher = Callable[[bool], Fetcher]
"""Makes a fetcher that may ask private addresses, or not."""


def open_fetcher(private: bool) -> Fetcher:  # noqa: FBT001 - the one thing to know
    """A fetcher for the real web."""
    return Fetcher(Policy(private=private))


def listing_of(settings: IndexSettings) -> Listing:
    """What the settings and sources.toml list. Raises UnknownSetting."""
    return read_listing(settings.sources, ROOT / FILE_NAME)


def listing_file(settings: IndexSettings) -> Path:
    """The file that new sources are added to."""
    named = [path for path in settings.sources if path.suffix.lower() == ".toml"]
    return named[0] if named else ROOT / FILE_NAME


def still_listed(paths: Sequence[Path], settings: IndexSettings) -> Iterator[str]:
    """A line for each path that is there and that a reindex without paths would read again."""
    roots = listing_of(settings).roots(settings.folder)
    for path in paths:
        if path.exists() and any(path == root or root in path.parents for root in roots):
            yield (
                f"{path} is still listed, and the next scripts/run reindex reads it again; to keep"
                " it out, name what shall be read in INDEX_SOURCES (sources.toml, say)"
            )


def bring_in(
    sources: Sequence[Source],
    settings: IndexSettings,
    *,
    all_of_them: bool = False,
    opened: OpenFetcher = open_fetcher,
    shown: Shown = on_stderr,
) -> tuple[Gathered, ...]:
    """Visit the sources that are due, or all of them."""
    if not any(source.kind.is_fetched for source in sources):
        return ()
    with closing(opened(settings.private)) as fetcher, shown() as progress:
        return gather(
            sources, settings.folder, fetcher, progress=progress, all_of_them=all_of_them
        )


def gathered_line(report: Gathered) -> str:
    """What a visit brought, in one line."""
    if report.failed:
        return f"{report.name}: {report.failed}; what was read from it is kept"
    counts = [
        f"{report.seen:,} seen",
        f"{report.new:,} new",
        f"{report.changed:,} changed" if report.changed else "",
        f"{report.empty:,} without a text" if report.empty else "",
        f"{report.retired:,} retired" if report.retired else "",
    ]
    return f"{report.name}: {', '.join(filter(None, counts))}"


def bring_up_to_date(
    listing: Listing,
    settings: IndexSettings,
    *,
    options: Options,
    opened: OpenFetcher = open_fetcher,
    shown: Shown = on_stderr,
) -> Outcome:
    """Fetch what is due and bring the collection up to date with all that is listed.

    A dry run fetches nothing. Sources that failed are among what failed, by their names. Raises
    NoSuchPath and what reindex raises.
    """
    refuse_missing(listing.paths)
    reports: tuple[Gathered, ...] = ()
    if not options.dry_run:
        reports = bring_in(listing.sources, settings, opened=opened, shown=shown)
    for report in reports:
        print(gathered_line(report), file=sys.stderr, flush=True)
    fetched = settings.folder / FETCHED
    roots = [
        path
        for path in listing.roots(settings.folder)
        if not path.is_relative_to(fetched) or path.is_dir()
    ]
    options = replace(options, choice=choice_of(listing))
    outcome = carry_out(roots, settings, options=options, shown=shown)
    failed = [Failure(report.name, report.failed) for report in reports if report.failed]
    return replace(outcome, failed=(*failed, *outcome.failed))


def choice_of(listing: Listing) -> Choice:
    """Which files of the listed folders are read, and what is told of them."""

    def told(path: Path) -> tuple[str, str]:
        source = listing.source_of(path)
        return (source.publisher, source.language) if source else ("", "")

    def rule(path: Path) -> Rule | None:
        source = listing.source_of(path)
        return source.rule if source and source.retires else None

    rules = any(source.retires and not source.kind.is_fetched for source in listing.sources)
    return Choice(wants=listing.wants, told=told, rule=rule if rules else None)
