"""What a person sees of a reindex while it works, and of what failed when it is through."""

import io
import json
from dataclasses import replace

from index import IndexSettings
from index.names import read_aliases
from index.names.suggestions import Suggestion
from index.plan import UNREAD, Failure
from index.reindex import Outcome
from scripts.terminal.reindexing import as_object, as_table, plain_path, shown_progress, status_of
from scripts.terminal.suggesting import alias_faults, as_lines, suggested_aliases
from tests.support.collections import Desk

OUTCOME = Outcome(
    read=2,
    new=1,
    changed=0,
    unchanged=0,
    removed=0,
    failed=(Failure("/harbour/odd.txt", "it is empty"),),
    paragraphs=3,
    embedded=3,
    generation=1,
    seconds=0.25,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_with_stage_and_count():
    terminal = Terminal()

    with shown_progress(terminal) as progress:
        progress("reading", 1, 2)
        progress(UNREAD, 1, 0)
        progress("reading", 2, 2)
        progress("embedding", 64, 640)

    drawn = terminal.getvalue()
    assert "embedding" in drawn
    assert "64/640" in drawn


def test_elsewhere_progress_is_a_few_plain_lines():
    stream = io.StringIO()

    with shown_progress(stream) as progress:
        progress("loading the model", 0, 1)
        for done in range(1, 1001):
            progress("embedding", done, 1000)
            progress(UNREAD, done, 0)

    lines = stream.getvalue().splitlines()
    assert lines[:2] == ["loading the model", "embedding 1 of 1,000"]
    assert lines[-1] == "embedding 1,000 of 1,000"
    assert len(lines) == 12


def test_the_table_ends_with_every_failure_and_its_reason():
    assert as_table(OUTCOME, dry_run=False).splitlines()[-2:] == [
        "generation 1, 0.2 s",
        "failed: /harbour/odd.txt: it is empty",
    ]
    assert status_of(OUTCOME) == 1


def test_files_of_kinds_that_are_not_read_are_counted_by_kind():
    some = replace(OUTCOME, skipped=((".jpg", 1000), (".xls", 2)))
    many = replace(OUTCOME, skipped=tuple((f".{letter}", 1) for letter in "abcdefghij"))
    one = replace(OUTCOME, skipped=(("no suffix", 1),))

    said = [as_table(outcome, dry_run=False).splitlines()[-2] for outcome in (some, many, one)]
    assert said == [
        "1,002 files of kinds that are not read: .jpg 1,000, .xls 2",
        "10 files of kinds that are not read: .a 1, .b 1, .c 1, .d 1, .e 1, .f 1, .g 1, .h 1"
        " and 2 more kinds",
        "1 file of a kind that is not read: no suffix 1",
    ]
    assert json.loads(as_object(some))["skipped"] == {".jpg": 1000, ".xls": 2}


def test_a_file_with_several_faults_is_one_file():
    faults = (Failure("/harbour/a.jsonl", "line 2"), Failure("/harbour/a.jsonl", "line 3"))

    lines = as_table(replace(OUTCOME, failed=faults), dry_run=False).splitlines()

    assert "files failed                1" in lines
    assert lines[-2:] == ["failed: /harbour/a.jsonl: line 2", "failed: /harbour/a.jsonl: line 3"]


def test_a_dry_run_says_that_nothing_was_changed():
    lines = as_table(OUTCOME, dry_run=True).splitlines()

    assert "paragraphs to embed         3" in lines
    assert "nothing was changed: this was a dry run" in lines


def test_a_path_below_the_current_folder_is_said_from_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert plain_path(tmp_path / "sub" / "odd.txt") == "sub/odd.txt"
    assert plain_path("/harbour/odd.txt") == "/harbour/odd.txt"


def test_suggested_aliases_are_lines_for_the_file_with_a_comment_each():
    suggestions = [
        Suggestion(
            ("Deir Ezzor", "Dayr az-Zawr"), (1200, 3), "spelled alike", "near Dayr az-Zawr"
        ),
        Suggestion(("House of Seals", "HOS"), (2, 2), "explained", ""),
    ]

    assert as_lines(suggestions, "data/aliases.txt").splitlines()[2:] == [
        "",
        "# spelled alike (1,200, 3 articles): near Dayr az-Zawr",
        "Deir Ezzor = Dayr az-Zawr",
        "",
        "# explained (2 articles)",
        "House of Seals = HOS",
    ]
    assert read_aliases(as_lines(suggestions, "x")).entities == (
        (("deir", "ezzor"), ("dayr", "zawr")),
        (("hous", "seal"), ("hos",)),
    )


def test_where_nothing_is_suggested_it_is_said():
    assert as_lines([], "x").startswith("No two names of the collection look like one")


def test_suggesting_reads_a_collection_and_changes_nothing(tmp_path):
    desk = Desk(tmp_path)
    for number in range(2):
        desk.write(f"{number}.txt", f"Kelp\n\nThe Kelp Divers League (LKD) met {number} times.\n")
    desk.reindex()
    before = (desk.folder / "library.db").read_bytes()

    settings = IndexSettings(url=str(desk.folder), aliases=tmp_path / "none.txt")

    assert suggested_aliases(settings).endswith("\nKelp Divers League = LKD")
    assert (desk.folder / "library.db").read_bytes() == before


def test_faults_of_the_aliases_file_are_told(tmp_path):
    file = tmp_path / "aliases.txt"
    file.write_text("Otter\n", "utf-8")

    assert alias_faults(IndexSettings(aliases=file)) == (
        f'line 1 of {file} was left out: "Otter" stands alone;'
        ' write another name of it behind "="',
    )
