"""The doors as they are used: arguments, output, exit status, with the packaged model."""

import io
import json
import shutil
from pathlib import Path

import pytest

from scripts import ask, chat, reindex

OTTERS = "Sea otters hold hands while they sleep, so that the tide does not part them.\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A collection made with the packaged model, kept aside to begin every test with."""
    root = tmp_path_factory.mktemp("built")
    (root / "articles").mkdir()
    (root / "articles" / "otters.txt").write_text(OTTERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INDEX_URL", str(root / "data"))
        assert reindex.main([str(root / "articles"), "--json"]) == 0
    shutil.copytree(root, root / "aside")
    return root


@pytest.fixture
def room(built, monkeypatch):
    """That collection, as it was built, as the one that the settings name."""
    for name in ("data", "articles"):
        shutil.rmtree(built / name, ignore_errors=True)
        shutil.copytree(built / "aside" / name, built / name)
    monkeypatch.setenv("INDEX_URL", str(built / "data"))
    monkeypatch.setenv("INDEX_SOURCES", str(built / "articles"))
    return built


def test_ask_prints_the_quote(room, capsys):
    assert ask.main(["do", "otters", "hold", "hands", "while", "they", "sleep?"]) == 0

    assert "*Sea otters hold hands while they sleep" in capsys.readouterr().out


def test_ask_json_prints_one_object(room, capsys):
    assert ask.main(["--json", "do otters hold hands while they sleep?"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["abstained"] is False
    assert said["passages"][0]["text"] == OTTERS.strip()


def test_ask_says_what_to_add_for_the_passages_that_are_left(room, capsys):
    (room / "articles" / "more.txt").write_text(
        "The ferry Marigold was hit by a storm on Monday.\n\n"
        "A crane fell on the ferry Marigold at her berth a year before.\n"
    )
    assert reindex.main([]) == 0

    assert ask.main(["--limit", "1", "what happened to the ferry Marigold?"]) == 0

    assert capsys.readouterr().out.endswith("\n1 more: add --limit 2\n")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--limit", "0", "otters?"], "wanted is a number from 1 to 30, not '0'"),
        (["--limit", "all", "otters?"], "wanted is a number from 1 to 30, not 'all'"),
        ([" "], "the question is empty"),
    ],
)
def test_ask_refuses_what_cannot_be_asked(words, fault, capsys):
    with pytest.raises(SystemExit) as exit_:
        ask.main(words)

    assert exit_.value.code == 2
    assert capsys.readouterr().err.endswith(f"{fault}\n")


def test_ask_indexes_the_sources_where_nothing_is_indexed_yet(room, capsys):
    shutil.rmtree(room / "data")

    assert ask.main(["--json", "do otters hold hands while they sleep?"]) == 0

    said = capsys.readouterr()
    assert json.loads(said.out)["passages"][0]["text"] == OTTERS.strip()
    assert f"Nothing is indexed yet in {room / 'data'}, so first this:" in said.err


def test_chat_answers_line_by_line_until_the_input_ends(room, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("/help\ndo otters hold hands?\n"))

    assert chat.main([]) == 0

    said = capsys.readouterr().out
    assert said.startswith("1 article of 0 publishers. Ask a question; /help says more.")
    assert "*Sea otters hold hands while they sleep" in said


def test_reindex_prints_a_closing_table(room, capsys):
    (room / "articles" / "tea.txt").write_text("The clipper Larkspur landed ninety chests of tea.")
    (room / "articles" / "odd.txt").write_bytes(bytes(range(256)) * 20)

    assert reindex.main([str(room / "articles")]) == 1

    rows = capsys.readouterr().out.splitlines()
    assert [row.split() for row in rows[:8]] == [
        ["files", "read", "3"],
        ["articles", "new", "1"],
        ["articles", "changed", "0"],
        ["articles", "unchanged", "1"],
        ["articles", "removed", "0"],
        ["files", "failed", "1"],
        ["paragraphs", "embedded", "1"],
        ["paragraphs", "in", "all", "2"],
    ]
    assert rows[8].startswith("generation 2, ")
    assert rows[9].startswith("failed: ")
    assert "odd.txt: " in rows[9]


def test_reindex_json_prints_the_same_as_one_object(room, capsys):
    assert reindex.main([str(room / "articles"), "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said.pop("seconds") >= 0
    assert said == {
        "read": 1,
        "new": 0,
        "changed": 0,
        "unchanged": 1,
        "removed": 0,
        "copies": 0,
        "retired": 0,
        "failed": [],
        "skipped": {},
        "paragraphs": 1,
        "embedded": 0,
        "generation": 1,
    }


def test_reindex_without_paths_reads_the_sources_of_the_settings(room, capsys):
    (room / "articles" / "otters.txt").unlink()

    assert reindex.main([]) == 0

    assert "articles removed            1" in capsys.readouterr().out


def test_reindex_of_a_path_that_is_not_there_is_wrong_use(room, capsys):
    assert reindex.main([str(room / "nowhere")]) == 2

    assert f"scripts/run reindex --remove {room / 'nowhere'}" in capsys.readouterr().err


def test_reindex_removes_what_was_read_from_a_path_even_if_it_is_gone(room, capsys):
    shutil.rmtree(room / "articles")

    assert reindex.main(["--remove", str(room / "articles")]) == 0

    assert "paragraphs in all           0" in capsys.readouterr().out


def test_what_is_removed_while_it_is_listed_is_told_to_come_back(room, capsys, monkeypatch):
    articles = room / "articles"
    (articles / "tea.txt").write_text("A crate of tea came ashore.\n")
    assert reindex.main([]) == 0

    assert reindex.main(["--remove", str(articles / "otters.txt")]) == 0
    listed = capsys.readouterr().err.splitlines()
    monkeypatch.setenv("INDEX_SOURCES", str(room / "data"))
    assert reindex.main(["--remove", str(articles)]) == 0

    assert listed[-1].startswith(f"{articles / 'otters.txt'} is still listed, and the next")
    assert "still listed" not in capsys.readouterr().err


def test_a_misspelt_setting_is_told_in_one_line(room, capsys, monkeypatch):
    monkeypatch.setenv("INDEX_MODLE", "x")

    assert ask.main(["otters?"]) == 2

    said = "INDEX_MODLE is not a setting; did you mean INDEX_MODEL?\n"
    assert capsys.readouterr().err == said


def test_a_model_that_is_not_there_is_told_in_one_line(room, capsys, monkeypatch):
    monkeypatch.setenv("INDEX_MODEL", "/nowhere/at/all")

    assert ask.main(["otters?"]) == 2

    assert capsys.readouterr().err == (
        "there is no folder /nowhere/at/all; set INDEX_MODEL to another model, or leave it empty"
        " for the packaged one\n"
    )


def test_wrong_use_exits_with_two(capsys):
    with pytest.raises(SystemExit) as exit_:
        reindex.main(["--nonsense"])

    assert exit_.value.code == 2
    assert "--nonsense" in capsys.readouterr().err


def test_paths_are_absolute_but_links_are_kept(room, capsys, monkeypatch):
    link = room / "link"
    link.unlink(missing_ok=True)
    link.symlink_to(room / "articles")
    monkeypatch.chdir(room)

    assert reindex.main(["link"]) == 0

    # The same article at another path, so another place of it: the link was not followed.
    assert "copies elsewhere            1" in capsys.readouterr().out
    assert Path("link").is_symlink()


def test_golden_questions_hold_a_reindex_back_until_it_is_forced(room, capsys, monkeypatch):
    folder = room / "articles"
    row = {"question": "do otters hold hands while they sleep?", "gold": ["otters hold hands"]}
    (folder / "questions.jsonl").write_text(json.dumps(row))
    (folder / "tea.txt").write_text("The clipper Larkspur landed ninety chests of tea.")
    assert reindex.main([str(folder)]) == 0
    (folder / "otters.txt").write_text("Sea lions bark at the ferry all night, and gulls answer.")

    assert reindex.main([str(folder)]) == 2
    assert "do otters hold hands while they sleep?" in capsys.readouterr().err
    assert ask.main(["do otters hold hands while they sleep?"]) == 0
    assert "*Sea otters hold hands" in capsys.readouterr().out
    assert reindex.main([str(folder), "--force"]) == 0
    monkeypatch.setenv("INDEX_GOLDEN", "0.5")
    (folder / "tea.txt").unlink()
    assert reindex.main([str(folder)]) == 2
    monkeypatch.setenv("INDEX_GOLDEN", "off")
    assert reindex.main([str(folder)]) == 0
