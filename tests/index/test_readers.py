import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.article import Article, Credit
from index.errors import Unreadable
from index.readers import SIZE_LIMIT, SUFFIXES, kind_not_read, look_into, read, wants

SEEDS = sorted((Path(__file__).parents[2].parent / "shared" / "seeds").glob("*.txt"))

OTTERS = "Sea otters hold hands while they sleep, so that the tide cannot part them."
TEA = "The harbour master drinks his tea at five, come rain or shine, and alone."


@pytest.fixture
def file(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def quotes(article):
    return [article.text[span.start : span.end] for span in article.spans]


# -- plain text


def test_a_short_first_line_above_an_empty_one_is_the_title(file):
    (article,) = read(file("a.txt", f"Otters of the Bay\n\n{OTTERS}\n\n{TEA}\n"))

    assert article.credit == Credit(title="Otters of the Bay")
    assert article.text == f"{OTTERS}\n\n{TEA}"


def test_no_title_is_invented(file):
    (article,) = read(file("a.txt", f"{OTTERS}\n\n{TEA}"))

    assert article.credit == Credit()
    assert quotes(article) == [OTTERS, TEA]


def test_lines_that_tell_title_date_and_author_become_the_credit(file):
    head = "Title: Otters of the Bay\nBy: Ann Gull\nDate: Sept. 16, 2017\nSource: The Daily Tide"

    (article,) = read(file("a.txt", f"{head}\nLanguage: en\n\n{OTTERS}"))

    assert article.credit == Credit(
        title="Otters of the Bay",
        author="Ann Gull",
        published="2017-09-16",
        publisher="The Daily Tide",
    )
    assert (article.text, article.language) == (OTTERS, "en")


def test_a_trailer_is_credit_and_never_quoted(file):
    trailer = "from Tide – The Daily Tide http://tide.example/a?utm_source=x\nvia Gull News"

    (article,) = read(file("a.txt", f"{OTTERS}\n{TEA}\n{trailer}\nNo comments:"))

    assert quotes(article) == [OTTERS, TEA]
    assert article.credit == Credit(
        publisher="The Daily Tide", via="Gull News", url="http://tide.example/a"
    )


@pytest.mark.skipif(not SEEDS, reason="the original article is not beside this checkout")
def test_the_original_article_comes_out_byte_for_byte():
    raw = SEEDS[0].read_bytes()

    (article,) = read(SEEDS[0])

    assert [quote.encode() for quote in quotes(article)] == raw.split(b"\n")[:10]
    assert article.credit == Credit(
        publisher="FDD's Long War Journal", via="Defense News", url="http://ift.tt/2ygBBwH"
    )


# -- Markdown


def test_markdown_is_read_without_its_marks(file):
    (article,) = read(
        file(
            "a.md",
            "---\ntitle: Otters of the Bay\ndate: 2017-09\nsource: The Daily Tide\n"
            "url: https://tide.example/a?id=3&fbclid=x\nlanguage: en-GB\n---\n\n"
            "# Otters of the *Bay*\n\nSea **otters** [hold](http://x.example) hands while they\n"
            "sleep, so that the tide cannot part them.\n\n## Tea\n\nHe has three rules for it:\n\n"
            "- hot\n- strong\n  1. black\n\n> Nobody leaves `thirsty` from here.\n\n"
            "|House|Cups|\n|-|-|\n|Anchor|3|\n\n![map](map.png)\n\n"
            "> [Read more](https://x.example)\n",
        )
    )

    assert article.credit == Credit(
        title="Otters of the Bay",
        publisher="The Daily Tide",
        published="2017-09",
        url="https://tide.example/a?id=3",
    )
    assert article.language == "en"
    assert quotes(article) == [
        OTTERS,
        "He has three rules for it:\n\n• hot\n• strong\n  1. black",
        "Nobody leaves thirsty from here.",
        "House | Cups\nAnchor | 3",
    ]
    assert [span.heading for span in article.spans] == ["", "Tea", "Tea", "Tea"]


def test_a_first_heading_is_the_title_where_nothing_else_tells_it(file):
    (article,) = read(file("a.md", f"# Otters\n\n{OTTERS}<br>\n\n<div>{TEA}</div>\n"))

    assert article.credit == Credit(title="Otters")
    assert quotes(article) == [OTTERS, TEA]


def test_front_matter_is_known_under_any_suffix(file):
    (article,) = read(file("a.txt", f"---\ntitle: Otters\n---\n{OTTERS}"))

    assert (article.credit.title, article.text) == ("Otters", OTTERS)


# -- JSON Lines


def test_each_line_is_an_article_under_its_own_entry(file):
    lines = [
        {
            "id": 7,
            "title": "Otters",
            "publisher": "The Daily Tide",
            "via": "Gull News",
            "author": ["Ann Gull", "Bo Tern"],
            "published": "2017-09-16T10:00:00Z",
            "url": "https://tide.example/otters",
            "language": "en",
            "text": f"{OTTERS}\n\n{TEA}",
        },
        {"headline": "Tea", "source": "Tide", "link": "https://tide.example/tea", "content": TEA},
    ]

    articles = read(file("a.jsonl", "\n".join(map(json.dumps, lines))))

    assert [(article.entry, article.text) for article in articles] == [
        ("7", f"{OTTERS}\n\n{TEA}"),
        ("https://tide.example/tea", TEA),
    ]
    assert articles[0].credit == Credit(
        title="Otters",
        publisher="The Daily Tide",
        via="Gull News",
        author="Ann Gull, Bo Tern",
        published="2017-09-16T10:00:00+00:00",
        url="https://tide.example/otters",
    )


def test_lines_of_one_doc_id_are_the_paragraphs_of_one_article(file):
    lines = [
        {"doc_id": "a", "para": 1, "text": TEA, "source": "The Daily Tide"},
        {"doc_id": "b", "para": 0, "text": TEA},
        {"doc_id": "a", "para": 0, "text": OTTERS},
    ]

    articles = read(file("a.jsonl", "\n".join(map(json.dumps, lines))))

    assert [(article.entry, quotes(article)) for article in articles] == [
        ("a", [OTTERS, TEA]),
        ("b", [TEA]),
    ]


def test_bad_lines_are_told_by_number_and_the_others_are_read(file):
    path = file("a.jsonl", f'{{"text": "{OTTERS}"}}\n\n{{"text" "b"}}\n[1]\n{{"text": "{TEA}"}}\n')

    reading = look_into(path)

    assert [article.text for article in reading.articles] == [OTTERS, TEA]
    assert reading.faults == (
        "line 3 of 5: not valid JSON (Expecting ':' delimiter)",
        "line 4 of 5: not a JSON object",
    )


def test_of_very_many_bad_lines_the_first_are_told_and_the_rest_counted(file):
    path = file("a.jsonl", f'{{"text": "{OTTERS}"}}\n' + "[]\n" * 1_000)

    faults = look_into(path).faults

    assert faults[0] == "line 2 of 1,001: not a JSON object"
    assert faults[-1] == "and 980 more parts of it"
    assert len(faults) == 21


def test_lone_surrogates_and_zeros_do_not_get_into_a_text(file):
    (article,) = read(file("a.jsonl", r'{"text": "Otters \ud83e\udda6 hold\u0000 hands \ud800."}'))

    assert article.text == "Otters 🦦 hold hands \ufffd."


# -- what cannot be read


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "the file is empty"),
        ("a.txt", b" \r\n", "the file is empty"),
        ("a.txt", b"\x00\x01\x02\x03" * 100, "binary data, not text"),
        ("a.txt", b"\x89PNG\r\n...", "a picture, not text"),
        ("a.txt", b"No comments:\n", "no article text found"),
        ("a.html", b"<html><body><nav>Tea</nav></body></html>", "no article text found"),
        (
            "a.md",
            b"---\ntitle: Otters: a tale\n---\nOtters sleep.",
            "its front matter is not valid YAML (line 2)",
        ),
        ("a.jsonl", b'{"title": "a"}', "line 1 of 1: no text in it"),
        (
            "a.jsonl",
            b'{"text": ' + b"[" * 100_000,
            "line 1 of 1: not valid JSON (too deep or too large)",
        ),
        ("a.jsonl", b'{"text": "No comments:"}', "line 1 of 1: no article text found"),
        (
            "a.xls",
            b"tea",
            f"no reader for .xls; known are {', '.join(sorted(SUFFIXES))}",
        ),
    ],
)
def test_what_cannot_be_read_says_why_in_one_line(file, name, content, reason):
    with pytest.raises(Unreadable) as raised:
        read(file(name, content))

    assert str(raised.value) == reason


