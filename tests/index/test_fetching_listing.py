"""sources.toml: what it may say, what is said of it where it is wrong, and how it is changed."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.errors import UnknownSetting
from index.fetching.editing import add_table, comment_out
from index.fetching.listing import Listing, read_listing
from index.fetching.source import Kind, Source, default_name

WHOLE = """# What the harbour reads.

[[source]]
folder = "articles"          # the archive
match = ["*.txt", "2017/*.md"]
publisher = "Harbour Times"
language = "en"
tags = ["sea", "otters"]

# The wire, every quarter of an hour.
[[source]]
name = "wire"
feed = "https://www.harbour.example/feed"
every = "15m"
follow = true
keep_days = 30
keep_newest = 500

[[source]]
page = "http://quay.example/tides"
"""


@pytest.fixture
def listed(tmp_path):
    """Reads a sources.toml of this text."""

    def read(text):
        file = tmp_path / "sources.toml"
        file.write_text(text, "utf-8")
        return read_listing([], file)

    return read


def fault(listed, text):
    with pytest.raises(UnknownSetting) as refused:
        listed(text)
    return str(refused.value)


def test_every_kind_of_source_is_read(listed, tmp_path):
    file = str(tmp_path / "sources.toml")

    assert listed(WHOLE).sources == (
        Source(
            name="articles",
            kind=Kind.FOLDER,
            where=str(tmp_path / "articles"),
            match=("*.txt", "2017/*.md"),
            publisher="Harbour Times",
            language="en",
            tags=("sea", "otters"),
            line=3,
            listed=file,
        ),
        Source(
            name="wire",
            kind=Kind.FEED,
            where="https://www.harbour.example/feed",
            every_s=900,
            follow=True,
            keep_days=30,
            keep_newest=500,
            line=11,
            listed=file,
        ),
        Source(
            name="quay.example",
            kind=Kind.PAGE,
            where="http://quay.example/tides",
            every_s=86400,
            line=19,
            listed=file,
        ),
    )


def test_a_feed_is_asked_every_hour_unless_told_otherwise(listed):
    assert listed('[[source]]\nfeed = "http://a.example/"').sources[0].every_s == 3600


def test_a_missing_file_lists_nothing(tmp_path):
    assert read_listing([tmp_path / "seeds"], tmp_path / "sources.toml") == Listing(
        paths=(tmp_path / "seeds",)
    )


def test_a_list_that_is_named_and_not_there_is_a_fault(tmp_path):
    with pytest.raises(UnknownSetting, match=r"own.toml cannot be read \(No such file"):
        read_listing([tmp_path / "own.toml"], tmp_path / "sources.toml")


def test_a_toml_file_among_the_sources_is_a_list_of_its_own(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('[[source]]\nfile = "tea.txt"')

    listing = read_listing([tmp_path / "seeds", own], tmp_path / "sources.toml")

    assert listing.paths == (tmp_path / "seeds",)
    assert [source.where for source in listing.sources] == [str(tmp_path / "tea.txt")]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('feeed = "http://a.example/"', "feeed is not a key; did you mean feed?"),
        (
            'feed = "http://a.example/"\nkeep_day = 3',
            "(http://a.example/): keep_day is not a key; did you mean keep_days?",
        ),
        ('name = "x"', "(x): it needs one of folder, file, feed, page, and has 0"),
        (
            'feed = "http://a.example/"\nfolder = "x"',
            "(x): it needs one of folder, file, feed, page, and has 2",
        ),
        (
            'name = "x"\nfeed = "ftp://a.example/"',
            '(x): feed cannot be "ftp://a.example/"; only http and https addresses are fetched,'
            " not ftp://a.example/",
        ),
        (
            'name = "a/b"\nfolder = "x"',
            '(a/b): name cannot be "a/b"; what is wanted is up to 60 letters, digits, spaces,'
            " dots and hyphens",
        ),
        (
            'name = "x"\nfeed = "http://a.example/"\nevery = "soon"',
            '(x): every cannot be "soon"; what is wanted is a time such as "15m", "2h" or "1d"',
        ),
        (
            'name = "x"\nfeed = "http://a.example/"\nfollow = "yes"',
            '(x): follow cannot be "yes"; what is wanted is true or false',
        ),
        (
            'name = "x"\nfeed = "http://a.example/"\nkeep_days = 0',
            "(x): keep_days cannot be 0; what is wanted is a whole number above 0",
        ),
        (
            'name = "x"\nfeed = "http://a.example/"\nlanguage = "english"',
            '(x): language cannot be "english"; what is wanted is a code of two letters, such as'
            ' "en"',
        ),
        (
            'name = "x"\nfolder = "x"\ntags = [1]',
            '(x): tags cannot be [1]; what is wanted is a text, or several: ["one", "two"]',
        ),
        (
            'name = "x"\nfolder = "x"\npublisher = 7',
            "(x): publisher cannot be 7; what is wanted is a text in quotes",
        ),
        (
            'name = "x"\npage = "http://a.example/"\nkeep_days = 3',
            "(x): keep_days is only for a feed or a folder or a file",
        ),
        ('name = "x"\nfolder = "x"\nfollow = true', "(x): follow is only for a feed"),
        ('name = "x"\nfile = "x"\nevery = "1h"', "(x): every is only for a feed or a page"),
        ('name = "x"\npage = "http://a.example/"\nmatch = "*"', "(x): match is only for a folder"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_name(listed, table, said):
    line = fault(listed, f"\n[[source]]\n{table}\n")

    assert line.startswith("sources.toml, line 2")
    assert line.endswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[source]]\nfeed = oops", "is not valid TOML: Invalid value (at line 2, column 8)"),
        ("[source]\nfeed = 'http://a.example/'", ": write [[source]], in two pairs of brackets"),
        ("[[sources]]\n", ": sources means nothing here; each source is a [[source]]"),
        ("x = 1\n", ": x means nothing here; each source is a [[source]]"),
    ],
)
def test_a_file_that_is_no_list_is_said_to_be_none(listed, text, said):
    assert fault(listed, text).endswith(said)


def test_a_file_in_another_encoding_is_said_to_be_so(tmp_path):
    file = tmp_path / "sources.toml"
    file.write_bytes("# naïve".encode("latin-1"))

    with pytest.raises(UnknownSetting, match="is not valid TOML: it is not UTF-8 text"):
        read_listing([], file)


@example('[[source]]\n"a\\nb" = 1')
@example('[[source]]\nname = "a\\nb"')
@example('"a\\nb" = 1')
@given(st.text(alphabet='[]source="\\\n .#1', max_size=40).map("[[source]]\n".__add__))
def test_any_text_is_read_or_refused_in_lines_that_begin_with_the_file(text):
    with TemporaryDirectory() as folder:
        file = Path(folder, "sources.toml")
        file.write_text(text, "utf-8")
        try:
            read_listing([], file)
        except UnknownSetting as refused:
            lines = str(refused).splitlines()
            assert all(line.removeprefix(f"{folder}/").startswith(file.name) for line in lines)


def test_every_fault_of_a_file_is_said_at_once(listed):
    said = fault(listed, '[[source]]\nfolder = 1\n[[source]]\nname = "x"\n')

    assert [line.partition(":")[0] for line in said.splitlines()] == [
        "sources.toml, line 1",
        "sources.toml, line 3 (x)",
    ]


def test_two_sources_of_one_name_are_refused(listed):
    text = '[[source]]\nfeed = "http://a.example/1"\n[[source]]\nfeed = "http://A.example/2"\n'

    assert fault(listed, text) == (
        'sources.toml, line 3: a source called "a.example" is on line 1 already; give this one a'
        " name of its own"
    )


@pytest.mark.parametrize(
    ("kind", "where", "name"),
    [
        (Kind.FEED, "https://www.harbour.example:8080/rss.xml", "harbour.example"),
        (Kind.FEED, "https://feeds.bbci.co.uk/news/rss.xml", "bbci.co.uk"),
        (Kind.PAGE, "http://[2606:2800::1]/", "2606-2800--1"),
        (Kind.FOLDER, "/articles/Tea & trade", "Tea - trade"),
        (Kind.FILE, "/articles/.hidden.txt", "hidden.txt"),
        (Kind.FOLDER, "/", "source"),
    ],
)
def test_a_source_without_a_name_gets_one(kind, where, name):
    assert default_name(kind, where) == name


def test_what_is_to_be_read_are_the_paths_the_folders_and_what_was_fetched(listed, tmp_path):
    listing = replace(listed(WHOLE), paths=(tmp_path / "seeds",))

    assert listing.roots(tmp_path / "data") == [
        tmp_path / "seeds",
        tmp_path / "articles",
        tmp_path / "data" / "fetched" / "wire",
        tmp_path / "data" / "fetched" / "quay.example",
    ]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("articles/otters.txt", True),
        ("articles/deep/down/otters.txt", True),
        ("articles/2017/tea.md", True),
        ("articles/2016/tea.md", False),
        ("articles/tea.html", False),
        ("elsewhere/tea.html", True),
    ],
)
def test_a_pattern_chooses_among_the_files_of_its_folder(listed, tmp_path, name, wanted):
    assert listed(WHOLE).wants(tmp_path / name) is wanted


def test_a_file_is_known_to_be_of_its_source(listed, tmp_path):
    listing = listed(WHOLE)

    found = [listing.source_of(tmp_path / place) for place in ("articles/x.txt", "tea.txt")]

    assert [source and source.name for source in found] == ["articles", None]


# Changing it.


def test_a_source_is_added_below_what_is_there(tmp_path):
    file = tmp_path / "sources.toml"
    file.write_text(WHOLE.rstrip())

    add_table(file, {"name": 'the "quay" \\ 潮', "folder": "tides", "follow": True})

    assert file.read_text("utf-8") == (
        f'{WHOLE.rstrip()}\n\n[[source]]\nname = "the \\"quay\\" \\\\ 潮"\nfolder = "tides"\n'
        "follow = true\n"
    )


def test_the_first_source_makes_the_file(tmp_path):
    file = tmp_path / "sources.toml"

    add_table(file, {"name": "x", "folder": "tides"})

    assert file.read_text() == '[[source]]\nname = "x"\nfolder = "tides"\n'


def test_a_file_that_cannot_be_added_to_stays_as_it_is(tmp_path):
    file = tmp_path / "sources.toml"
    file.write_text('source = [{folder = "x"}]\n')

    with pytest.raises(UnknownSetting, match="cannot be added to; write this at its end"):
        add_table(file, {"name": "x", "folder": "tides"})

    assert file.read_text() == 'source = [{folder = "x"}]\n'


def test_a_source_is_commented_out_and_every_other_line_stays(listed, tmp_path):
    comment_out(listed(WHOLE).sources[1])

    before = WHOLE.splitlines()
    after = (tmp_path / "sources.toml").read_text().splitlines()
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        "# [[source]]",
        '# name = "wire"',
        '# feed = "https://www.harbour.example/feed"',
        '# every = "15m"',
        "# follow = true",
        "# keep_days = 30",
        "# keep_newest = 500",
    ]
    assert [source.name for source in listed("\n".join(after)).sources] == [
        "articles",
        "quay.example",
    ]


@pytest.mark.parametrize(
    "text",
    [
        'source = [{name = "x", folder = "x"}]\n',
        '[[source]]\nname = "x"\nfolder = "x"\npublisher = """a\n[[source]]\n"""\n',
        '[[ "source" ]]\nname = "x"\nfolder = "x"\n',
    ],
)
def test_what_cannot_be_commented_out_safely_is_left_to_the_person(listed, tmp_path, text):
    source = Source("x", Kind.FOLDER, "x", line=1, listed=str(tmp_path / "sources.toml"))
    (tmp_path / "sources.toml").write_text(text)

    with pytest.raises(UnknownSetting, match="delete the table of x yourself, on line 1"):
        comment_out(source)

    assert Path(source.listed).read_text() == text
