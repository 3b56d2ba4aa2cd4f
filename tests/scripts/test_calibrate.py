"""The calibrate door: what it measures, keeps and refuses, with the packaged model."""

import json
import shutil
from pathlib import Path

import pytest

from index.calibrate import SMALLEST
from index.lock import reindex_lock
from index.store import SqliteStore
from scripts import calibrate as door
from scripts import reindex
from tests.support.collections import OTTERS, Desk

GOODS = ("tea", "pepper", "lanterns", "rope", "herring", "timber", "barley", "copper", "silk")
TOWNS = ("Saltmarsh", "Gullhaven", "Kelpford", "Brinemouth", "Oysterby", "Dunwick", "Sandwell")


def landings(count: int) -> str:
    return "\n\n".join(
        f"Merchants of {TOWNS[n % 7]} unloaded {n + 12} chests of {GOODS[n % 9]} from voyage {n}."
        for n in range(count)
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two collections: one large enough to be calibrated by itself, and one that is not."""
    root = tmp_path_factory.mktemp("built")
    for name, text in (("large", OTTERS + "\n" + landings(SMALLEST)), ("small", OTTERS)):
        folder = root / name / "articles"
        folder.mkdir(parents=True)
        (folder / "articles.txt").write_text(text, encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("INDEX_URL", str(root / name / "data"))
            assert reindex.main([str(folder), "--json"]) == 0
    return root


@pytest.fixture
def collection(built, tmp_path, monkeypatch):
    """Puts a fresh copy of one of the two in the settings."""

    def choose(name: str) -> Path:
        shutil.copytree(built / name / "data", tmp_path / "data")
        monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))
        monkeypatch.delenv("INDEX_THRESHOLD", raising=False)
        return tmp_path / "data"

    return choose


def threshold_in(folder: Path) -> float | None:
    store = SqliteStore(folder)
    with store.snapshot() as view:
        threshold = view.generation().threshold
    store.close()
    return threshold


def forget(folder: Path) -> None:
    store = SqliteStore(folder, writable=True)
    store.set_scale(1, mean=0.0, spread=1.0, threshold=None)
    store.close()


def a_suite(folder: Path, *, about: str = "counted forty otters") -> Path:
    folder.mkdir()
    rows = [
        {"id": "q", "question": "who counted the otters?", "gold": [about], "answerable": True}
    ]
    rows += [
        {"id": f"n{n}", "question": f"who sank the ferry {n}?", "gold": [], "answerable": False}
        for n in range(door.FEWEST)
    ]
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def test_it_measures_the_collection_by_itself_and_keeps_what_it_found(collection, capsys):
    folder = collection("large")
    of_reindex = threshold_in(folder)
    forget(folder)

    assert door.main(["--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["before"]["threshold"] == 0.68
    assert (said["before"]["own"], said["after"]["own"]) == (False, True)
    assert threshold_in(folder) == said["after"]["threshold"] == of_reindex
    assert (said["questions"], said["without_answer"]) == (100, 100)
    assert said["after"]["mean"] != 0.0


def test_a_dry_run_keeps_nothing(collection, capsys):
    folder = collection("large")
    forget(folder)

    assert door.main(["--dry-run"]) == 0

    assert threshold_in(folder) is None
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == [
        "evidence",
        "with",
        "without",
        "threshold",
        "before",
        "after",
    ]
    assert "(the program’s)" in said[4]


def test_a_small_collection_keeps_the_programs_threshold_and_is_told_why(collection, capsys):
    folder = collection("small")

    assert door.main([]) == 0

    assert threshold_in(folder) is None
    assert "too small to measure a threshold by" in capsys.readouterr().out


def test_a_suite_is_asked_of_the_collection_as_it_is(collection, tmp_path, capsys):
    folder = collection("small")

    assert door.main([str(a_suite(tmp_path / "suite")), "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert (said["questions"], said["without_answer"]) == (1, door.FEWEST)
    assert said["right_first"] == 1.0
    assert threshold_in(folder) == said["after"]["threshold"]
    assert said["after"]["wrongly_answered"] == 0.0


def test_a_suite_about_something_else_is_refused(collection, tmp_path, capsys):
    folder = collection("small")

    assert door.main([str(a_suite(tmp_path / "suite", about="the price of kelp"))]) == 2

    assert "is it about this collection?" in capsys.readouterr().err
    assert threshold_in(folder) is None


def test_a_folder_that_is_no_suite_is_refused(collection, tmp_path, capsys):
    collection("small")

    assert door.main([str(tmp_path / "nowhere")]) == 2
    assert "a suite is a folder with questions.jsonl" in capsys.readouterr().err


def test_without_a_collection_none_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))

    assert door.main([]) == 2

    assert "run scripts/run reindex" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_collection_of_another_model_is_refused(tmp_path, monkeypatch, capsys):
    desk = Desk(tmp_path)
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    monkeypatch.setenv("INDEX_URL", str(desk.folder))

    assert door.main([]) == 2
    assert "the collection was embedded by hashes@1" in capsys.readouterr().err


def test_while_a_reindex_runs_it_says_who_holds_the_collection(collection, capsys):
    folder = collection("small")

    with reindex_lock(folder):
        assert door.main([]) == 2
    assert "is being reindexed by process" in capsys.readouterr().err


def test_a_threshold_that_is_set_is_said_to_go_before(collection, monkeypatch, capsys):
    collection("small")
    monkeypatch.setenv("INDEX_THRESHOLD", "0.9")

    assert door.main([]) == 0
    assert "INDEX_THRESHOLD is set, and goes before: 0.9" in capsys.readouterr().err
