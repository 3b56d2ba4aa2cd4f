"""An answer is given only for evidence that passes."""

import pytest

from index.abstain import passing


@pytest.mark.parametrize(
    ("evidence", "count"),
    [((), 0), ((0.4, 0.3), 0), ((0.9, 0.5, 0.4), 2), ((0.9, 0.8), 2)],
)
def test_those_at_the_threshold_or_above_pass(evidence, count):
    assert passing(evidence, 0.5) == count
