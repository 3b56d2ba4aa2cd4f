"""Measure how well questions with known answers are answered."""

import argparse
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from index import ROOT, IndexFault
from scripts.evaluation.metrics import Result
from scripts.evaluation.suite import Suite, read_suites
from scripts.terminal.opening import guarded, settings_here
from scripts.terminal.reindexing import shown_progress

Figures = Mapping[str, Mapping[str, float]]

COUNTS = {"n", "n_unanswerable"}
LOWER_IS_BETTER = {"wrong_at_90", "wrongly_answered"}
BESIDE = ROOT.parent / "shared" / "eval"  # evaluation data kept beside the checkout
SEEDS = ROOT / "seeds"
MARGIN = 1e-9


class BelowFloor(IndexFault):
    """A figure is worse than what has been reached before."""


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate. Exit status 0, 2 where a suite cannot be read or a floor is not held."""
    asked = _parser().parse_args(argv)
    return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    from index.live import model_of
    from scripts.evaluation.running import evaluate

    settings = settings_here()
    old = _read_old(asked.compare)
    folders = [Path(folder) for folder in asked.folders] or _default_folders(gate=asked.gate)
    suites = [suite for folder in folders for suite in read_suites(folder.absolute())]
    cache = settings.folder / "evaluation"
    with shown_progress(sys.stderr) as progress:
        found, results = evaluate(
            suites,
            model_of(settings),
            cache,
            progress=progress,
            threshold=settings.threshold,
        )
    if asked.json:
        print(json.dumps({"suites": found}))
    else:
        print(table(found, old))
    for name, each in results.items() if asked.worst else ():
        print("\n".join(worst(name, each, asked.worst)))
    if asked.gate:
        _hold_floors(found, suites)
    return 0


def table(found: Figures, old: Figures | None = None) -> str:
    """One row a suite; with `old` figures the difference stands behind each."""
    columns = list(next(iter(found.values()), {}))
    rows = [["suite", *columns]]
    for name, figures in found.items():
        before = (old or {}).get(name, {})
        rows.append([name, *(_cell(figures[c], before.get(c), c) for c in columns)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )


def worst(name: str, results: Sequence[Result], count: int) -> list[str]:
    """The questions that went most wrong: what came first, and what should have."""

    def harm(result: Result) -> float:
        if not result.asked.answerable:
            return result.top
        return 0.0 if result.right_first else 1.0 + result.top

    lines = []
    for result in sorted(results, key=harm, reverse=True)[:count]:
        came = result.given[0] if result.given else None
        lines += [
            f"\n{name} {result.asked.id} ({result.asked.kind}): {result.asked.question}",
            f"  came [{result.top:.2f}]: {came.text[:200] if came else 'nothing'}",
            f"  should: {'; '.join(result.asked.answers) or 'nothing'}"
            f" {sorted(result.asked.gold)}",
        ]
    return lines


def _cell(value: float, before: float | None, column: str) -> str:
    if column in COUNTS:
        return f"{value:.0f}"
    difference = "" if before is None else f" {value - before:+.3f}"
    return f"{value:.3f}{difference}"


def _default_folders(*, gate: bool) -> list[Path]:
    """The seeds; for the gate also whatever evaluation data lies beside the checkout."""
    beside = sorted(BESIDE.glob("*/questions.jsonl")) if gate else []
    if gate and not beside:
        print("no evaluation data beside the checkout: only the seeds are held", file=sys.stderr)
    return [SEEDS, *(path.parent for path in beside)]


def _hold_floors(found: Figures, suites: Sequence[Suite]) -> None:
    """Compare with the floors of pyproject.toml. Raises BelowFloor, naming every figure below."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    floors: Figures = project["tool"]["quotewire"]["floors"]
    names = {suite.name for suite in suites}
    below = [
        f"{name}: {figure} is {found[name][figure]:.3f}, its floor {floor:.3f}"
        for name, figures in floors.items()
        if name in names
        for figure, floor in figures.items()
        if is_worse(found[name][figure], floor, figure)
    ]
    if below:
        raise BelowFloor("\n".join(["answers have become worse:", *below]))
    held = sum(len(figures) for name, figures in floors.items() if name in names)
    print(f"{held} floors of {len(names)} suites hold", file=sys.stderr)


def is_worse(value: float, floor: float, figure: str) -> bool:
    """Whether a figure does not hold its floor; for some a lower value is the better one."""
    return value > floor + MARGIN if figure in LOWER_IS_BETTER else value < floor - MARGIN


def _read_old(path: str | None) -> Figures | None:
    if path is None:
        return None
    try:
        suites: Figures = json.loads(Path(path).read_text("utf-8"))["suites"]
    except (OSError, ValueError, KeyError) as error:
        raise IndexFault(f"{path} is not what evaluate --json printed ({error})") from error
    return suites


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run evaluate",
        description="Ask questions with known answers and print how well they are answered. A"
        " suite is a folder with questions.jsonl and corpus.jsonl, or with articles.",
    )
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="suites (default: seeds/)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--compare", metavar="OLD.json", help="show the difference to these")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="show the N worst")
    parser.add_argument("--gate", action="store_true", help="fail where a floor is not held")
    return parser


if __name__ == "__main__":
    sys.exit(main())
