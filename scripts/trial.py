"""Put the whole bot to a trial, and tell what came of it."""

import argparse
import asyncio
import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from functools import partial
from typing import Any

from index import ROOT
from scripts.terminal.opening import guarded

Tried = tuple[bool, dict[str, Any]]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one trial; 0 where it went well, 1 where it did not."""
    asked = _parser().parse_args(argv)
    # PTB tells waiting times as numbers otherwise, and warns about it.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    with _hushed():
        well, figures = _TRIALS[asked.trial](asked)
    if asked.json:
        print(json.dumps({"trial": asked.trial, "well": well, **figures}, default=str))
    else:
        for name, value in figures.items():
            print(f"{name:<14}{value}")
        print("well" if well else "NOT well")
    return 0 if well else 1


@contextmanager
def _hushed() -> Iterator[None]:
    """What the bot logs is counted, or to be expected; here it would drown the figures."""
    log = logging.getLogger("bot")
    log.propagate = False
    try:
        yield
    finally:
        log.propagate = True


def figures_of(found: Any) -> dict[str, Any]:
    """What a trial found, by name; `asdict` alone makes nonsense of a Counter."""
    counted = {field.name: getattr(found, field.name) for field in fields(found)}
    whole = {name: dict(told) for name, told in counted.items() if isinstance(told, Counter)}
    bare = replace(found, **{name: Counter() for name in whole})
    return {**asdict(bare), **whole}


def _crowd(asked: argparse.Namespace) -> Tried:
    from scripts.trials.crowd import FLOOD_S, MOST_RATIO, crowd_ratio, percentile

    crowd = asyncio.run(crowd_ratio(phase_s=asked.seconds or FLOOD_S, rounds=asked.count or 3))
    figures = {
        "calm p99": percentile(crowd.calm, 99),
        "flooded p99": percentile(crowd.flooded, 99),
        "ratio": crowd.ratio,
    }
    return crowd.ratio < MOST_RATIO, figures


def _faults(asked: argparse.Namespace) -> Tried:
    from scripts.trials.kills import KILLS, QUESTIONS, kill

    wish = {"silent_s": asked.seconds or 30.0, "seed": asked.seed}
    each = {
        way: asyncio.run(
            kill(
                questions=asked.count or QUESTIONS,
                kills=min(KILLS, asked.count or KILLS),
                webhook=way == "webhook",
                **wish,
            )
        )
        for way in ("polling", "webhook")
    }
    return all(one.well for one in each.values()), {
        way: figures_of(one) for way, one in each.items()
    }


def _updates(asked: argparse.Namespace) -> Tried:
    from scripts.trials.updates import feed

    fed = asyncio.run(feed(asked.count or 100_000, seed=asked.seed))
    return fed.well, figures_of(fed)


def _files(asked: argparse.Namespace) -> Tried:
    from scripts.trials.files import read_all, samples, spoilt

    cases, count = samples(ROOT / "seeds", ROOT / "tests/data/formats"), asked.count or 10_000
    found = read_all(spoilt(cases, count, seed=asked.seed), count)
    return found.well, figures_of(found)


def _soak(asked: argparse.Namespace) -> Tried:
    from scripts.trials.soak import MINUTES, RATE, packaged, soak

    found = asyncio.run(
        soak(
            rate=asked.rate or RATE,
            minutes=asked.count or MINUTES,
            minute_s=asked.seconds or 60.0,
            opened=partial(packaged, reads=asked.reads),
        )
    )
    return found.well, figures_of(found)


_TRIALS: dict[str, Callable[[argparse.Namespace], Tried]] = {
    "crowd": _crowd,
    "faults": _faults,
    "updates": _updates,
    "files": _files,
    "soak": _soak,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/run trial", description=__doc__)
    parser.add_argument(
        "trial",
        choices=tuple(_TRIALS),
        help="crowd: a flood beside others' questions; faults: kill -9 while Telegram errs;"
        " updates and files: invented and spoilt ones; soak: ten minutes of questions, reindexing",
    )
    parser.add_argument("--json", action="store_true", help="the figures as one object")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="another series of chance"
    )
    parser.add_argument(
        "--count", type=int, metavar="N", help="rounds, questions, updates, files or minutes"
    )
    parser.add_argument(
        "--seconds", type=float, metavar="S", help="of a phase, of a silence, or of a minute"
    )
    parser.add_argument("--rate", type=float, metavar="N", help="questions a second, of the soak")
    parser.add_argument(
        "--reads", type=int, default=8, metavar="N", help="INDEX_READ of the soak; 0 is fastest"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
