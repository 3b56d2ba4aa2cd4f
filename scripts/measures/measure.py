"""One figure beside the least that it could be, and how such figures are taken and printed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """Seconds (or what the name says) that something took, and the floor that it is held against.

    `ratio` is the one by the other, `target` the most that it shall be; None where there is none.
    """

    name: str
    value: float
    floor: float
    ratio: float
    target: float | None = None


def against(name: str, value: float, floor: float, target: float | None = None) -> Measure:
    """A measure with its ratio."""
    return Measure(name, value, floor, value / floor, target)


def timed(work: Callable[[], object]) -> float:
    """The seconds that something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def percentile(values: Sequence[float], share: int) -> float:
    """The value that `share` of a hundred do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, len(ranked) * share // 100)]


def as_table(measures: Sequence[Measure]) -> str:
    """The measures under each other."""
    lines = [f"{'measure':<58}{'value':>10}{'floor':>10}{'ratio':>8}{'target':>8}"]
    for each in measures:
        target = "" if each.target is None else f"{each.target:.2f}"
        missed = " missed" if each.target is not None and each.ratio > each.target else ""
        lines.append(
            f"{each.name:<58}{each.value:>10.4f}{each.floor:>10.4f}{each.ratio:>8.2f}"
            f"{target:>8}{missed}"
        )
    return "\n".join(lines)
