import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index.backup import Places, back_up
from tests.support.backups import quiet
from tests.support.collections import OTTERS, TEA, Desk


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    """A desk with nothing on it. In tests/index/postgres its collection is in a database."""
    return Desk(tmp_path)


@pytest.fixture
def desk(bare: Desk) -> Desk:
    """A desk with two articles on it, not indexed yet."""
    bare.write("otters.txt", OTTERS)
    bare.write("tea.txt", TEA)
    return bare


@pytest.fixture
def places(desk: Desk, tmp_path: Path) -> Places:
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
def backup(places: Places, tmp_path: Path) -> Path:
    back_up(tmp_path / "all.tar.gz", places, progress=quiet)
    return tmp_path / "all.tar.gz"
