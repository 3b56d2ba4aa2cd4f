from pathlib import Path

import pytest

from tests.support.collections import OTTERS, TEA, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with two articles on it, not indexed yet."""
    desk = Desk(tmp_path)
    desk.write("otters.txt", OTTERS)
    desk.write("tea.txt", TEA)
    return desk
