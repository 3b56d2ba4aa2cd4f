"""The door to sources.toml: list, add, check and remove, as a person uses it."""

import io
import json

import pytest

from index.fetching.fetcher import Fetcher, Policy
from scripts import sources
from tests.support.web import web_server

NIGHT = "Sea otters hold hands while they sleep, so that the tide does not part them."
FEED = (
    "<rss version='2.0'><channel><title>Harbour Times</title><item><title>Otters</title>"
    f"<guid>1</guid><description>{NIGHT}</description>"
    "<pubDate>Mon, 08 May 2017 09:00:00 GMT</pubDate></item></channel></rss>"
)
FRONT = (
    "<!DOCTYPE html><html><head><title>Otters</title>"
    '<link rel="alternate" type="application/rss+xml" href="/feed"></head>'
    f"<body><article><h1>Otters</h1><p>{NIGHT}</p><p>{NIGHT}</p><p>{NIGHT}</p></article>"
)


@pytest.fixture
def listed(tmp_path, monkeypatch):
    """The sources.toml that the settings name, beside a folder of articles."""
    file = tmp_path / "own.toml"
    file.write_text("# ours\n")
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "otters.txt").write_text(NIGHT)
    (tmp_path / "articles" / "readme.md").write_text("About this folder.")
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))
    monkeypatch.setenv("INDEX_SOURCES", str(file))
    return file


class Door:
    """The door, opened in the web of the test."""

    def __init__(self, web):
        self.web = web

    def __call__(self, *words):
        return sources.main(words, opened=self._opened)

    def _opened(self, private):
        policy = Policy(private=private, between_s=0, tries=1)
        return Fetcher(policy, look_up=self.web.look_up, network=self.web.network)


@pytest.fixture
def run():
    with web_server() as web:
        yield Door(web)


def test_an_empty_list_says_how_to_begin(listed, run, capsys):
    assert run() == 0

    assert "scripts/run sources add https://... finds a site's feed" in capsys.readouterr().out


def test_checking_an_empty_list_says_how_to_begin(listed, run, capsys):
    assert run("check") == 0

    assert capsys.readouterr().out == f"{sources.NOTHING_LISTED}\n"


def test_a_path_of_the_settings_is_listed_by_its_place_and_told_where_it_is_gone(
    listed, run, capsys, monkeypatch, tmp_path
):
    there, gone = tmp_path / "articles", tmp_path / "gone"
    monkeypatch.setenv("INDEX_SOURCES", f"{there},{gone}")

    assert run() == 0

    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:3]]
    assert rows == [[str(there), "path", "1"], [str(gone), "path", "0", "not", "there"]]


def test_adding_a_page_finds_its_feed_shows_it_and_asks(listed, run, capsys, monkeypatch):
    run.web.serve("/feed", FEED)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    assert run("add", run.web.serve("/", FRONT)) == 0

    said = capsys.readouterr().out.splitlines()
    assert said[:5] == [
        "feed   http://harbour.example/feed",
        "title  Harbour Times",
        "       2017-05-08  Otters",
        "1 article",
        "It gives no more than summaries, it seems; with --follow their pages are read too.",
    ]
    assert listed.read_text() == (
        '# ours\n\n[[source]]\nname = "harbour.example"\nfeed = "http://harbour.example/feed"\n'
    )


def test_without_a_yes_nothing_is_added(listed, run, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    assert run("add", run.web.serve("/feed", FEED)) == 0

    assert capsys.readouterr().out.endswith("nothing was added\n")
    assert listed.read_text() == "# ours\n"


def test_a_page_itself_can_be_added(listed, run, capsys):
    run.web.serve("/feed", FEED)

    assert run("add", run.web.serve("/", FRONT), "--page", "--yes", "--name", "tides") == 0

    assert capsys.readouterr().out.splitlines()[1:3] == ["title  Otters", f"       {NIGHT}"]
    assert listed.read_text().endswith('name = "tides"\npage = "http://harbour.example/"\n')


def test_a_folder_and_a_file_can_be_added(listed, run, capsys, tmp_path):
    articles = tmp_path / "articles"

    assert run("add", str(articles), "--yes") == 0
    assert run("add", str(articles / "otters.txt"), "--yes") == 0

    assert capsys.readouterr().out.startswith(f"{articles}: 1 file to be read\n")
    assert listed.read_text().endswith(
        f'[[source]]\nname = "articles"\nfolder = "{articles}"\n\n'
        f'[[source]]\nname = "otters.txt"\nfile = "{articles / "otters.txt"}"\n'
    )


def test_a_second_source_of_a_host_gets_another_name(listed, run):
    run("add", run.web.serve("/feed", FEED), "--yes")
    run("add", run.web.serve("/tides", FEED), "--yes", "--follow")

    assert listed.read_text().endswith(
        'name = "harbour.example-2"\nfeed = "http://harbour.example/tides"\nfollow = true\n'
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["http://harbour.example/feed"], "is listed already, as harbour.example"),
        (["http://harbour.example/tides", "--name", "Harbour.example"], "is called"),
        (["http://harbour.example/tides", "--name", "a/b"], 'name cannot be "a/b"'),
        (["http://harbour.example/gone"], "the server answered 404 (not found)"),
        (["http://127.0.0.1/feed"], "INDEX_PRIVATE=true allows that"),
        (["nowhere"], "nowhere does not exist; an address begins with https:// or http://"),
    ],
)
def test_what_cannot_be_added_is_told_and_changes_nothing(listed, run, capsys, words, said):
    run("add", run.web.serve("/feed", FEED), "--yes")
    run.web.serve("/tides", FEED)
    before = listed.read_text()
    capsys.readouterr()

    assert run("add", *words, "--yes") == 2

    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert listed.read_text() == before


