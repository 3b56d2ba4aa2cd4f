"""Run a reindex for a person: progress while it works, a closing table, an exit status."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TextIO

from index import IndexSettings
from index.golden import Rule
from index.live import model_of
from index.plan import UNREAD, Progress
from index.reindex import Options, Outcome, reindex, remove

SOME_FAILED = 1
_KINDS = 8  # named in the closing table
PLAIN_EVERY = 10  # lines of progress a stage where there is no terminal to draw on

Shown = Callable[[], AbstractContextManager[Progress]]
"""Opens something to report progress to."""


def on_stderr() -> AbstractContextManager[Progress]:
    """Progress as a person sees it."""
    return shown_progress(sys.stderr)


def carry_out(
    paths: Sequence[Path],
    settings: IndexSettings,
    *,
    options: Options,
    drop: bool = False,
    shown: Shown = on_stderr,
) -> Outcome:
    """Bring the collection up to date with the paths, or `drop` what was read from them.

    Raises what reindex raises.
    """
    if options.golden is None:
        options = replace(options, golden=golden_rule(settings))
    work = remove if drop else reindex
    with shown() as progress:
        return work(paths, settings.where, model_of(settings), options=options, progress=progress)


def golden_rule(settings: IndexSettings, *, force: bool = False) -> Rule | None:
    """When a generation is held back for its golden questions; None where they are not asked."""
    if settings.golden == "off":
        return None
    floor = None if settings.golden == "auto" else settings.golden
    return Rule(floor=floor, force=force, threshold=settings.threshold)


def status_of(outcome: Outcome) -> int:
    """The exit status of a reindex: 0, or 1 when files failed."""
    return SOME_FAILED if outcome.failed else 0


def as_object(outcome: Outcome) -> str:
    """The outcome as one JSON object."""
    fields = asdict(outcome)
    fields["seconds"] = round(outcome.seconds, 2)
    fields["skipped"] = dict(outcome.skipped)
    return json.dumps(fields, ensure_ascii=False)


def as_table(outcome: Outcome, *, dry_run: bool) -> str:
    """The outcome as a closing table: counts, then every file that failed and why."""
    rows = [
        ("files read", outcome.read),
        ("articles new", outcome.new),
        ("articles changed", outcome.changed),
        ("articles unchanged", outcome.unchanged),
        ("articles removed", outcome.removed),
        *([("of them by rule", outcome.retired)] if outcome.retired else []),
        *([("copies elsewhere", outcome.copies)] if outcome.copies else []),
        ("files failed", len({failure.file for failure in outcome.failed})),
        ("paragraphs to embed" if dry_run else "paragraphs embedded", outcome.embedded),
        ("paragraphs in all", outcome.paragraphs),
    ]
    lines = [f"{name:<20}{count:>9,}" for name, count in rows]
    if dry_run:
        lines.append("nothing was changed: this was a dry run")
    else:
        lines.append(f"generation {outcome.generation}, {outcome.seconds:.1f} s")
    if outcome.skipped:
        lines.append(_skipped(outcome.skipped))
    lines += [f"failed: {plain_path(f.file)}: {f.reason}" for f in outcome.failed]
    return "\n".join(lines)


def _skipped(kinds: Sequence[tuple[str, int]]) -> str:
    """A line on the files that were passed over, the most frequent kinds by name."""
    count = sum(number for _, number in kinds)
    named = ", ".join(f"{kind} {number:,}" for kind, number in kinds[:_KINDS])
    more = f" and {len(kinds) - _KINDS:,} more kinds" if len(kinds) > _KINDS else ""
    files = "1 file of a kind that is" if count == 1 else f"{count:,} files of kinds that are"
    return f"{files} not read: {named}{more}"


def plain_path(path: str | Path) -> str:
    """A path as short as it can be said from here."""
    path = Path(path)
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@contextmanager
def shown_progress(stream: TextIO) -> Iterator[Progress]:
    """Something to report progress to: a bar on a terminal, a few plain lines elsewhere."""
    if stream.isatty():
        with _bar(stream) as progress:
            yield progress
    else:
        yield _plain_lines(stream)


@contextmanager
def _bar(stream: TextIO) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import (
        Progress as Bar,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=None, rate="")

        def progress(stage: str, done: int, total: int) -> None:
            if stage == UNREAD:
                return
            # A new stage starts its own clock, or its rate would be that of the last one.
            if bar.tasks[0].description != stage:
                bar.reset(task, description=stage, total=total)
            speed = bar.tasks[0].speed
            bar.update(task, completed=done, total=total, rate=f"{speed:.0f}/s" if speed else "")

        yield progress


def _plain_lines(stream: TextIO) -> Progress:
    told: dict[str, int] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage == UNREAD:
            return
        share = PLAIN_EVERY * done // max(total, 1)
        if told.get(stage) != share or done == 0:
            told[stage] = share
            count = f" {done:,} of {total:,}" if total > 1 else ""
            print(f"{stage}{count}", file=stream, flush=True)

    return progress