def test_a_file_over_the_limit_is_not_even_opened(file):
    path = file("a.txt", b"tea")
    os.truncate(path, SIZE_LIMIT * 16)

    with pytest.raises(Unreadable, match=r"^too large \(1,024 MB; the limit is 64 MB\)$"):
        read(path)


def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")

    with pytest.raises(Unreadable, match=r"^not an ordinary file$"):
        read(tmp_path / "pipe.txt")
    with pytest.raises(Unreadable, match=r"^cannot be opened \(no such file or directory\)$"):
        read(tmp_path / "gone.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_says_so(file):
    path = file("a.txt", OTTERS)
    path.chmod(0)

    with pytest.raises(Unreadable, match=r"^cannot be opened \(permission denied\)$"):
        read(path)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_every_known_suffix_is_wanted(suffix):
    assert wants(Path("news") / f"Otters{suffix.upper()}")


@pytest.mark.parametrize(
    "name", ["README.md", "questions.jsonl", "sources.toml", ".hidden.txt", "otters.png", "otters"]
)
def test_files_that_are_no_articles_are_not_wanted(name):
    assert not wants(Path("news") / name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("otters.PNG", ".png"), ("otters", "no suffix"), ("a.txt", ""), (".hidden.png", "")],
)
def test_the_kind_of_a_file_that_is_not_read_can_be_told(name, kind):
    assert kind_not_read(Path("news") / name) == kind


