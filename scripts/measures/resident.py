"""A process that opens a library, asks it the lines of its input, and tells what it holds."""

import json
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path


def main() -> None:
    """Print, as JSON, the most that is resident while questions are asked, beyond the model."""
    from index.live import follow, model_of
    from scripts.terminal.opening import settings_here

    settings = settings_here()
    model = model_of(settings)
    embedder = model.load()
    embedder.encode_queries(["what is loaded at its first use?"])
    bare, most = resident_mb(), 0.0
    with closing(follow(settings.where, replace(model, load=lambda: embedder))) as library:
        while not library.warm:
            time.sleep(0.05)
        for question in sys.stdin:
            library.ask(question)
            most = max(most, resident_mb())
    print(json.dumps({"bare_mb": bare, "beyond_mb": most - bare}))


def resident_mb() -> float:
    """What this process holds in memory, pages of mapped files among it."""
    told = Path("/proc/self/status").read_text().split()
    return int(told[told.index("VmRSS:") + 1]) / 1024


if __name__ == "__main__":
    main()
