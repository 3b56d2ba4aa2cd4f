"""How long a start takes until the first answer, beside importing and loading the model alone."""

import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.measures.measure import Measure, against, timed

TARGET = 1.3
_MODEL_ALONE = """
from scripts.terminal.opening import settings_here
from index.live import model_of
model_of(settings_here()).load().encode_queries(["where?"])
"""


def measure_starting(
    folder: Path, question: str, environment: Mapping[str, str], *, runs: int
) -> list[Measure]:
    """Fresh processes in turns: `ask` over the collection in a folder, and the model alone."""
    there = {**environment, "INDEX_URL": str(folder)}
    whole, least = [], []
    for _ in range(runs):
        whole.append(timed(lambda: _ran(["-m", "scripts.ask", question], there)))
        least.append(timed(lambda: _ran(["-c", _MODEL_ALONE], there)))
    value, floor = statistics.median(whole), statistics.median(least)
    return [against("a start until the first answer / the model alone", value, floor, TARGET)]


def _ran(argv: Sequence[str], environment: Mapping[str, str]) -> None:
    subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-P", *argv],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
