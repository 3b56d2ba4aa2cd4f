"""Files that move and come back, databases that change places, names and texts that break."""

import logging
import shutil
import sqlite3
import time
from contextlib import closing

import pytest

from index.errors import Damaged
from index.lane import Lane
from index.live import _Follower
from index.moving import move
from index.reindex import Options, collect
from index.store.sqlite import FILE_NAME, SqliteStore
from index.words import analyse
from tests.support.collections import OTTERS, TEA, Desk


def until(reached):
    far = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < far, "this never came to hold"
        time.sleep(0.01)


def titles(desk: Desk) -> set[str]:
    with sqlite3.connect(desk.folder / "library.db") as db:
        return {row[0] for row in db.execute("select title from articles")}


def test_a_renamed_and_edited_file_survives_the_return_of_the_original(desk):
    desk.reindex()
    (desk.articles / "tea.txt").rename(desk.articles / "trade.txt")
    desk.reindex()
    desk.write("trade.txt", TEA.replace("Tea arrives", "Tea has arrived"))
    desk.reindex()
    desk.write("tea.txt", TEA)

    outcome = desk.reindex()

    assert (outcome.new, outcome.unchanged) == (1, 2)
    assert titles(desk) == {"Sea otters of the harbour", "Tea arrives", "Tea has arrived"}


