"""Measure how well questions with known answers are answered."""

import argparse
import json
import sys
import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from index import ROOT, IndexFault, IndexSettings
from index.plan import Progress
from scripts.evaluation.ablation import ROWS, Step, ablation_table, open_without
from scripts.evaluation.metrics import Result
from scripts.evaluation.pairs import is_of_pairs, pair_figures, read_pairs
from scripts.evaluation.raw import as_json, examine, shown
from scripts.evaluation.suite import Suite, read_suites
from scripts.terminal.opening import guarded, settings_here
from scripts.terminal.reindexing import shown_progress

Figures = Mapping[str, Mapping[str, float]]

COUNTS = {"n", "n_unanswerable"}
LOWER_IS_BETTER = {"wrong_at_90", "wrongly_answered", "wrongly_merged", "crashed"}
BESIDE = ROOT.parent / "shared" / "eval"  # evaluation data kept beside the checkout
RAW = BESIDE / "raw"  # files of all kinds, to be read
SEEDS = ROOT / "seeds"
FILES = ("questions.jsonl", "pairs.jsonl")  # one of them makes a folder a suite
MARGIN = 1e-9


class BelowFloor(IndexFault):
    """A figure is worse than what has been reached before."""


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate. Exit status 0, 2 where a suite cannot be read or a floor is not held."""
    asked = _parser().parse_args(argv)
    return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    if asked.raw:
        return _report_raw(Path(asked.raw).absolute(), asked)
    settings = settings_here()
    old = _read_old(asked.compare)
    folders = [Path(folder).absolute() for folder in asked.folders]
    folders = folders or _default_folders(gate=asked.gate)
    of_pairs = [folder for folder in folders if is_of_pairs(folder)]
    suites = [each for folder in folders if folder not in of_pairs for each in read_suites(folder)]
    pairs = {folder.name: read_pairs(folder) for folder in of_pairs}
    with shown_progress(sys.stderr) as progress:
        if asked.ablate:
            return _ablate(suites, settings, progress, as_json=asked.json)
        found, results = _measured(suites, settings, asked.without, progress)
    found |= {name: pair_figures(each) for name, each in pairs.items()}
    if asked.json:
        print(json.dumps({"suites": found}))
    else:
        print(table(found, old))
    for name, each in results.items() if asked.worst else ():
        print("\n".join(worst(name, each, asked.worst)))
    if asked.gate:
        has_files = not asked.folders and (RAW / "expected.jsonl").is_file()
        _hold_floors(found | (examine(RAW).figures if has_files else {}))
    return 0


def _report_raw(folder: Path, asked: argparse.Namespace) -> int:
    """Print how well files are read; no question is asked and no model needed."""
    report = examine(folder)
    print(json.dumps(as_json(report)) if asked.json else shown(report, worst=asked.worst))
    if asked.gate:
        _hold_floors(report.figures)
    return 0


def _ablate(
    suites: Sequence[Suite], settings: IndexSettings, progress: Progress, *, as_json: bool
) -> int:
    """Print the figures of every suite with each step left out in turn."""
    rows = {name: _measured(suites, settings, steps, progress)[0] for name, steps in ROWS.items()}
    print(json.dumps({"ablation": rows}) if as_json else ablation_table(rows))
    return 0


def _measured(
    suites: Sequence[Suite],
    settings: IndexSettings,
    without: Collection[Step],
    progress: Progress,
) -> tuple[dict[str, dict[str, float]], dict[str, list[Result]]]:
    from index.live import model_of
    from scripts.evaluation.running import evaluate

    return evaluate(
        suites,
        model_of(settings),
        settings.folder / "evaluation",
        progress=progress,
        opening=partial(open_without, steps=without, threshold=settings.threshold),
    )


def table(found: Figures, old: Figures | None = None) -> str:
    """One row a suite; with `old` figures the difference stands behind each.

    Suites of other figures, as those of pairs are, have a table of their own.
    """
    kinds = dict.fromkeys(tuple(figures) for figures in found.values())
    return "\n\n".join(
        _rows(columns, {name: each for name, each in found.items() if tuple(each) == columns}, old)
        for columns in kinds
    )


def _rows(columns: Sequence[str], found: Figures, old: Figures | None) -> str:
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
    beside = sorted(path for name in FILES for path in BESIDE.glob(f"*/{name}")) if gate else []
    if gate and not beside:
        print("no evaluation data beside the checkout: only the seeds are held", file=sys.stderr)
    return [SEEDS, *(path.parent for path in beside)]


def _hold_floors(found: Figures) -> None:
    """Compare with the floors of pyproject.toml. Raises BelowFloor, naming every figure below."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    floors: Figures = project["tool"]["quotewire"]["floors"]
    below = [
        f"{name}: {figure} is {found[name][figure]:.3f}, its floor {floor:.3f}"
        for name, figures in floors.items()
        if name in found
        for figure, floor in figures.items()
        if is_worse(found[name][figure], floor, figure)
    ]
    if below:
        raise BelowFloor("\n".join(["answers have become worse:", *below]))
    held = sum(len(figures) for name, figures in floors.items() if name in found)
    print(f"{held} floors of {len(found)} suites hold", file=sys.stderr)


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
        " suite is a folder with questions.jsonl and corpus.jsonl, or with articles; or with"
        " pairs.jsonl, texts labelled as copies or as different reports.",
    )
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="suites (default: seeds/)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--compare", metavar="OLD.json", help="show the difference to these")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="show the N worst")
    parser.add_argument(
        "--raw", nargs="?", const=str(RAW), metavar="FOLDER",
        help="instead, show how well the files that FOLDER/expected.jsonl lists are read",
    )  # fmt: skip
    parser.add_argument("--gate", action="store_true", help="fail where a floor is not held")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        type=Step,
        choices=list(Step),
        metavar="STEP",
        help=f"leave a step out, repeatable: {', '.join(Step)}",
    )
    parser.add_argument(
        "--ablate", action="store_true", help="print what leaving out each step comes to"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
