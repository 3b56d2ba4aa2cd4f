"""An answer as it is kept, and the passages that are looked at closely."""

import json
from dataclasses import replace

from hypothesis import given as generated
from hypothesis import strategies as st

from bot.given import Found, Given, as_json, from_json
from bot.limits import COPIED_UNITS, MESSAGE_UNITS
from bot.looking import context_html, why_html
from bot.phrases import phrases_in
from bot.render import copied, utf16_units
from index import Credit, Surroundings, Trace, Where, Why
from scripts.simulator.markup import parse_html
from tests.support.library import passage

ENGLISH = phrases_in("en").answers
hostile = st.text(
    st.sampled_from("ab .&<>\"'\n\u202e\u0627\u05d0é😀\u200d\ufe0f\u0301"), max_size=3_000
)

found = st.builds(
    Found,
    st.integers(0, 2**63 - 1),
    st.text(max_size=16),
    st.tuples(st.integers(0, 99), st.integers(100, 200)),
    st.floats(0, 1),
    st.lists(st.text(max_size=5), max_size=3).map(tuple),
)
kept = st.builds(
    Given,
    st.text(max_size=20),
    st.text(max_size=20),
    st.none() | st.integers(1, 2**40),
    st.just("2017-09-16"),
    st.text(max_size=20),
    st.integers(0, 9),
    st.lists(found, max_size=5).map(tuple),
)


@generated(kept)
def test_an_answer_is_kept_whole(answer):
    assert from_json(json.loads(json.dumps(as_json(answer)))) == answer


def test_what_another_version_kept_is_no_answer():
    assert from_json({}) is None
    assert from_json({**as_json(Given("", "", 1, "", "", 1, ())), "found": [[1]]}) is None


@generated(st.integers(1, 12), st.lists(st.integers(1, 3), min_size=12, max_size=12))
def test_pages_follow_each_other_and_show_every_passage_once(count, sizes):
    each = Found(1, "a", (0, 1), 0.9)
    answer = Given("", "", 1, "", "", 1, tuple(replace(each, paragraph=n) for n in range(count)))
    seen, page = [], 0
    answer = answer.turned_to(0, shown=min(sizes[0], count))
    seen += [one.paragraph for one in answer.on_page]
    while answer.more:
        page += 1
        start = answer.start_of(page)
        answer = answer.turned_to(page, shown=min(sizes[page], count - start))
        seen += [one.paragraph for one in answer.on_page]

    assert seen == list(range(count))
    assert [answer.start_of(at) for at in range(page + 1)] == list(answer.starts)
    assert answer.start_of(page + 1) is None
    assert answer.start_of(-1) is None


@generated(hostile, hostile, hostile)
def test_a_closer_look_is_always_one_message(before, quote, after):
    each = passage("Otters. " + quote, title=quote, publisher=after)
    around = Surroundings(before, each.text, after, each.credit)
    html = context_html(around, each, ENGLISH)

    assert utf16_units(html) <= MESSAGE_UNITS
    assert "Otters." in parse_html(html).text


@generated(st.lists(st.builds(Trace, hostile, st.sampled_from(Where), hostile), max_size=30))
def test_reasons_are_always_one_message(traces):
    html = why_html(Why(tuple(traces), 0.9, 0.68), passage(), ENGLISH)

    assert utf16_units(html) <= MESSAGE_UNITS
    assert "Evidence: 90 of 100" in parse_html(html).text


def test_reasons_tell_where_each_word_stands():
    traces = (
        Trace("hurt", Where.PASSAGE, "wounded"),
        Trace("Deir Ezzor", Where.ARTICLE),
        Trace("why", Where.NOWHERE),
    )
    said = parse_html(why_html(Why(traces, 0.9, 0.68, nearer=True), passage(), ENGLISH)).text

    assert said.splitlines()[2:] == [
        "In the passage: hurt (as “wounded”)",
        "In the title or opening of its article: Deir Ezzor",
        "Not found: why",
        "It was chosen because it is close in meaning.",
        "",
        "Evidence: 90 of 100. I quote from 68 on.",
    ]


def test_long_neighbours_are_cut_on_the_side_that_is_far_from_the_quote():
    before = "Far away. " + "Kelp grows. " * 200 + "Near."
    after = "Next. " + "Kelp grows. " * 200 + "Far away."
    html = context_html(Surroundings(before, "", after, Credit()), passage("Otters."), ENGLISH)

    assert "Near.\n\n<blockquote>" in html
    assert "</blockquote>\n\nNext." in html
    assert "Far away." not in html


@generated(hostile, hostile)
def test_what_is_copied_fits_into_a_button(quote, title):
    text = copied(passage("Otters. " + quote, best="Otters.", title=title), ENGLISH)

    assert 1 <= utf16_units(text) <= COPIED_UNITS
    assert text.startswith("“Otters.”")
