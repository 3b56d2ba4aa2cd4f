import logging
import os
import sys
import threading
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from tests.support.spilling import spilled_in, spilled_under

# A slow machine is no fault: nothing is timed in tests.
settings.register_profile("untimed", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=1_000)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _no_proxy_and_no_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram is on this machine here, and what is printed is as wide as usual."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name == "COLUMNS":
            monkeypatch.delenv(name)


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """No test prints or logs the token, whatever it is about."""
    report = yield
    if spilled := spilled_in(report.sections):
        report.outcome = "failed"
        report.longrepr = f"the token was written: {', '.join(spilled)}"
        report.sections.clear()
    return report


@pytest.fixture(scope="session", autouse=True)
def _no_file_holds_the_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nor does any file that the whole suite wrote."""
    yield
    assert spilled_under(tmp_path_factory.getbasetemp()) == []
