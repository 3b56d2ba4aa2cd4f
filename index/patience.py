"""Begin a piece of writing again where the database broke it off."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from index.errors import Interrupted, Locked, OutOfReach

logger = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_S = 120.0  # for a server to come back, or another to take its place
MOST = 5  # times that it is broken off
PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0


def begun_again(
    work: Callable[[Interrupted | None], T],
    *,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> T:
    """What the work gives in the end; it is told by what it was broken off the last time.

    Once it was, a server that is not there yet, and a lock that its own last session may still
    hold, are waited for. Raises what the work raised last.
    """
    broken: list[Interrupted] = []
    give_up, pause = 0.0, PAUSE_S
    while True:
        try:
            return work(broken[-1] if broken else None)
        except Interrupted as error:
            broken.append(error)
            give_up, pause = clock() + PATIENCE_S, PAUSE_S
            if len(broken) > MOST:
                raise
            logger.warning("%s; it is begun again", error)
        except (OutOfReach, Locked):
            if not broken or clock() >= give_up:
                raise
        wait(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)
