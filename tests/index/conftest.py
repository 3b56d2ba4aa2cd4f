from pathlib import Path

import pytest

from tests.support.collections import OTTERS, TEA, Desk


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    """A desk with nothing on it. In tests/index/postgres its collection is in a database."""
    return Desk(tmp_path)


@pytest.fixture
def desk(bare: Desk) -> Desk:
    """A desk with two articles on it, not indexed yet."""
    bare.write("otters.txt", OTTERS)
    bare.write("tea.txt", TEA)
    return bare
