"""A collection moves between a folder and a database with nothing embedded again."""

import sqlite3
from contextlib import closing

import pytest

from index.errors import Damaged, NoCollection, NotEmpty
from index.moving import Moved, move
from index.store import open_store
from index.store.moving import digest_of_rows
from scripts.move import main
from tests.support.collections import OTTERS, TEA


class CutError(Exception):
    pass


def quiet(*_):
    pass


@pytest.fixture
def filled(small):
    """A collection in a folder with an article at two places, one changed and one withdrawn."""
    small.write("otters.txt", OTTERS)
    small.write("tea.txt", TEA)
    small.write("again/tea.txt", TEA)
    gone = small.write("gone.txt", "Kelp\n\nThe kelp sang all night long.")
    small.reindex()
    gone.unlink()
    small.write("otters.txt", f"{OTTERS}\nThe otters came back on 12 May 2017.\n")
    small.reindex()
    return small


def digest(where):
    with closing(open_store(where)) as store, store.snapshot() as view:
        return digest_of_rows(view)


def answers(desk):
    with closing(desk.library()) as library:
        return [
            (answer.passages, answer.searched)
            for question in ("How many otters were counted?", "What did the Lantern Guild say?")
            for answer in [library.ask(question)]
        ]


def test_answers_are_the_same_after_a_move_and_after_the_way_back(filled, server, tmp_path):
    before, first = answers(filled), digest(filled.folder)
    embedded, home = list(filled.embedder.embedded), filled.folder

    assert move(home, server, told=quiet) == Moved(2, 2, 6)
    assert move(server, tmp_path / "back", told=quiet) == Moved(2, 2, 6)

    for where in (server, tmp_path / "back"):
        filled.folder = where
        assert digest(where) == first
        assert answers(filled) == before
    assert filled.embedder.embedded == embedded


def test_a_moved_collection_is_kept_up_as_the_old_one_was(filled, server):
    move(filled.folder, server, told=quiet)
    filled.folder = server
    same = filled.reindex()
    filled.write("new.txt", "News\n\nThe harbour was painted blue.")
    outcome = filled.reindex()

    assert (same.unchanged, same.embedded, same.generation) == (2, 0, 2)
    assert (outcome.new, outcome.embedded, outcome.generation) == (1, 1, 3)


def test_a_place_that_holds_a_collection_is_replaced_only_when_that_is_said(filled, desk, server):
    desk.articles.joinpath("kelp.txt").write_text("Kelp\n\nKelp grows.", "utf-8")
    desk.reindex()
    old = digest(server)

    with pytest.raises(NotEmpty, match="--replace"):
        move(filled.folder, server, told=quiet)
    assert digest(server) == old
    with pytest.raises(NotEmpty):
        move(server, server, replace=True, told=quiet)

    move(filled.folder, server, replace=True, told=quiet)
    assert digest(server) == digest(filled.folder)


@pytest.mark.parametrize("stage", ["articles", "vectors", "comparing"])
def test_a_move_that_is_cut_short_leaves_the_target_empty(filled, server, stage):
    def cut(at, *_):
        if at == stage:
            raise CutError

    with pytest.raises(CutError):
        move(filled.folder, server, told=cut)

    with closing(open_store(server)) as store, store.snapshot() as view:
        assert (view.generation_number(), view.counts()[:2]) == (0, (0, 0))
    assert move(filled.folder, server, told=quiet).generation == 2


def test_a_collection_that_contradicts_itself_is_not_moved(filled, server):
    with sqlite3.connect(filled.folder / "library.db") as db:
        db.execute("delete from vectors")
    db.close()

    with pytest.raises(Damaged, match="paragraphs without a vector"):
        move(filled.folder, server, told=quiet)


def test_a_vector_that_is_none_is_told_and_not_moved(filled, server):
    with closing(sqlite3.connect(filled.folder / "library.db")) as db:
        db.execute("update vectors set vector = x'007e' || substr(vector, 3) where rowid = 1")
        db.commit()

    with pytest.raises(Damaged, match="doctor --fix"):
        move(filled.folder, server, told=quiet)


def test_nothing_is_moved_from_where_nothing_is(server, tmp_path):
    with pytest.raises(NoCollection):
        move(tmp_path / "nowhere", server, told=quiet)


def test_the_door_says_what_was_moved_and_no_password(filled, server, capsys):
    status = main([str(filled.folder), server.url])
    told = capsys.readouterr()

    assert status == 0
    assert told.out.startswith("generation 2: 2 articles and 6 paragraphs are in postgresql:///")
    assert "very-secret" not in told.out + told.err
    assert main([str(filled.folder), server.url]) == 2
    assert "--replace" in capsys.readouterr().err
