"""Looking things up without a question: words, lists, whole articles, what became of a quote."""

import json
import logging
import sqlite3
from contextlib import closing
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Credit, Filters, Listed, Publisher, Reading, Surroundings, Window
from index.catalogue import MOST_MARKS, MOST_MATCHES, _marks
from index.words import analyse
from tests.support.collections import Desk

TODAY = date(2017, 7, 1)
STORM = "The storm of 9 May 2017 cost the port its tea.\n\nNobody was hurt in the storm."
STORM_ITSELF = "The storm of 9 May 2017 cost the port its tea."
KELP = "A storm drove the kelp ashore.\n\nKelp is eaten by urchins & <otters>."
BOATS = "The harbour master counted the boats."
LATE = "Storms are great fun, the harbour master said."
WIRE = [
    ("storm", "Lantern Post", "2017-06-02T10:00:00+00:00", STORM),
    ("kelp", "Kelp Courier", "2017-05-10", KELP),
    ("boats", "Lantern Post", "2017-05", BOATS),
    ("late", "", "", LATE),
]


@pytest.fixture
def desk(bare) -> Desk:
    desk = bare
    for name, publisher, day, text in WIRE:
        row = {"id": name, "title": f"On {name}", "publisher": publisher, "published": day}
        desk.write(f"{name}.jsonl", json.dumps({**row, "text": text}))
    desk.reindex()
    return desk


@pytest.fixture
def library(desk):
    library = desk.library()
    yield library
    library.close()


def key_of(library, title: str) -> str:
    return next(
        each.article for each in library.latest().articles if each.credit.title == f"On {title}"
    )


def ids_of(library, title: str) -> list[int]:
    return [number for number, _ in library.reading(key_of(library, title)).paragraphs]


def texts(matches) -> list[str]:
    return [match.paragraph.text for match in matches.found]


def marked(match) -> list[str]:
    return [match.paragraph.text[first:end] for first, end in match.marks]


# Searching words


def test_paragraphs_with_all_the_words_come_alone_and_the_words_are_marked(library):
    found = library.search("storms & kelp")

    assert texts(found) == ["A storm drove the kelp ashore."]
    assert marked(found.found[0]) == ["storm", "kelp"]
    assert (found.words, found.total, found.every) == ("storms & kelp", 1, True)


def test_where_no_paragraph_has_all_the_words_those_with_some_are_given_and_it_is_said(library):
    found = library.search("urchins boats zeppelin")

    assert sorted(texts(found)) == ["Kelp is eaten by urchins & <otters>.", BOATS]
    assert (found.total, found.every) == (2, False)


def test_the_paragraph_that_is_most_about_the_words_comes_first(tmp_path):
    desk = Desk(tmp_path)
    padding = "The harbour was closed to boats of every kind for days on end. " * 3
    for name, text in (("a", padding), ("b", "Tea, tea and tea."), ("c", padding), ("d", padding)):
        desk.write(f"{name}.txt", f"{text}\n\n{padding} tea {name}.")
    desk.reindex()
    library = desk.library()

    assert texts(library.search("tea"))[0] == "Tea, tea and tea."
    library.close()


def test_words_that_stand_nowhere_find_nothing(library):
    assert library.search("zeppelin").found == ()
    for empty in ("", "  ", "the of", "?!", "\ud800"):
        assert (library.search(empty).found, library.search(empty).total) == ((), 0)


def test_the_words_of_a_title_alone_do_not_make_a_match(library):
    assert library.search("boats late").total == 1


def test_the_pages_of_a_search_hold_every_match_once(library):
    whole = library.search("storm", limit=10)

    pages = [library.search("storm", skip=skip, limit=1) for skip in range(whole.total + 1)]

    assert [texts(page) for page in pages] == [[text] for text in texts(whole)] + [[]]
    assert {page.total for page in pages} == {4}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("storm from:lantern", ["Nobody was hurt in the storm.", STORM_ITSELF]),
        ("storm before:2017-06", ["A storm drove the kelp ashore."]),
        ('"harbour master" counted', [BOATS]),
        ('"master harbour"', []),
        ('exact:"great fun"', [LATE]),
        ("harbour -boats", [LATE]),
        ("storm from:Reuters", []),
    ],
)
def test_a_search_keeps_to_the_filters_that_questions_know(library, words, found):
    assert sorted(texts(library.search(words))) == sorted(found)


