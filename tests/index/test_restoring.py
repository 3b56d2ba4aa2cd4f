"""Backups are restored whole or not at all."""

import json
import sqlite3
from contextlib import closing

import pytest

from index.backup import Places
from index.errors import Damaged, Locked, NotEmpty, Unreadable
from index.lock import reindex_lock
from index.restoring import InUse, restore
from tests.support.backups import COUNT, contents, elsewhere, inbox, quiet, quoted, repacked
from tests.support.collections import OTTERS


def test_everything_comes_back_in_another_place(desk, backup, tmp_path):
    new = elsewhere(tmp_path)

    restore(backup, new, replace=False, progress=quiet)

    assert "Ada Brine" in quoted(desk, new)
    assert inbox(new) == [(7,)]
    assert new.aliases.read_text() == "Tidewater = the harbour\n"
    assert contents(new.folder / "fetched") == ["gazette/.state.json", "gazette/a1.html"]
    assert not list(new.folder.glob(".backup-*"))


def test_a_restored_collection_is_taken_on_from_where_it_was(desk, backup, tmp_path):
    new = elsewhere(tmp_path)
    restore(backup, new, replace=False, progress=quiet)
    desk.folder = new.folder
    desk.embedder.embedded.clear()

    outcome = desk.reindex()

    assert (outcome.unchanged, outcome.generation) == (2, 1)
    assert desk.embedder.embedded == []


def test_vectors_of_what_was_replaced_are_not_taken_for_the_restored_ones(desk, places, backup):
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Nobody at all"))
    desk.reindex()

    restore(backup, places, replace=True, progress=quiet)
    desk.write("otters.txt", OTTERS.replace("forty otters", "fifty otters"))
    desk.reindex()

    assert "Ada Brine, counted fifty otters" in quoted(desk, places)


def test_a_filled_place_is_refused_and_left_as_it_was(desk, places, backup):
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Nobody at all"))
    desk.reindex()

    with pytest.raises(NotEmpty, match="add --replace"):
        restore(backup, places, replace=False, progress=quiet)

    assert "Nobody at all" in quoted(desk, places)


def test_what_is_open_is_not_replaced(desk, places, backup):
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Nobody at all"))
    desk.reindex()
    library = desk.library()
    library.ask(COUNT)

    with pytest.raises(InUse, match="stop the bot"):
        restore(backup, places, replace=True, progress=quiet)

    library.close()
    assert "Nobody at all" in quoted(desk, places)
    assert contents(places.folder / "fetched") == ["gazette/.state.json", "gazette/a1.html"]


def test_what_is_being_reindexed_is_not_replaced(places, backup):
    with reindex_lock(places.folder), pytest.raises(Locked):
        restore(backup, places, replace=True, progress=quiet)


def test_a_place_that_cannot_be_written_leaves_everything_as_it_was(desk, places, backup):
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Nobody at all"))
    desk.reindex()
    (places.folder / "fetched" / "gazette" / "b2.html").write_text("later")
    (places.folder / "a file").write_text("")
    barred = Places(places.folder, places.bot, places.folder / "a file" / "names.txt")

    with pytest.raises(OSError, match="a file"):
        restore(backup, barred, replace=True, progress=quiet)

    assert "Nobody at all" in quoted(desk, places)
    assert (places.folder / "fetched" / "gazette" / "b2.html").read_text() == "later"


def test_files_that_came_after_the_backup_go_with_what_was_replaced(places, backup):
    (places.folder / "fetched" / "gazette" / "b2.html").write_text("later")

    restore(backup, places, replace=True, progress=quiet)

    assert contents(places.folder / "fetched") == ["gazette/.state.json", "gazette/a1.html"]


def test_a_damaged_database_can_be_replaced(desk, places, backup):
    (places.folder / "library.db").write_bytes(b"not a database" * 1000)

    restore(backup, places, replace=True, progress=quiet)

    assert "Ada Brine" in quoted(desk, places)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_backup_cut_short_restores_nothing(backup, tmp_path, share):
    data = backup.read_bytes()
    backup.write_bytes(data[: int(len(data) * share)])

    with pytest.raises((Damaged, Unreadable)):
        restore(backup, elsewhere(tmp_path), replace=False, progress=quiet)

    assert contents(tmp_path / "new") in ([], ["data/reindex.lock"])


@pytest.mark.parametrize(
    "name", ["../x", "fetched/../../x", "/etc/x", "fetched/./x", "fetched", "vectors.json"]
)
def test_a_name_that_leads_elsewhere_is_refused(backup, tmp_path, name):
    def change(files):
        told = json.loads(files["backup.json"])
        told["files"][name] = [1, "0" * 64]
        files["backup.json"] = json.dumps(told).encode()
        files[name] = b"x"

    odd = repacked(backup, tmp_path / "odd.tar.gz", change)

    with pytest.raises(Unreadable, match="no backup"):
        restore(odd, elsewhere(tmp_path), replace=False, progress=quiet)


@pytest.mark.parametrize("name", ["library.db", "bot.db"])
def test_the_log_of_a_database_that_was_moved_away_is_not_played_over_the_restored_one(
    desk, places, backup, name
):
    database = places.of(name)
    with closing(sqlite3.connect(database)) as db:
        db.execute("create table later (x)")
        db.commit()
        left = database.with_name(f"{name}-wal").read_bytes()
    database.unlink()
    database.with_name(f"{name}-wal").write_bytes(left)

    restore(backup, places, replace=True, progress=quiet)

    with closing(sqlite3.connect(database)) as db:
        assert not db.execute("select 1 from sqlite_master where name = 'later'").fetchall()
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    assert "Ada Brine" in quoted(desk, places)
    assert inbox(places) == [(7,)]


@pytest.mark.parametrize("held", [None, b"not a database" * 1000], ids=["gone", "damaged"])
@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_nothing_is_left_beside_a_database_that_is_gone_or_damaged(places, backup, held, ending):
    (places.bot / "bot.db").unlink()
    if held is not None:
        (places.bot / "bot.db").write_bytes(held)
    (places.bot / f"bot.db{ending}").write_bytes(b"stale")

    restore(backup, places, replace=True, progress=quiet)

    assert contents(places.bot) == ["bot.db"]
