from pathlib import Path

import pytest

from index.article import Credit
from index.errors import Unreadable
from index.readers.pdf import articles, looks_right
from tests.support.printing import column, pdf, pdf_of_objects

RAW = Path(__file__).parents[2].parent / "shared" / "eval" / "raw" / "pdf"

HANDS = """Sea otters hold hands while they sleep, so that the tide does
not part them. Those who watch from the pier say that the har-
bour is never as calm as at that hour of the well-known night."""
COUNT = """The harbour master counted forty otters in May, more than any-
one before him, and wrote a well-known letter about it to Tide-
water, where nobody had counted any."""
TOLD = (
    "Sea otters hold hands while they sleep, so that the tide does not part them. Those who watch"
    " from the pier say that the harbour is never as calm as at that hour of the well-known night."
)
COUNTED = (
    "The harbour master counted forty otters in May, more than anyone before him, and wrote a"
    " well-known letter about it to Tidewater, where nobody had counted any."
)


def quotes(article):
    return [(article.text[span.start : span.end], span.heading) for span in article.spans]


def test_lines_become_paragraphs_without_the_hyphens_that_ended_them():
    page = [
        ("Otters of the Bay", 72, 770, 20),
        ("By Ann Gull", 72, 745, 11),
        ("16 September 2017", 72, 732, 11),
        *column(HANDS, y=700),
        *column(COUNT, y=640),
    ]

    (article,) = articles(pdf(page))

    assert article.credit == Credit(
        title="Otters of the Bay", author="Ann Gull", published="2017-09-16"
    )
    assert quotes(article) == [(TOLD, "page 1"), (COUNTED, "page 1")]


def test_columns_are_read_one_after_the_other_and_a_paragraph_goes_on_over_pages():
    hands, count = HANDS.split("\n"), COUNT.split("\n")
    left, right = column("\n".join(hands[:2])), [*hands[2:], *count[:1]]
    first = [*left, *column("\n".join(right), x=320)]

    (article,) = articles(pdf(first, column("\n".join(count[1:])), Title="Otters"))

    assert article.credit == Credit(title="Otters")
    assert quotes(article) == [(f"{TOLD} {COUNTED}", "page 1")]


SLEEP = """Sea otters hold hands while they
sleep, so that the tide does not
part them. Those who watch from
the pier say that the harbour is
never as calm as at that hour of
the night."""
PRICE = """The clipper Larkspur landed nine-
ty chests of tea at Tidewater on
Monday. Merchants of the Guild
said that the price of tea would
fall and stay low for as long as
the wind blows from the west."""


def rows(left, right, *, y=700, x=(72, 320)):
    """The lines of two columns as some programs draw them: each row across both."""
    pairs = zip(column(left, x=x[0], y=y), column(right, x=x[1], y=y), strict=True)
    return [line for pair in pairs for line in pair]


def test_columns_that_are_drawn_row_by_row_are_read_one_after_the_other():
    title = ("Otters and tea", 72, 750, 18)
    below = column("All of this is printed with the leave of the Harbour Office.", y=600)

    (article,) = articles(pdf([title, *rows(SLEEP, PRICE), *below]))

    assert [text for text, _ in quotes(article)] == [
        SLEEP.replace("\n", " "),
        PRICE.replace("-\n", "").replace("\n", " "),
        "All of this is printed with the leave of the Harbour Office.",
    ]


def test_a_column_that_is_longer_than_the_other_goes_on_below_it():
    longer = SLEEP.replace("the night.", "the night, when lamps are out on\nall of the boats.")
    left = column(longer)

    (article,) = articles(pdf([*rows("\n".join(longer.split("\n")[:6]), PRICE), *left[6:]]))

    assert [text for text, _ in quotes(article)] == [
        longer.replace("\n", " "),
        PRICE.replace("-\n", "").replace("\n", " "),
    ]


def test_the_rows_of_a_table_stay_together():
    names = "Anchor\nBell\nCrown\nDolphin\nEagle\nFerry"

    (article,) = articles(pdf([*column(SLEEP, y=780), *rows(names, "3\n12\n7\n5\n9\n1", y=680)]))

    assert "Anchor 3" in article.text
    assert "Ferry 1" in article.text


def test_words_that_are_drawn_one_by_one_stay_in_their_lines():
    words = [
        (word, 72 + 70 * at, y, 11)
        for line, _, y, _ in column(HANDS)
        for at, word in enumerate(line.split())
    ]

    (article,) = articles(pdf(words))

    assert article.text == TOLD


def test_a_span_tells_the_page_on_which_it_begins():
    heading = ("Tea", 72, 730, 16)

    (article,) = articles(pdf(column(HANDS), [heading, *column(COUNT)], Title="Otters"))

    assert quotes(article) == [(TOLD, "page 1"), (COUNTED, "Tea · page 2")]


