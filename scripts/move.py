"""Copy a collection to another folder or database, without embedding anything again."""

import argparse
import sys
from collections.abc import Sequence

from index import IndexSettings
from scripts.terminal.opening import guarded, settings_here


def main(argv: Sequence[str] | None = None) -> int:
    """Move it. Exit status 0, 2 where it could not be done and nothing was."""
    asked = _parser().parse_args(argv)
    return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    from index.moving import move
    from scripts.terminal.reindexing import shown_progress

    here = settings_here()
    source, target = (
        IndexSettings(url=url, data=here.data).where for url in (asked.source, asked.target)
    )
    with shown_progress(sys.stderr) as progress:
        moved = move(source, target, replace=asked.replace, told=progress)
    print(
        f"generation {moved.generation}: {moved.articles:,} articles and {moved.paragraphs:,}"
        f" paragraphs are in {target}, compared row by row; {source} is as it was. Set INDEX_URL"
        " to the new place and start the bot again"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run move",
        description="Copy the collection at one place, a folder or postgresql://..., to another:"
        " articles, vectors, history and generations, with nothing embedded again. It is there"
        " whole, or not at all.",
    )
    parser.add_argument("source", metavar="FROM", help="such as data/")
    parser.add_argument(
        "target", metavar="TO", help="such as postgresql://user:password@host/name"
    )
    parser.add_argument(
        "--replace", action="store_true", help="replace the collection that is there already"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
