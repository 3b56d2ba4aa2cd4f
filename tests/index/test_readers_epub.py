from pathlib import Path

import pytest

from index.article import Credit
from index.errors import Unreadable
from index.readers import read
from index.readers.epub import articles
from tests.support.printing import epub, zipped

OTTERS = "Sea otters hold hands while they sleep, so that the tide cannot part them."
TEA = "The harbour master drinks his tea at five, come rain or shine, and alone."
TOLD = (
    "<dc:title>Tide Weekly</dc:title><dc:creator>Ann Gull</dc:creator><dc:creator>Bo Tern"
    "</dc:creator><dc:publisher>The Daily Tide</dc:publisher><dc:date>2017-09-16</dc:date>"
    "<dc:language>en-GB</dc:language><dc:source>https://tide.example/w?utm_source=x</dc:source>"
)


def quotes(article):
    return [(article.text[span.start : span.end], span.heading) for span in article.spans]


def test_each_chapter_is_an_article_under_the_title_of_the_book_and_its_own():
    book = epub(
        {
            "otters.xhtml": f"<h1>Otters</h1><p>{OTTERS}</p><figure><figcaption>Two otters"
            "</figcaption></figure>",
            "tea.xhtml": f'<h1>Tea</h1><h2>At five</h2><p>{TEA}<a epub:type="noteref">1</a></p>',
        },
        told=TOLD,
    )

    found = articles(book)

    credit = Credit(
        title="Tide Weekly: Otters",
        publisher="The Daily Tide",
        author="Ann Gull, Bo Tern",
        published="2017-09-16",
        url="https://tide.example/w",
    )
    assert found.articles[0].credit == credit
    assert [(a.credit.title, a.entry, a.language, quotes(a)) for a in found.articles] == [
        ("Tide Weekly: Otters", "OEBPS/otters.xhtml", "en", [(OTTERS, "")]),
        ("Tide Weekly: Tea", "OEBPS/tea.xhtml", "en", [(TEA, "At five")]),
    ]
    assert found.faults == ()


def test_a_file_that_the_contents_leave_out_goes_on_with_the_chapter_before_it():
    contents = '<ol><li><a href="one.xhtml#top"><b>On</b> otters</a></li></ol>'
    book = epub(
        {"one.xhtml": f"<p>{OTTERS}</p>", "one-b.xhtml": f"<p>{TEA}</p>"}, contents=contents
    )

    (article,) = articles(book).articles

    assert article.credit == Credit(title="On otters")
    assert quotes(article) == [(OTTERS, ""), (TEA, "")]


def test_covers_title_pages_and_contents_are_no_chapters():
    book = epub(
        {
            "cover.xhtml": '<img src="cover.jpg" alt="x"/>',
            "title.xhtml": '<section epub:type="titlepage"><p>Tide Weekly, a paper</p></section>',
            "toc.xhtml": '<section epub:type="toc"><p>Otters, page 3</p></section>',
            "otters.xhtml": f"<h1>Otters</h1><p>{OTTERS}</p>",
        },
        told="<dc:title>Otters</dc:title>",
    )

    (article,) = articles(book).articles

    assert (article.credit.title, quotes(article)) == ("Otters", [(OTTERS, "")])


def test_a_book_is_known_by_what_is_in_it_and_not_by_its_name(tmp_path):
    (tmp_path / "a.txt").write_bytes(epub({"a.xhtml": f"<p>{OTTERS}</p>"}))

    (article,) = read(tmp_path / "a.txt")

    assert article.text == OTTERS


def encrypted(method):
    return (
        f'<encryption><EncryptedData><EncryptionMethod Algorithm="{method}"/><CipherData>'
        '<CipherReference URI="OEBPS/a.xhtml"/></CipherData></EncryptedData></encryption>'
    )


def with_file(book, name, content):
    import io
    import zipfile

    out = io.BytesIO(book)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def test_what_is_protected_says_so_and_disguised_fonts_do_no_harm():
    book = epub({"a.xhtml": f"<p>{OTTERS}</p>"})
    name = "META-INF/encryption.xml"

    with pytest.raises(Unreadable) as raised:
        articles(with_file(book, name, encrypted("http://www.w3.org/2001/04/xmlenc#aes128-cbc")))
    assert str(raised.value) == (
        "a.xhtml: protected against copying (DRM); a copy without it can be read"
    )
    font = encrypted("http://www.idpf.org/2008/embedding")
    assert articles(with_file(book, name, font)).articles[0].text == OTTERS


def test_a_chapter_that_is_missing_is_told_and_the_others_are_read():
    book = epub({"a.xhtml": f"<p>{OTTERS}</p>"})
    package = (
        '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="../../b.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )

    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    found = articles(zipped({**files, "OEBPS/a.opf": package}))

    assert [article.text for article in found.articles] == [OTTERS]
    assert found.faults == ("b.xhtml: ../b.xhtml is missing in it",)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"META-INF/container.xml": "<container/>"}, "its container names no book"),
        (
            {"META-INF/container.xml": "<container><rootfile full-path='a.opf'/></container>"},
            "a.opf is missing in it",
        ),
        (
            {"META-INF/container.xml": "<container>"},
            "META-INF/container.xml in it is not valid XML (Premature end of data in tag container"
            " line 1, line 1, column 12)",
        ),
    ],
)
def test_what_is_no_book_says_why(files, reason):
    with pytest.raises(Unreadable) as raised:
        articles(zipped(files))

    assert str(raised.value) == reason


RAW = Path(__file__).parents[2].parent / "shared" / "eval" / "raw" / "made" / "digest.epub"


@pytest.mark.skipif(not RAW.is_file(), reason="the evaluation data is not beside this checkout")
def test_a_digest_gives_its_articles():
    assert [(article.credit.title, article.credit.published) for article in read(RAW)] == [
        ("Coalition digest: U.S., Jordan to commence Exercise Eager Lion", "2016-12-15"),
        (
            "Coalition digest: Coalition provides ISF, Peshmerga with over 24K gasmasks",
            "2016-12-15",
        ),
        ("Coalition digest: US, UK and French Combine Forces in US Task Force 50", "2016-12-15"),
    ]
