"""What was made to do harm, or is broken beyond use: each told in one line, all else indexed."""

import json
import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.index.test_readers_pdf import LOOPS
from tests.support.collections import Desk
from tests.support.printing import docx, epub, pdf_of_objects, zipped

OTTERS = "Sea otters hold hands while they sleep, so that the tide cannot part them."
ROOT = Path(__file__).parents[2]
MEMORY = 1 << 30  # bytes

LAUGHS = '<!DOCTYPE a [<!ENTITY l0 "ha">{}]>'.format(
    "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
)
SECRET = '<!DOCTYPE a [<!ENTITY s SYSTEM "file:///etc/hostname">]>'
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(doctype, text):
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f'{doctype}<w:document xmlns:w="{NAMESPACE}"><w:body><w:p><w:r>'
            f"<w:t>{text}</w:t></w:r></w:p></w:body></w:document>",
        }
    )


def bomb():
    """300 MB of nothing in some 300 kB."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(5):
            archive.writestr(f"{number}.txt", bytes(60 << 20))
    return out.getvalue()


UNTOLD = "another tomorrow"  # the reason is the parser's own
ENTITIES = "word/document.xml in it declares entities, as XML bombs do"
HOSTILE = {
    "empty.txt": (b"", "the file is empty"),
    "binary.txt": (bytes(range(256)) * 64, "binary data, not text"),
    "bomb.zip": (bomb, "a ZIP archive that unpacks to 300 MB; the limit is 256 MB"),
    "bomb.epub": (bomb, "a ZIP archive that unpacks to 300 MB; the limit is 256 MB"),
    "names.zip": (
        zipped({"../../otters.txt": OTTERS}),
        "../../otters.txt: its name leads out of the archive",
    ),
    "deep.html": (
        "<html><body>{}{}".format("<div>" * 100_000, OTTERS).encode(),
        "more tags or attributes than can be read in reasonable time",
    ),
    "laughs.docx": (word(LAUGHS, "&l9;"), ENTITIES),
    "entity.docx": (word(SECRET, "&s;"), ENTITIES),
    "deep.docx": (docx("<w:sdt>" * 100_000), UNTOLD),
    "laughs.epub": (
        zipped({"META-INF/container.xml": f"{LAUGHS}<container>&l9;</container>"}),
        "META-INF/container.xml in it declares entities, as XML bombs do",
    ),
    "deep.epub": (
        epub({"a.xhtml": "<div>" * 100_000}),
        "more tags or attributes than can be read in reasonable time",
    ),
    "loop.pdf": (
        pdf_of_objects(LOOPS["pages that are their own child"]),
        "a damaged PDF file",
    ),
    "deep.pdf": (
        pdf_of_objects([b"<< /Type /Catalog /Pages " + b"[" * 100_000]),
        UNTOLD,
    ),
    "deep.json": (b'{"messages": ' + b"[" * 200_000, "not valid JSON (too deep or too large)"),
    "wide.json": (
        lambda: b'{"messages": [' + b"{}," * 15_000_000 + b"{}]}",
        "not valid JSON (too deep or too large)",
    ),
    "parts.eml": (
        b"From: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n"
        + b"--B\nContent-Type: multipart/mixed; boundary=B\n\n" * 20_000,
        UNTOLD,
    ),
}


def write(folder, name):
    content = HOSTILE[name][0]
    (folder / name).write_bytes(content if isinstance(content, bytes) else content())


CHILD = f"""
import json, re, resource, sys
from pathlib import Path
import lxml.html, pypdf, trafilatura  # what is loaded once is not what a file costs
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from index.errors import Unreadable
from index.readers import look_into
told = {{}}
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        told[path.name] = [article.text for article in look_into(path).articles]
    except Unreadable as reason:
        told[path.name] = str(reason)
# Not getrusage: what it tells reaches back to the process that this one was forked from.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) << 10
print(json.dumps([told, peak]))
"""


def test_each_is_told_in_one_line_by_a_process_that_may_use_a_gigabyte(tmp_path):
    for name in HOSTILE:
        write(tmp_path, name)
    (tmp_path / "otters.txt").write_text(OTTERS, "utf-8")
    with (tmp_path / "sparse.txt").open("wb") as file:
        file.truncate(1 << 30)

    done = subprocess.run(
        [sys.executable, "-P", "-c", CHILD, tmp_path],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    told, peak = json.loads(done.stdout)
    print(f"peak over all of them, no model: {peak >> 20} MB")  # noqa: T201 - with pytest -s
    assert peak < MEMORY
    assert told.pop("otters.txt") == [OTTERS]
    assert told.pop("sparse.txt") == "too large (1,024 MB; the limit is 64 MB)"
    untold = {told.pop(name) for name, (_, reason) in HOSTILE.items() if reason == UNTOLD}
    assert all(reason.splitlines() == [reason] for reason in untold)
    assert told == {name: reason for name, (_, reason) in HOSTILE.items() if reason != UNTOLD}


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def failures(outcome):
    return {Path(failure.file).name: failure.reason for failure in outcome.failed}


def test_one_bad_file_of_each_kind_does_not_keep_the_good_one_out(desk):
    small = [name for name in HOSTILE if "bomb" not in name and name != "wide.json"]
    for name in small:
        write(desk.articles, name)
    desk.write("otters.txt", OTTERS)

    outcome = desk.reindex()

    assert (outcome.new, outcome.paragraphs) == (1, 1)
    assert sorted(failures(outcome)) == sorted(small)


def test_a_folder_that_links_to_itself_is_read_once(desk):
    desk.write("news/otters.txt", OTTERS)
    (desk.articles / "news" / "again").symlink_to(desk.articles)
    (desk.articles / "round.txt").symlink_to(desk.articles / "round.txt")

    outcome = desk.reindex()

    assert outcome.new == 1
    assert failures(outcome) == {
        "round.txt": "cannot be opened (Too many levels of symbolic links)"
    }


def test_a_pipe_and_what_is_far_too_large_are_told_without_a_byte_of_them_being_read(desk):
    desk.write("otters.txt", OTTERS)
    os.mkfifo(desk.articles / "pipe.txt")  # whoever opens it waits for somebody who writes
    with (desk.articles / "sparse.txt").open("wb") as file:
        file.truncate(1 << 40)  # reading it takes minutes

    outcome = desk.reindex()

    assert outcome.new == 1
    assert failures(outcome) == {
        "pipe.txt": "not an ordinary file",
        "sparse.txt": "too large (1,048,576 MB; the limit is 64 MB)",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_files_and_folders_that_may_not_be_read_are_told(desk):
    desk.write("otters.txt", OTTERS)
    desk.write("secret.txt", OTTERS).chmod(0)
    desk.write("locked/tea.txt", OTTERS).parent.chmod(0)

    try:
        outcome = desk.reindex()
    finally:
        (desk.articles / "locked").chmod(0o755)

    assert outcome.new == 1
    assert failures(outcome) == {
        "secret.txt": "cannot be opened (Permission denied)",
        "locked": "the folder cannot be listed (Permission denied)",
    }
