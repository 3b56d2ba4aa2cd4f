"""Backups are restored whole or not at all."""

import json
import os
import resource
import sqlite3
import stat
import sys
from contextlib import closing

import pytest

from index.archive import verify
from index.backup import Places, back_up
from index.errors import Damaged, Locked, NotEmpty, OutOfReach, TooNew, Unreadable
from index.lock import reindex_lock
from index.restoring import InUse
from index.store.schema import MIGRATIONS
from tests.support.backups import (
    BOT_VERSION,
    COUNT,
    contents,
    elsewhere,
    inbox,
    killed_at,
    listed_anew,
    quiet,
    quoted,
    repacked,
    take_back,
)
from tests.support.collections import OTTERS
from tests.support.limits import limited


def test_everything_comes_back_in_another_place(desk, backup, tmp_path):
    new = elsewhere(tmp_path)

    take_back(backup, new)

    assert "Ada Brine" in quoted(desk, new)
    assert inbox(new) == [(7,)]
    assert new.aliases.read_text() == "Tidewater = the harbour\n"
    assert contents(new.folder / "fetched") == ["gazette/.state.json", "gazette/a1.html"]
    assert not list(new.folder.glob(".restore-*"))


def test_a_restored_collection_is_taken_on_from_where_it_was(desk, backup, tmp_path):
    new = elsewhere(tmp_path)
    take_back(backup, new)
    desk.folder = new.folder
    desk.embedder.embedded.clear()

    outcome = desk.reindex()

    assert (outcome.unchanged, outcome.generation) == (2, 1)
    assert desk.embedder.embedded == []


def test_vectors_of_what_was_replaced_are_not_taken_for_the_restored_ones(desk, places, backup):
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Nobody at all"))
    desk.reindex()

    take_back(backup, places, replace=True)
    desk.write("otters.txt", OTTERS.replace("forty otters", "fifty otters"))
    desk.reindex()

    assert "Ada Brine, counted fifty otters" in quoted(desk, places)


def test_a_filled_place_is_refused_and_left_as_it_was(desk, places, backup):
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Nobody at all"))
    desk.reindex()

    with pytest.raises(NotEmpty, match="add --replace"):
        take_back(backup, places)

    assert "Nobody at all" in quoted(desk, places)


def test_what_is_open_is_not_replaced(desk, places, backup):
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Nobody at all"))
    desk.reindex()
    library = desk.library()
    library.ask(COUNT)

    with pytest.raises(InUse, match="stop the bot"):
        take_back(backup, places, replace=True)

    library.close()
    assert "Nobody at all" in quoted(desk, places)
    assert contents(places.folder / "fetched") == ["gazette/.state.json", "gazette/a1.html"]


def test_what_is_being_reindexed_is_not_replaced(places, backup):
    with reindex_lock(places.folder), pytest.raises(Locked):
        take_back(backup, places, replace=True)


def test_a_place_that_cannot_be_written_leaves_everything_as_it_was(desk, places, backup):
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Nobody at all"))
    desk.reindex()
    (places.folder / "fetched" / "gazette" / "b2.html").write_text("later")
    (places.folder / "a file").write_text("")
    barred = Places(places.folder, places.bot, places.folder / "a file" / "names.txt")

    with pytest.raises(OSError, match="a file"):
        take_back(backup, barred, replace=True)

    assert "Nobody at all" in quoted(desk, places)
    assert (places.folder / "fetched" / "gazette" / "b2.html").read_text() == "later"


def test_files_that_came_after_the_backup_go_with_what_was_replaced(places, backup):
    (places.folder / "fetched" / "gazette" / "b2.html").write_text("later")

    take_back(backup, places, replace=True)

    assert contents(places.folder / "fetched") == ["gazette/.state.json", "gazette/a1.html"]


def test_a_damaged_database_can_be_replaced(desk, places, backup):
    (places.folder / "library.db").write_bytes(b"not a database" * 1000)

    take_back(backup, places, replace=True)

    assert "Ada Brine" in quoted(desk, places)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_backup_cut_short_restores_nothing(backup, tmp_path, share):
    data = backup.read_bytes()
    backup.write_bytes(data[: int(len(data) * share)])

    with pytest.raises((Damaged, Unreadable)):
        take_back(backup, elsewhere(tmp_path))

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
        take_back(odd, elsewhere(tmp_path))


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

    take_back(backup, places, replace=True)

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

    take_back(backup, places, replace=True)

    assert contents(places.bot) == ["bot.db"]


@pytest.mark.parametrize(
    ("name", "newest"), [("library.db", len(MIGRATIONS)), ("bot.db", BOT_VERSION)]
)
def test_a_database_of_a_newer_program_replaces_nothing(
    desk, places, backup, tmp_path, name, newest
):
    def change(files):
        where_sqlite_keeps_user_version = slice(60, 64)
        data = bytearray(files[name])
        data[where_sqlite_keeps_user_version] = (newest + 1).to_bytes(4, "big")
        files[name] = bytes(data)
        listed_anew(files)

    odd = repacked(backup, tmp_path / "odd.tar.gz", change)
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Nobody at all"))
    desk.reindex()

    with pytest.raises(TooNew, match=f"{name} .*version {newest + 1}.* {newest}; update the prog"):
        take_back(odd, places, replace=True)

    assert "Nobody at all" in quoted(desk, places)
    assert inbox(places) == [(7,)]


