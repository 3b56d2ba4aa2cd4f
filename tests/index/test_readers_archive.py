import struct

import pytest

from index.errors import Unreadable
from index.readers import look_into
from tests.support.printing import column, docx, epub, pdf, zipped

OTTERS = "Sea otters hold hands while they sleep, so that the tide cannot part them."
TEA = "The harbour master drinks his tea at five, come rain or shine, and alone."


@pytest.fixture
def opened(tmp_path):
    def opened(data):
        (tmp_path / "a.zip").write_bytes(data)
        return look_into(tmp_path / "a.zip")

    return opened


def told(reading):
    return [(article.entry, article.text) for article in reading.articles]


def test_every_file_is_read_by_its_own_reader_under_its_own_name(opened):
    reading = opened(
        zipped(
            {
                "news/otters.txt": OTTERS,
                "tea.md": f"# Tea\n\n*{TEA}*",
                "wire.jsonl": f'{{"id": 1, "text": "{OTTERS}"}}\n{{"id": 2, "text": "{TEA}"}}',
                "book.epub": epub({"a.xhtml": f"<p>{OTTERS}</p>"}),
                "letter.docx": docx(f"<w:p><w:r><w:t>{TEA}</w:t></w:r></w:p>"),
                "otters.pdf": pdf(column(OTTERS)),
                "inner.zip": zipped({"b.txt": TEA}),
            }
        )
    )

    assert told(reading) == [
        ("news/otters.txt", OTTERS),
        ("tea.md", TEA),
        ("wire.jsonl#1", OTTERS),
        ("wire.jsonl#2", TEA),
        ("book.epub#OEBPS/a.xhtml", OTTERS),
        ("letter.docx", TEA),
        ("otters.pdf", OTTERS),
        ("inner.zip/b.txt", TEA),
    ]
    assert (reading.faults, reading.skipped) == ((), ())


def test_what_is_no_article_is_named_or_passed_over(opened):
    reading = opened(
        zipped(
            {
                "a.txt": OTTERS,
                "photos/1.jpg": b"\xff\xd8",
                "photos/": b"",
                "README.md": "read me",
                "__MACOSX/._a.txt": b"\0",
                ".DS_Store": b"\0",
            }
        )
    )

    assert told(reading) == [("a.txt", OTTERS)]
    assert (reading.faults, reading.skipped) == ((), ("photos/1.jpg",))


@pytest.mark.parametrize(
    "name", ["../a.txt", "b/../../a.txt", "/etc/a.txt", "..\\a.txt", "C:\\a.txt", "C:a.txt"]
)
def test_a_name_that_leads_out_of_the_archive_is_refused_and_the_rest_read(opened, name):
    reading = opened(zipped({name: TEA, "a.txt": OTTERS}))

    assert told(reading) == [("a.txt", OTTERS)]
    assert reading.faults == (f"{name}: its name leads out of the archive",)


def test_faults_inside_a_file_are_told_with_its_name(opened):
    reading = opened(
        zipped({"w.jsonl": f'{{"text": "{OTTERS}"}}\n{{"text"', "b.txt": "", "c.pdf": "%PDF-1.4"})
    )

    assert reading.faults == (
        "w.jsonl: line 2 of 2: not valid JSON (Expecting ':' delimiter)",
        "b.txt: the file is empty",
        "c.pdf: a damaged PDF file",
    )


def test_archives_in_archives_are_opened_three_deep_and_no_deeper(opened):
    data = zipped({"a.txt": OTTERS})
    for name in ("three.zip", "two.zip", "one.zip"):
        data = zipped({name: data, f"{name}.txt": TEA})

    reading = opened(data)

    assert [entry for entry, _ in told(reading)] == [
        "one.zip/two.zip/three.zip.txt",
        "one.zip/two.zip.txt",
        "one.zip.txt",
    ]
    assert reading.faults == (
        "one.zip/two.zip/three.zip: an archive more than 3 deep in archives",
    )


def test_an_archive_does_not_hide_under_another_suffix(opened):
    reading = opened(zipped({"a.txt": OTTERS, "b.txt": zipped({"c.txt": TEA})}))

    assert reading.faults == ("b.txt: an archive under the name of something else",)


def test_an_encrypted_file_is_told_and_the_rest_read(opened):
    data = bytearray(zipped({"a.txt": OTTERS, "b.txt": TEA}))
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[at + 8] |= 1  # the flag of encryption, in the directory

    reading = opened(bytes(data))

    assert told(reading) == [("a.txt", OTTERS)]
    assert reading.faults == ("b.txt: encrypted; save a copy without its password",)


def with_size(data, size):
    """The archive, whose directory says that its first file is of another size."""
    data = bytearray(data)
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({}), "an empty ZIP archive"),
        (b"PK\x03\x04" + b"x" * 100, "a damaged ZIP archive"),
        (zipped({"a.jpg": b"\xff"}), "no article text found"),
        (
            zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}),
            "a file of a kind that is not read (application/vnd.oasis.opendocument.text)",
        ),
        (
            with_size(zipped({"a.txt": OTTERS}), 4_000_000_000),
            "a ZIP archive that unpacks to 3,815 MB; the limit is 256 MB",
        ),
        (
            zipped({"a.txt": b"a" * (65 << 20)}),
            "a.txt: too large (65 MB; the limit is 64 MB)",
        ),
        (with_size(zipped({"a.txt": OTTERS * 9}), 10), "a.txt: damaged in the archive"),
    ],
)
def test_what_cannot_be_read_says_why(opened, data, reason):
    with pytest.raises(Unreadable) as raised:
        opened(data)

    assert str(raised.value) == reason
