"""An article cut into pages."""

from html import escape

from hypothesis import example, given
from hypothesis import strategies as st

from bot.limits import MESSAGE_UNITS
from bot.pages import PAGE_UNITS, Piece, article_html, page_with, pages_of
from bot.phrases import phrases_in
from bot.render import utf16_units
from index import Credit, Reading
from scripts.simulator.markup import parse_html

words = phrases_in("en").answers

HOSTILE = st.text(alphabet=" \n.a<&😀\u200d\u0634\u0301\ud800\"'", max_size=400)
PARAGRAPHS = st.lists(HOSTILE, max_size=8).map(lambda texts: tuple(enumerate(texts, start=1)))


def test_pages_are_cut_between_paragraphs():
    paragraphs = ((1, "Otters sleep."), (2, "Kelp holds them."), (3, "The tide turns."))

    assert pages_of(paragraphs, room=36) == (
        (Piece(1, "Otters sleep."), Piece(2, "Kelp holds them.")),
        (Piece(3, "The tide turns."),),
    )


def test_a_paragraph_longer_than_a_page_is_cut_at_sentence_ends():
    paragraphs = ((1, "Tea."), (2, "Otters sleep. Kelp holds them. The tide turns."))

    assert pages_of(paragraphs, room=34) == (
        (Piece(1, "Tea."),),
        (Piece(2, "Otters sleep. Kelp holds them."),),
        (Piece(2, "The tide turns."),),
    )


def test_a_sentence_longer_than_a_page_is_cut_between_words():
    assert pages_of(((1, "otters sleep in the kelp forest"),), room=20) == (
        (Piece(1, "otters sleep in"),),
        (Piece(1, "the kelp forest"),),
    )


def test_an_article_without_text_is_one_empty_page():
    assert pages_of(((1, " \n"),)) == ((),)


@given(PARAGRAPHS, st.integers(8, 120))
@example(((1, "a" * 50),), 8)
@example(((1, "&&&"),), 8)
def test_nothing_is_lost_or_moved_and_every_page_fits(paragraphs, room):
    pages = pages_of(paragraphs, room=room)

    pieces = [piece for page in pages for piece in page]
    for number, text in paragraphs:
        kept = "".join(piece.text for piece in pieces if piece.paragraph == number)
        assert "".join(kept.split()) == "".join(text.split())
    assert [piece.paragraph for piece in pieces] == sorted(piece.paragraph for piece in pieces)
    for page in pages:
        shown = "\n\n".join(escape(piece.text, quote=False) for piece in page)
        assert utf16_units(shown) <= room


@given(PARAGRAPHS, HOSTILE, st.integers(0, 9))
def test_every_page_of_every_article_is_a_message(paragraphs, title, mark):
    credit = Credit(title=title, publisher=title, url="https://tidewater.example/" + "&" * 150)
    for page in pages_of(paragraphs):
        html = article_html(Reading("a.md", credit, ()), page, words, mark=mark)

        assert utf16_units(html) <= MESSAGE_UNITS
        assert parse_html(html).units <= 4_096


def test_a_full_page_below_the_longest_credit_is_one_message():
    long, url = "t" * 900, "https://k.example/?" + "&" * 195
    credit = Credit(title=long, publisher=long, via=long, published="2017-09-16", url=url)
    [page, *_] = pages_of(((1, "Kelp & tide. " * 1_000),))

    others = tuple(Credit(publisher=f"{number}{long}") for number in range(7))
    html = article_html(
        Reading("a.md", credit, (), others, changed="2017-09-20"), page, words, mark=1
    )

    assert PAGE_UNITS - 30 < utf16_units("".join(escape(each.text) for each in page)) <= PAGE_UNITS
    assert "\nChanged by the publisher, seen on 20 September 2017\n\n" in html
    assert "Also carried by" not in html
    assert parse_html(html).of("text_link") == [parse_html(html).text.split(" · ")[0]]
    assert MESSAGE_UNITS - 200 < utf16_units(html) <= MESSAGE_UNITS


def test_an_article_tells_who_carries_it_too_and_that_it_has_changed():
    others = (Credit(publisher="Herald"), Credit(publisher="Courier"), Credit())
    credit = Credit(title="Otters", publisher="Courier")

    html = article_html(
        Reading("a.md", credit, (), others, changed="2017-09-20"), (), words, mark=1
    )

    assert html == (
        "Otters · Courier\nChanged by the publisher, seen on 20 September 2017\n"
        "Also carried by Herald"
    )


def test_a_million_characters_are_paged_without_delay():
    pages = pages_of(((1, "a" * 1_000_000),))

    assert sum(len(piece.text) for page in pages for piece in page) == 1_000_000


def test_a_page_is_found_by_its_paragraph():
    pages = pages_of(((1, "Otters."), (2, "Kelp."), (3, "Tide.")), room=9)

    assert [page_with(pages, paragraph) for paragraph in (1, 2, 3, 4)] == [0, 1, 2, 0]


def test_the_marked_paragraph_stands_as_a_quote_and_the_others_plain():
    page = (Piece(1, "Otters <sleep>."), Piece(2, "Kelp & tide."))

    html = article_html(
        Reading("a.md", Credit(title="Otters", published="2017"), ()), page, words, mark=2
    )

    assert html == (
        "Otters · 2017\n\nOtters &lt;sleep&gt;.\n\n<blockquote>Kelp &amp; tide.</blockquote>"
    )
