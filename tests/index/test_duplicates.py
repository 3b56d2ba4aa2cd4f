"""Copies are one quote; different reports stay apart."""

import json
from pathlib import Path

import pytest

from index.duplicates import merge, near_identical

PAIRS = Path(__file__).parents[3] / "shared" / "eval" / "near_duplicates" / "pairs.jsonl"
TOLD = "Sixty-two otters were moved and a hundred others were fed in the storm near the harbour."


@pytest.mark.parametrize(
    "copy",
    [TOLD, f"At least {TOLD}", f"{TOLD} The mayor said so.", TOLD.replace("Sixty-two", "62")],
)
def test_a_copy_with_edits_is_the_same_report(copy):
    assert near_identical(TOLD, copy)
    assert near_identical(copy, TOLD)


REPORTS = {
    "en": ("In the storm near the northern harbour ", " otters were hurt and two boats were lost,"
           " the town council said on Monday.", "At least ", ("6", "six"), ("8", "eight")),
    "ru": ("Во время шторма у северной гавани ", " выдр пострадали, а лодки унесло в море, сообщил"
           " в понедельник городской совет.", "Как стало известно, ", ("6", "шесть"),
           ("8", "восемь")),
    "ar": ("أصيب في العاصفة قرب الميناء الشمالي ", " من ثعالب الماء وفقد قاربان في البحر، حسبما"
           " أعلن مجلس المدينة يوم الاثنين.", "وبحسب مراسلنا، ", ("6", "ستة"), ("8", "ثمانية")),
}  # fmt: skip


@pytest.mark.parametrize("language", REPORTS)
def test_copies_are_one_report_and_differing_figures_are_two_in_every_language(language):
    before, after, aside, six, eight = REPORTS[language]
    report = before + six[0] + after

    assert near_identical(report, aside + report)
    for told in six:
        assert near_identical(report, before + told + after)
    for told in eight:
        assert not near_identical(report, before + told + after)
        assert not near_identical(before + six[1] + after, aside + before + told + after)


@pytest.mark.parametrize(
    "other",
    [
        TOLD.replace("Sixty-two", "Eighty-three"),
        "A storm near the harbour drove 62 otters out, officials said.",
        "",
    ],
)
def test_another_figure_or_other_words_are_another_report(other):
    assert not near_identical(TOLD, other)


def test_the_best_of_each_group_leads_it():
    assert merge([TOLD, "Tea is served.", f"At least {TOLD}"], text=str) == [
        (TOLD, (f"At least {TOLD}",)),
        ("Tea is served.", ()),
    ]


@pytest.mark.skipif(not PAIRS.exists(), reason="the shared evaluation data is not here")
def test_labelled_pairs_are_told_apart():
    pairs = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    merged = {
        label: [
            near_identical(pair["a"]["text"], pair["b"]["text"])
            for pair in pairs
            if pair["label"] in label
        ]
        for label in (("exact", "near_duplicate"), ("same_story", "different"))
    }

    copies, reports = merged.values()

    assert sum(copies) / len(copies) >= 0.97
    assert sum(reports) / len(reports) <= 0.03
