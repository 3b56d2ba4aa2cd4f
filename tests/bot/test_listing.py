"""Lists as messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits import ENTITIES, MESSAGE_UNITS
from bot.listing import (
    ARTICLES,
    PUBLISHERS,
    articles_html,
    marked_html,
    nearest,
    no_source_html,
    nothing_holds_html,
    pages_in,
    passages_html,
    plain,
    publishers_html,
)
from bot.phrases import phrases_in
from bot.render import utf16_units
from index import Credit, Filters, Listed, Listing, Match, Matches, Publisher, Quotable
from scripts.simulator.markup import parse_html

english = phrases_in("en")
HOSTILE = st.text(alphabet=" \n.a<&😀\u200d\u0634\u0301\ud800\"'", max_size=1_200)
CREDITS = st.builds(
    Credit,
    title=HOSTILE,
    publisher=HOSTILE,
    via=HOSTILE,
    published=st.sampled_from(["", "2017", "2017-09-16"]),
    url=st.sampled_from(["", "https://k.example/1", "https://k.example/?" + "&a" * 180]),
)


@st.composite
def matches(draw) -> Matches:
    found = []
    for _ in range(draw(st.integers(1, 5))):
        text = draw(HOSTILE.filter(bool))
        places = sorted(draw(st.sets(st.integers(0, len(text)), max_size=80)))
        marks = tuple(zip(places[::2], places[1::2], strict=False))
        quotable = Quotable(1, "1.md", 0, len(text), text, draw(CREDITS))
        found.append(Match(quotable, marks))
    filters = Filters(sources=(draw(HOSTILE),), phrases=(draw(HOSTILE),))
    return Matches(draw(HOSTILE), tuple(found), 1_000, draw(st.booleans()), filters, ("since x",))


def fits(html: str) -> None:
    seen = parse_html(html)
    assert utf16_units(html) <= MESSAGE_UNITS
    assert len(seen.pieces) <= ENTITIES
    assert seen.text.strip()


@given(matches())
def test_every_page_of_passages_is_a_message(found):
    fits(passages_html(found, english))


@given(st.lists(CREDITS, min_size=1, max_size=ARTICLES), HOSTILE)
def test_every_page_of_articles_is_a_message(credits_, source):
    listed = tuple(Listed("1.md", each, 3, 1) for each in credits_)

    fits(articles_html(Listing(listed, 100, (source,)), english))


@given(st.lists(HOSTILE, min_size=1, max_size=PUBLISHERS))
def test_every_page_of_publishers_is_a_message(names):
    publishers = [Publisher(each, 1_000, "2016-05-03", "2017-09-16") for each in names]

    fits(publishers_html(publishers, 0, english))


@given(matches(), HOSTILE)
def test_every_search_in_vain_is_a_message(found, name):
    fits(nothing_holds_html(found, 5, (name,), english))
    fits(no_source_html(name, [name[:50], "Kelp"], english))


@given(st.text(alphabet=" .a<&\u0634", min_size=1, max_size=200), st.integers(20, 300), st.data())
def test_what_a_list_quotes_is_a_piece_of_the_text(text, room, data):
    places = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    marks = tuple(zip(places[::2], places[1::2], strict=False))

    seen = parse_html(marked_html(text, marks, room=room))

    assert seen.text.removeprefix("… ").removesuffix(" …") in text
    assert all(piece in text for piece in seen.of("bold"))


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (100, "Tea came. Sea <b>otters</b> sleep. The <b>otters</b> drift."),
        (40, "Tea came. Sea <b>otters</b> sleep. …"),
        (26, "… Sea <b>otters</b> sleep. …"),
        (12, "… Sea <b>otters</b> …"),
    ],
)
def test_a_long_passage_is_cut_around_the_sentence_with_the_first_mark(room, shown):
    text = "Tea came. Sea otters sleep. The otters drift."

    assert marked_html(text, ((14, 20), (32, 38)), room=room) == shown


def test_a_passage_found_by_nothing_that_stands_in_it_is_shown_from_its_beginning():
    assert marked_html("Tea came. Otters sleep.", (), room=12) == "Tea came. …"


def test_a_link_that_eats_the_room_is_left_out():
    credit = Credit(title="Otters", url="https://k.example/" + "a" * 600)
    listing = Listing((Listed("1.md", credit, 3, 1),), 1)

    assert articles_html(listing, english) == "<b>The newest articles</b>\n\n1. Otters"


def test_the_second_page_of_publishers_begins_where_the_first_ends():
    publishers = [Publisher(f"Paper {number}", 1, "", "") for number in range(1, 23)]

    assert publishers_html(publishers, 1, english) == (
        "<b>22 sources</b>\n\nPaper 21: 1 article\nPaper 22: 1 article"
    )


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (5, 1), (6, 2), (11, 3)])
def test_a_list_has_as_many_pages_as_it_needs(total, pages):
    assert pages_in(total, 5) == pages


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tidewater", ["Tidewater Weekly", "The Tidewater Herald"]),
        ("herald", ["The Tidewater Herald"]),
        ("Kelp & Ko", ["Kelp & Co"]),
        ("", []),
        ("zzz", []),
    ],
)
def test_the_nearest_names_begin_or_are_spelled_alike(name, found):
    names = ["Tidewater Weekly", "Kelp & Co", "The Tidewater Herald"]

    assert nearest(name, names) == found


@given(HOSTILE, st.integers(5, 100))
def test_a_plain_name_is_one_line_and_fits(text, room):
    name = plain(text, room)

    assert utf16_units(name) <= room
    assert name == " ".join(name.split())
