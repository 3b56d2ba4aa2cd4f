"""A crowd of files in every format: only what changed is opened, embedded and written."""

import os
import sqlite3

import pytest

from index.readers import READERS, reader_of
from scripts.evaluation.crowd import FORMATS, made_paragraphs, write_article, write_crowd
from scripts.evaluation.feeding import feed_crowd
from tests.support.collections import Desk


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def rows(desk, statement):
    with sqlite3.connect(desk.folder / "library.db") as connection:
        found = connection.execute(statement).fetchall()
    connection.close()
    return found


def test_the_crowd_has_every_format_but_our_own(tmp_path):
    files = write_crowd(tmp_path, len(FORMATS)).values()
    fetched = "index.readers.fetched"

    assert {reader_of(path).articles.__module__ for path in files} == {
        reader.articles.__module__ for reader in READERS
    } - {fetched}


def test_a_run_without_a_change_opens_no_file(desk):
    files = write_crowd(desk.articles, len(FORMATS)).values()
    desk.reindex()
    desk.embedder.embedded.clear()
    for path in files:  # other words under the same size and time: only who opens it can tell
        status = path.stat()
        with path.open("r+b") as file:
            file.write(bytes(status.st_size))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    outcome = desk.reindex()

    assert (outcome.unchanged, outcome.new, outcome.changed) == (len(FORMATS), 0, 0)
    assert (outcome.failed, desk.embedder.embedded) == ((), [])


@pytest.mark.parametrize("suffix", FORMATS)
def test_one_changed_file_embeds_its_paragraphs_and_touches_its_rows_alone(desk, suffix):
    files = write_crowd(desk.articles, len(FORMATS))
    desk.reindex()
    desk.embedder.embedded.clear()
    others = f"select * from articles where origin != '{files[suffix]}' order by key"
    before = rows(desk, others)
    title = f"Report {int(files[suffix].stem)}"
    write_article(files[suffix], title, made_paragraphs(2, seed=2, words_each=40))

    outcome = desk.reindex()

    assert (outcome.changed, outcome.unchanged) == (1, len(FORMATS) - 1)
    assert len(desk.embedder.embedded) == outcome.embedded == 2
    assert rows(desk, others) == before
    # Two paragraphs went and two came.
    assert rows(desk, "select count(*) from changes where generation = 2") == [(4,)]


def test_what_is_measured_is_every_format_changed_once(desk, tmp_path):
    said = []

    fed = feed_crowd(tmp_path / "crowd", len(FORMATS), desk.model, told=said.append)

    assert (fed.articles, list(fed.changed_s)) == (len(FORMATS), list(FORMATS))
    assert all(whole >= model > 0 for whole, model in fed.changed_s.values())
    assert said[:3] == ["writing 11 files", "indexing them", "once more, with nothing changed"]
    # The crowd's own texts are none of the model's business.
    assert set(desk.embedder.embedded) == set(made_paragraphs(22, seed=2, words_each=40))
