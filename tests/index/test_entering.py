"""Which paragraphs came in after a generation, however long ago that was."""

import sqlite3
from contextlib import closing

from index import Filters
from index.store import SqliteStore
from tests.support.collections import OTTERS


def texts_after(desk, generation: int) -> set[str]:
    store = SqliteStore(desk.folder)
    with store.snapshot() as view:
        ids = view.paragraphs_meeting(Filters(after=generation)).tolist()
        texts = {each.text for each in view.found(ids, model="hashes@1")}
    store.close()
    return texts


def test_what_an_edited_article_kept_has_not_come_in_again(desk):
    desk.reindex()
    desk.write("otters.txt", OTTERS.replace("forty", "fifty"))
    desk.reindex()

    [entered] = texts_after(desk, 1)

    assert (
        entered
        == "The harbour master of Tidewater, Ada Brine, counted fifty otters on 3 May 2017."
    )
    assert texts_after(desk, 2) == set()


def test_what_came_in_is_known_when_the_log_of_changes_has_been_cut(desk):
    desk.reindex()
    for name in ("ferry", "gulls", "kelp"):
        desk.write(f"{name}.txt", f"News of the {name} came to the port.")
        desk.reindex()

    with closing(sqlite3.connect(desk.folder / "library.db")) as db:
        assert db.execute("select min(generation) from changes").fetchone() == (4,)
    assert texts_after(desk, 2) == {
        f"News of the {each} came to the port." for each in ("gulls", "kelp")
    }


def test_a_collection_of_an_older_schema_has_nothing_new_until_it_grows(desk):
    desk.reindex()
    with closing(sqlite3.connect(desk.folder / "library.db")) as db:
        db.executescript(
            "drop index idx_paragraphs_entered; alter table paragraphs drop column entered;"
            " pragma user_version = 2"
        )
    desk.write("ferry.txt", "News of the ferry came to the port.")
    desk.reindex()

    assert texts_after(desk, 1) == {"News of the ferry came to the port."}
