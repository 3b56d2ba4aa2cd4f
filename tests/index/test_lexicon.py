"""Words near each other in the model's embeddings are kin, unless they are opposites."""

import numpy as np

from index.lexicon import Lexicon

WORDS = ("north", "south", "northern", "otter", "tea", "mayor")
VECTORS = np.array(
    [[1, 0.1, 0], [1, -0.1, 0], [1, 0, 0.1], [-1, 1, 0], [-1, -1, 1], [-1, 0, -1]],
    dtype=np.float32,
)


def test_an_opposite_is_no_kin_however_near_it_lies():
    lexicon = Lexicon(list(enumerate(WORDS)), VECTORS)

    assert set(lexicon.kin("north")) == {"northern"}
    assert set(lexicon.kin("south")) == set()
