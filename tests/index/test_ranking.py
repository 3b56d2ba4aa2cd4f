"""Words by size: where a question's words are held by too many paragraphs, its rare ones lead."""

import sqlite3
from contextlib import closing
from itertools import islice, permutations
from types import SimpleNamespace

import pytest

from index.answer import Filters
from index.store import Snapshot, open_store
from index.store.inspecting import words_fault
from index.store.mending import mend_words
from index.store.posted import LEAD_WEIGHT
from index.store.ranking import Leads, Most, leading, weighed
from index.store.recent import Lately
from index.store.sqlite import FILE_NAME, open_for_reading
from index.words import analyse

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


@pytest.mark.parametrize(
    "text",
    ["दिल्ली में भारी बारिश हुई", "Prices rose ½ percent 3¼ points.", "ភ្នំពេញ ទីក្រុង", "London fog."],
)
def test_a_term_that_fts5_takes_apart_is_found_by_fts5(desk, text):
    desk.write("whole.txt", text)
    desk.reindex()

    with closing(open_store(desk.folder)) as store, store.snapshot() as view:
        (best, *_) = view.paragraphs_with_words(analyse(text), 5)

        assert view.found([best], model="")[0].text == text


def test_fts5_is_led_by_rare_terms_too_where_it_has_to_rank(reports):
    reports.write("half.txt", "Boats came for ½ a crown.")
    reports.reindex()

    with closing(open_for_reading(reports.folder / FILE_NAME)) as connection:
        view = Snapshot(connection, most=Most(scored=100, ranked=10))
        (best, *_) = view.paragraphs_with_words([*analyse("½"), "boat", "harbour"], 5)

        assert "½" in view.found([best], model="")[0].text
        assert not view.are_at_hand([*analyse("½"), "boat"])


def test_a_word_counts_as_often_as_it_is_there(desk):
    for times in (300, 400, 128):
        desk.write(f"{times}.txt", f"{'kelp ' * times}grew.")
    desk.reindex()

    with closing(open_store(desk.folder)) as store, store.snapshot() as view:
        ids = view.paragraphs_with_words(["kelp"], 3)
        often = {each.id: each.text.count("kelp") for each in view.found(ids, model="")}

    assert len(often) == 3
    assert [often[number] for number in ids] == sorted(often.values(), reverse=True)


@pytest.mark.parametrize(
    "damage",
    [
        "delete from words_docsize",
        "delete from words_docsize where id = (select max(id) from words_docsize)",
        "update words_docsize set sz = x'' where id = (select max(id) from words_docsize)",
        "update words_docsize set sz = x'ffffffffffffffff7f01'",
        "update words_docsize set sz = null where id = (select min(id) from words_docsize)",
    ],
)
def test_where_lengths_are_damaged_fts5_says_what_can_be_said(reports, damage):
    with closing(sqlite3.connect(reports.folder / FILE_NAME)) as db, db:
        db.execute(damage)

    with closing(open_for_reading(reports.folder / FILE_NAME)) as connection:
        view = Snapshot(connection)
        view.prepare()
        try:
            found = view.paragraphs_with_words(["lantern"], 5)
        except sqlite3.DatabaseError:
            found = theirs = []
        else:
            theirs = connection.execute("select rowid from words where words match 'lantern'")

        assert found == [row[0] for row in theirs]


def test_lengths_that_would_never_end_are_damaged():
    class Rows:
        def fetchone(self):
            return "3,5", "0101,0101"

    view = Snapshot(SimpleNamespace(execute=lambda *_: Rows()))

    with pytest.raises(sqlite3.DatabaseError, match="damaged"):
        list(view._parts_of_lengths())


def test_words_that_a_doctor_made_anew_are_seen_by_who_is_at_work(reports):
    path = reports.folder / FILE_NAME
    with closing(open_store(reports.folder)) as store:
        with store.snapshot() as view:
            whole, mark = view.paragraphs_with_words(["otter"], 5), view.mark()
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(
                "insert into words (words, rowid, terms, lead_terms) values ('delete', ?, ?, '')",
                [whole[0], "otter"],
            )
        assert mend_words(path)
        with store.snapshot() as view:
            assert view.mark() != mark
            assert view.paragraphs_with_words(["otter"], 5) == whole


@pytest.fixture
def taken_apart(desk):
    """A collection with terms that FTS5 would keep in pieces; its path, and those terms."""
    desk.write("delhi.txt", "दिल्ली में भारी बारिश हुई।")
    desk.write("prices.txt", "Prices rose ½ percent.")
    desk.write("khmer.txt", "ភ្នំពេញ ទីក្រុង")
    desk.reindex()
    return desk.folder / FILE_NAME, [*analyse("बारिश"), *analyse("½"), *analyse("ភ្នំពេញ")]


def paragraphs_of(path, terms):
    with closing(open_store(path.parent)) as store, store.snapshot() as view:
        return [view.paragraphs_with_words([term], 5) for term in terms]


def test_a_sound_collection_with_terms_that_fts5_takes_apart_is_called_sound(taken_apart):
    path, _ = taken_apart

    assert words_fault(path) == ""


def test_terms_that_fts5_takes_apart_are_still_found_once_words_are_made_anew(taken_apart):
    path, terms = taken_apart
    found = paragraphs_of(path, terms)
    assert all(found)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("update vocabulary set doc = doc + 1")

    assert mend_words(path)

    assert words_fault(path) == ""
    assert paragraphs_of(path, terms) == found


def test_counts_of_pieces_from_before_are_set_right_by_the_next_reindex(desk, taken_apart):
    path, terms = taken_apart
    found = paragraphs_of(path, terms)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("create virtual table counted using fts5vocab(words, row)")
        db.execute("delete from vocabulary")
        db.execute("insert into vocabulary select term, doc from counted")
        db.execute("pragma user_version = 6")
    assert words_fault(path)

    desk.reindex()

    assert paragraphs_of(path, terms) == found
    assert words_fault(path) == ""


@pytest.mark.parametrize(
    "damage",
    [
        "update paragraphs set terms = cast(x'6f74ff746572' as text)",
        "delete from words_total",
        "update words_total set paragraphs = 'x'",
        "update paragraphs set terms = null",
    ],
)
def test_a_damaged_row_of_words_or_counts_is_mended_and_keeps_nobody_out(
    desk, taken_apart, damage
):
    path, _ = taken_apart
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(damage)
        db.execute("create virtual table counted using fts5vocab(words, row)")
        db.execute("pragma user_version = 6")
    assert words_fault(path)

    assert mend_words(path)
    desk.reindex()

    assert words_fault(path) == ""


def test_what_is_at_hand_is_known_before_it_is_looked_up(reports):
    with closing(open_store(reports.folder)) as store, store.snapshot() as view:
        assert not view.are_at_hand(["otter"])
        view.prepare()
        assert view.are_at_hand(["otter"])
        assert not view.are_at_hand(["otter"], filters=Filters(sources=("nobody",)))


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
