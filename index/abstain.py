"""Decide whether the best evidence is good enough to answer at all."""

from collections.abc import Sequence

THRESHOLD = 0.68
"""The evidence from which an answer is given where a collection has no threshold of its own."""


def passing(evidence: Sequence[float], threshold: float = THRESHOLD) -> int:
    """How many of the pieces of evidence, best first, pass: none when the first does not."""
    return next((at for at, one in enumerate(evidence) if one < threshold), len(evidence))
