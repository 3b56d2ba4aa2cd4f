"""A collection moves from one folder to another, whichever version wrote it last."""

import sqlite3
from contextlib import closing

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
