"""Which articles go by a source's rules of age and number."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """How long and how many of a source's articles are kept: `days` and `newest`, 0 for all."""

    source: str
    days: int = 0
    newest: int = 0


def moment_of(published: str, now: datetime) -> str:
    """A date of any precision as a moment to compare by, and no later than now."""
    try:
        moment = datetime.fromisoformat(
            f"{published}-01-01"[:10] if len(published) < 10 else published
        )
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return now.isoformat()
    return min(moment, now).isoformat()


def retired(rule: Rule, dated: Mapping[str, str], now: datetime) -> set[str]:
    """The articles that are too old, or too many, of those dated by their moments."""
    newest = sorted(dated, key=lambda name: (dated[name], name), reverse=True)
    gone = set(newest[rule.newest :]) if rule.newest else set()
    if rule.days:
        edge = (now - timedelta(days=rule.days)).isoformat()
        gone |= {name for name, moment in dated.items() if moment < edge}
    return gone


def retired_by_rule(
    articles: Mapping[str, tuple[str, str]],
    rule_of: Callable[[str], Rule | None],
    now: datetime,
) -> set[str]:
    """The keys of articles, given by key with origin and day, that go by their origin's rule."""
    dated = defaultdict[Rule, dict[str, str]](dict)
    for key, (origin, day) in articles.items():
        if rule := rule_of(origin):
            dated[rule][key] = moment_of(day, now)
    return {key for rule, moments in dated.items() for key in retired(rule, moments, now)}
