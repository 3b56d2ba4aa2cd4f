import pytest

from index.article import Credit
from index.errors import Unreadable
from index.readers import read
from index.readers.docx import articles
from tests.support.printing import docx, zipped

OTTERS = "Sea otters hold hands while they sleep, so that the tide cannot part them."
TEA = "The harbour master drinks his tea at five, come rain or shine, and alone."
STYLES = (
    '<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>'
    '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Beschriftung"><w:name w:val="caption"/></w:style>'
)


def p(text, style="", extra=""):
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
    )


def item(text, level=0):
    numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
    return p(text, extra=numbered)


def quotes(article):
    return [(article.text[span.start : span.end], span.heading) for span in article.spans]


def test_headings_lists_and_tables_are_known_by_their_styles_in_any_language():
    def cell(text):
        return f"<w:tc>{p(text)}</w:tc>"

    body = (
        p("Otters of the Bay", "Titel")
        + p("16 September 2017")
        + p(OTTERS)
        + p("Tea", "berschrift1")
        + p("He has three rules for it, which all who land here are told at once:")
        + item("hot")
        + item("strong")
        + item("black", level=1)
        + f"<w:tbl><w:tr>{cell('House')}{cell('Cups')}</w:tr><w:tr>{cell('Anchor')}{cell('3')}"
        "</w:tr></w:tbl>" + p("Figure 1: two otters", "Beschriftung") + p(TEA)
    )
    core = "<dc:creator>Ann Gull</dc:creator><dc:title>Microsoft Word - otters.docx</dc:title>"

    (article,) = articles(docx(body, styles=STYLES, core=core))

    assert article.credit == Credit(
        title="Otters of the Bay", author="Ann Gull", published="2017-09-16"
    )
    assert quotes(article) == [
        (OTTERS, ""),
        (
            "He has three rules for it, which all who land here are told at once:"
            "\n\n• hot\n• strong\n  • black",
            "Tea",
        ),
        ("House | Cups\nAnchor | 3", "Tea"),
        (TEA, "Tea"),
    ]


def test_the_text_is_read_as_it_stands_after_all_changes():
    body = (
        "<w:p><w:r><w:t>Sea otters </w:t></w:r><w:del><w:r><w:delText>never </w:delText></w:r>"
        '</w:del><w:ins><w:r><w:t xml:space="preserve">always hold</w:t></w:r></w:ins><w:r>'
        "<w:tab/><w:t>hands</w:t><w:br/><w:t>while they sleep</w:t><w:noBreakHyphen/><w:t>walk."
        '</w:t></w:r><w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r><w:hyperlink><w:r><w:t>'
        " So they say.</w:t></w:r></w:hyperlink></w:p>"
    )

    (article,) = articles(docx(f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>"))

    assert article.text == "Sea otters always hold hands\nwhile they sleep-walk. So they say."


def test_a_trailer_and_the_names_that_programs_fill_in_are_no_text_and_no_credit():
    body = p(OTTERS) + p("from The Daily Tide https://tide.example/a via Gull News")

    (article,) = articles(docx(body, core="<dc:creator>Administrator</dc:creator>"))

    assert (article.text, article.credit) == (
        OTTERS,
        Credit(publisher="The Daily Tide", via="Gull News", url="https://tide.example/a"),
    )


def test_a_document_is_known_by_what_is_in_it_and_not_by_its_name(tmp_path):
    (tmp_path / "a.zip").write_bytes(docx(p(OTTERS)))

    (article,) = read(tmp_path / "a.zip")

    assert (article.text, article.entry) == (OTTERS, "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (docx(""), "no article text found"),
        (docx("<w:p>"), r"word/document\.xml in it is not valid XML \(Opening and ending tag .*"),
        (
            zipped({"[Content_Types].xml": "<a/>", "xl/workbook.xml": "<a/>"}),
            "an Excel workbook and no text document",
        ),
        (
            zipped({"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}),
            "no article text found",
        ),
    ],
)
def test_what_cannot_be_read_says_why(data, reason):
    with pytest.raises(Unreadable, match=f"^{reason}$") as raised:
        articles(data)

    assert "\n" not in str(raised.value)
