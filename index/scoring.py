"""Turn what speaks for a passage into one number from 0 to 1 that means the same for every question."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and spread of the cosine over random pairs of question and paragraph."""

    mean: float = 0.08
    spread: float = 0.09

    def standard(self, cosine: float) -> float:
        """A cosine in spreads above the mean."""
        return (cosine - self.mean) / self.spread


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for or against a passage; the defaults are those of a passage about nothing asked."""

    meaning: float = 0.0
    context: float = 0.0
    words: float = 0.0
    coverage: float = 0.0
    missing_names: float = 0.0
    days: float = 1.0


def evidence(features: Features) -> float:
    """How likely it is, from 0 to 1, that a passage with these features answers."""
    meaning = 0.5 * features.meaning + 0.5 * features.context
    logit = 0.6 * meaning + 5.0 * features.coverage + 1.0 * features.days - 7.0
    return 1 / (1 + math.exp(-logit))