def test_what_cannot_be_replaced_leaves_the_downloads_and_the_databases(desk, places, backup):
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Nobody at all"))
    desk.reindex()
    (places.folder / "fetched" / "gazette" / "b2.html").write_text("later")
    places.aliases.unlink()
    places.aliases.mkdir()

    with pytest.raises(OSError, match="directory"):
        take_back(backup, places, replace=True)

    assert "Nobody at all" in quoted(desk, places)
    assert (places.folder / "fetched" / "gazette" / "b2.html").read_text() == "later"


def test_downloads_come_back_where_a_restore_was_killed_while_it_replaced_them(places, backup):
    fetched = places.folder / "fetched"
    left = places.folder / ".restore-killed"
    left.mkdir()
    fetched.rename(left / "fetched-before")
    backup.write_bytes(backup.read_bytes()[:-1])

    with pytest.raises(Damaged):
        take_back(backup, places, replace=True)

    assert contents(fetched) == ["gazette/.state.json", "gazette/a1.html"]
    assert not left.exists()


def test_downloads_that_came_back_are_not_replaced_unasked(places, backup):
    left = places.folder / ".restore-killed"
    left.mkdir()
    (places.folder / "fetched").rename(left / "fetched-before")
    (places.folder / "library.db").unlink()
    (places.bot / "bot.db").unlink()

    with pytest.raises(NotEmpty, match="fetched"):
        take_back(backup, places)

    assert contents(places.folder / "fetched") == ["gazette/.state.json", "gazette/a1.html"]


def test_what_a_restore_that_was_killed_has_left_is_gone_after_the_next(backup, tmp_path):
    new = elsewhere(tmp_path)
    killed_at("unpacking", "restore", backup, new)
    assert list(new.folder.glob(".restore-*/*"))
    for place in (new.folder / "library.db", new.bot / "bot.db", new.aliases):
        place.parent.mkdir(exist_ok=True)
        place.with_name(f".{place.name}.restored").write_bytes(b"left")

    take_back(backup, new)

    hidden = [path.name for path in (tmp_path / "new").rglob(".*") if path.name != ".state.json"]
    assert hidden == []


def test_what_is_restored_is_readable_by_its_owner_alone(backup, tmp_path):
    new = elsewhere(tmp_path)
    before = os.umask(0o022)
    try:
        take_back(backup, new)
    finally:
        os.umask(before)

    kept = [new.folder, new.bot, new.folder / "library.db", new.bot / "bot.db"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept] == [0o700, 0o700, 0o600, 0o600]


def test_a_full_disk_is_no_damage_of_a_backup_and_restores_nothing(backup, tmp_path):
    with (
        limited(resource.RLIMIT_FSIZE, 50_000),
        pytest.raises(OutOfReach, match=r"all\.tar\.gz cannot be unpacked .*room of both"),
    ):
        take_back(backup, elsewhere(tmp_path))

    assert contents(tmp_path / "new") == ["data/reindex.lock"]
    verify(backup, progress=quiet)


def test_a_backup_without_a_collection_in_it_replaces_nothing(desk, places, backup, tmp_path):
    def change(files):
        files["library.db"] = b""
        listed_anew(files)

    odd = repacked(backup, tmp_path / "odd.tar.gz", change)

    with pytest.raises(Unreadable, match="holds no collection"):
        take_back(odd, places, replace=True)

    assert "Ada Brine" in quoted(desk, places)


@pytest.mark.parametrize("name", ["aliases.txt", "questions.jsonl"])
def test_names_and_questions_of_ones_own_are_not_replaced_unasked(backup, tmp_path, name):
    new = elsewhere(tmp_path)
    new.of(name).parent.mkdir(parents=True, exist_ok=True)
    new.of(name).write_text("my own\n")

    with pytest.raises(NotEmpty, match=rf"{new.of(name)} is .*add --replace if .*INDEX_ALIASES"):
        take_back(backup, new)

    assert new.of(name).read_text() == "my own\n"
    assert not (new.folder / "library.db").exists()


def test_names_that_are_the_same_are_in_nobodys_way(places, backup, tmp_path):
    new = elsewhere(tmp_path)
    new.aliases.parent.mkdir()
    new.aliases.write_bytes(places.aliases.read_bytes())

    take_back(backup, new)

    assert inbox(new) == [(7,)]


def test_all_that_would_be_replaced_is_told_at_once(places, backup):
    places.aliases.write_text("my own\n")

    with pytest.raises(NotEmpty) as told:
        take_back(backup, places)

    would_go = [places.of(name) for name in ("library.db", "bot.db", "fetched", "aliases.txt")]
    assert str(told.value).startswith(f"{', '.join(map(str, would_go))} is there already")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a name is text")
def test_a_download_whose_name_is_no_text_is_carried_like_the_others(places, tmp_path):
    odd = os.fsdecode(b"caf\xe9.html")
    (places.folder / "fetched" / odd).write_text("<p>Tea</p>")
    new = elsewhere(tmp_path)

    back_up(tmp_path / "all.tar.gz", places, progress=quiet)
    take_back(tmp_path / "all.tar.gz", new)

    assert (new.folder / "fetched" / odd).read_text() == "<p>Tea</p>"