def test_a_file_that_moves_away_and_back_is_kept(desk, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    desk.reindex()
    (desk.articles / "tea.txt").rename(other / "tea.txt")
    desk.reindex(other)
    (other / "tea.txt").rename(desk.articles / "tea.txt")

    outcome = desk.reindex(desk.articles, other)

    assert outcome.paragraphs == 5
    assert titles(desk) == {"Sea otters of the harbour", "Tea arrives"}


def test_two_documents_of_the_same_text_are_two_articles(desk):
    from index.readers import read

    (article,) = read(desk.articles / "tea.txt")

    def hold(*origins: str):
        return collect(
            dict.fromkeys(origins, (article,)),
            desk.folder,
            desk.model,
            options=Options(),
            progress=lambda *_: None,
        )

    hold("one")
    outcome = hold("one", "two")

    assert (outcome.new, outcome.unchanged, outcome.paragraphs) == (1, 1, 4)


def test_a_collection_made_anew_does_not_search_the_vectors_of_the_old(desk):
    for note in ("one", "two", "three"):
        desk.write("note.txt", f"Note {note} of the harbour master of Tidewater, Ada Brine.")
        desk.reindex()
    for part in desk.folder.glob("library.db*"):
        part.unlink()

    desk.reindex()

    library = desk.library()
    assert library.ask("Who counted the otters?").passages[0].text == OTTERS.split("\n\n")[2]
    near = library._lane.near("harbour", limit=30)
    with library._store.snapshot() as view:
        assert len(view.found([i for i, _ in near.hits], model=desk.model.name)) == len(near.hits)
    library.close()


def test_a_file_whose_name_is_not_utf8_is_reported_and_the_rest_is_indexed(desk):
    name = desk.articles / b"caf\xe9.txt".decode("utf-8", "surrogateescape")
    name.write_text("Coffee was landed with the tea at Tidewater.")

    outcome = desk.reindex()

    assert [failure.reason for failure in outcome.failed] == ["its name is not UTF-8; rename it"]
    assert outcome.failed[0].file.encode("utf-8")
    assert outcome.new == 2


def test_a_first_run_that_could_read_nothing_publishes_nothing(tmp_path):
    desk = Desk(tmp_path)
    (desk.articles / "empty.txt").touch()

    outcome = desk.reindex()

    assert (len(outcome.failed), outcome.generation) == (1, 0)


def test_a_damaged_database_is_told_in_words(desk):
    desk.reindex()
    (desk.folder / "library.db").write_bytes(b"not a database at all" * 100)
    for side in ("library.db-wal", "library.db-shm"):
        (desk.folder / side).unlink(missing_ok=True)

    with pytest.raises(Damaged, match="restore it from a copy"):
        desk.reindex()
    with pytest.raises(Damaged, match="restore it from a copy"):
        desk.library()


@pytest.mark.parametrize(
    "text", ["1\u066c000 million", "1\u066b5 million", "9" * 400 + " billion"]
)
def test_odd_numbers_before_a_scale_are_read(text):
    assert analyse(text)


def test_a_follower_outlives_a_fault_and_says_it_once(desk, caplog):
    desk.reindex()
    library = desk.library(look_every_s=0.005)
    library.ask("otters")
    desk.embedder.name = "hashes@2"

    def told():
        return [each for each in caplog.messages if "of another model" in each]

    with caplog.at_level(logging.WARNING):
        desk.reindex()
        for _ in range(600):
            if told():
                break
            library._follower._ended.wait(0.05)
        library._follower._ended.wait(0.1)  # it looks a dozen times more

    assert len(told()) == 1
    assert library._follower._thread.is_alive()
    library.close()


def of_the_collection(library, text):
    """How many of the paragraphs that are nearest to a text there are, and how many these are."""
    hits = library._lane.near(text, limit=50).hits
    with library._store.snapshot() as view:
        return len(view.present([number for number, _ in hits])), len(hits)


@pytest.mark.parametrize("more", [0, 1], ids=["the same number", "a greater number"])
def test_another_collection_in_the_place_of_a_followed_one_is_searched(desk, tmp_path, more):
    desk.reindex()
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other")
    for number in range(8):
        other.write(f"{number}.txt", f"Heron {number}\n\nThe heron number {number} stood ashore.")
    other.reindex()
    for number in range(more):
        other.write(f"more {number}.txt", f"Kelp {number}\n\nThe kelp number {number} drifted in.")
        other.reindex()
    with closing(desk.library(look_every_s=0.005)) as library:
        assert of_the_collection(library, "the heron ashore") == (5, 5)

        move(other.folder, desk.folder, replace=True, told=lambda *_: None)

        until(lambda: of_the_collection(library, "the heron ashore") == (8 + more, 8 + more))
        assert library.following() == 1 + more


def test_a_generation_under_the_number_of_one_that_was_lost_is_searched(desk, tmp_path):
    desk.reindex()
    shutil.copytree(desk.folder, tmp_path / "data of another way")
    kelp = desk.write("kelp.txt", "Kelp\n\nThe kelp drifted in.")
    desk.reindex()
    with closing(desk.library(look_every_s=0.005)) as library:
        assert of_the_collection(library, "the heron ashore") == (6, 6)
        followed, desk.folder = desk.folder, tmp_path / "data of another way"
        kelp.unlink()
        desk.write("heron.txt", "Heron\n\nThe heron stood ashore.\n\nIt flew away.")
        desk.reindex()

        put_later(desk.folder / FILE_NAME, followed / FILE_NAME)

        until(lambda: of_the_collection(library, "the heron ashore") == (7, 7))
        assert library.following() == 2


def put_later(other, path):
    """Have a database be as another one, published later, under whoever reads it."""
    with closing(sqlite3.connect(other)) as db, closing(sqlite3.connect(path)) as new:
        db.execute("update generations set created = '2036-01-01T00:00:00+00:00' where id = 2")
        db.commit()
        db.backup(new)


class Deaf(SqliteStore):
    """Cannot wait for news the first time, nor the second."""

    def __init__(self, folder):
        super().__init__(folder)
        self.faults = [KeyError("news"), OSError("news")]

    def await_news(self, known, every_s, ended):
        if self.faults:
            raise self.faults.pop()
        super().await_news(known, every_s, ended)


def test_a_follower_outlives_a_store_that_cannot_wait_for_news(desk, caplog):
    desk.reindex()
    follower = _Follower(Deaf(desk.folder), desk.model)
    lane = Lane(follower.load)
    lane.near("otters", limit=1)

    with caplog.at_level(logging.WARNING):
        follower.start(lane, 0.005)
        desk.write("new.txt", "News\n\nThe harbour was painted blue.")
        desk.reindex()
        until(lambda: follower.generation == 2)

    follower.stop()
    lane.close()
    assert [record.getMessage().rpartition("followed: ")[2] for record in caplog.records] == [
        "OSError: news",
        "KeyError: 'news'",
    ]


def test_a_collection_copied_elsewhere_answers_there(desk, tmp_path):
    desk.reindex()
    copy = tmp_path / "copy"
    shutil.copytree(desk.folder, copy)
    desk.folder = copy

    library = desk.library()

    assert library.ask("Who counted the otters?").passages
    library.close()
