import json
from pathlib import Path

import pytest

from index import IndexFault
from scripts.evaluation.raw import as_json, examine, shown

RAW = Path(__file__).parents[2].parent / "shared" / "eval" / "raw"

OTTERS = "Sea otters hold hands while they sleep, so that the tide cannot part them."
FEED = f"""<rss version="2.0"><channel><title>Tide</title>
<item><title>Otters</title><description>{OTTERS}</description></item>
<item><title>Tea</title></item></channel></rss>"""


@pytest.fixture
def folder(tmp_path):
    def filled(**files):
        """A folder of files, and the list of what is expected of each, by its name."""
        rows = []
        for stem, (suffix, content, expected) in files.items():
            name = f"{stem}.{suffix}"
            (tmp_path / name).write_text(content, encoding="utf-8")
            usual = {"kind": suffix, "title": "", "date": "", "must": [], "must_not": []}
            rows.append(json.dumps({"file": name} | usual | expected))
        (tmp_path / "expected.jsonl").write_text("\n".join(rows), encoding="utf-8")
        return tmp_path

    return filled


def test_what_is_found_is_compared_without_punctuation_and_case(folder):
    expected = {
        "title": "OTTERS of the bay",
        "date": "2017-09-16T10:00:00Z",
        "must": ["sea otters; hold hands", "tea at five"],
        "must_not": ["Sea-Otters", "No comments"],
    }
    text = f"Title: Otters of the Bay\nDate: 2017-09-16\n\n{OTTERS}\n\nNo comments:"

    report = examine(folder(otters=("txt", text, expected)))

    assert report.figures == {
        "raw/txt": {
            "files": 1,
            "read": 1,
            "empty": 0,
            "refused": 0,
            "crashed": 0,
            "must": 0.5,
            "must_not": 0.5,
            "title": 1.0,
            "date": 1.0,
        }
    }
    assert report.missed == (
        ("otters.txt", "must: tea at five"),
        ("otters.txt", "must_not: Sea-Otters"),
    )


def test_a_file_that_is_refused_has_a_reason_and_meets_nothing(folder):
    report = examine(folder(tea=("txt", " ", {"must": ["tea"], "must_not": ["rum"]})))

    assert report.refused == (("tea.txt", "the file is empty"),)
    assert report.figures["raw/txt"] == {
        "files": 1,
        "read": 0,
        "empty": 0,
        "refused": 1,
        "crashed": 0,
        "must": 0.0,
    }


@pytest.mark.parametrize(
    ("expected", "figures"),
    [
        ({"entries": 2}, {"entries": 1.0}),
        ({"entries": 4}, {"entries": 0.5}),
        ({}, {"entries": 1.0}),
        ({"expect": "not bozo and len(entries) == 3"}, {"entries": 2 / 3}),
        ({"expect": "feed.title == 'Tide'"}, {"title": 1.0, "entries": 1.0}),
        ({"expect": "entries[0]['title'] == 'Tea' --> x"}, {"title": 0.0, "entries": 1.0}),
        ({"expect": f"entries[0].summary == '<b>{OTTERS}</b>'"}, {"must": 1.0, "entries": 1.0}),
        ({"expect": "entries[0].summary =="}, {"entries": 1.0}),
    ],
)
def test_a_feed_is_held_to_its_entries_and_to_the_test_it_comes_from(folder, expected, figures):
    report = examine(folder(tide=("xml", FEED, {"kind": "feed"} | expected)))

    found = report.figures["raw/feed"]
    assert {name: found[name] for name in ("must", "title", "entries") if name in found} == figures


def test_a_feed_without_text_is_empty_and_what_is_no_feed_is_refused(folder):
    bare = FEED.replace(OTTERS, "")

    report = examine(
        folder(
            bare=("xml", bare, {"kind": "feed"}),
            tea=("xml", "<tea><cup/></tea>", {"kind": "feed"}),
        )
    )

    found = report.figures["raw/feed"]
    assert (found["read"], found["empty"], found["refused"]) == (0, 1, 1)


def test_the_report_is_shown_with_its_reasons_and_what_was_missed(folder):
    report = examine(
        folder(otters=("txt", OTTERS, {"must": ["tea", "otters"]}), none=("txt", " ", {}))
    )

    assert shown(report, worst=1).splitlines() == [
        "kind  files  read  empty  refused  crashed       must  must_not  title  date  entries",
        " txt      2     1      0        1        0  1/2 0.500         -      -     -        -",
        "",
        "1: the file is empty (none.txt)",
        "otters.txt: must: tea",
    ]
    assert as_json(report)["refused"] == [{"file": "none.txt", "reason": "the file is empty"}]


def test_a_folder_without_a_list_says_so(tmp_path):
    with pytest.raises(IndexFault, match=r"expected\.jsonl"):
        examine(tmp_path)


@pytest.mark.skipif(not RAW.is_dir(), reason="the evaluation data is not beside this checkout")
def test_real_files_of_every_kind_are_read_as_well_as_they_were():
    figures = examine(RAW).figures

    assert {name: each["crashed"] for name, each in figures.items() if each["crashed"]} == {}
    assert {
        (name, claim)
        for name, each in figures.items()
        for claim in ("must", "must_not", "title", "date", "entries")
        if each.get(claim, 1.0) < 0.96
    } == set()
