"""A reindex without a word: what sources.toml lists is fetched, read and told."""

import json

import pytest

from scripts import ask, reindex
from tests.support.web import web_server

NIGHT = "Sea otters hold hands while they sleep, so that the tide does not part them."
FEED = (
    "<rss version='2.0'><channel><title>Harbour Times</title><item><title>Otters</title>"
    f"<guid>1</guid><description>{NIGHT}</description></item></channel></rss>"
)


@pytest.fixture
def web():
    with web_server() as web:
        yield web


@pytest.fixture
def listed(tmp_path, monkeypatch, web):
    """A sources.toml with a feed on loopback, which the settings allow."""
    file = tmp_path / "sources.toml"
    url = f"http://127.0.0.1:{web.port}"
    file.write_text(
        f'[[source]]\nname = "wire"\nfeed = "{url}/feed"\n'
        f'[[source]]\nname = "dead"\nfeed = "{url}/dead"\n'
    )
    web.serve("/feed", FEED, host="127.0.0.1")
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))
    monkeypatch.setenv("INDEX_SOURCES", str(file))
    monkeypatch.setenv("INDEX_PRIVATE", "true")
    return file


def test_what_is_due_is_fetched_and_what_failed_is_told(listed, web, capsys):
    assert reindex.main(["--json"]) == 1

    said = capsys.readouterr()
    outcome = json.loads(said.out)
    assert outcome["new"] == 1
    assert outcome["failed"] == [{"file": "dead", "reason": "the server answered 404 (not found)"}]
    assert "wire: 1 seen, 1 new" in said.err.splitlines()
    assert reindex.main(["--json"]) == 0
    assert web.paths() == ["/feed", "/dead"]


def test_a_dry_run_fetches_nothing(listed, web, capsys):
    assert reindex.main(["--dry-run"]) == 0

    assert web.asked == []


def test_the_first_question_brings_in_the_listed_sources(listed, capsys):
    ask.main(["--json", "do otters hold hands while they sleep?"])

    said = capsys.readouterr()
    assert " so first this: wire, dead\n" in said.err
    assert json.loads(said.out)["passages"][0]["publisher"] == "Harbour Times"


def test_a_misspelt_key_is_told_in_one_line(listed, capsys):
    listed.write_text('[[source]]\nfeeed = "http://harbour.example/"\n')

    assert reindex.main([]) == 2

    assert capsys.readouterr().err == (
        "sources.toml, line 1: feeed is not a key; did you mean feed?\n"
    )
