"""Which letters a text is written in."""

import pytest

from index.letters import main_script, script_of


@pytest.mark.parametrize(
    ("mark", "script"),
    [
        ("a", "LATIN"), ("é", "LATIN"), ("ж", "CYRILLIC"), ("ض", "ARABIC"), ("獺", "CJK"),
        ("ラ", "CJK"), ("っ", "CJK"), ("수", "HANGUL"), ("λ", "GREEK"), ("7", ""), ("?", ""),
        ("\x00", ""),
    ],
)  # fmt: skip
def test_a_letter_has_a_script_and_what_is_no_letter_has_none(mark, script):
    assert script_of(mark) == script


def test_the_script_of_most_words_is_that_of_the_text():
    assert main_script(("выдра", "sdf", "спать", "2017")) == "CYRILLIC"
    assert main_script(("2017", "3")) == ""
    assert main_script(()) == ""
