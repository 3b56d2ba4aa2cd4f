"""Measure from which evidence on the collection should answer, and keep that with it."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

from index import IndexFault, IndexSettings
from index.errors import ModelChanged
from scripts.terminal.opening import guarded, settings_here

if TYPE_CHECKING:
    from index.calibrate import Posed, Tried
    from index.reindex import Model
    from index.store import Found, Generation, Store
    from scripts.evaluation.suite import Suite

FEWEST = (
    20  # of a suite's questions without an answer; where there are fewer, answers are withheld
)


_COLUMNS = ("threshold", "answered", "wrongly_answered", "mean", "spread")


class NothingToMeasure(IndexFault):
    """The questions given say nothing of this collection."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The evidence with and without support, and the generation before and after.

    `right` is the share of the answerable questions for which an answer came first.
    """

    supported: tuple[float, ...]
    withheld: tuple[float, ...]
    right: float
    before: "Generation"
    after: "Generation"


def main(argv: Sequence[str] | None = None) -> int:
    """Calibrate. Exit status 0, 2 where it cannot be done."""
    asked = _parser().parse_args(argv)
    return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    settings = settings_here()
    folder = None if asked.suite is None else Path(asked.suite).absolute()
    found = measure(settings, folder, keep=not asked.dry_run)
    print(json.dumps(as_object(found)) if asked.json else as_table(found))
    if settings.threshold is not None:
        print(f"INDEX_THRESHOLD is set, and goes before: {settings.threshold}", file=sys.stderr)
    if settings.reranker:
        print("INDEX_RERANKER is set, and this holds without a reranker only", file=sys.stderr)
    return 0


def measure(settings: IndexSettings, suite: Path | None, *, keep: bool) -> Measured:
    """Measure the newest generation's scale and threshold, and `keep` them with it.

    Raises NoCollection, ModelChanged, Locked, NoSuite, NothingToMeasure.
    """
    from index.live import model_of
    from index.lock import reindex_lock
    from index.store import open_store

    model = model_of(settings)
    open_store(settings.where).close()  # where there is no collection, none is made
    posed = None if suite is None else list(_posed(suite))
    with reindex_lock(settings.where):
        store = open_store(settings.where, writable=True)
        try:
            found = _measured(store, model, posed)
            if keep:
                new = found.after
                store.set_scale(new.id, mean=new.mean, spread=new.spread, threshold=new.threshold)
            return found
        finally:
            store.close()


def _measured(store: "Store", model: "Model", posed: "list[Posed] | None") -> Measured:
    from dataclasses import replace

    from index.calibrate import (
        QUESTIONS,
        SAMPLED,
        SMALLEST,
        Bench,
        choose_threshold,
        made_questions,
    )
    from index.measure import measure_scale
    from scripts.terminal.reindexing import shown_progress

    with store.snapshot() as view, shown_progress(sys.stderr) as progress:
        before = view.generation()
        if before.model != model.name:
            raise ModelChanged(
                f"the collection was embedded by {before.model}, but {model.name} is set; run"
                " scripts/run reindex, which calibrates too, or set INDEX_MODEL as it was"
            )
        asked = made_questions(view.sample(SAMPLED)) if posed is None else posed
        embedder = model.load()
        scale = measure_scale(view, lambda: embedder, model.name)
        after = replace(before, mean=scale.mean, spread=scale.spread)
        bench = Bench(view, after, embedder, model.lexicon())
        tried = bench.tried(asked, progress) if asked else []
    with_answer = [each for one, each in zip(asked, tried, strict=True) if one.answerable]
    withheld = _withheld(asked, tried)
    right = sum(each.right for each in with_answer) / max(1, len(with_answer))
    if posed is not None and not (right and withheld):
        raise NothingToMeasure(
            f"none of the suite's {len(asked)} questions found a passage that the suite names; is"
            " it about this collection? Index its articles first: scripts/run reindex PATH..."
        )
    fewest = QUESTIONS if posed is None else FEWEST
    small = posed is None and before.paragraphs < SMALLEST
    return Measured(
        supported=tuple(each.supported for each in with_answer),
        withheld=tuple(withheld),
        right=right,
        before=before,
        after=replace(
            after, threshold=None if small else choose_threshold(withheld, fewest=fewest)
        ),
    )


def _withheld(asked: "Sequence[Posed]", tried: "Sequence[Tried]") -> list[float]:
    """The evidence for what has no answer; with too little of that, for what has lost it too."""
    without = [each.withheld for one, each in zip(asked, tried, strict=True) if not one.answerable]
    return without if len(without) >= FEWEST else [each.withheld for each in tried]


def _posed(folder: Path) -> "Iterator[Posed]":
    """A suite's questions, each with the passages that the suite says answer it."""
    from index.calibrate import Posed
    from scripts.evaluation.suite import read_suites

    for suite in read_suites(folder):
        passages = _passages(suite)
        for asked in suite.questions:
            gold = [passages.get(each, each) for each in asked.gold]
            yield Posed(asked.question, partial(_tells, gold), asked.answerable)