def test_the_filters_and_what_could_not_be_read_of_them_are_told(library):
    found = library.search("storm from:lantern after:foo")

    assert found.filters == Filters(sources=("Lantern Post",))
    assert found.unread == ("after:foo",)


def test_a_told_month_lets_in_what_tells_of_it_and_what_has_no_date(library):
    found = library.search("storm in:2017-05", today=TODAY)

    assert sorted(texts(found)) == sorted(
        [*STORM.split("\n\n"), "A storm drove the kelp ashore.", LATE]
    )
    assert found.filters.window == Window(date(2017, 5, 1), date(2017, 5, 31), told=True)
    assert library.search("boats in:2017-06", today=TODAY).total == 0


def test_last_month_is_reckoned_from_the_day_given(library):
    assert texts(library.search("storm last month", today=date(2017, 6, 8))) == [
        "A storm drove the kelp ashore."
    ]


def test_only_publishers_that_may_be_seen_are_searched(library):
    for words in ("storm", "storm from:kelp", 'storm from:"Kelp Courier"', "storm article:x"):
        found = library.search(words, only=("Lantern Post",))
        assert {each.paragraph.credit.publisher for each in found.found} <= {"Lantern Post"}
    assert library.search("storm", only=("Lantern Post",)).total == 2
    assert library.search("storm from:kelp", only=("Lantern Post",)).filters.unknown == ("kelp",)


def test_the_count_of_a_search_stops_at_its_bound(tmp_path):
    desk = Desk(tmp_path)
    rows = [{"id": str(n), "text": f"Tea chest {n} was landed."} for n in range(MOST_MATCHES + 5)]
    desk.write("many.jsonl", "\n".join(map(json.dumps, rows)))
    desk.reindex()
    library = desk.library()

    assert library.search("tea").total == MOST_MATCHES
    library.close()


def test_a_text_changed_in_the_store_is_left_out_and_the_rest_is_given(desk, library, caplog):
    number, key = ids_of(library, "kelp")[0], key_of(library, "kelp")
    with closing(sqlite3.connect(desk.folder / "library.db")) as db, db:
        db.execute("update articles set text = replace(text, 'kelp', 'KELP')")

    with caplog.at_level(logging.ERROR):
        found = library.search("storm kelp ashore fun")

    assert "A storm drove the KELP ashore." not in texts(found)
    assert LATE in texts(found)
    assert "is not the text that was indexed; run reindex --full" in caplog.text
    assert library.fates({number: (key, "x")}) == {}


@given(
    st.text(st.sampled_from("abc -AB.12 ديр漢字é"), max_size=60), st.text("abc漢ديр12", max_size=6)
)
def test_marks_are_slices_in_order_that_do_not_overlap(text, words):
    marks = _marks(text, analyse(words))

    assert list(marks) == sorted(marks)
    assert all(0 <= first < end <= len(text) for first, end in marks)
    assert all(end <= first for (_, end), (first, _) in pairwise(marks))
    assert len(marks) <= MOST_MARKS


def test_no_more_than_the_first_places_are_marked():
    assert _marks("otter " * 50, ["otter"]) == tuple((6 * n, 6 * n + 5) for n in range(MOST_MARKS))


def test_the_parts_of_a_hyphenated_word_are_marked_once():
    assert _marks("The sea-otters of the sea.", analyse("the sea-otters")) == (
        (4, 7),
        (8, 14),
        (22, 25),
    )


# Lists


def test_the_newest_articles_come_first_and_undated_ones_last(library):
    listing = library.latest()

    assert [each.credit.title for each in listing.articles] == [
        "On storm",
        "On kelp",
        "On boats",
        "On late",
    ]
    assert listing.total == 4
    storm = library.reading(listing.articles[0].article)
    assert listing.articles[0] == Listed(
        storm.article,
        Credit("On storm", "Lantern Post", "", "", "2017-06-02T10:00:00+00:00", ""),
        2,
        storm.paragraphs[0][0],
    )


