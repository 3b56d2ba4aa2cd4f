"""A paragraph's tokens are kept small, and come back as what they were, very nearly."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.tokens import Tokens, restored, shrunk

ROWS = st.integers(0, 9).flatmap(
    lambda count: arrays(np.float32, (count, 6), elements=st.floats(-1, 1, width=32))
)


def unit(rows):
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)


@example(np.zeros((0, 6), dtype=np.float32), 0)
@example(np.eye(6, dtype=np.float32)[:2], 70_000)
@given(ROWS, st.integers(0, 100_000))
def test_what_is_kept_comes_back_in_its_place_and_direction(rows, start):
    rows = unit(rows)[np.linalg.norm(rows, axis=1) > 0.1]
    spans = tuple((start + 3 * at, start + 3 * at + 2) for at in range(len(rows)))

    back = restored(shrunk(Tokens(rows, spans)), 6)

    assert back.spans == spans
    assert back.vectors.shape == rows.shape
    assert np.abs(back.vectors - rows).max(initial=0) < 0.08


def test_a_number_takes_half_a_byte_and_a_token_seven_bytes_besides():
    rows = unit(np.random.default_rng(1).standard_normal((10, 384)).astype(np.float32))

    kept = shrunk(Tokens(rows, tuple((at, at + 1) for at in range(10))))

    assert len(kept) == 4 + 10 * (7 + 384 // 2)


def test_an_odd_width_comes_back_too():
    rows = np.eye(3, dtype=np.float32)

    back = restored(shrunk(Tokens(rows, ((0, 1), (1, 2), (2, 3)))), 3)

    assert back.vectors == pytest.approx(rows, abs=1e-3)


def test_products_are_off_by_less_than_a_hundredth():
    chance = np.random.default_rng(7)
    rows, asked = (unit(chance.standard_normal((200, 384)).astype(np.float32)) for _ in "ab")

    back = restored(shrunk(Tokens(rows, tuple((at, at + 1) for at in range(200)))), 384)

    assert np.sqrt(np.mean((asked @ back.vectors.T - asked @ rows.T) ** 2)) < 0.01


@pytest.mark.parametrize("spoilt", [b"", b"\x01", b"\xff\xff\xff\x7f123", b"\x02\x00\x00\x00abc"])
def test_bytes_that_are_no_tokens_are_refused(spoilt):
    with pytest.raises(ValueError):  # noqa: PT011 - any of numpy's own words
        restored(spoilt, 384)


@pytest.mark.parametrize("step", ["nan", "inf", "-inf", "0", "6"])
def test_steps_that_no_unit_vector_has_are_refused(step):
    kept = bytearray(shrunk(Tokens(np.eye(2, dtype=np.float32), ((0, 1), (1, 2)))))
    kept[9:11] = np.float16(step).tobytes()

    with pytest.raises(ValueError, match="unit vectors"):
        restored(bytes(kept), 2)


def test_a_page_of_zeros_among_them_is_refused():
    rows = unit(np.random.default_rng(1).standard_normal((40, 384)).astype(np.float32))
    kept = bytearray(shrunk(Tokens(rows, tuple((at, at + 1) for at in range(40)))))
    kept[3000:7092] = bytes(4092)

    with pytest.raises(ValueError, match="unit vectors"):
        restored(bytes(kept), 384)
