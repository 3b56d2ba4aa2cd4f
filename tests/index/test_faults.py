"""What of a folder could not be read is told, again at each run, and the rest is indexed."""

import json
from pathlib import Path

import pytest

from tests.support.collections import Desk
from tests.support.printing import zipped

OTTERS = "Sea otters hold hands while they sleep, so that the tide cannot part them."


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def failures(outcome):
    return [(Path(failure.file).name, failure.reason) for failure in outcome.failed]


def wire(*, bad=()):
    lines = [json.dumps({"id": n, "text": f"Otter {n} sleeps well."}) for n in range(1, 10_001)]
    for number in bad:
        lines[number - 1] = '{"text"'
    return "\n".join(lines)


def test_one_bad_line_of_ten_thousand_is_told_and_the_others_are_indexed(desk):
    desk.write("wire.jsonl", wire(bad=[3]))
    fault = ("wire.jsonl", "line 3 of 10,000: not valid JSON (Expecting ':' delimiter)")

    first, second = desk.reindex(), desk.reindex()

    assert (first.new, failures(first)) == (9_999, [fault])
    assert (second.new, second.unchanged, second.embedded) == (0, 9_999, 0)
    assert failures(second) == [fault]


def test_a_file_that_is_whole_again_has_no_faults_and_is_not_read_twice(desk):
    desk.write("wire.jsonl", f'{{"id": 1, "text": "{OTTERS}"}}\n{{"id": 2')
    desk.reindex()
    desk.write("wire.jsonl", f'{{"id": 1, "text": "{OTTERS}"}}\n{{"id": 2, "text": "Tea."}}')

    mended = desk.reindex()

    assert (mended.new, mended.unchanged, mended.failed) == (1, 1, ())


def test_files_of_kinds_that_are_not_read_are_counted_also_those_in_archives(desk):
    for name in ("a.jpg", "b.JPG", "notes.xls", "Makefile", ".hidden.jpg", "sources.toml"):
        desk.write(name, "x")
    desk.write("otters.txt", OTTERS)
    (desk.articles / "a.zip").write_bytes(zipped({"a.txt": OTTERS, "c.jpg": "x"}))

    outcome = desk.reindex()

    assert outcome.skipped == ((".jpg", 3), (".xls", 1), ("no suffix", 1))
    assert outcome.failed == ()
