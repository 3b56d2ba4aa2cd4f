"""Backups: consistent while others write, and checked."""

import gzip
import resource
import shutil
import sqlite3
import stat
import tarfile
import threading
import tracemalloc
import zlib
from contextlib import closing, suppress

import pytest

from index.archive import read_list, summary, verify
from index.backup import Places, back_up
from index.errors import Damaged, NoCollection, OutOfReach, Unreadable
from tests.support.backups import elsewhere, killed_at, quiet, quoted, repacked, take_back
from tests.support.collections import OTTERS
from tests.support.limits import limited


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


def unpacks_alike(changed, data):
    """Whether a byte made no difference: deflate can say the same in more than one way."""
    with suppress(OSError, EOFError, zlib.error):
        return gzip.decompress(changed) == gzip.decompress(data)
    return False


def test_a_changed_byte_is_found_wherever_it_is(backup):
    data = backup.read_bytes()
    after_the_header_of_gzip = range(10, len(data))
    places = {*after_the_header_of_gzip[::61], *after_the_header_of_gzip[:700:7]}

    for at in (*places, *after_the_header_of_gzip[-9:]):
        changed = data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]
        if unpacks_alike(changed, data):
            continue
        backup.write_bytes(changed)
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
        take_back(path, new)
        with closing(sqlite3.connect(new.folder / "library.db")) as db:
            counted = db.execute("select paragraphs from generations order by id desc").fetchone()
            assert db.execute("select count(*) from paragraphs").fetchone() == counted
        assert "Ada Brine" in quoted(desk, new)
        shutil.rmtree(new.folder)


def test_a_full_disk_is_no_damage_of_what_is_backed_up(places, tmp_path):
    with (
        limited(resource.RLIMIT_FSIZE, 50_000),
        pytest.raises(OutOfReach, match=r"library\.db cannot be copied .* the room"),
    ):
        back_up(tmp_path / "all.tar.gz", places, progress=quiet)

    assert not list(tmp_path.glob("*all*"))


@pytest.mark.parametrize("read", [read_list, lambda path: verify(path, progress=quiet)])
def test_a_backup_that_cannot_be_opened_just_now_is_not_called_anything_else(backup, read):
    with (
        limited(resource.RLIMIT_NOFILE, 3),
        pytest.raises(OutOfReach, match=r"all\.tar\.gz cannot be read \(.*; see to"),
    ):
        read(backup)


def test_a_folder_is_no_backup(tmp_path):
    with pytest.raises(Unreadable, match="is no backup"):
        read_list(tmp_path)


def test_a_header_of_many_megabytes_is_not_read_into_memory(tmp_path):
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 64 << 20
    with gzip.open(tmp_path / "odd.tar.gz", "wb", 1) as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(64):
            file.write(bytes(1 << 20))

    tracemalloc.start()
    with pytest.raises(Unreadable, match="is no backup"):
        read_list(tmp_path / "odd.tar.gz")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 8 << 20


@pytest.mark.parametrize(
    "told",
    [
        '{"format": 1, "files": {"library.db": [1, ""]}}',
        '{"format": 1, "created": "", "files": []}',
        '{"format": 1, "created": "", "files": {"library.db": [Infinity, ""]}}',
        '{"format": 1, "created": "", "files": {"library.db": 7}}',
        "7",
        "[" * 100_000,
    ],
    ids=["no date", "no files", "infinite", "no size", "number", "deep"],
)
def test_a_list_that_was_changed_is_no_backups(backup, tmp_path, told):
    def change(files):
        files["backup.json"] = told.encode()

    with pytest.raises(Unreadable, match="is no backup"):
        read_list(repacked(backup, tmp_path / "odd.tar.gz", change))


@pytest.mark.parametrize("made", [b"", "without tables"])
def test_a_first_start_that_was_killed_has_left_nothing_to_back_up(tmp_path, made):
    places = elsewhere(tmp_path)
    places.folder.mkdir(parents=True)
    (places.folder / "library.db").write_bytes(b"")
    if made:
        with closing(sqlite3.connect(places.folder / "library.db")) as db:
            db.execute("pragma journal_mode = wal")

    with pytest.raises(NoCollection, match=r"library\.db holds no collection yet; run"):
        back_up(tmp_path / "all.tar.gz", places, progress=quiet)

    assert not list(tmp_path.glob("*all*"))


def test_what_a_backup_that_was_killed_has_left_is_gone_after_the_next(places, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    killed_at("packing", "back_up", shelf / "all.tar.gz", places)
    assert list(shelf.glob(".backup-*/library.db"))

    back_up(shelf / "all.tar.gz", places, progress=quiet)

    assert [path.name for path in shelf.iterdir()] == ["all.tar.gz"]


def test_a_backup_leaves_alone_what_another_is_making_in_the_same_folder(places, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    made = []

    def make_another(stage, *_):
        if stage == "packing" and not made:
            made.append(back_up(shelf / "another.tar.gz", places, progress=quiet))

    back_up(shelf / "all.tar.gz", places, progress=make_another)

    assert sorted(path.name for path in shelf.iterdir()) == ["all.tar.gz", "another.tar.gz"]
    verify(shelf / "all.tar.gz", progress=quiet)