def test_checking_fetches_now_and_the_list_shows_it(listed, run, capsys, tmp_path):
    run("add", run.web.serve("/feed", FEED), "--yes")
    run("add", run.web.serve("/tides", FEED), "--yes", "--name", "tides")
    run("add", str(tmp_path / "articles"), "--yes")
    run.web.serve("/tides", status=404)
    capsys.readouterr()

    assert run("check") == 1
    assert capsys.readouterr().out.splitlines() == [
        "articles: 1 file",
        "harbour.example: 1 seen, 1 new",
        "tides: the server answered 404 (not found); what was read from it is kept",
    ]
    assert run() == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[:3] for row in rows[1:]] == [
        ["harbour.example", "feed", "1"],
        ["tides", "feed", "0"],
        ["articles", "folder", "1"],
    ]
    assert " ".join(rows[2]).split("404 ")[1].startswith("(not found) (next try ")


def test_checking_one_source_leaves_the_others(listed, run, capsys):
    run("add", run.web.serve("/feed", FEED), "--yes")
    run("add", run.web.serve("/tides", FEED), "--yes", "--name", "tides")
    capsys.readouterr()

    assert run("check", "Tides") == 0

    assert capsys.readouterr().out == "tides: 1 seen, 1 new\n"


def test_a_folder_that_is_gone_is_told(listed, run, capsys):
    listed.write_text('[[source]]\nname = "lost"\nfolder = "lost"\n')

    assert run("check") == 1
    assert run() == 0

    said = capsys.readouterr().out
    assert said.startswith("lost: is not there\n")
    assert said.endswith("lost is not there\n")


def test_a_tag_chooses_what_is_listed_and_checked(listed, run, capsys):
    run.web.serve("/feed", FEED)
    listed.write_text(
        '[[source]]\nfolder = "articles"\ntags = ["Harbour", "old"]\n'
        '[[source]]\nname = "times"\nfeed = "http://harbour.example/feed"\ntags = "harbour"\n'
        '[[source]]\nname = "tides"\npage = "http://gone.example/"\n'
    )

    assert run("--tag", "old") == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == ["name", "articles"]

    assert run("check", "--tag", "harbour") == 0
    assert capsys.readouterr().out == "articles: 1 file\ntimes: 1 seen, 1 new\n"
    assert run("--tag", "old", "check") == 0
    assert capsys.readouterr().out == "articles: 1 file\n"


def test_a_tag_that_no_source_has_is_told_with_those_that_are(listed, run, capsys):
    listed.write_text('[[source]]\nfolder = "articles"\ntags = ["harbour", "old"]\n')

    assert run("check", "--tag", "sport") == 2

    assert "no source is tagged sport; there are: harbour, old" in capsys.readouterr().err


def test_removing_comments_out_and_says_what_is_left(listed, run, capsys, tmp_path):
    run("add", run.web.serve("/feed", FEED), "--yes", "--name", "tides")
    capsys.readouterr()

    assert run("remove", "tides") == 0

    kept = tmp_path / "data" / "fetched" / "tides"
    assert f"scripts/run reindex --remove {kept}\n" in capsys.readouterr().out
    assert listed.read_text() == (
        '# ours\n\n# [[source]]\n# name = "tides"\n# feed = "http://harbour.example/feed"\n'
    )


def test_a_source_that_is_not_there_is_told_with_those_that_are(listed, run, capsys):
    listed.write_text('[[source]]\nname = "tides"\nfolder = "articles"\n')

    assert run("remove", "tidse") == 2

    assert capsys.readouterr().err == "there is no source called tidse; there are: tides\n"


def test_json_shows_what_there_is_and_adds_it_only_when_that_is_wished(listed, run, capsys):
    run.web.serve("/feed", FEED)
    page = run.web.serve("/", FRONT)
    shown = {
        "name": "harbour.example",
        "kind": "feed",
        "where": "http://harbour.example/feed",
        "title": "Harbour Times",
        "articles": 1,
        "shown": ["2017-05-08  Otters"],
        "summaries": True,
    }

    assert run("add", page, "--json") == 0
    assert json.loads(capsys.readouterr().out) == shown
    assert listed.read_text() == "# ours\n"

    assert run("add", page, "--json", "--yes", "--name", "Harbour") == 0
    assert json.loads(capsys.readouterr().out) == {**shown, "name": "Harbour"}
    assert 'name = "Harbour"' in listed.read_text()


def test_json_shows_a_page_and_a_folder_too(listed, run, capsys):
    assert run("add", run.web.serve("/", FRONT), "--json", "--page") == 0
    assert json.loads(capsys.readouterr().out) == {
        "name": "harbour.example",
        "kind": "page",
        "where": "http://harbour.example/",
        "title": "Otters",
        "articles": 1,
        "shown": [NIGHT],
    }

    assert run("add", str(listed.parent / "articles"), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "name": "articles",
        "kind": "folder",
        "where": str(listed.parent / "articles"),
    }
