"""Bring the collection up to date with files and folders of articles."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index import IndexFault, IndexSettings
from scripts.terminal.opening import NoSuchPath, guarded, refuse_missing, settings_here

if TYPE_CHECKING:
    from index.reindex import Outcome
    from scripts.terminal.reindexing import Shown


def main(argv: Sequence[str] | None = None) -> int:
    """Reindex. Exit status 0, 1 when files failed, 2 for wrong use."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.remove and not options.paths:
        parser.error("--remove wants the PATHs whose articles are to go")
    if not all(options.paths):
        parser.error("a PATH is empty; is a variable in it not set?")
    if options.suggest_aliases and (options.paths or options.remove or options.full):
        parser.error("--suggest-aliases reads the collection as it is: give no PATH beside it")
    if options.hosted and not (options.watch or options.progress_json):
        parser.error("--hosted is only for --watch and --progress-json")
    if options.watch and _once_only(options):
        parser.error("--watch goes on until it is stopped: give only PATHs beside it")
    does = _suggest if options.suggest_aliases else partial(_run, options)
    return guarded(partial(_watch, options) if options.watch else does)


def _once_only(options: argparse.Namespace) -> bool:
    names = ("full", "dry_run", "remove", "suggest_aliases", "json", "progress_json")
    return any(getattr(options, name) for name in names)


def _watch(asked: argparse.Namespace) -> int:
    settings = settings_here()
    from index.live import options_of
    from scripts.terminal.reindexing import golden_rule
    from scripts.terminal.watching import watch

    paths = [_absolute(path) for path in asked.paths]
    options = replace(options_of(settings), golden=golden_rule(settings))
    return watch(settings, paths, options=options, hosted=asked.hosted)


def _suggest() -> int:
    from scripts.terminal.suggesting import suggested_aliases

    print("looking through the articles for names that may be one", file=sys.stderr, flush=True)
    print(suggested_aliases(settings_here()))
    return 0


def _run(asked: argparse.Namespace) -> int:
    settings = settings_here()
    from scripts.terminal.gathering import still_listed
    from scripts.terminal.reindexing import as_object, as_table, on_stderr, status_of
    from scripts.terminal.suggesting import alias_faults

    if asked.progress_json:
        return _told(asked, settings)
    outcome = _outcome(asked, settings, on_stderr)
    print(as_object(outcome) if asked.json else as_table(outcome, dry_run=asked.dry_run))
    again = still_listed([_absolute(path) for path in asked.paths], settings)
    for line in (*alias_faults(settings), *(again if asked.remove else ())):
        print(line, file=sys.stderr)
    return status_of(outcome)


def _told(asked: argparse.Namespace, settings: IndexSettings) -> int:
    """Reindex for a program, which is told how it goes on and how it ended."""
    from scripts.terminal.reindexing import status_of
    from scripts.terminal.telling import Teller, end_with_stdin

    if asked.hosted:
        end_with_stdin()
    teller = Teller(sys.stdout)
    try:
        outcome = _outcome(asked, settings, teller.shown)
    except IndexFault as fault:
        teller.fault(fault)
        raise
    teller.outcome(outcome)
    return status_of(outcome)


def _outcome(asked: argparse.Namespace, settings: IndexSettings, shown: "Shown") -> "Outcome":
    paths = [_absolute(path) for path in asked.paths]
    if not asked.remove:
        refuse_missing(paths)
    from index.live import options_of
    from scripts.terminal.gathering import bring_up_to_date, listing_of
    from scripts.terminal.reindexing import carry_out, golden_rule

    rule = golden_rule(settings, force=asked.force)
    options = replace(options_of(settings), full=asked.full, dry_run=asked.dry_run, golden=rule)
    if paths:
        outcome = carry_out(paths, settings, options=options, drop=asked.remove, shown=shown)
    else:
        outcome = bring_up_to_date(listing_of(settings), settings, options=options, shown=shown)
    if asked.remove and not outcome.removed:
        raise NoSuchPath(
            f"nothing was removed: the collection holds nothing read from"
            f" {', '.join(map(str, paths))}"
        )
    return outcome


def _absolute(path: str) -> Path:
    # By letters alone, without following links: a file is known by the name it was given by.
    return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100 - absolute() keeps ".."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run reindex",
        description="Read articles from files and folders, embed what is new and publish the"
        " result in one step. Files gone from a folder leave the collection; questions are"
        " answered meanwhile. A run that is stopped goes on where it was.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files and folders (default: INDEX_SOURCES and what sources.toml lists, of which"
        " feeds and pages are fetched when they are due)",
    )
    parser.add_argument("--full", action="store_true", help="read and embed everything again")
    parser.add_argument(
        "--force",
        action="store_true",
        help="publish even if golden questions (questions.jsonl beside the sources) are answered"
        " worse than before",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument(
        "--remove", action="store_true", help="drop what was read from the PATHs instead"
    )
    parser.add_argument(
        "--suggest-aliases",
        action="store_true",
        help="only propose lines for the file INDEX_ALIASES: names that may be one",
    )
    parser.add_argument(
        "--watch",
        action="store_true",
        help="go on: read what arrives in the folders, and fetch what falls due, until Ctrl-C",
    )
    # For whoever starts it as a part of itself: it ends when its standard input does.
    parser.add_argument("--hosted", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.add_argument(
        "--progress-json",
        action="store_true",
        help="print how it goes on and its outcome as JSON, an object a line",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
