"""Turn what speaks for a passage into one number that means the same for every question."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace


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
class Spelling:
    """How far a passage holds the pieces of a question's words, each piece by its rarity.

    `letters` is the share that the passage or its article's lead holds, `nearby` the share that
    one run of a sentence's length holds.
    """

    letters: float
    nearby: float


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for or against a passage, each as a plain number.

    `meaning` is the standardised cosine; `coverage` the weighted share of the question's words and
    names that the passage or its article's lead holds, `together` the share that one run of a
    sentence's length holds, `phrases` the share of its neighbouring words that are neighbours
    there too; `days` how well the days agree, 1 where none are asked; `kind` whether
    the kind of thing asked for is there, .5 where that cannot be told (then `kindless` is 1).
    `spelling` stands for `meaning` where the model cannot read the question, and only there.
    """

    meaning: float = 0.0
    coverage: float = 0.0
    together: float = 0.0
    phrases: float = 0.0
    days: float = 1.0
    kind: float = 0.5
    kindless: float = 0.0
    spelling: Spelling | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How near a question's words come to those of the best sentence of a passage.

    `sentence` is the mean over the words of the question, each weighing its rarity, of the cosine
    with the nearest word of that sentence. `nearness` has it of every sentence, in order.
    Against it speak `undenied`, that the question denies something and the sentence nothing;
    `opposed`, that the sentence tells the opposite of a word of the question; and `exchanged`,
    that the passage has another number or nationality instead.
    """

    sentence: float
    nearness: tuple[float, ...] = ()
    undenied: bool = False
    opposed: bool = False
    exchanged: bool = False


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A reranker's mean logit for paragraphs that have nothing to do with a question (`apart`).

    And for those that hold the very words of it (`whole`).
    """

    apart: float
    whole: float

    def share(self, logit: float) -> float:
        """Where a logit stands between the two, from 0 to 1."""
        return min(1.0, max(0.0, (logit - self.apart) / (self.whole - self.apart)))


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
    letters: float = 0.0
    nearby: float = 0.0
    undenied: float = 0.0
    opposed: float = 0.0
    exchanged: float = 0.0


# Fitted by logistic regression with a null choice (of a question's candidates one is right, or
# none is), every suite weighing the same, and tried on suites left out of the fit; rounded, and
# shifted so that .5 answers most of what can be answered. docs/retrieval.md has the worth of each.
# What speaks against was weighed apart, on look-alike questions that people wrote to mislead, for
# the suites hold too few: it is about the log of how much oftener it is met where none answers.
UNREAD = Weights(
    bias=-10.1, meaning=0.48, coverage=3.5, together=4.3, phrases=0.7, days=2.2, kind=1.6,
    kindless=1.2,
)  # fmt: skip
READ = Weights(
    bias=-11.2, meaning=0.26, coverage=1.9, together=1.5, phrases=0.5, days=2.8, kind=1.9,
    kindless=1.5, sentence=6.2, undenied=-2.5, opposed=-2.5,
    exchanged=-2.5,
)  # fmt: skip

# For questions that the model cannot read: fitted on Russian and tried on Arabic, and the reverse;
# days and kinds, which those questions hardly ask for, weigh as a fraction of what they do above.
FOREIGN = Weights(
    bias=-10.2, meaning=0.0, coverage=5.4, together=0.0, phrases=0.0, days=2.0, kind=0.6,
    kindless=0.3, letters=6.4, nearby=7.5,
)  # fmt: skip


# Chosen, not fitted: no reranker comes with the installation. Most right passages get a share of
# .7 or more, so one of these neither adds nor takes; what has nothing to do with the question
# loses what a missing name costs.
_SECOND = 3.0
_NEITHER = 0.7


_ROUNDING = 1e-9  # of sums that are added up in another order


@dataclass(frozen=True, slots=True)
class Weighing:
    """How evidence is weighed before and after close reading, and where the model cannot read.

    `lead` tells whether an article's lead speaks for its paragraphs.
    """

    unread: Weights = UNREAD
    read: Weights = READ
    foreign: Weights = FOREIGN
    lead: bool = True

    def without(self, features: Iterable[str], *, lead: bool = True) -> "Weighing":
        """The same with 0 as the weight of some features."""
        none = dict.fromkeys(features, 0.0)
        return Weighing(
            unread=replace(self.unread, **none),
            read=replace(self.read, **none),
            foreign=replace(self.foreign, **none),
            lead=lead,
        )


SHIPPED = Weighing()


def evidence(features: Features, weighing: Weighing = SHIPPED) -> float:
    """How likely it is, from 0 to 1, that a passage with these features answers."""
    spelling = features.spelling
    if spelling is None:
        return _chance(_logit(features, weighing.unread))
    weights = weighing.foreign
    spelt = weights.letters * spelling.letters + weights.nearby * spelling.nearby
    return _chance(_logit(features, weights) + spelt)


def ceiling(  # noqa: PLR0913 - the features that are known
    meaning: float,
    coverage: float,
    phrases: float,
    weighing: Weighing,
    *,
    days: float,
    kindless: bool,
) -> float:
    """The most that the evidence of a passage can be whose other features are not known."""
    weights = weighing.unread
    return _chance(
        _ROUNDING
        + weights.bias
        + weights.meaning * meaning
        + (weights.coverage + weights.together) * coverage
        + weights.phrases * phrases
        + weights.days * days
        + (0.5 * weights.kind + weights.kindless if kindless else weights.kind)
    )


def closely(features: Features, reading: Reading, weighing: Weighing = SHIPPED) -> float:
    """The same for a passage that has been read closely too."""
    weights = weighing.read
    read = (
        weights.sentence * reading.sentence
        + weights.undenied * reading.undenied
        + weights.opposed * reading.opposed
        + weights.exchanged * reading.exchanged
    )
    return _chance(_logit(features, weights) + read)


def seconded(evidence: float, share: float) -> float:
    """The evidence of a passage that a reranker has seen too; `share` is by its Yardstick."""
    sure = min(max(evidence, 1e-9), 1 - 1e-9)
    return _chance(math.log(sure / (1 - sure)) + _SECOND * (share - _NEITHER))


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
