"""Words by size: where a question's words are held by too many paragraphs, its rare ones lead."""

from contextlib import closing
from itertools import islice, permutations

import pytest

from index.answer import Filters
from index.store import Snapshot
from index.store.posted import LEAD_WEIGHT
from index.store.ranking import Leads, Most, leading, weighed
from index.store.recent import Lately
from index.store.sqlite import FILE_NAME, open_for_reading

RARE = {3: "Otters slept.", 7: "Kelp grew.", 21: "Otters ate kelp.", 33: "A lantern fell."}


@pytest.fixture
def reports(desk):
    """Forty reports on a harbour, indexed."""
    for path in desk.articles.iterdir():
        path.unlink()
    for day in range(40):
        boats = "Boats came." if day % 2 else ""
        text = f"On day {day} the harbour was calm. {boats} {RARE.get(day, '')}"
        desk.write(f"{day:02}.txt", text.strip())
    desk.reindex()
    return desk


@pytest.fixture
def steady(reports):
    """A connection that reads them."""
    with closing(open_for_reading(reports.folder / FILE_NAME)) as connection:
        yield connection


@pytest.fixture
def found(reports):
    """The days that some words lead to, best first."""

    def search(*terms, scored, limit=5, filters=Filters()):  # noqa: B008 - a frozen value
        with closing(open_for_reading(reports.folder / FILE_NAME)) as connection:
            view = Snapshot(connection, most=Most(scored, scored))
            ids = view.paragraphs_with_words(terms, limit, filters=filters)
            origins = {each.id: each.article for each in view.found(ids, model="")}
            return [int(view.source(origins[number]).origin[-6:-4]) for number in ids]

    return search


def test_as_long_as_few_hold_them_all_words_lead_and_the_order_is_that_of_fts5(found):
    all_of_them = found("otter", "kelp", "boat", "harbour", scored=1_000, limit=40)

    assert all_of_them[0] == 21
    assert set(all_of_them[1:3]) == {3, 7}
    assert len(all_of_them) == 40


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_what_each_word_adds_comes_to_what_fts5_makes_of_all(steady, count):
    words = ["otter", "kelp", "boat", "harbour", "day", "calm", "lantern"]
    for asked in islice(permutations(words, count), 300):
        match = " OR ".join(f'"{term}"' for term in asked)
        theirs = steady.execute(
            "select rowid from words where words match ? order by bm25(words, 1.0, ?), rowid",
            [match, LEAD_WEIGHT],
        ).fetchall()

        assert Snapshot(steady).paragraphs_with_words(asked, 100) == [row[0] for row in theirs]


def test_lengths_are_read_once_a_generation_and_before_anybody_asks(steady):
    said, lately = [], Lately()
    steady.set_trace_callback(said.append)

    Snapshot(steady, lately=lately).prepare()
    assert any("words_docsize" in each for each in said)
    said.clear()
    assert Snapshot(steady, lately=lately).paragraphs_with_words(["otter"], 5)

    assert said
    assert not any("words_docsize" in each for each in said)


def test_where_many_hold_the_common_words_only_the_rare_lead_and_all_of_them_weigh(found):
    assert set(found("otter", "kelp", "boat", "harbour", scored=10)) == {3, 7, 21}
    assert found("lantern", "otter", "boat", scored=3)[0] == 33


def test_where_even_the_rarest_is_common_both_of_the_rarest_two_lead(found):
    assert set(found("boat", "harbour", scored=10, limit=20)) < set(range(1, 40, 2))
    assert len(found("boat", "harbour", scored=10, limit=20)) == 10
    assert len(found("harbour", scored=10, limit=20)) == 10


def test_what_no_paragraph_holds_leads_nowhere(found):
    assert found("kraken", scored=10) == []
    assert found("kraken", "lantern", scored=1) == [33]
    assert found(scored=10) == []


def test_filters_hold_where_rare_words_lead(found):
    assert found("otter", "boat", scored=3, filters=Filters(sources=("nobody",))) == []


def test_the_rarest_terms_lead_as_many_as_may_be_scored():
    counts = {"harbour": 40, "boat": 20, "otter": 2, "kelp": 2, "kraken": 0}

    assert leading(counts, 100, total=100) == Leads(("harbour", "boat", "otter", "kelp"))
    assert leading(counts, 63, total=100) == Leads(("boat", "otter", "kelp"), whole=False)
    assert leading(counts, 1, total=100) == Leads(("kelp", "otter"), every=True, whole=False)
    assert leading({"harbour": 40}, 1, total=100) == Leads(("harbour",), every=True, whole=False)
    assert leading({"kraken": 0}, 1, total=100) == Leads()


def test_what_more_than_half_hold_leads_only_where_all_may_or_nothing_else_is_there():
    counts = {"harbour": 51, "otter": 2, "calm": 60}

    assert leading(counts, 113, total=100) == Leads(("harbour", "otter", "calm"))
    assert leading(counts, 112, total=100) == Leads(("otter",))
    assert leading({"harbour": 51}, 1, total=100) == Leads(("harbour",), every=True, whole=False)


def test_what_is_weighed_again_goes_by_all_words_and_then_by_its_number():
    rows = [
        (9, "otter boat", ""),
        (4, "otter", "boat"),
        (7, "otter boat boat", ""),
        (2, "boat", ""),
    ]

    best = weighed([*rows, (1, "boat", "")], {"otter": 2, "boat": 30}, total=100, lead=0.5)

    assert best == [9, 4, 7, 1, 2]  # the third is longer
