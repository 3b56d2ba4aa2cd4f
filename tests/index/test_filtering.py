"""What filters let through, in the store, among the vectors and in an answer."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bot.phrases import phrases_in
from bot.searched import searched_line
from index import Filters, Window
from index.retrieve import fits
from index.store import Snapshot, open_store
from index.store.filtering import stands_in
from index.vectors import FaissVectors
from tests.index.test_vectors import some_vectors
from tests.support.collections import Desk

MAY, JUNE = (date(2017, 5, 1), date(2017, 5, 31)), (date(2017, 6, 1), date(2017, 6, 30))
JULY = (date(2017, 7, 1), date(2017, 7, 31))
ARTICLES = [
    ("may", "Tidewater Weekly", "2017-05-09", "A storm drove the kelp ashore on 9 May."),
    ("june", "Lantern Post", "2017-06-02T10:00:00+00:00", "The storm of May cost the port tea."),
    ("month", "Lantern Post", "2017-05", "The harbour master counted the boats in a storm."),
    ("undated", "", "", "Storms are \u201cgreat fun\u201d, the harbour master of Tidewater said."),
]  # fmt: skip


@pytest.fixture
def desk(bare) -> Desk:
    desk = bare
    rows = [
        {"id": name, "title": name, "publisher": publisher, "published": day, "text": text}
        for name, publisher, day, text in ARTICLES
    ]
    desk.write("wire.jsonl", "\n".join(map(json.dumps, rows)))
    desk.reindex()
    return desk


@pytest.fixture
def view(desk):
    store = open_store(desk.folder)
    with store.snapshot() as view:
        yield view
    store.close()


def titles(view, filters: Filters) -> list[str]:
    found = view.found(view.paragraphs_meeting(filters).tolist(), model="hashes@1")
    return sorted(each.credit.title for each in found)


@pytest.mark.parametrize(
    ("filters", "met"),
    [
        (Filters(), ["june", "may", "month", "undated"]),
        (Filters(window=Window(*MAY)), ["may", "month"]),
        (Filters(window=Window(*JUNE)), ["june"]),
        (Filters(window=Window(first=date(2017, 5, 10))), ["june", "month"]),
        (Filters(window=Window(last=date(2017, 5, 31))), ["may", "month"]),
        (Filters(window=Window(date(2018, 1, 1), date(2017, 1, 1))), []),
        (Filters(sources=("Lantern Post",)), ["june", "month"]),
        (Filters(sources=("Lantern Post", "Tidewater Weekly")), ["june", "may", "month"]),
        (Filters(unknown=("Reuters",)), []),
        (Filters(sources=("Lantern Post",), unknown=("Reuters",)), ["june", "month"]),
        (Filters(phrases=("great fun",)), ["undated"]),
        (Filters(phrases=("HARBOUR  master",)), ["month", "undated"]),
        (Filters(phrases=("master harbour",)), []),
        (Filters(phrases=("in a",)), ["month"]),
        (Filters(phrases=('" OR 1 --',)), []),
        (Filters(without=("storms",)), []),
        (Filters(without=("kelp", "tea")), ["month", "undated"]),
        (Filters(without=("the",)), ["june", "may", "month", "undated"]),
        (Filters(article="' or 1=1 --"), []),
    ],
)
def test_a_filter_lets_through_what_meets_it(view, filters, met):
    assert titles(view, filters) == met


def test_one_article_can_be_asked_for(view):
    [found] = view.found(view.paragraphs_meeting(Filters(phrases=("kelp",))), model="hashes@1")

    assert titles(view, Filters(article=found.article)) == ["may"]


def test_words_are_found_under_filters_only(view):
    under = view.paragraphs_with_words(["storm"], 10, filters=Filters(window=Window(*JUNE)))

    [found] = view.found(under, model="hashes@1")
    assert found.credit.title == "june"


def test_under_filters_the_words_are_looked_up_once_and_not_for_each_paragraph(desk):
    asked: list[str] = []
    with closing(sqlite3.connect(desk.folder / "library.db")) as connection:
        connection.set_trace_callback(asked.append)
        Snapshot(connection).paragraphs_with_words(["storm"], 5, filters=Filters(sources=("A",)))
        query = next(each for each in asked if "match" in each)
        plan = [row[3] for row in connection.execute(f"explain query plan {query}")]

    # Of a lookup by rowid, FTS5 says "INDEX 0:=M1".
    looked_up = [step for step in plan if "words VIRTUAL TABLE" in step]
    assert len(looked_up) == 1
    assert "=" not in looked_up[0]


def test_a_window_that_counts_told_days_lets_in_what_tells_of_them(view):
    ids = view.paragraphs_meeting(Filters()).tolist()
    found = {each.credit.title: each for each in view.found(ids, model="hashes@1")}
    told = Window(*MAY, told=True)

    assert fits(found["june"], told)
    assert fits(found["may"], told)
    assert fits(found["month"], told)
    assert fits(found["undated"], told)
    assert not fits(found["june"], Window(*JULY, told=True))
    assert not fits(found["june"], replace(told, told=False))


@pytest.mark.parametrize(
    ("phrase", "text", "stands"),
    [
        ("Great fun", "It is \u201cgreat-fun\u201d!", True),
        ("great fun", "great, but no fun", False),
        ("art", "party", False),
        ("Дейр-эз-Зор", "близ города Дейр-эз-Зор.", True),
    ],
)
def test_a_phrase_stands_in_a_text_by_whole_words(phrase, text, stands):
    assert stands_in(phrase, text) is stands


def test_vectors_are_searched_within_a_set_of_ids():
    ids, rows = some_vectors(50)
    vectors = FaissVectors.of(ids, rows)
    few = np.sort(ids[40:])

    [within] = vectors.search(rows[:1], 50, within=few)

    assert sorted(number for number, _ in within) == few.tolist()
    products = dict(zip(ids.tolist(), (rows @ rows[0]).tolist(), strict=True))
    assert [score for _, score in within] == pytest.approx(
        sorted((products[number] for number in few.tolist()), reverse=True), abs=1e-6
    )
    assert vectors.search(rows[:1], 5, within=few[:0]) == [[]]


def test_questions_with_and_without_filters_share_a_batch(desk):
    library = desk.library()
    try:
        asked = ['storm from:"Lantern Post"', "storm", "storm after:2017-06-01"]
        given = [library.ask(question, limit=10) for question in asked]
    finally:
        library.close()

    found = [{passage.credit.title for passage in answer.passages} for answer in given]
    assert found == [{"june", "month"}, {"june", "may", "month", "undated"}, {"june"}]


@pytest.fixture
def library(desk):
    library = desk.library(threshold=0.02)
    yield library
    library.close()


@pytest.mark.parametrize(
    "limits", ['from:"Lantern Post"', "after:2017-06-01", 'exact:"a storm"', "-kelp", "in:2017-05"]
)
def test_evidence_and_threshold_are_the_same_under_every_filter(library, limits):
    free = {
        passage.paragraph: passage.evidence
        for passage in library.ask("what did the storm of May cost the port?", limit=10).passages
    }

    given = library.ask(f"what did the storm of May cost the port? {limits}", limit=10).passages

    held = {passage.paragraph: passage.evidence for passage in given}
    assert {number: free.get(number) for number in held} == held
    assert all(evidence >= library.threshold() for evidence in held.values())


def test_an_answer_asked_again_as_it_says_it_was_searched_is_the_same(library):
    first = library.ask("wat did the storm cost the port? last year", today=date(2018, 3, 1))

    again = library.ask(first.question, today=date(2026, 11, 22))

    assert first.filters.window == Window(date(2017, 1, 1), date(2017, 12, 31))
    assert first.words == "wat did the storm cost the port?"
    assert again.filters == first.filters
    assert [each.paragraph for each in again.passages] == [
        each.paragraph for each in first.passages
    ]


def test_a_phrase_that_nothing_to_the_point_holds_is_let_go_and_said(library):
    held = library.ask('who called storms "great fun"?')
    let_go = library.ask('who called storms "fun great"?')

    assert (held.filters.phrases, held.loosened) == (("great fun",), ())
    assert (let_go.filters.phrases, let_go.loosened) == ((), ("fun great",))
    assert [each.text for each in let_go.passages] == [each.text for each in held.passages]


def test_a_limit_that_cannot_be_read_is_told(library):
    answer = library.ask("what did the storm cost after:foo before: 2017?")

    assert answer.unread == ("after:foo", "before: 2017?")
    assert "“after:foo” not understood as a limit" in searched_line(
        answer, phrases_in("en").answers
    )


def test_a_source_that_the_collection_does_not_have_answers_nothing(library):
    answer = library.ask("what did the storm cost? from:Reuters")

    assert answer.abstained
    assert answer.filters.unknown == ("Reuters",)


def test_a_follow_up_is_made_whole_and_more_goes_on(library):
    first = library.ask("what did the storm of May cost the port?", limit=1)
    source = library.ask("only Tidewater Weekly", after=first.turn)
    more = library.ask("more", after=first.turn, limit=1)
    whole = library.ask("who called storms great fun?", after=first.turn)

    assert source.question == ('what did the storm of May cost the port? from:"Tidewater Weekly"')
    assert source.completed
    assert (more.question, more.skipped) == (first.question, 1)
    assert more.passages[0].paragraph != first.passages[0].paragraph
    assert not whole.completed


def test_a_publisher_of_the_newest_generation_can_be_asked_for(desk, library):
    asked = "what did the storm of May cost the port? from:kelp"
    before = library.ask(asked)
    row = {
        "id": "kelp",
        "publisher": "Kelp Courier",
        "text": "The storm of May cost the port tea.",
    }
    desk.write("more.jsonl", json.dumps(row))
    desk.reindex()

    after = library.ask(asked)

    assert before.filters == Filters(unknown=("kelp",))
    assert after.filters == Filters(sources=("Kelp Courier",))