def test_articles_of_one_day_keep_one_order_over_the_pages(tmp_path):
    desk = Desk(tmp_path)
    rows = [{"id": str(n), "published": "2017-05-09", "text": f"Chest {n}."} for n in range(7)]
    desk.write("day.jsonl", "\n".join(map(json.dumps, rows)))
    desk.reindex()
    library = desk.library()

    keys = [
        each.article for n in range(4) for each in library.latest(skip=2 * n, limit=2).articles
    ]

    assert keys == sorted(keys)
    assert len(set(keys)) == 7
    library.close()


def test_the_articles_of_one_source_are_listed_by_any_name_of_it(library):
    for name in ("Lantern Post", "lantern post", "the Lantern", "LP"):
        listing = library.latest(name)
        assert [each.credit.title for each in listing.articles] == ["On storm", "On boats"]
        assert (listing.total, listing.sources, listing.unknown) == (2, ("Lantern Post",), "")


def test_a_source_that_is_not_there_is_told_with_the_nearest(library):
    listing = library.latest("Lantren Post")

    assert (listing.articles, listing.total) == ((), 0)
    assert (listing.unknown, listing.nearest) == ("Lantren Post", ("Lantern Post",))
    assert library.latest("zzz").nearest == ()


def test_a_name_of_several_sources_is_told_with_all_of_them(tmp_path):
    desk = Desk(tmp_path)
    rows = [
        {"id": name, "publisher": name, "text": "Tea."} for name in ("North Post", "East Post")
    ]
    desk.write("posts.jsonl", "\n".join(map(json.dumps, rows)))
    desk.reindex()
    library = desk.library()

    assert library.latest("post").nearest == ("East Post", "North Post")
    library.close()


def test_a_list_holds_only_what_may_be_seen(library):
    seen = library.latest(only=("Kelp Courier",))
    hidden = library.latest("lantern", only=("Kelp Courier",))

    assert [each.credit.title for each in seen.articles] == ["On kelp"]
    assert seen.total == 1
    assert (hidden.total, hidden.unknown, hidden.nearest) == (0, "lantern", ())


def test_publishers_come_with_their_articles_and_days_those_with_most_first(library):
    lantern = Publisher("Lantern Post", 2, "2017-05", "2017-06-02")
    kelp = Publisher("Kelp Courier", 1, "2017-05-10", "2017-05-10")

    assert library.publishers() == (lantern, kelp)
    assert library.publishers(only=("Kelp Courier", "Gone Gazette")) == (kelp,)


def test_the_publishers_of_a_new_generation_are_seen(desk, library):
    assert len(library.publishers()) == 2
    desk.write(
        "gull.jsonl", json.dumps({"id": "g", "publisher": "Gull Gazette", "text": "Gulls."})
    )

    desk.reindex()

    assert Publisher("Gull Gazette", 1, "", "") in library.publishers()


def test_a_list_is_read_from_its_index_and_not_sorted(desk):
    with closing(sqlite3.connect(desk.folder / "library.db")) as db:
        plan = db.execute(
            "explain query plan select key from articles order by published desc, key limit 5"
        ).fetchall()

    assert [row[3] for row in plan] == ["SCAN articles USING COVERING INDEX idx_articles_newest"]


# Whole articles and single paragraphs


def test_paragraphs_are_given_by_id_as_stored(library):
    first, second = ids_of(library, "kelp")

    found = library.passages([second, 12345, first, second])

    assert sorted(found) == sorted([first, second])
    each = found[second]
    assert each.text == "Kelp is eaten by urchins & <otters>."
    assert library.source(each.article).text[each.start : each.end] == each.text
    assert each.credit.publisher == "Kelp Courier"
    assert library.passages([first], only=("Lantern Post",)) == {}
    assert library.passages([]) == {}


def test_an_article_is_read_by_its_key_or_by_one_of_its_paragraphs(library):
    first, second = ids_of(library, "kelp")
    key = key_of(library, "kelp")

    reading = library.reading(key)

    credit = Credit(title="On kelp", publisher="Kelp Courier", published="2017-05-10")
    paragraphs = tuple(zip((first, second), KELP.split("\n\n"), strict=True))
    assert reading == Reading(key, credit, paragraphs)
    assert library.reading(second) == reading


def test_an_article_that_left_or_may_not_be_seen_cannot_be_read(library):
    key = key_of(library, "kelp")

    assert library.reading("no such key") is None
    assert library.reading(12345) is None
    assert library.reading(key, only=("Lantern Post",)) is None
    assert library.source(key, only=("Lantern Post",)) is None
    assert library.source(key, only=("Kelp Courier",)).text == KELP


