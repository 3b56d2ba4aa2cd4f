"""Small files of the formats that are not text, made for tests byte by byte."""

import io
import zipfile
from collections.abc import Mapping, Sequence

Line = tuple[str, float, float, float]  # a text, where it stands (x, y) and its size, in points
_FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def pdf(*pages: Sequence[Line], **told: str) -> bytes:
    """A PDF file of pages with these lines, and what it tells about itself (Title=...)."""
    contents = [_content(page) for page in pages]
    first = 4  # objects: 1 the catalogue, 2 the pages, 3 the font, then each page and its content
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        _FONT.encode(),
    ]
    for at, content in enumerate(contents):
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {first + 2 * at + 1}"
            " 0 R /Resources << /Font << /F1 3 0 R >> >> >>".encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        ]
    fields = " ".join(f"/{key} ({_escaped(value)})" for key, value in told.items())
    objects.append(f"<< {fields} >>".encode("cp1252"))
    return pdf_of_objects(objects, info=len(objects))


def pdf_of_objects(objects: Sequence[bytes], *, info: int = 0, extra: str = "") -> bytes:
    """A PDF file of these objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    told = f" /Info {info} 0 R" if info else ""
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R{told}{extra} >>\n".encode()
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _content(lines: Sequence[Line]) -> bytes:
    shown = (
        f"/F1 {size} Tf 1 0 0 1 {x} {y} Tm ({_escaped(text)}) Tj" for text, x, y, size in lines
    )
    return "BT\n{}\nET".format("\n".join(shown)).encode("cp1252")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def column(text: str, *, x: float = 72, y: float = 700, size: float = 11) -> list[Line]:
    """The lines of a text, one below the other."""
    return [
        (line, x, y - 1.2 * size * at, size) for at, line in enumerate(text.split("\n")) if line
    ]


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """A ZIP archive of these files by name, its first one stored as EPUB wants it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2017, 9, 16, 0, 0, 0))
            stored = name == "mimetype"
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str, *, styles: str = "", core: str = "") -> bytes:
    """A Word document of this body, in the markup of its own namespace, w."""
    core_names = (
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body>'
            "</w:document>",
            "word/styles.xml": f'<w:styles xmlns:w="{_WORD}">{styles}</w:styles>',
            "docProps/core.xml": f"<cp:coreProperties {core_names}>{core}</cp:coreProperties>",
        }
    )


def epub(chapters: Mapping[str, str], *, told: str = "", contents: str = "") -> bytes:
    """An EPUB of these chapters by file name, each the inside of a body."""
    items = "".join(
        f'<item id="i{at}" href="{name}" media-type="application/xhtml+xml"/>'
        for at, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{at}"/>' for at in range(len(chapters)))
    nav = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    pages = {
        f"OEBPS/{name}": f'<?xml version="1.0" encoding="utf-8"?><html xmlns="x"><body>{inside}'
        "</body></html>"
        for name, inside in chapters.items()
    }
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/a.opf"/>'
            "</rootfiles></container>",
            "OEBPS/a.opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            f"{told}</metadata><manifest>{nav}{items}</manifest><spine>{spine}</spine></package>",
            "OEBPS/nav.xhtml": f"<html><body><nav>{contents}</nav></body></html>",
            **pages,
        }
    )
