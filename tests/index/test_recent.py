"""What many questions find is read once, and never outlives its generation."""

import sqlite3
from contextlib import closing

import pytest

from index.store import open_store
from index.store.recent import LOST, Recent
from index.store.sqlite import FILE_NAME
from tests.support.collections import OTTERS

FIRST, SECOND, THIRD = ((number, f"{number} May", "tide", "a") for number in (1, 2, 3))


def some(*numbers):
    return {number: f"paragraph {number}" for number in numbers}


@pytest.mark.parametrize("room", [1, 3])
def test_those_that_were_asked_for_longest_ago_make_room(room):
    recent = Recent(room)
    recent.keep(some(*range(room)), FIRST)
    recent.among([0], FIRST)
    recent.keep(some(9), FIRST)

    held = recent.among(range(10), FIRST)

    assert sorted(held) == ([9] if room == 1 else [0, 2, 9])


def test_a_newer_generation_takes_the_place_of_an_older_and_not_the_reverse():
    recent = Recent(10)
    recent.keep(some(1), SECOND)
    recent.keep(some(2), FIRST)

    assert recent.among([1, 2], FIRST) == {}
    assert list(recent.among([1, 2], SECOND)) == [1]

    recent.keep(some(3), THIRD)

    assert recent.among([1, 2, 3], SECOND) == {}
    assert list(recent.among([1, 2, 3], THIRD)) == [3]


def test_a_generation_that_nobody_looks_at_any_more_was_lost_and_gives_way():
    recent = Recent(10)
    recent.keep(some(1), SECOND)

    for _ in range(LOST):
        recent.keep(some(2), FIRST)

    assert list(recent.among([1, 2], FIRST)) == [2]


def test_a_generation_that_is_looked_at_now_and_then_stays():
    recent = Recent(10)
    recent.keep(some(1), SECOND)

    for _ in range(2 * LOST):
        recent.keep(some(2), FIRST)
        assert list(recent.among([1, 2], SECOND)) == [1]


@pytest.mark.parametrize(
    "other", [(1, "1 May", "tea", "a"), (1, "4 May", "tide", "a"), (1, "1 May", "tide", "b")]
)
def test_another_collection_or_publication_of_that_number_has_none_of_them(other):
    recent = Recent(10)
    recent.keep(some(1), FIRST)

    assert recent.among([1], other) == {}

    recent.keep(some(2), other)

    assert list(recent.among([1, 2], other)) == [2]


def test_what_was_found_is_not_read_again_until_something_is_published(desk):
    desk.reindex()
    with closing(open_store(desk.folder)) as store:
        with store.snapshot() as view:
            (number, *_), name = view.paragraphs_with_words(["otter"], 5), desk.embedder.name
            first = view.found([number], model=name)
        with closing(sqlite3.connect(desk.folder / FILE_NAME)) as db:
            db.execute("update articles set title = 'Another'")
            db.commit()
        with store.snapshot() as view:
            again = view.found([number], model=name)
        desk.write("new.txt", f"{OTTERS}\nNew kelp was seen.")
        desk.reindex()
        with store.snapshot() as view:
            after = view.found([number], model=name)

    assert again == first
    assert [each.credit.title for each in after] == ["Another"]


def test_how_rare_words_are_is_that_of_the_generation_that_is_looked_at(desk):
    desk.reindex()
    with closing(open_store(desk.folder)) as store:
        with store.snapshot() as view:
            before, few = view.paragraphs_with_words(["kelp"], 50), view.holding_counts(["kelp"])
        for number in range(3):
            desk.write(f"{number}.txt", f"Kelp, and more kelp, was landed on day {number}.")
        desk.reindex()
        with store.snapshot() as view:
            after, more = view.paragraphs_with_words(["kelp"], 50), view.holding_counts(["kelp"])

    assert more["kelp"] == few["kelp"] + 3
    assert len(after) == len(before) + 3


def test_what_takes_more_room_makes_more_room():
    recent = Recent(10, size=len)
    recent.keep({"a": "four", "b": "four"}, FIRST)
    recent.keep({"c": "threes"}, FIRST)

    assert list(recent.among("abc", FIRST)) == ["b", "c"]

    recent.keep({"d": "far more than there is room"}, FIRST)

    assert recent.among("abcd", FIRST) == {}
