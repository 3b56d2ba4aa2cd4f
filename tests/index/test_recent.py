"""What many questions find is read once, and never outlives its generation."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from index.article import Credit
from index.store import open_store
from index.store.recent import Recent
from index.store.records import Found
from index.store.sqlite import FILE_NAME
from tests.support.collections import OTTERS

FIRST, SECOND, THIRD = ((number, f"{number} May", "tide", "a") for number in (1, 2, 3))


def found(number):
    return Found(number, "otters", 0, 0, 4, "Kelp", (), Credit(), "", (), np.zeros(1))


@pytest.mark.parametrize("room", [1, 3])
def test_those_that_were_asked_for_longest_ago_make_room(room):
    recent = Recent(room)
    recent.keep(map(found, range(room)), FIRST)
    recent.among([0], FIRST)
    recent.keep([found(9)], FIRST)

    held = recent.among(range(10), FIRST)

    assert sorted(held) == ([9] if room == 1 else [0, 2, 9])


def test_a_newer_generation_takes_the_place_of_an_older_and_not_the_reverse():
    recent = Recent()
    recent.keep([found(1)], SECOND)
    recent.keep([found(2)], FIRST)

    assert recent.among([1, 2], FIRST) == {}
    assert list(recent.among([1, 2], SECOND)) == [1]

    recent.keep([found(3)], THIRD)

    assert recent.among([1, 2, 3], SECOND) == {}
    assert list(recent.among([1, 2, 3], THIRD)) == [3]


@pytest.mark.parametrize(
    "other", [(1, "1 May", "tea", "a"), (1, "4 May", "tide", "a"), (1, "1 May", "tide", "b")]
)
def test_another_collection_or_publication_of_that_number_has_none_of_them(other):
    recent = Recent()
    recent.keep([found(1)], FIRST)

    assert recent.among([1], other) == {}

    recent.keep([found(2)], other)

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
