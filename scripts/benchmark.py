"""Measure what reindexing, asking, starting and serving cost beside what each must."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.evaluation.crowd import made_paragraphs
from scripts.terminal.opening import guarded, settings_here

if TYPE_CHECKING:
    from scripts.measures.measure import Measure

PARAGRAPHS_EACH = 8
REAL_UP_TO = 5_000  # paragraphs that the model itself embeds
UNCHANGED_S, CHANGED_S, PEAK_GB = 3.0, 3.0, 1.0
"""What a run may take: nothing changed, one file of 10,000 changed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Benchmark; exit status 0 whatever the figures are."""
    asked = _parser().parse_args(argv)
    return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    from scripts.measures.measure import as_table

    # PTB tells waiting times as numbers otherwise, and warns about it.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    with tempfile.TemporaryDirectory(prefix="quotewire-") as folder:
        measures = _measured(asked, Path(folder))
    if asked.json:
        print(json.dumps({"measures": [asdict(measure) for measure in measures]}))
    else:
        print(as_table(measures))
    return 0


def _measured(asked: argparse.Namespace, folder: Path) -> "list[Measure]":
    if asked.what == "feeding":
        return _fed(folder, asked.articles)
    if asked.what == "model":
        from scripts.measures.model import measure_model

        return measure_model(settings_here().model, runs=asked.runs)
    if asked.what == "postgres":
        return _in_postgres(folder, asked)
    if asked.what == "large":
        return _large(asked.keep or folder, asked)
    measures = []
    if asked.what in {"all", "asking"}:
        measures += _asked(folder, asked)
    if asked.what in {"all", "starting"}:
        measures += _started(folder / "start", asked.runs)
    if asked.what in {"all", "serving"}:
        from scripts.measures.serving import measure_serving

        measures += measure_serving(questions=asked.questions)
    return measures


def _asked(folder: Path, asked: argparse.Namespace) -> "list[Measure]":
    """A reindex, and questions on what it made; value and floor in turns in this one process."""
    from index.embedder import load_embedder
    from index.live import model_of
    from index.settings import Precision
    from scripts.evaluation.feeding import Hashed
    from scripts.measures.asking import Ground, made_up, measure_asking
    from scripts.measures.indexing import Shelf, measure_indexing

    count, settings = asked.paragraphs, settings_here()
    model, bare = model_of(settings), load_embedder(settings.model, precision=Precision.FLOAT32)
    embedder, texts = model.load(), made_paragraphs(count)
    source = _write(folder / "articles.jsonl", texts)
    real = count <= REAL_UP_TO
    by = embedder if real else Hashed(embedder, frozenset())
    shelf = Shelf(source, folder / "data", texts, replace(model, load=lambda: by))
    indexing = measure_indexing(shelf, bare if real else by, settings, runs=asked.runs, real=real)
    questions = made_up(texts, asked.questions)
    ground = Ground(shelf.folder, model, embedder, bare, questions, count, asked.runs)
    return [*indexing, *measure_asking(ground, settings)]


def _in_postgres(folder: Path, asked: argparse.Namespace) -> "list[Measure]":
    """Questions to a collection in a folder, and to the same one moved to an empty database."""
    from index.errors import UnknownSetting
    from index.live import model_of
    from index.reindex import Options, reindex
    from index.settings import Server
    from scripts.measures.asking import Ground, made_up
    from scripts.measures.postgres import Clustered, measure_postgres

    if not asked.database:
        raise UnknownSetting("name an empty database: --database postgresql://user@host/name")
    model = model_of(settings_here())
    embedder = model.load()
    texts = made_paragraphs(asked.paragraphs)
    load = replace(model, load=lambda: Clustered(embedder, frozenset()))
    source = _write(folder / "articles.jsonl", texts)
    reindex([source], folder / "data", load, options=Options(), progress=lambda *_: None)
    questions = made_up(texts, asked.questions)
    ground = Ground(folder / "data", model, embedder, embedder, questions, len(texts), asked.runs)
    return measure_postgres(ground, Server(asked.database, folder / "beside"))


def _started(folder: Path, runs: int) -> "list[Measure]":
    from index.live import model_of
    from index.reindex import Options, reindex
    from scripts.measures.starting import measure_starting

    settings, texts = settings_here(), made_paragraphs(64)
    folder.mkdir()
    source = _write(folder / "articles.jsonl", texts)
    reindex(
        [source], folder / "data", model_of(settings), options=Options(), progress=lambda *_: None
    )
    question = " ".join(texts[0].split()[10:17]) + "?"
    return measure_starting(folder / "data", question, os.environ, runs=runs)


def _fed(folder: Path, count: int) -> "list[Measure]":
    """What a large collection costs to keep current; the floors are what it may take at most."""
    from index.live import model_of
    from scripts.evaluation.feeding import feed_crowd, timed_process
    from scripts.measures.measure import against

    fed = feed_crowd(folder, count, model_of(settings_here()), told=_told)
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
    return [against(name, value, floor, 1) for name, value, floor in figures]


def _large(folder: Path, asked: argparse.Namespace) -> "list[Measure]":
    """What a large collection costs; the floors are the most that it may take."""
    from index.live import model_of
    from scripts.measures.large import measure_large

    model = model_of(settings_here())
    return measure_large(folder, asked.paragraphs, model, questions=asked.questions, told=_told)


def _told(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _write(file: Path, texts: Sequence[str]) -> Path:
    starts = range(0, len(texts), PARAGRAPHS_EACH)
    rows = ["\n\n".join(texts[at : at + PARAGRAPHS_EACH]) for at in starts]
    lines = [json.dumps({"id": str(n), "text": text}) for n, text in enumerate(rows)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run benchmark",
        description="Time a reindex, questions, starts and the bot itself over made text, each"
        " beside what it cannot do without, in turns; or beside the most that it may take.",
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=("all", "asking", "starting", "serving", "model", "feeding", "large", "postgres"),
        default="all",
        help="all is the three after it; model: its calls by precision and threads; feeding: files"
        " of every format, one of each changed in"
        " turn; the floors are then the most that it may take, and vectors are made by chance but"
        " for what is changed; large: made text and vectors, written straight into a store;"
        " postgres: a question in a database, and in a folder",
    )
    parser.add_argument(
        "--database", metavar="URL", help="an empty one, for postgres; it is not emptied after"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="for large: make the collection there, or take the one that is there; each time one"
        " of its articles changes",
    )
    parser.add_argument("--articles", type=int, default=10_000, metavar="N", help="for feeding")
    parser.add_argument(
        "--paragraphs",
        type=int,
        default=2_000,
        metavar="N",
        help="how many, for asking and large; above"
        f" {REAL_UP_TO:,} their vectors are made by chance",
    )
    parser.add_argument("--questions", type=int, default=100, metavar="N", help="how many")
    parser.add_argument(
        "--runs", type=int, default=5, metavar="N", help="starts, and crowds of 64"
    )
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
