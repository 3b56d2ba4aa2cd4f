from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.article import Span
from index.fit import TOKEN_LIMIT, estimate_tokens, meter
from index.paragraphs import Block, Kind, blocks_of_text, lay_out

OTTERS = "Sea otters hold hands while they sleep in the bay."
TEA = "The harbour master drinks his tea at five, come rain or shine."


def quotes(blocks):
    text, spans = lay_out(blocks)
    return [text[span.start : span.end] for span in spans]


def test_blocks_are_set_with_an_empty_line_between_them():
    text, spans = lay_out([Block(f" {OTTERS}\n"), Block("  "), Block(TEA)])

    assert text == f"{OTTERS}\n\n{TEA}"
    assert spans == (Span(0, 50), Span(52, 114))


def test_a_heading_is_carried_by_what_it_heads_and_is_never_quoted():
    text, spans = lay_out([Block(OTTERS), Block("Tea\ntime", Kind.HEADING), Block(TEA)])

    assert text == f"{OTTERS}\n\nTea\ntime\n\n{TEA}"
    assert spans == (Span(0, 50), Span(62, 124, "Tea time"))


def test_a_line_that_leads_in_stays_with_its_list():
    lead, items = (
        Block("The harbour master keeps three rules for his tea:"),
        "• hot\n• strong\n• now",
    )

    assert quotes([Block(OTTERS), lead, Block(items, Kind.LIST)]) == [
        OTTERS,
        f"{lead.text}\n\n{items}",
    ]


def test_a_short_line_joins_what_follows_or_else_what_goes_before():
    assert quotes([Block(OTTERS), Block("Tea time"), Block(TEA)]) == [OTTERS, f"Tea time\n\n{TEA}"]
    assert quotes([Block(OTTERS), Block("Harbour office")]) == [f"{OTTERS}\n\nHarbour office"]
    assert quotes([Block(OTTERS), Block("They do.")]) == [OTTERS, "They do."]


def test_nothing_joins_across_a_heading():
    blocks = [Block(OTTERS), Block("Tea time"), Block("Tea", Kind.HEADING), Block(TEA)]

    assert quotes(blocks) == [f"{OTTERS}\n\nTea time", TEA]


def test_a_long_paragraph_is_parted_evenly_at_sentence_ends():
    parts = quotes([Block(" ".join([OTTERS] * 30))])

    assert parts == [" ".join([OTTERS] * 15)] * 2


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("Выдры спят в бухте, держась за лапы. " * 20, 280),
        ("كانت المدينة هادئة في ذلك الصباح. " * 20, 260),
        ("水獭在港口里睡觉，手拉着手。" * 40, 230),
        ("tea, " * 300, 1000),
        ("x" * 2000, 600),
        ("字" * 1000, 230),
    ],
)
def test_no_script_slips_past_what_the_model_can_read(text, longest):
    parts = quotes([Block(text)])

    assert max(map(len, parts)) <= longest
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_an_accent_is_never_parted_from_its_letter():
    assert not any(part.startswith("\u0301") for part in quotes([Block("яе\u0301" * 500)]))


BLOCKS = st.lists(
    st.builds(
        Block,
        st.text(alphabet="aB .:\n中é😀", max_size=40)
        | st.sampled_from([OTTERS, TEA * 30, "Tea:"]),
        st.sampled_from(Kind),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(BLOCKS)
@example([Block("a:"), Block("b\n\nc", Kind.LIST), Block("d")])
def test_spans_are_in_order_and_apart_and_hold_all_but_headings(blocks):
    text, spans = lay_out(blocks)

    pieces = [text[span.start : span.end] for span in spans]
    assert all(piece == piece.strip() != "" for piece in pieces)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    body = "".join(block.text for block in blocks if block.kind is not Kind.HEADING)
    assert "".join("".join(pieces).split()) == "".join(body.split())
    assert all(estimate_tokens(piece) <= TOKEN_LIMIT * 2 for piece in pieces)


def test_empty_lines_part_the_paragraphs_of_a_text():
    assert blocks_of_text(f"{OTTERS}\n \n\n{TEA}\n") == [Block(OTTERS), Block(TEA)]


def test_without_empty_lines_every_line_is_a_paragraph():
    long = " ".join([OTTERS, TEA, OTTERS])

    assert blocks_of_text(f"{long}\n{TEA}\n{long}\n") == [Block(long), Block(TEA), Block(long)]


def test_lines_broken_at_a_fixed_width_are_joined():
    wrapped = (
        "Tea at the harbour is served from five until the last boat has come\n"
        "in, and nobody who has tasted it asks for coffee again, except the\n"
        "harbour master.\n\nSea otters\nhold hands."
    )

    assert blocks_of_text(wrapped) == [
        Block(
            "Tea at the harbour is served from five until the last boat has come in, and nobody"
            " who has tasted it asks for coffee again, except the harbour master."
        ),
        Block("Sea otters\nhold hands."),
    ]


def test_an_item_broken_at_a_fixed_width_is_one_line():
    items = (
        "- tea from the harbour house, hot and strong, as it has been served\n"
        "  there since the first boat\n- milk, but only if the captain is away from the table"
    )

    assert blocks_of_text(items) == [
        Block(
            "- tea from the harbour house, hot and strong, as it has been served there since the"
            " first boat\n- milk, but only if the captain is away from the table",
            Kind.LIST,
        )
    ]


def test_marked_lines_are_a_list():
    assert blocks_of_text("Bring:\n\n- tea\n- milk\n\nThen wait.") == [
        Block("Bring:"),
        Block("- tea\n- milk", Kind.LIST),
        Block("Then wait."),
    ]
    assert blocks_of_text("1. tea\n2. milk\nThen wait.")[0] == Block("1. tea\n2. milk", Kind.LIST)


@settings(deadline=None)
@given(st.text(alphabet="aB-1.) \n\u00a0中", max_size=200))
def test_no_letter_of_a_text_is_lost(text):
    blocks = blocks_of_text(text)

    assert "".join("".join(block.text for block in blocks).split()) == "".join(text.split())


@given(
    st.text(st.sampled_from("abcxyz the of 12345 é😀\n,.;—،слово كلمة漢字_-'"), max_size=400),
    st.integers(0, 400),
    st.integers(0, 400),
)
def test_a_slice_weighs_what_its_text_would_in_there(text, one, other):
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    cost = meter(text)

    assert cost(start, end) >= 0
    assert cost(start, start) == 0
    # A token that is cut is two, and two weigh no less than one and little more.
    whole, parts = cost(0, len(text)), cost(0, start) + cost(start, end) + cost(end, len(text))
    assert whole - 1e-9 <= parts <= whole + 4
