"""The numbers that Prometheus fetches, in a registry of our own; see docs/operating.md."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from bot.desk import Apology
from bot.limits import UPDATES
from bot.metrics import ABSTAINED, ANSWERED, OUTCOMES, Metrics, Stage, outcome_of
from bot.reindexing import End
from index import Answer

OTHER = "other"
"""The label of whatever we have no name for, so that nobody outside can add labels."""

UNKNOWN = math.nan

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_EVIDENCE = tuple(step / 20 for step in range(1, 21))


@dataclass(frozen=True, slots=True)
class Levels:
    """How much of everything there is at a moment; what cannot be told is not a number.

    A field's metadata is the help of its gauge, quotewire_NAME.
    """

    desk_open: float = field(default=UNKNOWN, metadata={"help": "Questions looked up or waiting"})
    desk_room: float = field(default=UNKNOWN, metadata={"help": "Questions that may be open"})
    inbox_waiting: float = field(default=UNKNOWN, metadata={"help": "Updates not answered yet"})
    inbox_aside: float = field(default=UNKNOWN, metadata={"help": "Updates that cannot be read"})
    inbox_oldest_seconds: float = field(
        default=UNKNOWN, metadata={"help": "Since the oldest update that waits was sent"}
    )
    outbox_letters: float = field(default=UNKNOWN, metadata={"help": "Messages waiting to leave"})
    outbox_chats: float = field(default=UNKNOWN, metadata={"help": "Chats whose messages wait"})
    alerts_unsent: float = field(default=UNKNOWN, metadata={"help": "Alerts that wait"})
    generation: float = field(default=UNKNOWN, metadata={"help": "Generation that is served"})
    generation_age_seconds: float = field(
        default=UNKNOWN, metadata={"help": "Since the generation was published"}
    )
    articles: float = field(default=UNKNOWN, metadata={"help": "Articles in the collection"})
    paragraphs: float = field(default=UNKNOWN, metadata={"help": "Paragraphs in the collection"})
    reindexing: float = field(default=UNKNOWN, metadata={"help": "1 while an admin reindexes"})
    last_poll_age_seconds: float = field(
        default=UNKNOWN, metadata={"help": "Since Telegram was last heard, or since the start"}
    )
    loop_lag_seconds: float = field(
        default=UNKNOWN, metadata={"help": "Longest that the event loop was late of late"}
    )
    healthy: float = field(default=UNKNOWN, metadata={"help": "1 where /healthz says ok"})


class Meters(Metrics):
    """Counts what happens; all its labels are of closed sets."""

    def __init__(self) -> None:
        # They would be a second series for each, that nobody looks at.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # it takes nothing
        self._registry = registry = CollectorRegistry()
        self._questions = Counter(
            "quotewire_questions", "Questions by outcome", ["outcome"], registry=registry
        )
        self._evidence = Histogram(
            "quotewire_evidence",
            "Evidence of the best candidate, quoted or not",
            ["outcome"],
            buckets=_EVIDENCE,
            registry=registry,
        )
        self._stages = Histogram(
            "quotewire_stage_seconds",
            "Time of a question by stage",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._updates = Counter(
            "quotewire_updates", "Updates taken up by kind", ["kind"], registry=registry
        )
        self._calls = Counter(
            "quotewire_telegram_calls",
            "Calls of Telegram by method and outcome",
            ["method", "outcome"],
            registry=registry,
        )
        self._call_seconds = Histogram(
            "quotewire_telegram_seconds",
            "Time of a call of Telegram",
            buckets=_SECONDS,
            registry=registry,
        )
        self._floods = Counter(
            "quotewire_flood_waits", "Times that Telegram asked for silence", registry=registry
        )
        self._silence = Counter(
            "quotewire_flood_wait_seconds", "Silence that Telegram asked for", registry=registry
        )
        self._reindexes = Counter(
            "quotewire_reindexes", "Reindexes begun in Telegram by end", ["end"], registry=registry
        )
        self._gauges = {
            each.name: Gauge(f"quotewire_{each.name}", each.metadata["help"], registry=registry)
            for each in fields(Levels)
        }
        self._errors = _Errors()
        registry.register(self._errors)
        ProcessCollector(registry=registry)
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """A series that begins with its first event has no rate at that event."""
        for outcome in OUTCOMES:
            self._questions.labels(outcome)
        for outcome in (ANSWERED, ABSTAINED):
            self._evidence.labels(outcome)
        for stage in Stage:
            self._stages.labels(stage)
        for kind in (*UPDATES, OTHER):
            self._updates.labels(kind)
        for end in End:
            self._reindexes.labels(end)

    def question(self, outcome: Answer | Apology) -> None:
        """Count it, and how good its evidence was where it was looked up."""
        became = outcome_of(outcome)
        self._questions.labels(became).inc()
        if isinstance(outcome, Answer) and not outcome.skipped:
            self._evidence.labels(became).observe(outcome.strongest)

    def spent(self, stage: Stage, seconds: float) -> None:
        """Add it to the stage's times."""
        self._stages.labels(stage).observe(seconds)

    def update(self, kind: str) -> None:
        """Count it by kind."""
        self._updates.labels(kind if kind in UPDATES else OTHER).inc()

    def called(self, method: str, outcome: str, seconds: float) -> None:
        """Count it; a long poll takes as long as it likes."""
        self._calls.labels(method, outcome).inc()
        if method != "getUpdates":
            self._call_seconds.observe(seconds)

    def silenced(self, seconds: float) -> None:
        """Count it, and for how long."""
        self._floods.inc()
        self._silence.inc(seconds)

    def reindexed(self, end: str) -> None:
        """Count it by how it ended."""
        self._reindexes.labels(end).inc()

    def exposition(self, levels: Levels, errors: Mapping[str, int]) -> bytes:
        """All the numbers as Prometheus reads them; errors are counted by who logged them."""
        for name, gauge in self._gauges.items():
            gauge.set(getattr(levels, name))
        self._errors.counted = dict(errors)
        return generate_latest(self._registry)

    def names(self) -> set[str]:
        """The names under which samples are exposed."""
        return {sample.name for each in self._registry.collect() for sample in each.samples}

    def families(self) -> set[str]:
        """The names that are explained: a histogram has one, a counter ends in _total."""
        return {
            f"{each.name}_total" if each.type == "counter" else each.name
            for each in self._registry.collect()
        }


class _Errors(Collector):
    def __init__(self) -> None:
        self.counted: Mapping[str, int] = {}

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(
            "quotewire_logged_errors", "Errors in the log by part", labels=["part"]
        )
        for part, number in self.counted.items():
            family.add_metric([part], number)
        yield family
