"""The samples of the formats that are not text, each read as a person would read it."""

from pathlib import Path

from index.article import Credit
from index.readers import look_into, read

SAMPLES = Path(__file__).parents[1] / "data" / "formats"
RETOLD = "Quotewire (retold from the report)"


def quotes(article):
    return [(article.text[span.start : span.end], span.heading) for span in article.spans]


def test_a_report_of_two_columns_is_read_without_its_head_numbers_and_hyphens():
    (article,) = read(SAMPLES / "un-inspectors-report.pdf")

    assert article.credit == Credit(
        title="Inspectors name two users of chemical weapons",
        publisher="UN News",
        author=RETOLD,
        published="2017-10-26",
        url="https://news.un.org/",
    )
    assert [heading for _, heading in quotes(article)] == [
        *["page 1"] * 3,
        *["What happens next · page 2"] * 2,
    ]
    assert quotes(article)[0][0] == (
        "The Syrian government is responsible for the sarin that was released at Khan Shaykhun on"
        " April 4, 2017, the inspectors of the Joint Investigative Mechanism wrote in their"
        " seventh report. They said that they were confident of it."
    )
    assert "retold by" not in article.text


def test_a_digest_is_read_chapter_by_chapter():
    found = read(SAMPLES / "aljazeera-idlib-digest.epub")

    assert [(a.credit.title, a.credit.publisher, a.credit.published, a.entry) for a in found] == [
        (
            "Idlib digest: Three powers draw a fourth zone around Idlib",
            "Al Jazeera",
            "2017-10",
            "OEBPS/zone.xhtml",
        ),
        (
            "Idlib digest: Turkish columns enter Idlib",
            "Al Jazeera",
            "2017-10",
            "OEBPS/columns.xhtml",
        ),
    ]


def test_a_document_is_read_with_its_table_and_its_source_line():
    (article,) = read(SAMPLES / "rudaw-referendum.docx")

    assert article.credit == Credit(
        title="Kurds in Iraq vote for independence",
        publisher="Rudaw",
        author=RETOLD,
        published="2017-09-27",
        url="https://www.rudaw.net/english",
    )
    assert quotes(article)[1] == (
        "Answer | Share of the votes\nYes | 92.73 percent\nNo | 7.27 percent",
        "The result in figures",
    )


def test_a_newsletter_is_read_without_what_it_says_about_itself():
    (article,) = read(SAMPLES / "voa-landmine-monitor.eml")

    assert article.credit == Credit(
        title="Landmine treaty's monitor: a year of many victims",
        publisher="Voice of America",
        published="2017-12-14T14:00:00+00:00",
        url="https://www.voanews.com/",
    )
    assert [text.split(" ", 2)[:2] for text, _ in quotes(article)] == [
        ["Mines", "and"],
        ["Of", "those"],
        ["Much", "of"],
    ]


def test_an_export_of_a_channel_is_read_post_by_post():
    reading = look_into(SAMPLES / "tass-sochi.json")

    assert [(a.entry, a.credit.title, a.credit.url) for a in reading.articles] == [
        ("2", "Assad visits Putin in Sochi", "https://tass.com/"),
        ("3", "Three presidents back a Syrian congress", "https://tass.com/"),
    ]
    assert reading.faults == ()