def test_running_heads_feet_and_page_numbers_are_no_text():
    def page(number, text):
        return [
            ("The Daily Tide", 72, 800, 9),
            (f"Vol. 3, No. {number}", 400, 800, 9),
            *column(text, y=700),
            ("tide.example", 72, 60, 9),
            (f"Page {number} of 4", 300, 40, 9),
        ]

    texts = [HANDS, COUNT, "So much for that.", f"So it is:\n{COUNT}"]
    pages = [page(number, text) for number, text in enumerate(texts, 1)]

    (article,) = articles(pdf(*pages))

    assert quotes(article) == [
        (TOLD, "page 1"),
        (COUNTED, "page 2"),
        ("So much for that.", "page 3"),
        (f"So it is:\n\n{COUNTED}", "page 4"),
    ]


def test_items_of_a_list_stay_lines_of_their_own():
    text = "• hot, as the harbour master says\n• strong enough to wake\nan otter\n• black"

    (article,) = articles(pdf([*column(HANDS, y=760), *column(text, y=690)]))

    assert quotes(article)[1][0] == (
        "• hot, as the harbour master says\n• strong enough to wake an otter\n• black"
    )


def test_ligatures_are_the_letters_they_stand_for():
    from index.readers.typesetting import Line, paragraphs

    (placed,) = paragraphs([[Line("The misﬁts diﬀer \u200fﻻ", 72, 700, 11)]])

    assert placed.block.text == "The misfits differ \u200fلا"


@pytest.mark.parametrize(
    "told", ["Microsoft Word - a.doc", "untitled", "otters_v3.indd", "20170916", "", "Document1"]
)
def test_what_a_program_fills_in_is_no_title(told):
    (article,) = articles(pdf(column(HANDS), Title=told, Author="Administrator"))

    assert article.credit == Credit()


def test_only_the_first_bytes_make_a_pdf():
    assert looks_right("%PDF-1.7\n...")
    assert not looks_right("Otters and %PDF-1.7")


# -- what cannot be read

CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
FORM = (
    b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 4 0 R >> >>"
    b" /Length 5 >>\nstream\n/A Do\nendstream"
)
LOOPS = {
    "pages that are their own child": [
        CATALOGUE,
        b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>",
    ],
    "pages that hold each other": [
        CATALOGUE,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 1 >>",
    ],
    "a parent that is its own": [
        CATALOGUE,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 3 0 R >>",
        b"<< /Type /Page /Parent 2 0 R >>",
    ],
    "a picture that draws itself": [
        CATALOGUE,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R"
        b" /Resources << /XObject << /A 4 0 R >> >> >>",
        FORM,
        b"<< /Length 5 >>\nstream\n/A Do\nendstream",
    ],
    "contents that are themselves": [
        CATALOGUE,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        b"[4 0 R 4 0 R]",
    ],
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_file_that_leads_round_in_a_circle_comes_to_an_end(name):
    with pytest.raises((Unreadable, RecursionError)) as raised:
        articles(pdf_of_objects(LOOPS[name]))

    assert "\n" not in str(raised.value)


def test_a_cross_reference_that_points_to_itself_comes_to_an_end():
    data = pdf(column(HANDS))
    place = data.rindex(b"xref\n0")
    looped = data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % place)

    (article,) = articles(looped)

    assert quotes(article) == [(TOLD, "page 1")]


def test_a_file_that_takes_too_long_is_given_up():
    ticks = iter(range(0, 10_000, 20))

    with pytest.raises(Unreadable, match=r"^takes more than 60 s to read$"):
        articles(pdf(*[column(HANDS)] * 9), clock=lambda: float(next(ticks)))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7\n...", "a damaged PDF file"),
        (pdf(column(HANDS))[:300], "a damaged PDF file"),
        (
            pdf([]),
            "no text in it, only pictures; run it through text recognition (OCR)",
        ),
    ],
)
def test_what_cannot_be_read_says_why(data, reason):
    with pytest.raises(Unreadable) as raised:
        articles(data)

    assert str(raised.value) == reason


@pytest.mark.skipif(not RAW.is_dir(), reason="the evaluation data is not beside this checkout")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("libreoffice-writer-password", "encrypted; save a copy without its password"),
        (
            "imagemagick-images",
            "no text in it, only pictures; run it through text recognition (OCR)",
        ),
    ],
)
def test_real_files_without_a_text_say_why(name, reason):
    with pytest.raises(Unreadable) as raised:
        articles((RAW / f"{name}.pdf").read_bytes())

    assert str(raised.value) == reason


@pytest.mark.skipif(not RAW.is_dir(), reason="the evaluation data is not beside this checkout")
def test_two_real_columns_are_read_one_after_the_other():
    (article,) = articles((RAW / "multicolumn.pdf").read_bytes())

    assert article.credit == Credit(
        title="Two-Column Document with Lorem Ipsum", published="2024-01-03"
    )
    assert "Donec nonummy pellentesque ante. Phasellus adipiscing semper elit." in article.text
    assert "adip-" not in article.text
