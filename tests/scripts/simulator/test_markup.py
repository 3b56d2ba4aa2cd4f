"""The reader of markup refuses what Telegram refuses."""

import pytest

from scripts.simulator.markup import BadMarkup, Piece, parse_html


def test_text_and_pieces_are_told_apart():
    parsed = parse_html(
        '<a href="https://x.example/?a=1&amp;b=2">T &lt;3</a> <b>bold <i>both</i></b>'
    )

    assert parsed.text == "T <3 bold both"
    assert parsed.pieces == (
        Piece("text_link", "T <3", "https://x.example/?a=1&b=2"),
        Piece("bold", "bold both"),
        Piece("italic", "both"),
    )


def test_a_folded_quote_is_told_from_a_plain_one():
    assert parse_html("<blockquote expandable>long</blockquote>").of("expandable_blockquote") == [
        "long"
    ]
    assert parse_html("<blockquote>short</blockquote>").of("blockquote") == ["short"]


def test_length_is_counted_in_utf16_units():
    assert parse_html("<b>😀</b>é").units == 3


@pytest.mark.parametrize(
    "html",
    [
        "1 < 2",
        "<b>never closed",
        "closed</b>",
        "<b><i>crossed</b></i>",
        "<p>paragraph</p>",
        "<br>",
        '<a href="a"b">x</a>',
        "<blockquote>a<blockquote>b</blockquote></blockquote>",
    ],
)
def test_what_telegram_cannot_parse_is_refused(html):
    with pytest.raises(BadMarkup):
        parse_html(html)


@pytest.mark.parametrize(
    ("html", "text"), [("a & b", "a & b"), ("a > b", "a > b"), ("&#60;", "<")]
)
def test_what_telegram_lets_pass_is_let_pass(html, text):
    assert parse_html(html).text == text
