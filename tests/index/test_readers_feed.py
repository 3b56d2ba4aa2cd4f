import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.article import Credit
from index.errors import Unreadable
from index.readers.feed import SIZE_LIMIT, Entry, Feed, articles, entries, looks_right

RAW = Path(__file__).parents[2].parent / "shared" / "eval" / "raw"

OTTERS = "Sea otters hold hands while they sleep, so that the tide cannot part them."
TEA = "The harbour master drinks his tea at five, come rain or shine, and alone."

RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Daily Tide</title><link>https://tide.example/</link><language>en-gb</language>
<item><title>Otters &amp;amp; the tide</title><link>https://tide.example/otters?utm_source=rss</link>
<guid isPermaLink="false">tide-1</guid><pubDate>Sat, 16 Sep 2017 10:00:00 +0300</pubDate>
<dc:creator>Ann Gull</dc:creator><description>Otters sleep well.</description>
<content:encoded><![CDATA[<p>{OTTERS}</p><h3>Tea</h3><p>{TEA}</p><script>steal()</script>
<p><a href="https://tide.example/otters">Read more</a></p>
<p>The post <a href="/o">Otters</a> appeared first on <a href="/">The Daily Tide</a>.</p>]]>
</content:encoded></item>
<item><title>Tea</title><link>https://tide.example/tea</link>
<source url="https://gull.example/feed">Gull News</source>
<description>{TEA}</description></item>
<item><title>Photos</title><link>https://tide.example/photos</link><description>More</description>
</item></channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title type="text">Tide</title>
<entry><title type="html">Otters &lt;i&gt;asleep&lt;/i&gt;</title><id>urn:tide:1</id>
<link rel="alternate" href="https://tide.example/1"/><updated>2017-09-16T10:00:00Z</updated>
<author><name>Ann Gull</name><email>ann@tide.example</email></author>
<author><name>Bo Tern</name></author><summary>{OTTERS}

{TEA}</summary></entry></feed>"""

JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Daily Tide",
        "home_page_url": "https://tide.example/",
        "language": "en",
        "items": [
            {
                "id": "1",
                "url": "https://tide.example/1",
                "title": "Otters",
                "content_text": f"{OTTERS}\n\n{TEA}",
                "date_published": "2017-09-16T10:00:00Z",
                "authors": [{"name": "Ann Gull"}],
            },
            {"id": 2, "content_html": f"<p>{TEA}</p>", "author": {"name": "Bo Tern"}},
        ],
    }
)


def quotes(article):
    return [article.text[span.start : span.end] for span in article.spans]


def rss(items, title="<title>Tide</title>"):
    return f"<rss version='2.0'><channel>{title}{items}</channel></rss>".encode()


def test_each_entry_with_a_sentence_of_text_is_an_article_credited_to_its_feed():
    otters, tea = articles(RSS.encode())

    assert otters.credit == Credit(
        title="Otters & the tide",
        publisher="The Daily Tide",
        author="Ann Gull",
        published="2017-09-16T10:00:00+03:00",
        url="https://tide.example/otters",
    )
    assert (otters.entry, otters.language) == ("tide-1", "en")
    assert quotes(otters) == [OTTERS, TEA]
    assert [span.heading for span in otters.spans] == ["", "Tea"]
    assert quotes(tea) == [TEA]


def test_what_a_feed_only_collects_is_credited_to_its_source_by_way_of_the_feed():
    _, tea = articles(RSS.encode())

    assert (tea.credit.publisher, tea.credit.via) == ("Gull News", "The Daily Tide")
    assert tea.entry == "https://tide.example/tea"


def test_an_entry_that_ends_with_whom_it_was_taken_from_is_credited_to_them():
    told = f"{OTTERS} from Kelp Courier http://ift.tt/2x via IFTTT"
    item = f"<item><link>https://tide.example/a</link><description>{told}</description></item>"

    (article,) = articles(rss(item))

    assert article.text == OTTERS
    assert article.credit == Credit(publisher="Kelp Courier", via="IFTTT", url="http://ift.tt/2x")


def test_a_feed_gives_all_its_entries_whether_they_have_text_or_not():
    feed = entries(RSS.encode())

    assert (feed.title, feed.language, feed.link) == (
        "The Daily Tide",
        "en",
        "https://tide.example/",
    )
    assert [(entry.id, entry.link, entry.title) for entry in feed.entries] == [
        ("tide-1", "https://tide.example/otters", "Otters & the tide"),
        ("https://tide.example/tea", "https://tide.example/tea", "Tea"),
        ("https://tide.example/photos", "https://tide.example/photos", "Photos"),
    ]
    assert feed.entries[0].summary_html == "Otters sleep well."
    assert OTTERS in feed.entries[0].content_html


def test_atom_keeps_plain_paragraphs_and_names_its_authors_without_their_addresses():
    (article,) = articles(ATOM.encode())

    assert article.credit == Credit(
        title="Otters asleep",
        publisher="Tide",
        author="Ann Gull, Bo Tern",
        published="2017-09-16T10:00:00+00:00",
        url="https://tide.example/1",
    )
    assert quotes(article) == [OTTERS, TEA]
    assert article.language == "en"


def test_a_json_feed_is_read():
    otters, tea = articles(JSON.encode())

    assert otters.credit == Credit(
        title="Otters",
        publisher="The Daily Tide",
        author="Ann Gull",
        published="2017-09-16T10:00:00+00:00",
        url="https://tide.example/1",
    )
    assert quotes(otters) == [OTTERS, TEA]
    assert (tea.entry, quotes(tea), tea.credit.author) == ("2", [TEA], "Bo Tern")


def test_rdf_and_cdf_are_read():
    rdf = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
     xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
     <channel><title>Tide</title></channel><item rdf:about="https://tide.example/1">
     <title>Otters</title><link>https://tide.example/1</link><dc:date>2017-09-16</dc:date>
     <description>{OTTERS}</description></item></rdf:RDF>"""
    cdf = f"""<CHANNEL><TITLE>Tide</TITLE><ITEM HREF="https://tide.example/1">
     <TITLE>Otters</TITLE><ABSTRACT>{OTTERS}</ABSTRACT></ITEM></CHANNEL>"""

    for data, published in ((rdf, "2017-09-16"), (cdf, "")):
        (article,) = articles(data.encode())
        assert article.credit == Credit(
            title="Otters", publisher="Tide", published=published, url="https://tide.example/1"
        )
        assert quotes(article) == [OTTERS]


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("<pubDate>Sat, 16 Sep 2017 10:00:00 EST</pubDate>", "2017-09-16T10:00:00-05:00"),
        ("<pubDate>16 Sep 2017</pubDate>", "2017-09-16"),
        ("<pubDate>2017-july</pubDate>", ""),
        ("<pubDate>soon</pubDate>", ""),
        ("", ""),
    ],
)
def test_a_date_is_kept_as_it_is_told(written, iso):
    feed = entries(rss(f"<item><title>Otters</title>{written}</item>"))

    assert feed.entries[0].published == iso


