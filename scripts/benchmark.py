"""Measure what reindexing and asking cost beside the bare model calls that they need."""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from scripts.evaluation.crowd import made_paragraphs
from scripts.terminal.opening import guarded, settings_here

PARAGRAPHS_EACH = 8
RUNS = 5
UNCHANGED_S, CHANGED_S, PEAK_GB = 5.0, 3.0, 1.0
"""What a run over 10,000 articles may take: nothing changed, one file changed."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Seconds that something took, the least it could take, and the one by the other."""

    name: str
    value: float
    floor: float
    ratio: float


def main(argv: Sequence[str] | None = None) -> int:
    """Benchmark; exit status 0 whatever the figures are."""
    asked = _parser().parse_args(argv)
    return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="quotewire-") as folder:
        if asked.what == "feeding":
            measures = _fed(Path(folder), asked.articles)
        else:
            measures = _measure(Path(folder), asked.paragraphs)
    if asked.json:
        print(json.dumps({"measures": [asdict(measure) for measure in measures]}))
        return 0
    print(f"{'measure':<44}{'value s':>10}{'floor s':>10}{'ratio':>8}")
    for each in measures:
        print(f"{each.name:<44}{each.value:>10.4f}{each.floor:>10.4f}{each.ratio:>8.2f}")
    return 0


def _measure(folder: Path, count: int) -> list[Measure]:
    """Every measure, value and floor taken in turns in this one process."""
    from index.live import follow, model_of
    from index.reindex import Options, reindex

    settings = settings_here()
    model = model_of(settings)
    embedder = model.load()
    warm = replace(model, load=lambda: embedder)
    texts = made_paragraphs(count)
    source = _write(folder / "articles.jsonl", texts)
    options = Options(batch=settings.batch)

    def run() -> None:
        reindex([source], folder / "data", warm, options=options, progress=lambda *_: None)

    ordered = sorted(texts, key=len, reverse=True)
    batches = [ordered[at : at + settings.batch] for at in range(0, len(ordered), settings.batch)]
    embedder.encode_documents(batches[0])
    whole = _timed(run)
    bare = _timed(lambda: [embedder.encode_documents(batch) for batch in batches])
    again = _timed(run)
    library = follow(folder / "data", warm)
    try:
        questions = [" ".join(text.split()[10:17]) + "?" for text in texts[: 2 * RUNS]]
        library.ask(questions[0])
        asking = [_timed(lambda q=q: library.ask(q)) for q in questions]  # type: ignore[misc]
        floors = [_timed(lambda q=q: embedder.encode_queries([q])) for q in questions]  # type: ignore[misc]
    finally:
        library.close()
    one, call = statistics.median(asking), statistics.median(floors)
    return [
        Measure(f"reindex of {count:,} paragraphs / bare encode", whole, bare, whole / bare),
        Measure("the same again, nothing changed / the first", again, whole, again / whole),
        Measure("one question / one bare model call", one, call, one / call),
    ]


def _fed(folder: Path, count: int) -> list[Measure]:
    """What a large collection costs to keep current; the floors are what it may take at most."""
    from index.live import model_of
    from scripts.evaluation.feeding import feed_crowd, timed_process

    def told(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    fed = feed_crowd(folder, count, model_of(settings_here()), told=told)
    door = timed_process(folder, os.environ)
    beyond = {suffix: whole - model for suffix, (whole, model) in fed.changed_s.items()}
    figures = [
        (f"{count:,} articles, nothing changed", fed.unchanged_s, UNCHANGED_S),
        ("the same as a command, with its start", door, UNCHANGED_S),
        *(
            (f"one changed {each} beyond its embedding", s, CHANGED_S)
            for each, s in beyond.items()
        ),
        ("peak memory with the model, GB", fed.peak_mb / 1024, PEAK_GB),
    ]
    return [Measure(name, value, floor, value / floor) for name, value, floor in figures]


def _write(file: Path, texts: Sequence[str]) -> Path:
    starts = range(0, len(texts), PARAGRAPHS_EACH)
    rows = ["\n\n".join(texts[at : at + PARAGRAPHS_EACH]) for at in starts]
    lines = [json.dumps({"id": str(n), "text": text}) for n, text in enumerate(rows)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run benchmark",
        description="Time a reindex and single questions over made text, each beside the model"
        " calls that it cannot do without, in the same process.",
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=("asking", "feeding"),
        default="asking",
        help="feeding: files of every format, one of each changed in turn; the floors are then"
        " the most that it may take, and vectors are made by chance but for what is changed",
    )
    parser.add_argument("--articles", type=int, default=10_000, metavar="N", help="for feeding")
    parser.add_argument("--paragraphs", type=int, default=2_000, metavar="N", help="how many")
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