def outcome(path):
    """What a file gives: its articles, or the reason why it gives none."""
    try:
        return read(path)
    except Unreadable as reason:
        return str(reason)


def check(articles_or_reason):
    if isinstance(articles_or_reason, str):
        assert articles_or_reason.splitlines() == [articles_or_reason]
        return
    for article in articles_or_reason:
        check_whole(article)


def check_whole(article):
    assert isinstance(article, Article)
    assert article.spans
    assert all(quote == quote.strip() != "" for quote in quotes(article))
    assert "\0" not in article.text
    article.text.encode()  # a lone surrogate would raise


MARKS = (
    "Otters sleep. ¦\n\n¦# ¦- ¦> ¦<p>¦</p>¦<html>¦---\n¦title: a\n"
    '¦{"text": "Tea"}\n¦|a|b|\n|-|-|\n¦```\n¦é¦\0¦['
)
FRAGMENTS = st.sampled_from(MARKS.split("¦")).map(str.encode) | st.binary(max_size=12)


@settings(deadline=None)
@given(st.sampled_from(sorted(SUFFIXES)), st.lists(FRAGMENTS, max_size=20).map(b"".join))
@example(".jsonl", b'{"text": "\\ud800"}')
@example(".txt", b"\xff\xfe\x00\xd8")
@example(".md", b"---\na: b\n---\n")
@example(".md", b"- <html>")
@example(".md", b"> <html><head>")
@example(".html", b"<html><table><td><p>Otters</table>")
def test_any_bytes_give_articles_or_a_reason(suffix, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{suffix}")
        path.write_bytes(data)
        check(outcome(path))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("deep.html", b"<html><body>" + b"<div>" * 100_000 + OTTERS.encode() * 9),
        ("deep.md", b"> " * 50_000 + b"x"),
        ("open.md", b"[" * 20_000),
        ("bomb.md", b"---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: *b\n---\n" + OTTERS.encode()),
        ("entities.html", b'<!DOCTYPE html [<!ENTITY a "&a;&a;">]><html><p>&a;' + OTTERS.encode()),
    ],
)
def test_traps_do_not_catch_a_reader(file, name, data):
    check(outcome(file(name, data)))