def test_an_ill_formed_feed_is_read_as_far_as_it_goes():
    broken = (
        f"<item><title>Tea & otters</title><link>https://t.example/?a=1&b=2</link>{TEA}</item>"
    )
    unclosed = f"<item><description><p>{OTTERS}<br></description><item>"

    feed = entries(rss(broken + unclosed).replace(b"</channel></rss>", b""))

    assert feed.entries[0].title == "Tea & otters"
    assert feed.entries[0].link == "https://t.example/?a=1&b=2"
    assert OTTERS in feed.entries[1].summary_html


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16", "utf-32", "utf-32-le"])
def test_a_feed_is_read_in_the_encoding_it_declares_or_is_seen_to_be_in(encoding):
    text = "Выдры спали в бухте, держась за лапы. В гавани было тихо."
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' if encoding[0] != "u" else ""
    item = f"<item><title>Выдры</title><description>{text}</description></item>"

    (article,) = articles((declared + rss(item).decode()).encode(encoding))

    assert (article.text, article.credit.title) == (text, "Выдры")


@pytest.mark.parametrize("charset", ["latin-1", "tea", "hex"])
def test_a_wrong_charset_header_does_not_spoil_a_feed(charset):
    (entry,) = entries(rss("<item><title>Чай</title></item>"), charset=charset).entries

    assert entry.title == "Чай"


def test_links_are_made_whole_from_the_address_of_the_feed():
    data = rss("<item><link>/otters</link></item>")

    assert entries(data).entries[0].link == ""
    assert entries(data, address="https://tide.example/feed").entries[0].link == (
        "https://tide.example/otters"
    )


