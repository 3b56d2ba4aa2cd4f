"""Ask one question and read the passages that answer it."""

import argparse
import shutil
import sys
from collections.abc import Sequence

from scripts.terminal.opening import ensure_collection, guarded, settings_here
from scripts.terminal.showing import answer_text, as_object, look_of

MOST = 30  # passages in one answer


def main(argv: Sequence[str] | None = None) -> int:
    """Ask. Exit status 0 whether or not the collection answers, 2 where it could not be asked."""
    parser = _parser()
    asked = parser.parse_args(argv)
    if not " ".join(asked.question).strip():
        parser.error("the question is empty")
    return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    settings = settings_here()
    ensure_collection(settings)
    from index import open_library

    library = open_library(settings)
    try:
        answer = library.ask(" ".join(asked.question), limit=asked.limit)
    finally:
        library.close()
    look = look_of(terminal=sys.stdout.isatty(), width=shutil.get_terminal_size().columns)
    more = f"add --limit {min(asked.limit + answer.more, MOST)}"
    print(as_object(answer) if asked.json else answer_text(answer, look, more=more))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run ask",
        description="Quote the passages of the collection that answer a question.",
    )
    parser.add_argument("question", nargs="+", help="the question, quoted or not")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument(
        "--limit",
        type=_limit,
        default=3,
        metavar="N",
        help=f"passages at most, from 1 to {MOST} (default: 3)",
    )
    return parser


def _limit(written: str) -> int:
    if not written.isdecimal() or not 1 <= int(written) <= MOST:
        raise argparse.ArgumentTypeError(f"wanted is a number from 1 to {MOST}, not {written!r}")
    return int(written)


if __name__ == "__main__":
    sys.exit(main())
