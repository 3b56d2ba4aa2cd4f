"""Switch off steps of how an answer is found, to see what each is worth."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from index.lexicon import Language
from index.library import Library
from index.live import follow
from index.reindex import Model
from index.retrieve import READ
from index.scoring import SHIPPED, Weighing

SHOWN = ("top1", "recall5", "auroc", "wrong_at_90")  # none of these depends on a threshold


class Step(StrEnum):
    """A step that can be left out; docs/retrieval.md says what each does."""

    MEANING = "meaning"
    COVERAGE = "coverage"
    TOGETHER = "together"
    PHRASES = "phrases"
    DAYS = "days"
    KIND = "kind"
    READING = "reading"
    LEAD = "lead"
    KIN = "kin"
    MENDING = "mending"


_WEIGHTS = {
    step: (step.value,)
    for step in (Step.MEANING, Step.COVERAGE, Step.TOGETHER, Step.PHRASES, Step.DAYS)
} | {Step.KIND: ("kind", "kindless")}

ROWS: Mapping[str, frozenset[Step]] = {
    "all steps": frozenset(),
    **{f"without {step}": frozenset({step}) for step in Step},
    "meaning and coverage alone": frozenset(
        {Step.TOGETHER, Step.PHRASES, Step.DAYS, Step.KIND, Step.READING}
    ),
}


def open_without(
    folder: Path, model: Model, *, steps: Collection[Step] = (), threshold: float | None = None
) -> Library:
    """The collection in a folder, asked without these steps.

    A feature is left out by a weight of 0; the others keep theirs and are not fitted again. The
    lead is left out of the judging: candidates are still found by its words.
    """
    return follow(
        folder,
        replace(model, lexicon=lambda: _Lessened(model.lexicon(), frozenset(steps))),
        threshold=threshold,
        reads=0 if Step.READING in steps else READ,
        weighing=weighing_without(steps),
    )


def weighing_without(steps: Collection[Step]) -> Weighing:
    """The shipped weights with 0 for the features that are left out."""
    features = [name for step in steps for name in _WEIGHTS.get(step, ())]
    return SHIPPED.without(features, lead=Step.LEAD not in steps)


@dataclass(frozen=True, slots=True)
class _Lessened:
    """A lexicon that knows nothing of what is left out."""

    whole: Language
    without: frozenset[Step]

    def __contains__(self, term: str) -> bool:
        # What is known is not mended.
        return Step.MENDING in self.without or term in self.whole

    def commonness(self, term: str) -> float:
        return self.whole.commonness(term)

    def kin(self, term: str) -> Mapping[str, float]:
        return {} if Step.KIN in self.without else self.whole.kin(term)

    def word(self, term: str) -> str:
        return self.whole.word(term)


def ablation_table(rows: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Rows of Markdown: a step left out, and under each suite the SHOWN figures."""
    suites = list(next(iter(rows.values()), {}))
    head = f"{' / '.join(SHOWN)}; weights are not fitted again"
    lines = [f"| {' | '.join(['', *suites])} |", f"|{'---|' * (len(suites) + 1)}"]
    lines += [
        f"| {' | '.join([name, *(_cell(found[suite]) for suite in suites)])} |"
        for name, found in rows.items()
    ]
    return "\n".join([head, "", *lines])


def _cell(figures: Mapping[str, float]) -> str:
    """The figures; of a suite without unanswerable questions only those that it has."""
    shown = SHOWN if figures["n_unanswerable"] else SHOWN[:2]
    return " / ".join(f"{figures[name]:.3f}" for name in shown)
