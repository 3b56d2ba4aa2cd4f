"""Write every article as a line of JSON, or take such a file back with nothing lost."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from index import IndexSettings
from scripts.terminal.opening import NoSuchPath, guarded, settings_here


def main(argv: Sequence[str] | None = None) -> int:
    """Export or import. Exit status 0, 2 where it could not be done."""
    asked = _parser().parse_args(argv)
    return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    settings, path = settings_here(), Path(asked.file).absolute()
    if asked.back:
        return _bring_back(path, settings)
    print(f"{_export(path, settings):,} articles written to {path}")
    return 0


def _export(path: Path, settings: IndexSettings) -> int:
    """Write the articles aside and rename, so that the file is whole; how many they are."""
    from contextlib import closing

    from index.export import exported_lines
    from index.store import open_store

    aside = path.with_name(f".{path.name}.{os.getpid()}")
    count = 0
    try:
        with (
            closing(open_store(settings.where)) as store,
            store.snapshot() as view,
            aside.open("x", encoding="utf-8", newline="\n") as file,
        ):
            view.generation()  # nothing is written where nothing is published
            for line in exported_lines(view):
                file.write(f"{line}\n")
                count += 1
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return count


def _bring_back(path: Path, settings: IndexSettings) -> int:
    from index.export import read_export
    from index.live import model_of, options_of
    from index.reindex import bring_back
    from scripts.terminal.reindexing import as_table, shown_progress, status_of

    if not path.is_file():
        raise NoSuchPath(f"{path} does not exist; scripts/run export FILE writes one")
    articles = read_export(path)
    options = options_of(settings)
    with shown_progress(sys.stderr) as progress:
        outcome = bring_back(
            articles, settings.where, model_of(settings), options=options, progress=progress
        )
    print(as_table(outcome, dry_run=False))
    return status_of(outcome)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run export",
        description="Write every article of the collection to a file, one JSON object a line: its"
        " text, paragraphs, credit, language, key and where it was read from. With --import, take"
        " such a file in: articles keep their keys and paragraphs their ids, and what the"
        " collection holds besides stays.",
    )
    parser.add_argument("file", metavar="FILE", help="such as articles.jsonl")
    parser.add_argument("--import", dest="back", action="store_true", help="take FILE in instead")
    return parser


if __name__ == "__main__":
    sys.exit(main())
