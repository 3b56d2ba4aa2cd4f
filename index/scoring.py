"""Turn what speaks for a passage into one number that means the same for every question."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and spread of the cosine over random pairs of question and paragraph.

    `multilingual` tells that the model places questions of every script well; the cosines of the
    packaged one say nothing of what is not written in Latin letters.
    """

    mean: float = 0.08
    spread: float = 0.09
    multilingual: bool = False

    def standard(self, cosine: float) -> float:
        """A cosine in spreads above the mean."""
        return (cosine - self.mean) / self.spread


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for or against a passage, each as a plain number.

    `meaning` is the standardised cosine; `coverage` the weighted share of the question's words and
    names that the passage or its article's lead holds, `together` the share that one run of a
    sentence's length holds, `phrases` the share of its neighbouring words that are neighbours
    there too; `days` how well the days agree, 1 where none are asked; `kind` whether
    the kind of thing asked for is there, .5 where that cannot be told (then `kindless` is 1).
    """

    meaning: float = 0.0
    coverage: float = 0.0
    together: float = 0.0
    phrases: float = 0.0
    days: float = 1.0
    kind: float = 0.5
    kindless: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """How near a question's words come to those of the best sentence of a passage.

    `sentence` is the mean over the words of the question, each weighing its rarity, of the cosine
    with the nearest word of that sentence.
    """

    sentence: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts for in the logit of the evidence."""

    bias: float
    meaning: float
    coverage: float
    together: float
    phrases: float
    days: float
    kind: float
    kindless: float
    sentence: float = 0.0


# Fitted by logistic regression with a null choice (of a question's candidates one is right, or
# none is), every suite weighing the same, and tried on suites left out of the fit; rounded, and
# shifted so that .5 answers most of what can be answered. docs/retrieval.md has the worth of each.
UNREAD = Weights(
    bias=-10.1, meaning=0.48, coverage=3.5, together=4.3, phrases=0.7, days=2.2, kind=1.6,
    kindless=1.2,
)  # fmt: skip
READ = Weights(
    bias=-11.2, meaning=0.26, coverage=1.9, together=1.5, phrases=0.5, days=2.8, kind=1.9,
    kindless=1.5, sentence=6.2,
)  # fmt: skip


def evidence(features: Features) -> float:
    """How likely it is, from 0 to 1, that a passage with these features answers."""
    return _chance(_logit(features, UNREAD))


def closely(features: Features, reading: Reading) -> float:
    """The same for a passage that has been read closely too."""
    return _chance(_logit(features, READ) + READ.sentence * reading.sentence)


def _logit(features: Features, weights: Weights) -> float:
    return (
        weights.bias
        + weights.meaning * features.meaning
        + weights.coverage * features.coverage
        + weights.together * features.together
        + weights.phrases * features.phrases
        + weights.days * features.days
        + weights.kind * features.kind
        + weights.kindless * features.kindless
    )


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
