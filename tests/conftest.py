import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A slow machine is no fault: nothing is timed in tests.
settings.register_profile("untimed", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=1_000)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _the_log_stays_as_it_was() -> Iterator[None]:
    """What a test that runs a whole program sets up for its process is undone after it."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    loggers = [root, *(logging.getLogger(name) for name in ("bot", "index"))]
    before = [(each.level, each.propagate) for each in loggers]
    hooks = [(sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")]
    hooked = [getattr(module, name) for module, name in hooks]
    yield
    logging.captureWarnings(capture=False)
    logging.setLogRecordFactory(factory)
    logging.disable(logging.NOTSET)
    for each in [each for each in root.handlers if type(each).__module__ == "bot.logs"]:
        root.removeHandler(each)
    for each, (level, propagate) in zip(loggers, before, strict=True):
        each.setLevel(level)
        each.propagate = propagate
    for (module, name), hook in zip(hooks, hooked, strict=True):
        setattr(module, name, hook)