def test_an_entry_that_names_nothing_is_known_by_what_it_says():
    one, other = entries(
        rss("<item><title>Tea</title></item><item><title>Cup</title></item>")
    ).entries
    again = entries(rss("<item><title>Cup</title></item>")).entries[0]

    assert one.id != other.id == again.id


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rss(""), "a feed without entries"),
        (
            rss("<item><title>Otters asleep</title></item>"),
            "a feed whose entries have titles and links, but no text",
        ),
        (b"<!doctype html><html><p>Otters sleep.</html>", "a web page, not a feed"),
        (b"<config><item>Otters sleep.</item></config>", "not a feed"),
        (b"Otters sleep.", "not a feed"),
        (b'{"items": []}', "not a feed"),
        (b'{"items": [', "not valid JSON (Expecting value)"),
        (b'{"items": ' + b"[" * 100_000, "not valid JSON (too deep or too large)"),
        (b"<rss>" + b" " * SIZE_LIMIT, "too large for a feed (the limit is 16 MB)"),
        (rss("<a>" * 1_000_001), "more tags or attributes than can be read in reasonable time"),
        (
            rss("<item " + " ".join(f'a{i}="x"' for i in range(1000)) + "/>"),
            "more tags or attributes than can be read in reasonable time",
        ),
    ],
)  # fmt: skip
def test_what_gives_no_article_says_why(data, reason):
    with pytest.raises(Unreadable) as raised:
        articles(data)

    assert str(raised.value) == reason


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))


@pytest.mark.parametrize(
    "entities",
    [
        f'<!ENTITY l0 "lol">{LAUGHS}',
        '<!ENTITY l11 SYSTEM "file:///etc/hostname">',
        '<!ENTITY % remote SYSTEM "http://127.0.0.1:1/x"> %remote;',
    ],
)
def test_entities_are_neither_unfolded_nor_fetched(entities):
    item = f"<item><title>Otters</title><description>{OTTERS} &l11;</description></item>"

    (article,) = articles(f"<!DOCTYPE rss [{entities}]>".encode() + rss(item))

    assert article.text == f"{OTTERS} &l11;"


@pytest.mark.parametrize("opened", ["<![CDATA[", ""])
def test_markup_nested_without_end_does_not_catch_the_reader(opened):
    closed = "]]>" if opened else ""
    deep = f"<description>{opened}{'<div>' * 100_000}{closed}</description>"
    whole = f"<item><description>{OTTERS}</description></item>"

    assert entries(rss(f"<item>{deep}</item>{whole}")).title == "Tide"


def test_ten_thousand_entries_are_ten_thousand_articles():
    items = (
        f"<item><guid>{i}</guid><description>{OTTERS} {i}.</description></item>"
        for i in range(10_000)
    )

    assert [a.entry for a in articles(rss("".join(items)))] == list(map(str, range(10_000)))


@pytest.mark.parametrize(
    ("head", "is_feed"),
    [
        (RSS, True),
        (ATOM, True),
        (JSON, True),
        ("<?xml version='1.0'?>\n<!-- tea --><!DOCTYPE rss [<!ENTITY a 'b'>]>\n<rss>", True),
        ("<rdf:RDF xmlns='x'>", True),
        ("<atom:feed xmlns:atom='x'>", True),
        ("<!doctype html><html><body><rss>", False),
        ("<feedback>tea</feedback>", False),
        ('{"text": "https://jsonfeed.org/version/1"}', False),
        ("Tea <rss>", False),
        ("<?xml " * 600, False),
        ("<!doctype " * 400, False),
    ],
)
def test_a_feed_is_known_by_its_first_element(head, is_feed):
    assert looks_right(head) is is_feed


MARKS = "<rss>¦<item>¦</item>¦<description>¦<![CDATA[¦]]>¦&amp;¦&#0;¦<?¦<!¦<p>¦Otters sleep.¦\0¦é"


@settings(deadline=None)
@given(st.lists(st.sampled_from(MARKS.split("¦")), max_size=12).map("".join))
@example("<rss><item><link>http://[</link></item>")
@example("<rss><item><pubDate>9999999999</pubDate></item>")
def test_any_feed_gives_entries_or_a_reason(markup):
    found = outcome(markup.encode())

    if isinstance(found, Feed):
        assert all(isinstance(entry, Entry) and entry.id for entry in found.entries)
    else:
        assert found in ("not a feed", "binary data, not text")


def outcome(data):
    try:
        return entries(data)
    except Unreadable as reason:
        return str(reason)


@pytest.mark.skipif(not RAW.is_dir(), reason="the evaluation data is not beside this checkout")
def test_every_feed_of_the_evaluation_data_is_known_and_read_but_the_empty_one():
    files = sorted((RAW / "feeds").iterdir())
    found = {path.name: outcome(path.read_bytes()) for path in files}

    assert {name: reason for name, reason in found.items() if isinstance(reason, str)} == {
        "illformed_rss_empty_document.xml": "not a feed"
    }
