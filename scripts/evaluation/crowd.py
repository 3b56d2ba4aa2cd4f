"""A made collection in which every format that is read takes its turn, the same each time."""

import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

_SYLLABLES = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er")]
_WORDS_EACH = 40
_DAY = "2017-09-16"

Paragraphs = Sequence[str]
_Made = Callable[[str, Paragraphs], bytes]


def made_paragraphs(count: int, *, seed: int = 1, words_each: int = 60) -> list[str]:
    """Paragraphs of made words whose frequencies fall as those of real text do (Zipf)."""
    chance = random.Random(seed)  # noqa: S311 - text to time by, no secret
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 3))) for _ in range(5_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    return [
        " ".join(chance.choices(words, weights, k=words_each)).capitalize() + "."
        for _ in range(count)
    ]


def write_crowd(folder: Path, count: int, *, paragraphs_each: int = 2) -> dict[str, Path]:
    """Write `count` files of one article, in folders of a hundred; gives one of each format."""
    texts = made_paragraphs(count * paragraphs_each, words_each=_WORDS_EACH)
    formats = list(FORMATS)
    one_of_each: dict[str, Path] = {}
    for number in range(count):
        suffix = formats[number % len(formats)]
        path = folder / f"{number // 100:03}" / f"{number:05}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        at = number * paragraphs_each
        write_article(path, f"Report {number}", texts[at : at + paragraphs_each])
        one_of_each.setdefault(suffix, path)
    return one_of_each


def write_article(path: Path, title: str, paragraphs: Paragraphs) -> None:
    """Write an article in the format that the suffix of the path names."""
    path.write_bytes(FORMATS[path.suffix](title, paragraphs))


def _text(title: str, paragraphs: Paragraphs) -> bytes:
    return "\n\n".join((title, *paragraphs)).encode()


def _markdown(title: str, paragraphs: Paragraphs) -> bytes:
    return "\n\n".join((f"---\ntitle: {title}\ndate: {_DAY}\n---", *paragraphs)).encode()


def _inside(paragraphs: Paragraphs) -> str:
    return "".join(f"<p>{escape(each)}</p>" for each in paragraphs)


def _page(title: str, paragraphs: Paragraphs) -> bytes:
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{title}</title></head><body><article>'
        f"<h1>{title}</h1>{_inside(paragraphs)}</article></body></html>"
    ).encode()


def _feed(title: str, paragraphs: Paragraphs) -> bytes:
    return (
        f"<rss version='2.0'><channel><title>The Crowd</title><item><guid>{title}</guid>"
        f"<title>{title}</title><description>{escape(_inside(paragraphs))}</description></item>"
        "</channel></rss>"
    ).encode()


def _lines(title: str, paragraphs: Paragraphs) -> bytes:
    row = {"id": title, "title": title, "published": _DAY, "text": "\n\n".join(paragraphs)}
    return json.dumps(row).encode()


def _message(title: str, paragraphs: Paragraphs) -> bytes:
    head = f"From: Crowd <a@crowd.example>\nSubject: {title}\nMessage-ID: <{title}@crowd.example>"
    return f"{head}\n\n{chr(10).join(f'{each}{chr(10)}' for each in paragraphs)}".encode()


def _export(title: str, paragraphs: Paragraphs) -> bytes:
    post = {"id": 1, "type": "message", "date": f"{_DAY}T08:00:00", "text": ""}
    post["text"] = "\n\n".join((title, *paragraphs))
    told = {"name": "The Crowd", "type": "public_channel", "id": 1, "messages": [post]}
    return json.dumps(told).encode()


def _archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _zip(title: str, paragraphs: Paragraphs) -> bytes:
    return _archive({"report.txt": _text(title, paragraphs)})


def _word(title: str, paragraphs: Paragraphs) -> bytes:
    names = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    head = f'<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>{title}</w:t></w:r></w:p>'
    body = head + "".join(f"<w:p><w:r><w:t>{each}</w:t></w:r></w:p>" for each in paragraphs)
    document = f'<w:document xmlns:w="{names}"><w:body>{body}</w:body></w:document>'
    return _archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()})


def _book(title: str, paragraphs: Paragraphs) -> bytes:
    package = (
        '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The Crowd'
        '</dc:title></metadata><manifest><item id="a" href="a.xhtml"'
        ' media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine>'
        "</package>"
    )
    chapter = f"<html><body><h1>{title}</h1>{_inside(paragraphs)}</body></html>"
    container = '<container><rootfiles><rootfile full-path="a.opf"/></rootfiles></container>'
    return _archive(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "a.opf": package.encode(),
            "a.xhtml": chapter.encode(),
        }
    )


def _print(_: str, paragraphs: Paragraphs) -> bytes:
    """A PDF of one page, ten words a line; its title is not told."""
    shown, y = [], 760
    for each in paragraphs:
        words = each.split()
        for at in range(0, len(words), 10):
            line = " ".join(words[at : at + 10])
            shown.append(f"/F1 10 Tf 1 0 0 1 60 {y} Tm ({line}) Tj")
            y -= 12
        y -= 14
    content = "BT\n{}\nET".format("\n".join(shown)).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F1 3 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    return _printed(objects)


def _printed(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


FORMATS: dict[str, _Made] = {
    ".txt": _text,
    ".md": _markdown,
    ".html": _page,
    ".xml": _feed,
    ".jsonl": _lines,
    ".eml": _message,
    ".json": _export,
    ".zip": _zip,
    ".docx": _word,
    ".epub": _book,
    ".pdf": _print,
}
