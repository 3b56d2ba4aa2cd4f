"""Turn what speaks for a passage into one number from 0 to 1 that means the same for every question."""

import math
from dataclasses import dataclass, fields


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
    sentence's length holds; `days` how well the days agree, 1 where none are asked; `kind` whether
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
    """How near the question's words come to a passage's, as cosines.

    `sentence` is the rarity-weighted mean over the words of the question, each at its nearest in
    the best sentence; `opening` is the question's first token, which is mostly its question word,
    at its nearest in the passage.
    """

    sentence: float
    opening: float


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
    opening: float = 0.0


# Fitted by logistic regression with a null choice (of all candidates of a question one is right, or
# none is), every suite weighing the same, and tried on suites left out of the fit; rounded. How they
# were fitted, and what each feature is worth, stands in docs/retrieval.md.
UNREAD = Weights(
    bias=-10.3, meaning=0.5, coverage=3.6, together=4.7, phrases=0.0, days=2.2, kind=1.55, kindless=1.2
)
READ = Weights(
    bias=-11.5, meaning=0.2, coverage=2.1, together=2.5, phrases=0.0, days=2.7, kind=1.4, kindless=1.3,
    sentence=5.1, opening=2.15,
)  # fmt: skip


def evidence(features: Features) -> float:
    """How likely it is, from 0 to 1, that a passage with these features answers."""
    return _chance(_logit(features, UNREAD))


def closely(features: Features, reading: Reading) -> float:
    """The same for a passage that has been read closely too."""
    logit = _logit(features, READ)
    logit += READ.sentence * reading.sentence + READ.opening * reading.opening
    return _chance(logit)


def _logit(features: Features, weights: Weights) -> float:
    return weights.bias + sum(
        getattr(weights, each.name) * getattr(features, each.name) for each in fields(features)
    )


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