@pytest.mark.parametrize("wanted", [2**63, -(2**70), 2**70])
def test_an_id_that_cannot_be_stored_is_one_that_is_not_there(library, wanted):
    assert library.reading(wanted) is None
    assert library.around(wanted) is None
    assert library.passages([wanted]) == {}
    assert library.latest(skip=abs(wanted)).articles == ()
    assert library.why("storm", wanted, evidence=0.5) is None


@pytest.mark.parametrize("wanted", ["\0", "a\0b"])
def test_a_key_that_cannot_be_stored_is_one_that_is_not_there(library, wanted):
    assert library.reading(wanted) is None
    assert library.source(wanted) is None
    assert library.history(wanted) == ()


def test_the_surroundings_of_what_may_not_be_seen_are_not_shown(library):
    first, _ = ids_of(library, "kelp")

    around = library.around(first, only=("Kelp Courier",))

    assert isinstance(around, Surroundings)
    assert (around.before, around.quote, around.after) == ("", *KELP.split("\n\n"))
    assert library.around(first, only=("Lantern Post",)) is None


def test_the_newest_article_with_all_the_words_in_its_title_is_found(library):
    assert library.titled("ON") == library.reading(key_of(library, "storm"))
    assert library.titled("boats on").paragraphs[0][1] == BOATS
    assert library.titled("on", only=("Kelp Courier",)).credit.title == "On kelp"
    for nothing in ("on zeppelins", "", "%", "_", "o_"):
        assert library.titled(nothing) is None


# What became of a quote


def test_what_is_still_there_has_no_fate(library):
    first, _ = ids_of(library, "kelp")

    assert (
        library.fates({first: (key_of(library, "kelp"), "A storm drove the kelp ashore.")}) == {}
    )
    assert library.fates({}) == {}


def test_a_corrected_paragraph_is_followed_to_what_stands_in_its_place(desk, library):
    number = ids_of(library, "storm")[0]
    quoted = {number: (key_of(library, "storm"), STORM_ITSELF)}
    path = desk.articles / "storm.jsonl"
    path.write_text(path.read_text("utf-8").replace("9 May", "8 May"), "utf-8")

    desk.reindex()

    fate = library.fates(quoted)[number]
    assert fate.now.text == "The storm of 8 May 2017 cost the port its tea."
    assert fate.now.paragraph == ids_of(library, "storm")[0]
    assert fate.on == library.status().published_at


def test_a_paragraph_that_was_cut_has_nothing_in_its_place(desk, library):
    number = ids_of(library, "storm")[0]
    quoted = {number: (key_of(library, "storm"), STORM_ITSELF)}
    path = desk.articles / "storm.jsonl"
    path.write_text(
        path.read_text("utf-8").replace(
            "The storm of 9 May 2017 cost the port its tea.", "Rain fell."
        ),
        "utf-8",
    )

    desk.reindex()

    assert library.fates(quoted)[number].now is None


def test_a_withdrawn_article_leaves_nothing_in_place_of_its_quotes(desk, library):
    number, other = ids_of(library, "storm")
    key = key_of(library, "storm")
    (desk.articles / "storm.jsonl").unlink()

    desk.reindex()

    fates = library.fates({number: (key, "?!"), other: (key, "Nobody was hurt in the storm.")})
    assert {each: fate.now for each, fate in fates.items()} == {number: None, other: None}


def test_a_text_without_spaces_is_followed_too(tmp_path):
    desk = Desk(tmp_path)
    desk.write(
        "a.jsonl",
        json.dumps({"id": "a", "title": "茶", "text": "港で茶箱九十個が月曜日に陸揚げされた。"}),
    )
    desk.reindex()
    library = desk.library()
    [listed] = library.latest().articles
    quoted = {listed.first: (listed.article, "港で茶箱九十個が月曜日に陸揚げされた。")}
    desk.write(
        "a.jsonl",
        json.dumps({"id": "a", "title": "茶", "text": "港で茶箱八十個が月曜日に陸揚げされた。"}),
    )

    desk.reindex()

    assert library.fates(quoted)[listed.first].now.text == "港で茶箱八十個が月曜日に陸揚げされた。"
    library.close()
