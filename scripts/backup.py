"""Back up the collection and the bot's memory into one checked file, or restore them."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from index import ROOT
from scripts.terminal.opening import NoSuchPath, guarded, settings_here


def main(argv: Sequence[str] | None = None) -> int:
    """Back up, check or restore. Exit status 0, 2 where it could not be done."""
    parser = _parser()
    asked = parser.parse_args(argv)
    if asked.replace and not asked.restore:
        parser.error("--replace goes with --restore")
    return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    from bot.schema import MIGRATIONS
    from bot.settings import load_bot_settings
    from index.archive import summary, verify
    from index.backup import Places, back_up
    from index.restoring import restore
    from scripts.terminal.reindexing import shown_progress

    settings, bot = settings_here(), load_bot_settings(os.environ, ROOT / ".env")
    places = Places(settings.in_folder("scripts/run backup"), bot.data, settings.aliases)
    path = Path(asked.file).absolute()
    if (asked.restore or asked.check) and not path.is_file():
        raise NoSuchPath(f"{path} does not exist; scripts/run backup FILE makes a backup")
    with shown_progress(sys.stderr) as progress:
        if asked.restore:
            backup = restore(
                path,
                places,
                replace=asked.replace,
                bot_version=len(MIGRATIONS),
                progress=progress,
            )
        elif asked.check:
            backup = verify(path, progress=progress)
        else:
            backup = back_up(path, places, progress=progress)
    done = "restored" if asked.restore else "whole" if asked.check else "written and checked"
    print(f"{path} is {done}: {summary(backup)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run backup",
        description="Write everything that was collected into one compressed file: library.db,"
        " bot.db, fetched articles, golden questions and the file of names. The bot and a reindex"
        " may go on meanwhile. The file is read back before it gets its name.",
    )
    parser.add_argument("file", metavar="FILE", help="such as backup.tar.gz")
    does = parser.add_mutually_exclusive_group()
    does.add_argument(
        "--restore", action="store_true", help="take everything back from FILE; stop the bot first"
    )
    does.add_argument("--check", action="store_true", help="only read FILE and its checksums")
    parser.add_argument(
        "--replace", action="store_true", help="let what is there now go, when restoring"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
