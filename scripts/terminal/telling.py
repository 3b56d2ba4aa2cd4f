"""Tell a program how a reindex goes on: one JSON object a line."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TextIO

from index import IndexFault
from index.plan import UNREAD, Progress
from index.reindex import Outcome

SPAN_S = 0.25  # between two lines of one stage
FAILED_TOLD = 20  # of the files that failed; all of them are counted


class Teller:
    """Writes how it goes on, then how it ended: an `outcome`, or a `fault` with its `reason`."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._stage = ""
        self._failed = 0
        self._told_at = 0.0

    @contextmanager
    def shown(self) -> Iterator[Progress]:
        """Something to report progress to."""
        yield self.progress

    def progress(self, stage: str, done: int, total: int) -> None:
        """Tell of a stage: its beginning, its end, and now and then how far it has come."""
        if stage == UNREAD:
            self._failed = done
            return
        now = self._clock()
        if stage == self._stage and done < total and now - self._told_at < SPAN_S:
            return
        self._stage, self._told_at = stage, now
        self._say({"stage": stage, "done": done, "total": total, "failed": self._failed})

    def outcome(self, outcome: Outcome) -> None:
        """Tell what was done; of what failed the first few, and how many files they are."""
        fields = asdict(outcome)
        fields["failed"] = fields["failed"][:FAILED_TOLD]
        fields["failed_files"] = len({failure.file for failure in outcome.failed})
        del fields["skipped"]
        self._say({"outcome": fields})

    def fault(self, fault: IndexFault) -> None:
        """Tell why nothing was done, by the kind of fault and in its own words."""
        self._say({"fault": type(fault).__name__, "reason": str(fault)})

    def _say(self, told: dict[str, object]) -> None:
        print(json.dumps(told), file=self._stream, flush=True)


def end_with_stdin() -> None:
    """Have Ctrl-C work, however this was started, and come by itself when standard input ends."""
    # What a shell starts in the background is deaf to it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def wait() -> None:
        # Not through sys.stdin: its lock would be in the way when Python ends meanwhile.
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=wait, name="stdin", daemon=True).start()
