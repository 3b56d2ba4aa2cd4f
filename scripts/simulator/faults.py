"""The ways in which a Telegram is out of order, each by its name."""

import random
from collections.abc import Sequence
from typing import Any

from scripts.simulator.api import FakeTelegram
from scripts.simulator.post import Json

SILENT_S = 30.0


def faults(*, silent_s: float = SILENT_S, retry_after_s: int = 1) -> dict[str, dict[str, Any]]:
    """What `FakeTelegram.fail` is given, besides the method, for one call to go wrong each way."""
    return {
        "429": {
            "status": 429,
            "description": "Too Many Requests: retry later",
            "parameters": {"retry_after": retry_after_s},
        },
        "502": {"status": 502, "body": b"<html><h1>502 Bad Gateway</h1></html>"},
        "reset before": {"status": 200, "hang_up": True},
        "reset after": {"status": 200, "hang_up": True, "after": True},
        "half an answer": {"status": 200, "half": True, "after": True},
        "wrong JSON": {"status": 200, "after": True, "body": b'{"ok": true, "result": [{"upd'},
        "silence": {"status": 200, "silent_s": silent_s, "hang_up": True},
        "401": {"status": 401, "description": "Unauthorized"},
        "404": {"status": 404, "description": "Not Found"},
        "409": {"status": 409, "description": "Conflict: terminated by other getUpdates request"},
    }


def confound(
    telegram: FakeTelegram,
    chance: random.Random,
    *,
    silent_s: float,
    methods: Sequence[str] = ("getUpdates", "sendMessage"),
) -> str:
    """Have the next call of one of the methods go wrong in some way, and name both."""
    method = chance.choice(methods)
    known = faults(silent_s=silent_s)
    name = chance.choice(tuple(known))
    telegram.fail(method, **known[name])
    return f"{method}: {name}"


def muddled(batch: Sequence[Json], chance: random.Random) -> list[Json]:
    """What one poll brings, in no order and one of it twice."""
    given = list(batch)
    if given:
        given.append(chance.choice(given))
    chance.shuffle(given)
    return given
