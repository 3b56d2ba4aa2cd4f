"""What buttons say back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import Press, Verb, button, keyboard, pack, unpack

presses = st.builds(
    Press,
    st.sampled_from(Verb),
    st.text("0123456789abcdef", max_size=12),
    st.lists(st.integers(-99, 9_999), max_size=3).map(tuple),
)


@given(presses)
def test_a_press_survives_the_way_to_telegram_and_back(press):
    data = pack(press)

    assert len(data.encode()) <= 64
    assert unpack(data) == press


@given(st.text(max_size=80))
def test_whatever_comes_back_it_is_read_or_it_is_nothing(data):
    press = unpack(data)

    assert press is None or pack(press) == data


@pytest.mark.parametrize(
    "data", ["", "more", "paging.abc.1", "page.abc.x", "page.абв.1", "page.abc." + "1." * 40]
)
def test_what_another_version_wrote_is_nothing(data):
    assert unpack(data) is None


def test_a_button_cannot_say_what_somebody_wrote():
    with pytest.raises(ValueError, match="cannot say"):
        pack(Press(Verb.PAGE, "not a token"))


def test_a_missing_number_is_another():
    press = Press(Verb.PAGE, "a", (4,))

    assert (press.number(0), press.number(1), press.number(1, 7)) == (4, 0, 7)


def test_a_keyboard_has_only_rows_with_buttons():
    row = [button("More", Verb.PAGE, "abc", 1)]

    assert keyboard([], row).inline_keyboard == (tuple(row),)
    assert keyboard([], []) is None
