"""Makes the seeds that are not text, the same to the byte on every machine.

`python -m tests.support.seeding` writes them anew; their words stand here.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.support import printing

SEEDS = Path(__file__).parents[2] / "seeds"
RETOLD = "Quotewire (retold from the report)"

CASSINI = """\
NASA let its spacecraft Cassini burn up in the atmosphere of Saturn
on Friday, September 15, 2017, after thirteen years in orbit around
the planet, lest it one day fall on the moons Enceladus or Titan.
The last signal of Cassini came in at 4:55 in the morning, California
time, at the antennas near Canberra in Australia. It had been under
way for 83 minutes."""

ISHIGURO = """\
<h1>Kazuo Ishiguro wins the Nobel Prize in Literature</h1>
<p>The novelist Kazuo Ishiguro is to receive the Nobel Prize in Literature, the Swedish Academy
announced in Stockholm on Thursday, October 5, 2017. Kazuo Ishiguro was born in Nagasaki in 1954,
and came to Britain at the age of five. His novel The Remains of the Day, about a butler who looks
back, appeared in 1989 and became a film with Anthony Hopkins.</p>"""

ASMARA = (
    ("Title", "Asmara and Mbanza Kongo join the World Heritage List"),
    ("", "12 July 2017"),
    ("Heading1", "Two newcomers from Africa"),
    (
        "",
        "UNESCO's World Heritage Committee put 21 more places on its list at its meeting in"
        " Krakow, which closed on Wednesday, July 12, 2017. Asmara, the capital of Eritrea, is"
        " listed for its modernist cinemas, shops and houses of worship. Angola's first"
        " entry is Mbanza Kongo, once the capital of the Kingdom of Kongo.",
    ),
    ("", "Source: UNESCO https://whc.unesco.org/en/newproperties/date=2017/"),
)

BELLS = """\
Title: Big Ben keeps quiet for repairs
By: Quotewire (retold from the report)
Date: 21 August 2017

The Great Bell in the clock tower of the Houses of Parliament in London struck twelve at noon \
on Monday, August 21, 2017, and is then to rest until 2021, to spare the ears of those who \
restore the clock. Big Ben weighs 13.7 tonnes and has marked the hours for 157 years.

from UK Parliament https://www.parliament.uk/bigben
"""


def stored(files: Mapping[str, bytes | str]) -> bytes:
    """A ZIP archive without compression, which other machines do otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2017, 9, 16, 0, 0, 0))
            entry.create_system = 3
            archive.writestr(entry, content)
    return out.getvalue()


def _unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {entry.filename: opened.read(entry) for entry in opened.infolist()}


def _pdf() -> bytes:
    text, size = printing.column, 18
    title = "Cassini ends in the clouds of Saturn"
    page = [
        *text(title, y=760, size=size),
        *text("15 September 2017", y=730),
        *text(CASSINI, y=700),
        *text("Source: NASA https://science.nasa.gov/mission/cassini/", y=600),
    ]
    return printing.pdf(page, Title=title, Author=RETOLD)


def _epub() -> bytes:
    told = (
        "<dc:title>Kazuo Ishiguro wins the Nobel Prize in Literature</dc:title>"
        f"<dc:creator>{RETOLD}</dc:creator><dc:publisher>The Nobel Foundation</dc:publisher>"
        "<dc:date>2017-10-05</dc:date><dc:language>en</dc:language>"
        "<dc:source>https://www.nobelprize.org/prizes/literature/2017/press-release/</dc:source>"
    )
    return stored(_unpacked(printing.epub({"ishiguro.xhtml": ISHIGURO}, told=told)))


def _docx() -> bytes:
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, text in ASMARA
    )
    styles = (
        '<w:style w:styleId="Title"><w:name w:val="Title"/></w:style>'
        '<w:style w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
    )
    core = f"<dc:creator>{RETOLD}</dc:creator><dc:language>en</dc:language>"
    return stored(_unpacked(printing.docx(body, styles=styles, core=core)))


MADE = {
    "nasa-cassini-ends.pdf": _pdf,
    "nobel-ishiguro.epub": _epub,
    "unesco-asmara.docx": _docx,
    "parliament-bell.zip": lambda: stored({"big-ben-keeps-quiet.txt": BELLS}),
}


def main() -> None:
    """Write them."""
    for name, made in MADE.items():
        (SEEDS / name).write_bytes(made())


if __name__ == "__main__":
    main()