def _tells(gold: Sequence[str], found: "Found") -> bool:
    """Whether a paragraph holds one of the texts, or is a piece of one."""
    return any(text in found.text or found.text in text for text in gold)


def _passages(suite: "Suite") -> Mapping[str, str]:
    """The texts of a suite's corpus by their ids."""
    return {
        suite.names[origin, span.start]: article.text[span.start : span.end]
        for origin, articles in suite.articles.items()
        for article in articles
        for span in article.spans
    }


def as_object(found: Measured) -> Mapping[str, object]:
    """What was measured, for JSON; a threshold of null is the program's own."""
    return {
        "questions": len(found.supported),
        "without_answer": len(found.withheld),
        "right_first": round(found.right, 4),
        "evidence": {
            "supported": _quartiles(found.supported),
            "withheld": _quartiles(found.withheld),
        },
        "before": _shares(found, found.before),
        "after": _shares(found, found.after),
    }


def as_table(found: Measured) -> str:
    """The same as lines to read."""
    rows = [f"{'evidence':<30}{'quarter':>9}{'half':>9}{'three q.':>9}"]
    for name, values in (("with support", found.supported), ("without", found.withheld)):
        cells = "".join(f"{value:>9.3f}" for value in _quartiles(values))
        rows.append(f"{name} ({len(values)} questions)".ljust(30) + cells)
    rows.append(f"{'threshold':<30}{'is':>9}{'answered':>9}{'wrongly':>9}{'mean':>9}{'spread':>9}")
    for name, generation in (("before", found.before), ("after", found.after)):
        shares = _shares(found, generation)
        cells = "".join(f"{shares[column]:>9.3f}" for column in _COLUMNS)
        rows.append(f"{name:<30}{cells}{'' if shares['own'] else '  (the program’s)'}")
    if found.after.threshold is None:
        rows.append(
            "the collection is too small to measure a threshold by: the program's stays in force"
        )
    return "\n".join(rows)


def _shares(found: Measured, generation: "Generation") -> dict[str, float | bool]:
    """What a generation's threshold would answer of these questions."""
    from index.abstain import THRESHOLD

    own = generation.threshold is not None
    bar = THRESHOLD if generation.threshold is None else generation.threshold
    return {
        "threshold": bar,
        "own": own,
        "answered": _share_from(bar, found.supported),
        "wrongly_answered": _share_from(bar, found.withheld),
        "mean": round(generation.mean, 4),
        "spread": round(generation.spread, 4),
    }


def _share_from(bar: float, values: Sequence[float]) -> float:
    return round(sum(value >= bar for value in values) / max(1, len(values)), 4)


def _quartiles(values: Sequence[float]) -> list[float]:
    """The values that a quarter, half and three quarters lie below; none of fewer than two."""
    if len(values) < 2:
        return []
    return [round(value, 4) for value in quantiles(values, n=4, method="inclusive")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run calibrate",
        description="Measure from which evidence on the collection should answer, and keep that"
        " with its newest generation; a running bot judges by it from its next question on."
        " Questions are made out of the collection itself, or come from a suite: a folder with"
        " questions.jsonl, asked of the collection as it is. A reindex does this by itself when"
        " the model changes or the collection doubles.",
    )
    parser.add_argument(
        "suite", nargs="?", metavar="SUITE_FOLDER", help="questions with known answers"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what was measured")
    parser.add_argument("--json", action="store_true", help="print it as one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main())
