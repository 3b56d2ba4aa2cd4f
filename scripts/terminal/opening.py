"""Open what a door needs, and turn a fault into one plain line and an exit status."""

import logging
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from index import ROOT, IndexFault, IndexSettings, has_collection, load_index_settings

USAGE = 2  # the exit status of wrong use and of what has to be mended first
INTERRUPTED = 130


def settings_here() -> IndexSettings:
    """The INDEX_ settings of the environment and of .env. Raises UnknownSetting."""
    return load_index_settings(os.environ, ROOT / ".env")


def guarded(run: Callable[[], int]) -> int:
    """The status of a door's run: a fault becomes its message on stderr, Ctrl-C ends quietly."""
    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    try:
        return run()
    except IndexFault as fault:
        print(fault, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("\nstopped; what was done so far is kept", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does: nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, sqlite3.Error) as error:
        print(refused(error), file=sys.stderr)
        return USAGE


def refused(error: OSError | sqlite3.Error) -> str:
    """What the system would not do, with which file, and what to look at."""
    if not isinstance(error, OSError) or not isinstance(error.filename, str):
        return f"that could not be done: {error}"
    path = Path(error.filename)
    if isinstance(error, PermissionError):
        return f"{path} cannot be used ({error.strerror}); see who owns it and {path.parent}"
    if isinstance(error, FileNotFoundError) and not path.parent.exists():
        return f"there is no folder {path.parent}; make it, or name another place"
    return f"that could not be done: {path}: {error.strerror}"


def ensure_collection(settings: IndexSettings) -> int:
    """Index the sources where nothing is indexed yet; gives the status of that, else 0."""
    if has_collection(settings):
        return 0
    from index.live import options_of
    from scripts.terminal.gathering import bring_up_to_date, listing_of
    from scripts.terminal.reindexing import as_table, status_of

    listing = listing_of(settings)
    print(
        f"Nothing is indexed yet in {settings.where}, so first this: {', '.join(listing.names())}",
        file=sys.stderr,
        flush=True,
    )
    outcome = bring_up_to_date(listing, settings, options=options_of(settings))
    print(as_table(outcome, dry_run=False), file=sys.stderr, flush=True)
    return status_of(outcome)


class NoSuchPath(IndexFault):
    """A path that was named is not there."""


def refuse_missing(paths: Sequence[Path]) -> None:
    """Raise NoSuchPath, with what to do, for the first path that does not exist."""
    for path in paths:
        if not path.exists():
            raise NoSuchPath(
                f"{path} does not exist; name a file or folder that does, in INDEX_SOURCES or on"
                f" the command line. To drop what was read from it:"
                f" scripts/run reindex --remove {path}"
            )
