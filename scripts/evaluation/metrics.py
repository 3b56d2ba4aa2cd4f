"""Figures of a suite, computed from what came for each question."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scripts.evaluation.suite import Asked

AMONG = 5
DEPTH = 10
ANSWERED = 0.9  # of the answerable questions, where wrong answers are counted at an equal footing


@dataclass(frozen=True, slots=True)
class Given:
    """One candidate: whether it, and its article, is gold; its evidence; its best sentence."""

    gold: bool
    gold_article: bool
    evidence: float
    best_sentence: str
    text: str
    verbatim: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A question and the candidates that came for it, best first."""

    asked: Asked
    given: tuple[Given, ...]

    @property
    def top(self) -> float:
        """The evidence of the best candidate, 0 where none came."""
        return self.given[0].evidence if self.given else 0.0

    @property
    def right_first(self) -> bool:
        """Whether the first candidate is gold."""
        return bool(self.given) and self.given[0].gold


def figures(results: Sequence[Result], threshold: float) -> dict[str, float]:
    """Every figure of a suite; shares are from 0 to 1, and 0 where there is nothing to share."""
    can = [result for result in results if result.asked.answerable]
    cannot = [result for result in results if not result.asked.answerable]
    right = [result for result in can if result.right_first]
    return {
        "n": len(can),
        "n_unanswerable": len(cannot),
        "top1": share(result.right_first for result in can),
        "recall5": share(any(g.gold for g in result.given[:AMONG]) for result in can),
        "mrr10": share(_reciprocal_rank(result) for result in can),
        "article1": share(_article_within(result, 1) for result in can),
        "article5": share(_article_within(result, AMONG) for result in can),
        "auroc": auroc([r.top for r in can], [r.top for r in cannot]),
        "wrong_at_90": wrong_at(ANSWERED, [r.top for r in can], [r.top for r in cannot]),
        "answered": share(result.top >= threshold for result in can),
        "right": share(r.right_first and r.top >= threshold for r in can),
        "wrongly_answered": share(result.top >= threshold for result in cannot),
        "best_sentence": share(_sentence_holds(result) for result in right),
        "verbatim": share(given.verbatim for result in results for given in result.given),
    }


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How often a positive scores above a negative, ties counting half; 0 without either."""
    if not positive or not negative:
        return 0.0
    above = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return above / (len(positive) * len(negative))


def wrong_at(part: float, positive: Sequence[float], negative: Sequence[float]) -> float:
    """The share of negatives that score at least as the positive at which `part` are answered."""
    if not positive or not negative:
        return 0.0
    ordered = sorted(positive, reverse=True)
    bar = ordered[max(0, min(len(ordered), round(part * len(ordered))) - 1)]
    return share(value >= bar for value in negative)


def share(claims: Iterable[float]) -> float:
    """The mean of the values; of claims, the share that holds. 0 where there are none."""
    values = [float(claim) for claim in claims]
    return sum(values) / len(values) if values else 0.0


def _reciprocal_rank(result: Result) -> float:
    ranks = (rank for rank, given in enumerate(result.given[:DEPTH], start=1) if given.gold)
    return next((1 / rank for rank in ranks), 0.0)


def _article_within(result: Result, count: int) -> bool:
    return any(given.gold_article for given in result.given[:count])


def _sentence_holds(result: Result) -> bool:
    sentence = _plain(result.given[0].best_sentence)
    return any(_plain(answer) in sentence for answer in result.asked.answers)


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()
