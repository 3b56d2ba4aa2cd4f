import json
from pathlib import Path

import pytest

from index.article import Credit
from index.errors import Unreadable
from index.readers import read
from index.readers.html import articles

RAW = Path(__file__).parents[2].parent / "shared" / "eval" / "raw"

PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8">
<title>Otters of the Bay | The Daily Tide</title>
<meta property="og:title" content="Otters of the Bay">
<meta property="og:site_name" content="The Daily Tide">
<meta property="article:published_time" content="2017-09-16T10:00:00+00:00">
<meta name="author" content="Ann Gull">
<link rel="canonical" href="https://tide.example/otters?utm_source=feed">
</head><body>
<nav><a href="/">Home</a> <a href="/tea">All about tea</a></nav>
<article><h1>Otters of the Bay</h1>
<ul><li>16 September 2017</li><li>941 comments</li></ul>
<p>Sea otters <b>hold</b> hands while they sleep,<br>said the <a href="/hm">harbour master</a>.</p>
<figure><img src="o.jpg" alt="o"><figcaption>Two otters asleep, by A. Gull</figcaption></figure>
<h2>Tea</h2>
<p>The harbour master keeps three rules for the tea that he serves to all who land here:</p>
<ul><li>it is <i>hot</i></li><li><p>it is strong</p></li></ul>
<blockquote><p>Nobody leaves this harbour thirsty.</p></blockquote>
<table><tr><th>House</th><th>Cups</th></tr><tr><td>Anchor</td><td>3</td></tr></table>
<p>After the last cup the otters are asleep, and the harbour is as calm as it can be.</p>
<p>Share this:</p></article>
<div id="comments"><p>First! I have seen these otters too, and they are lovely.</p></div>
<footer>Cookie policy of The Daily Tide</footer><script>var secret = "tea";</script>
</body></html>"""


def test_a_page_gives_its_article_and_what_it_tells_about_it():
    (article,) = articles(PAGE.encode())

    assert article.credit == Credit(
        title="Otters of the Bay",
        publisher="The Daily Tide",
        author="Ann Gull",
        published="2017-09-16T10:00:00+00:00",
        url="https://tide.example/otters",
    )
    assert article.language == "en"
    assert [(article.text[span.start : span.end], span.heading) for span in article.spans] == [
        ("Sea otters hold hands while they sleep,\nsaid the harbour master.", ""),
        (
            "The harbour master keeps three rules for the tea that he serves to all who land here:"
            "\n\n• it is hot\n• it is strong",
            "Tea",
        ),
        ("Nobody leaves this harbour thirsty.", "Tea"),
        ("House | Cups\nAnchor | 3", "Tea"),
        (
            "After the last cup the otters are asleep, and the harbour is as calm as it can be.",
            "Tea",
        ),
    ]


def test_a_page_that_names_no_site_keeps_all_of_its_own_title():
    told = '<meta property="og:title" content="Otters of the Bay">'
    site = '<meta property="og:site_name" content="The Daily Tide">'
    page = PAGE.replace(told, "").replace(site, "").replace('rel="canonical"', "")

    (article,) = articles(page.replace(" | The", "_The").encode())

    assert (article.credit.title, article.credit.publisher) == (
        "Otters of the Bay_The Daily Tide",
        "",
    )


@pytest.mark.parametrize(
    ("trailer", "credit"),
    [
        (
            "from Harbour Times – World http://ift.tt/2x<br>via Gull News",
            ("Harbour Times – World", "Gull News", "http://ift.tt/2x"),
        ),
        (
            "Source: Kelp News http://k.example/a",
            ("Kelp News", "The Daily Tide", "http://k.example/a"),
        ),
        ("via Gull News", ("The Daily Tide", "Gull News", "https://tide.example/otters")),
        (
            "from The Daily Tide http://ift.tt/2x via The Daily Tide",
            ("The Daily Tide", "", "https://tide.example/otters"),
        ),
    ],
)
def test_a_page_that_ends_with_whom_it_took_its_article_from_only_carries_it(trailer, credit):
    page = PAGE.replace("<p>Share this:</p>", f"<p>{trailer}</p><p>Share this:</p>")

    (article,) = articles(page.encode())

    told = article.credit
    assert (told.publisher, told.via, told.url) == credit
    assert (told.title, told.author) == ("Otters of the Bay", "Ann Gull")
    assert article.text.endswith("the harbour is as calm as it can be.")


def test_a_quotation_of_several_paragraphs_stays_whole():
    quoted = "<p>Nobody leaves thirsty.</p><p>And nobody leaves without a biscuit.</p>"
    page = PAGE.replace("<p>Nobody leaves this harbour thirsty.</p>", quoted)

    (article,) = articles(page.encode())

    assert "Nobody leaves thirsty.\nAnd nobody leaves without a biscuit." in [
        article.text[span.start : span.end] for span in article.spans
    ]


def test_a_standfirst_above_the_article_is_read_first():
    standfirst = "The otters of the bay have found a way to stay together when the tide turns."
    page = PAGE.replace("<article>", f'<div class="page-lead">{standfirst}</div><article>', 1)

    (article,) = articles(page.encode())

    assert article.text.startswith(f"{standfirst}\n\nSea otters hold hands")


def test_a_table_that_only_sets_the_page_is_no_table():
    body = "<p>Sea otters hold hands while they sleep, and the tide does not part them.</p>" * 3
    page = f"<html><head><title>Otters</title></head><body><table><tr><td>{body}</td></tr></table>"

    (article,) = articles(page.encode())

    assert " | " not in article.text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<b>" * 60_001, "more tags or attributes than can be read in reasonable time"),
        (
            f"<p {' '.join(f'a{i}=x' for i in range(1000))}>",
            "more tags or attributes than can be read in reasonable time",
        ),
        ("tea " * 2_000_001, "too large (8 million characters of markup)"),
    ],
)
def test_more_markup_than_any_page_needs_is_refused(body, reason):
    with pytest.raises(Unreadable) as raised:
        articles(f"<!doctype html><html><body>{body}".encode())

    assert str(raised.value) == reason


def letters(text):
    return "".join(filter(str.isalnum, text.casefold()))


def results():
    """One row a file of the evaluation data: what was wanted, and the article or None."""
    for line in (RAW / "expected.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] in ("html", "txt", "md"):
            try:
                yield row, read(RAW / row["file"])[0]
            except Unreadable:
                yield row, None


def share(claims):
    claims = list(claims)
    return sum(claims) / len(claims)


@pytest.mark.skipif(not RAW.is_dir(), reason="the evaluation data is not beside this checkout")
def test_real_pages_are_read_as_well_as_they_were(record_property):
    rows = list(results())
    quoted = {
        row["file"]: letters("".join(found.text[s.start : s.end] for s in found.spans))
        for row, found in rows
        if found
    }
    shares = {
        "must": share(letters(must) in quoted[r["file"]] for r, _ in rows for must in r["must"]),
        "must_not": share(
            letters(never) not in quoted[r["file"]] for r, _ in rows for never in r["must_not"]
        ),
        "title": share(
            letters(a.credit.title) == letters(r["title"]) for r, a in rows if r["title"]
        ),
        "date": share(a.credit.published[:10] == r["date"][:10] for r, a in rows if r["date"]),
    }
    for name, value in shares.items():
        record_property(name, round(value, 3))

    assert [row["file"] for row, found in rows if found is None] == [
        "html/np4k_google_meta_refresh.html"  # a redirect without a word of text
    ]
    assert shares["must"] >= 0.98
    assert shares["must_not"] == 1
    assert shares["title"] == 1
    assert shares["date"] == 1
