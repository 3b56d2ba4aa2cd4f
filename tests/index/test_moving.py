"""A collection moves from one folder to another, whichever version wrote it last."""

import sqlite3
from contextlib import closing

import pytest

from index.errors import Damaged
from index.live import has_collection
from index.moving import Moved, move
from index.store.sqlite import FILE_NAME


def quiet(*_):
    pass


def answer(desk):
    with closing(desk.library()) as library:
        return library.ask("Who counted the otters of Tidewater?").passages


def test_a_collection_of_a_version_that_kept_no_tokens_moves_too(desk, tmp_path):
    desk.reindex()
    before = answer(desk)
    with closing(sqlite3.connect(desk.folder / FILE_NAME)) as db:
        db.execute("drop table tokens")

    moved = move(desk.folder, tmp_path / "other", told=quiet)

    assert moved == Moved(1, 2, 5)
    desk.folder = tmp_path / "other"
    assert answer(desk) == before


DAMAGE = {
    "no blob": "'otters'",
    "a number": "7",
    "an odd length": "x'00'",
    "empty": "x''",
    "not finite": "cast(x'007e' || substr(vector, 3) as blob)",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_vector_that_cannot_be_one_is_told_and_nothing_is_moved(desk, tmp_path, damage):
    desk.reindex()
    with closing(sqlite3.connect(desk.folder / FILE_NAME)) as db:
        db.execute(f"update vectors set vector = {damage} where rowid = 2")
        db.commit()

    with pytest.raises(Damaged, match=r"the vector of the text \w+ is damaged.*doctor --fix"):
        move(desk.folder, tmp_path / "other", told=quiet)

    assert not has_collection(tmp_path / "other")


def test_tokens_that_are_none_are_left_behind(desk, tmp_path):
    desk.reindex()
    before = answer(desk)
    with closing(sqlite3.connect(desk.folder / FILE_NAME)) as db:
        db.execute("insert into tokens (model, digest, kept) values ('hashes@1', 'kelp', 'none')")
        db.commit()

    assert move(desk.folder, tmp_path / "other", told=quiet) == Moved(1, 2, 5)

    desk.folder = tmp_path / "other"
    assert answer(desk) == before
