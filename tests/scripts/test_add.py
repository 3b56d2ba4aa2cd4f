"""The door that shows a file and puts it among the sources."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.readers import wants
from scripts import add
from scripts.add import fitting_name

TEA = """Tea arrives

The clipper Larkspur landed ninety chests of tea at Tidewater. Nobody fell into the harbour.

Merchants of the Lantern Guild said that the price of tea would fall.
"""


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A file outside of the sources, which are a folder for web pages and one for all."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "articles").mkdir()
    (tmp_path / "tea.txt").write_text(TEA)
    (tmp_path / "own.toml").write_text(
        '[[source]]\nname = "a"\nfolder = "gone"\n\n'
        '[[source]]\nname = "b"\nfolder = "pages"\nmatch = "*.html"\n\n'
        '[[source]]\nname = "c"\nfolder = "articles"\n'
    )
    monkeypatch.setenv("INDEX_SOURCES", str(tmp_path / "own.toml"))
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))
    return tmp_path


def test_json_shows_what_the_file_gives_and_adds_nothing(room, capsys):
    assert add.main([str(room / "tea.txt"), "--json", "--name", "../Ships & tea.TXT"]) == 0

    assert json.loads(capsys.readouterr().out) == {
        "articles": 1,
        "paragraphs": 2,
        "title": "Tea arrives",
        "publisher": "",
        "published": "",
        "begins": "The clipper Larkspur landed ninety chests of tea at Tidewater.",
        "titles": ["Tea arrives"],
        "faults": [],
        "faulty": 0,
        "target": str(room / "articles" / "Ships-tea.txt"),
    }
    assert list((room / "articles").iterdir()) == []


def test_it_is_copied_under_a_name_that_is_free(room, capsys):
    for _ in range(2):
        assert add.main([str(room / "tea.txt"), "--json", "--yes"]) == 0

    files = sorted((room / "articles").iterdir())
    assert [(file.name, file.read_text()) for file in files] == [
        ("tea-2.txt", TEA),
        ("tea.txt", TEA),
    ]
    assert "tea-2.txt is there; scripts/run reindex reads it" in capsys.readouterr().err


@pytest.mark.parametrize(("typed", "added"), [("y\n", ["tea.txt"]), ("n\n", []), ("", [])])
def test_a_person_is_shown_it_and_asked(typed, added, room, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))

    assert add.main([str(room / "tea.txt")]) == 0

    assert [file.name for file in (room / "articles").iterdir()] == added
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[:3] == ["articles   1", "paragraphs 2", "title      Tea arrives"]
    assert "titles     Tea arrives" in lines
    assert ("nothing was added" in said.err) == (not added)


@pytest.mark.parametrize(
    ("content", "fault"), [(b"", "the file is empty"), (None, "does not exist")]
)
def test_what_is_of_no_use_is_refused(content, fault, room, capsys):
    if content is not None:
        (room / "odd.txt").write_bytes(content)

    assert add.main([str(room / "odd.txt"), "--json"]) == 2

    said = capsys.readouterr()
    assert (said.out, fault in said.err) == ("", True)


def test_where_no_source_is_a_folder_it_says_so(room, capsys, monkeypatch):
    monkeypatch.setenv("INDEX_SOURCES", str(room / "tea.txt"))

    assert add.main([str(room / "tea.txt"), "--yes"]) == 2

    assert "no source is a folder that takes this file" in capsys.readouterr().err


def test_what_cannot_be_copied_leaves_nothing_half_done(room, capsys):
    (room / "own.toml").write_text('[[source]]\nname = "a"\nfolder = "articles"\n')
    (room / "articles" / ".tea.txt.part").symlink_to(room / "gone" / "tea.txt")

    assert add.main([str(room / "tea.txt"), "--yes"]) == 2

    assert list((room / "articles").iterdir()) == []
    assert "that could not be done" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "fitting"),
    [
        ("tea.txt", "tea.txt"),
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\ships\\Tea & sail.HTML", "Tea-sail.html"),
        (".hidden.md", "hidden.md"),
        ("readme.md", "added-readme.md"),
        ("questions.jsonl", "added-questions.jsonl"),
        ("", "article.txt"),
        ("...", "article.txt"),
        ("Чай.pdf", "Чай.pdf"),
        ("ã" * 300 + ".eml", "ã" * 40 + ".eml"),
        ("tea.tar.gz.xyz", "tea.tar.gz.xyz.txt"),
    ],
)
def test_a_name_is_made_harmless(name, fitting):
    assert fitting_name(name) == fitting


@example("con\0.txt")
@example("a\u202etxt.exe")
@given(st.text())
def test_no_name_leads_out_of_the_folder_or_is_hidden_or_not_read(name):
    fitting = fitting_name(name)

    assert Path(fitting).name == fitting
    assert not fitting.startswith(".")
    assert fitting.isprintable()
    assert len(fitting.encode()) <= 100
    assert wants(Path(fitting))
