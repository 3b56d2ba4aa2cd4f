"""Measure what reindexing and asking cost beside the bare model calls that they need."""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from scripts.terminal.opening import guarded, settings_here

WORDS_EACH = 60
PARAGRAPHS_EACH = 8
RUNS = 5


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


def made_paragraphs(count: int, *, seed: int = 1) -> list[str]:
    """Paragraphs of made words whose frequencies fall as those of real text do (Zipf)."""
    chance = random.Random(seed)  # noqa: S311 - text to time by, no secret
    syllables = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er")]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 3))) for _ in range(5_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    return [
        " ".join(chance.choices(words, weights, k=WORDS_EACH)).capitalize() + "."
        for _ in range(count)
    ]


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
    parser.add_argument("--paragraphs", type=int, default=2_000, metavar="N", help="how many")
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
