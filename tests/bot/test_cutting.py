"""Quotes are cut at sentence ends and keep the sentence that answers."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cutting import clip, window

TEXT = "First one here. Second one is longer. Third. The fourth ends it."


def shown(text: str, best: str, room: int) -> str:
    start = text.index(best)
    begin, end = window(text, (start, start + len(best)), room=room, cost=len)
    return text[begin:end]


@pytest.mark.parametrize(
    ("best", "room", "kept"),
    [
        ("Third.", 64, TEXT),
        ("Third.", 63, "First one here. Second one is longer. Third."),
        ("Third.", 43, "Third. The fourth ends it."),
        ("Third.", 20, "Third."),
        ("First one here.", 40, "First one here. Second one is longer."),
        ("The fourth ends it.", 30, "Third. The fourth ends it."),
        ("The fourth ends it.", 48, "Second one is longer. Third. The fourth ends it."),
        ("Second one is longer.", 15, "Second one is"),
        ("Second one is longer.", 3, "Sec"),
    ],
)
def test_a_cut_keeps_whole_sentences_around_the_best(best, room, kept):
    assert shown(TEXT, best, room) == kept


def test_sentences_end_in_other_scripts_too():
    assert shown("هل نامت؟ نعم. ثم سبحت بعيدا", "هل نامت؟", 14) == "هل نامت؟ نعم."
    assert shown("海獭睡觉。它们手拉手。然后游走了", "海獭睡觉。", 12) == "海獭睡觉。它们手拉手。"


def test_a_letter_and_its_accent_stay_together():
    assert shown("xe\u0301e\u0301e\u0301", "xe\u0301e\u0301e\u0301", 4) == "xe\u0301"


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [("two words", 9, "two words"), ("two words", 8, "two…"), ("word", 3, "wo…"), ("", 0, "")],
)
def test_a_name_is_clipped_between_words_where_it_can_be(text, room, short):
    assert clip(text, room=room, cost=len) == short


@st.composite
def quotes(draw: st.DrawFn) -> tuple[str, tuple[int, int]]:
    text = draw(st.text(alphabet=" .\nab😀ع<&\u0301\u200d", min_size=1, max_size=60))
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    return text, (start, end)


@example((" " * 60, (0, 60)), 20)
@example(("a.", (2, 2)), 1)
@given(quotes(), st.integers(0, 60))
def test_a_cut_fits_and_keeps_the_best_sentence_if_that_fits(quote, room):
    text, best = quote

    begin, end = window(text, best, room=room, cost=len)

    assert 0 <= begin <= end <= len(text)
    assert end - begin <= room
    if best[1] - best[0] <= room:
        assert begin <= best[0]
        assert best[1] <= end


@example(" " * 60, 20)
@given(st.text(alphabet=" \na<&😀\u0301", max_size=50), st.integers(2, 50))
def test_a_clipped_name_fits(text, room):
    assert len(clip(text, room=room, cost=len)) <= room
