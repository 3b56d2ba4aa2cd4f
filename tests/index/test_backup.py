"""Backups: consistent while others write, checked, and restored whole or not at all."""

import gzip
import io
import json
import shutil
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing

import pytest

from index.backup import InUse, NotEmpty, Places, back_up, read_list, restore, summary, verify
from index.errors import Damaged, Locked, NoCollection, Unreadable
from index.lock import reindex_lock
from tests.support.collections import OTTERS

COUNT = "Who counted forty otters?"


def quiet(*_) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def places(desk, tmp_path):
    """A collection with everything that a backup takes."""
    desk.reindex()
    places = Places(desk.folder, tmp_path / "bot", tmp_path / "names.txt")
    places.bot.mkdir()
    with closing(sqlite3.connect(places.bot / "bot.db")) as db, db:
        db.execute("pragma journal_mode = wal")
        db.execute("create table inbox (seq)")
        db.execute("insert into inbox values (7)")
    places.aliases.write_text("Tidewater = the harbour\n")
    feed = desk.folder / "fetched" / "gazette"
    feed.mkdir(parents=True)
    (feed / "a1.html").write_text("<p>Otters</p>")
    (feed / ".state.json").write_text("{}")
    (desk.folder / "questions.jsonl").write_text('{"question": "Who?"}\n')
    return places


@pytest.fixture
def backup(places, tmp_path):
    back_up(tmp_path / "all.tar.gz", places, progress=quiet)
    return tmp_path / "all.tar.gz"


def elsewhere(root) -> Places:
    return Places(root / "new" / "data", root / "new" / "bot", root / "new" / "names.txt")


def contents(folder) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(folder)) for path in files)


def inbox(places) -> list[tuple[int]]:
    with closing(sqlite3.connect(places.bot / "bot.db")) as db:
        return db.execute("select seq from inbox").fetchall()


def quoted(desk, places) -> str:
    desk.folder = places.folder
    library = desk.library()
    text = library.ask(COUNT).passages[0].text
    library.close()
    return text


def repacked(source, target, change):
    """The backup with its files, by name, as `change` leaves them."""
    with tarfile.open(source) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    change(files)
    with tarfile.open(target, "w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target


def test_a_backup_says_what_it_holds(backup):
    found = verify(backup, progress=quiet)

    assert sorted(found.files) == [
        "aliases.txt",
        "bot.db",
        "fetched/gazette/.state.json",
        "fetched/gazette/a1.html",
        "library.db",
        "questions.jsonl",
    ]
    assert "library.db" in summary(found)
    assert "2 fetched files" in summary(found)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


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


def test_a_changed_byte_is_found_wherever_it_is(backup):
    data = backup.read_bytes()
    after_the_header_of_gzip = range(10, len(data))
    places = {*after_the_header_of_gzip[::61], *after_the_header_of_gzip[:700:7]}

    for at in (*places, *after_the_header_of_gzip[-9:]):
        backup.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        with pytest.raises((Damaged, Unreadable)):
            verify(backup, progress=quiet)


def test_what_a_file_holds_must_agree_with_its_checksum(backup, tmp_path):
    def change(files):
        files["aliases.txt"] = b"Tidewater = the harbouR\n"

    with pytest.raises(Damaged, match=r"checksum of aliases\.txt"):
        verify(repacked(backup, tmp_path / "odd.tar.gz", change), progress=quiet)


def test_a_file_that_is_missing_is_told(backup, tmp_path):
    def change(files):
        del files["bot.db"]

    with pytest.raises(Damaged, match=r"bot\.db is missing"):
        verify(repacked(backup, tmp_path / "odd.tar.gz", change), progress=quiet)


def test_a_file_that_is_not_listed_is_refused(backup, tmp_path):
    def change(files):
        files["fetched/extra.html"] = b"x"

    with pytest.raises(Damaged, match="does not belong"):
        verify(repacked(backup, tmp_path / "odd.tar.gz", change), progress=quiet)


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


@pytest.mark.parametrize(
    "told", [b"", b"[]", b'{"format": 1}', b'{"format": 1, "created": "", "files": {}}']
)
def test_an_archive_of_something_else_is_no_backup(backup, tmp_path, told):
    def change(files):
        files["backup.json"] = told

    with pytest.raises(Unreadable, match="is no backup"):
        read_list(repacked(backup, tmp_path / "odd.tar.gz", change))


def test_a_backup_of_a_newer_version_is_told(backup, tmp_path):
    def change(files):
        files["backup.json"] = b'{"format": 2, "created": "", "files": {}}'

    with pytest.raises(Unreadable, match="newer version"):
        read_list(repacked(backup, tmp_path / "odd.tar.gz", change))


def test_a_backup_takes_the_place_of_a_backup_and_of_nothing_else(places, backup, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_bytes(gzip.compress(b"Dear otters"))

    back_up(backup, places, progress=quiet)
    with pytest.raises(Unreadable, match="is no backup"):
        back_up(letter, places, progress=quiet)

    assert gzip.decompress(letter.read_bytes()) == b"Dear otters"


def test_a_damaged_collection_is_not_backed_up_and_the_last_backup_stays(places, backup):
    before = backup.read_bytes()
    database = places.folder / "library.db"
    data = bytearray(database.read_bytes())
    data[8192:60_000] = b"\x55" * (60_000 - 8192)
    database.write_bytes(data)

    with pytest.raises(Damaged):
        back_up(backup, places, progress=quiet)

    assert backup.read_bytes() == before
    assert not list(backup.parent.glob(".backup-*"))


def test_where_there_is_no_collection_there_is_nothing_to_back_up(tmp_path):
    with pytest.raises(NoCollection):
        back_up(tmp_path / "all.tar.gz", elsewhere(tmp_path), progress=quiet)


def test_a_collection_alone_is_enough(desk, tmp_path):
    desk.reindex()
    places = Places(desk.folder, tmp_path / "bot", tmp_path / "names.txt")

    found = back_up(tmp_path / "all.tar.gz", places, progress=quiet)

    assert list(found.files) == ["library.db"]


def test_backups_made_while_a_reindex_and_the_bot_write_are_all_whole(desk, places, tmp_path):
    ended = threading.Event()

    def write() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            desk.write("otters.txt", OTTERS.replace("eleven", f"{number} hundred"))
            desk.reindex()
            with closing(sqlite3.connect(places.bot / "bot.db", timeout=30)) as db, db:
                db.execute("insert into inbox values (?)", [number])

    writer = threading.Thread(target=write)
    writer.start()
    backups = [tmp_path / f"{number}.tar.gz" for number in range(5)]
    for path in backups:
        back_up(path, places, progress=quiet)
    ended.set()
    writer.join()

    for path in backups:
        new = elsewhere(tmp_path / path.name.partition(".")[0])
        restore(path, new, replace=False, progress=quiet)
        with closing(sqlite3.connect(new.folder / "library.db")) as db:
            counted = db.execute("select paragraphs from generations order by id desc").fetchone()
            assert db.execute("select count(*) from paragraphs").fetchone() == counted
        assert "Ada Brine" in quoted(desk, new)
        shutil.rmtree(new.folder)
