import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.errors import Unreadable
from index.paragraphs import Block, Kind
from index.readers.fragments import blocks_of_fragment, text_of_fragment


def test_a_fragment_gives_its_paragraphs_headings_lists_quotations_and_tables():
    markup = """Sea <b>otters</b> hold&nbsp;hands<!-- really -->, they do.<h3>Tea <i>time</i></h3>
    <p>He has rules:<ul><li>hot<li><p>strong</p><ol><li>black<li>now</ol><li></ul>
    <blockquote><p>Nobody leaves thirsty.</p><p>Nobody.</p></blockquote>
    <table><tr><th>House<th>Cups<tr><td><div>Anchor</div><td>3</table>After the last cup."""

    assert blocks_of_fragment(markup) == [
        Block("Sea otters hold\u00a0hands, they do."),
        Block("Tea time", Kind.HEADING),
        Block("He has rules:"),
        Block("• hot\n• strong\n1. black\n2. now", Kind.LIST),
        Block("Nobody leaves thirsty.\nNobody.", Kind.QUOTE),
        Block("House | Cups\nAnchor | 3", Kind.TABLE),
        Block("After the last cup."),
    ]


def test_characters_that_no_xml_may_hold_are_spaces():
    assert blocks_of_fragment("Sea\x0cotters\x1bhold\ufffehands\uffff.") == [
        Block("Sea otters hold hands .")
    ]


def test_two_line_breaks_part_paragraphs_and_one_does_not():
    assert blocks_of_fragment("Tea<br>at five<br/>\n<br>and rain") == [
        Block("Tea\nat five"),
        Block("and rain"),
    ]


def test_a_table_that_only_sets_the_page_is_no_table():
    markup = "<table><tr><td><p>Otters sleep.</p><p>Tea waits.</p></td><td>Rain</td></tr></table>"

    assert blocks_of_fragment(markup) == [
        Block("Otters sleep."),
        Block("Tea waits."),
        Block("Rain"),
    ]


@pytest.mark.parametrize(
    "noise",
    [
        "<script>steal()</script>",
        "<style>p {}</style>",
        "<figure><img src=o.jpg><figcaption>Two otters</figcaption></figure>",
        "<p class='wp-caption-text'>Two otters</p>",
        "<nav><a href=/>Home</a></nav>",
        "<form><button>Subscribe</button></form>",
        "<iframe src=x>ads</iframe>",
        "<?php tea() ?>",
        "\0\ud800"[:1],
    ],
)
def test_what_is_not_said_is_left_out(noise):
    assert blocks_of_fragment(f"<p>Otters</p>{noise}<p>sleep.</p>") == [
        Block("Otters"),
        Block("sleep."),
    ]


def test_lines_that_were_set_stay_lines():
    assert blocks_of_fragment("<pre>tea\n  at five\n\nrain</pre>") == [
        Block("tea\nat five"),
        Block("rain"),
    ]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Otters &amp; <i>tea</i>", "Otters & tea"),
        ("Otters<br>asleep", "Otters asleep"),
        ("<p>Otters</p>\n<p>asleep", "Otters asleep"),
        ("plain", "plain"),
        (" ", ""),
    ],
)
def test_a_fragment_can_be_one_line(markup, text):
    assert text_of_fragment(markup) == text


@pytest.mark.parametrize("tag", ["div", "b", "ul", "blockquote", "table><tr><td"])
def test_deep_nesting_does_not_catch_the_reader(tag):
    assert isinstance(blocks_of_fragment(f"<{tag}>" * 20_000 + "tea"), list)


def test_a_tag_of_countless_attributes_is_refused():
    crowded = "<p " + " ".join(f"a{i}=x" for i in range(1000)) + ">tea"

    with pytest.raises(Unreadable, match=r"^more tags or attributes than can be read"):
        blocks_of_fragment(crowded)


MARKS = (
    "<p>¦</p>¦<ul>¦<ol>¦<li>¦</ul>¦<br>¦<table>¦<tr>¦<td>¦<h2>¦<!--¦-->¦<pre>¦tea ¦\v¦\x1f¦\0¦é¦<"
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(MARKS.split("¦")), max_size=20).map("".join))
@example("<ul></ul><li>tea")
@example("&#xD800;")
def test_any_markup_gives_blocks_with_text(markup):
    for block in blocks_of_fragment(markup):
        assert block.text == block.text.strip() != ""
        assert not {"\0", "\v", "\x1f"} & set(block.text)
        block.text.encode()  # a lone surrogate would raise
