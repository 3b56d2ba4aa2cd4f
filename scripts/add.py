"""Show what a file would give, and put it among the sources."""

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from index import IndexFault, IndexSettings
from index.fetching.listing import Listing
from index.fetching.source import Kind
from index.readers import SUFFIXES, look_into, wants
from index.readers.reading import Reading
from index.sentences import split_sentences
from scripts.terminal.gathering import listing_of
from scripts.terminal.opening import guarded, refuse_missing, settings_here

_SHOWN = 3
_LONGEST_SHOWN = 300
_LONGEST_NAME = 80


class NowhereToPut(IndexFault):
    """No source is a folder that would take the file."""


def main(argv: Sequence[str] | None = None) -> int:
    """Show and, if that is wished, add. Exit status 0, 2 where the file is of no use."""
    asked = _parser().parse_args(argv)
    return guarded(lambda: _run(asked, settings_here()))


def _run(asked: argparse.Namespace, settings: IndexSettings) -> int:
    file = Path(asked.file).absolute()
    refuse_missing([file])
    reading = look_into(file)
    target = _target(listing_of(settings), fitting_name(asked.name or file.name))
    facts = _facts(reading)
    print(json.dumps({**facts, "target": str(target)}) if asked.json else _lines(facts, target))
    if not asked.yes and (asked.json or not _agreed(f"Copy it to {target}? [y/N] ")):
        print("nothing was added", file=sys.stderr)
        return 0
    _copy(file, target)
    print(f"{target} is there; scripts/run reindex reads it", file=sys.stderr)
    return 0


def fitting_name(name: str) -> str:
    """The name made harmless: no path, nothing hidden, its suffix kept, of a file that is read."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^\w.-]+", "-", last)
    stem, suffix = Path(plain).stem.strip("._-"), Path(plain).suffix.lower()
    if suffix not in SUFFIXES:  # it was known by its content
        stem, suffix = f"{stem}{suffix}".strip("._-"), ".txt"
    # In bytes, as file systems count.
    stem = stem.encode()[:_LONGEST_NAME].decode("utf-8", "ignore") or "article"
    fitting = f"{stem}{suffix}"
    return fitting if wants(Path(fitting)) else f"added-{fitting}"


def _target(listing: Listing, name: str) -> Path:
    """A path in the first folder that takes files of the name, where nothing is yet."""
    for folder in _folders(listing):
        if folder.is_dir() and listing.wants(folder / name):
            return next(path for path in _names(folder, name) if not path.exists())
    raise NowhereToPut(
        "no source is a folder that takes this file; name one in INDEX_SOURCES or sources.toml"
    )


def _folders(listing: Listing) -> Iterator[Path]:
    yield from listing.paths
    yield from (Path(each.where) for each in listing.sources if each.kind is Kind.FOLDER)


def _names(folder: Path, name: str) -> Iterator[Path]:
    yield folder / name
    stem, suffix = Path(name).stem, Path(name).suffix
    yield from (folder / f"{stem}-{number}{suffix}" for number in range(2, 100_000))


def _copy(file: Path, target: Path) -> None:
    # Hidden until it is whole, so that no reindex reads half of it.
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(file, part)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _facts(reading: Reading) -> dict[str, object]:
    """What a file gives; of its articles the first is told of, and the titles of the first few."""
    first = reading.articles[0]
    begins = first.text[first.spans[0].start : first.spans[0].end]
    start, end = split_sentences(begins)[0]
    titles = [article.credit.title for article in reading.articles if article.credit.title]
    return {
        "articles": len(reading.articles),
        "paragraphs": sum(len(article.spans) for article in reading.articles),
        "title": _shown(first.credit.title),
        "publisher": _shown(first.credit.publisher),
        "published": first.credit.published[:10],
        "begins": _shown(begins[start:end]),
        "titles": [_shown(title) for title in titles[:_SHOWN]],
        "faults": [_shown(fault) for fault in reading.faults[:_SHOWN]],
        "faulty": len(reading.faults),
    }


def _lines(facts: dict[str, object], target: Path) -> str:
    told = {**facts, "target": target}
    return "\n".join(
        f"{name:<11}{'; '.join(value) if isinstance(value, list) else value}"
        for name, value in told.items()
        if value
    )


def _shown(text: str) -> str:
    one_line = "".join(char if char.isprintable() else " " for char in text)
    return one_line if len(one_line) <= _LONGEST_SHOWN else f"{one_line[: _LONGEST_SHOWN - 1]}…"


def _agreed(question: str) -> bool:
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:
        print()
        return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run add",
        description="Read a file, show what it would give, and copy it into the first folder among"
        " the sources.",
    )
    parser.add_argument("file", metavar="FILE", help="of any kind that a reindex reads")
    parser.add_argument("--name", default="", help="what to call it there (default: as it is)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--json", action="store_true", help="show it as JSON, and add it only with --yes"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
