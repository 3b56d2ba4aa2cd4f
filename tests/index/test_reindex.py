"""What a reindex changes, what it leaves alone, and what it says of it."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from index.errors import Locked
from index.lock import reindex_lock
from index.plan import Failure
from index.store import open_store
from tests.support.collections import OTTERS, TEA, Desk


def rows(desk: Desk, table: str) -> list[tuple[object, ...]]:
    with closing(open_store(desk.folder)) as store, store.snapshot() as view:
        return sorted(view._run(f"select * from {table}"), key=repr)


def counts(outcome) -> tuple[int, int, int, int]:
    return outcome.new, outcome.changed, outcome.unchanged, outcome.removed


def test_a_first_run_indexes_every_article(desk):
    outcome = desk.reindex()

    assert counts(outcome) == (2, 0, 0, 0)
    assert (outcome.paragraphs, outcome.embedded, outcome.generation) == (5, 5, 1)
    assert outcome.failed == ()


def test_a_second_run_with_nothing_changed_embeds_nothing_and_publishes_nothing(desk):
    desk.reindex()
    desk.embedder.embedded.clear()

    outcome = desk.reindex()

    assert counts(outcome) == (0, 0, 2, 0)
    assert (outcome.embedded, outcome.generation) == (0, 1)
    assert desk.embedder.embedded == []


def test_touching_a_file_changes_nothing(desk):
    desk.reindex()
    os.utime(desk.articles / "tea.txt", (1, 1))

    outcome = desk.reindex()

    assert counts(outcome) == (0, 0, 2, 0)
    assert outcome.generation == 1


def test_one_changed_article_embeds_only_its_changed_paragraphs(desk):
    desk.reindex()
    desk.embedder.embedded.clear()
    desk.write("otters.txt", OTTERS.replace("eleven pups", "twelve pups"))

    outcome = desk.reindex()

    storm = "A storm on 9 May drove the kelp ashore and twelve pups were taken to the aquarium."
    assert counts(outcome) == (0, 1, 1, 0)
    assert (desk.embedder.embedded, outcome.embedded) == ([storm], 1)


def test_an_unchanged_paragraph_of_a_changed_article_keeps_its_id(desk):
    desk.reindex()
    before = {row[0] for row in rows(desk, "paragraphs")}
    desk.write("otters.txt", OTTERS.replace("eleven pups", "twelve pups"))

    desk.reindex()

    after = {row[0] for row in rows(desk, "paragraphs")}
    assert (len(before - after), len(after - before)) == (1, 1)


def test_a_file_gone_from_a_folder_leaves_the_index(desk):
    desk.reindex()
    (desk.articles / "tea.txt").unlink()

    outcome = desk.reindex()

    assert counts(outcome) == (0, 0, 1, 1)
    assert outcome.paragraphs == 3


def test_a_file_outside_the_folders_named_stays_in_the_index(desk, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "gulls.txt").write_text("Gulls follow the ferry from Tidewater to the lighthouse.")
    desk.reindex()

    outcome = desk.reindex(other)

    assert counts(outcome) == (1, 0, 0, 0)
    assert outcome.paragraphs == 6


def test_a_moved_file_keeps_its_article_and_embeds_nothing(desk):
    desk.reindex()
    keys = {row[0] for row in rows(desk, "articles")}
    desk.embedder.embedded.clear()
    (desk.articles / "tea.txt").rename(desk.articles / "trade.txt")

    outcome = desk.reindex()

    assert counts(outcome) == (0, 0, 2, 0)
    assert {row[0] for row in rows(desk, "articles")} == keys
    assert desk.embedder.embedded == []


def test_a_file_that_cannot_be_read_any_more_keeps_what_the_index_had_of_it(desk):
    desk.reindex()
    (desk.articles / "tea.txt").write_bytes(b"")

    outcome = desk.reindex()

    assert [Path(failure.file).name for failure in outcome.failed] == ["tea.txt"]
    assert outcome.failed[0].reason
    assert counts(outcome) == (0, 0, 1, 0)
    assert outcome.paragraphs == 5


def test_a_folder_that_cannot_be_listed_removes_nothing(desk, tmp_path):
    desk.write("inner/gulls.txt", "Gulls follow the ferry from Tidewater to the lighthouse.")
    desk.reindex()
    hidden = desk.articles / "inner"
    # A file in the folder's place: unlike permissions, this stops root too.
    hidden.rename(tmp_path / "away")
    hidden.symlink_to(hidden)

    outcome = desk.reindex()

    assert counts(outcome) == (0, 0, 2, 1)  # a name that leads nowhere is gone, not unlisted


def test_remove_drops_what_was_read_from_a_path(desk):
    desk.reindex()

    outcome = desk.remove(desk.articles / "tea.txt")

    assert (outcome.removed, outcome.paragraphs, outcome.generation) == (1, 3, 2)
    assert [row[1] for row in rows(desk, "files")] != []


def test_removing_everything_leaves_an_empty_collection_that_answers_nothing(desk):
    desk.reindex()

    outcome = desk.remove(desk.articles)

    assert outcome.paragraphs == 0
    library = desk.library()
    assert library.ask("Who counted the otters?").passages == ()
    library.close()


def test_a_dry_run_says_what_would_be_done_and_does_nothing(desk):
    outcome = desk.reindex(dry_run=True)

    assert counts(outcome) == (2, 0, 0, 0)
    assert (outcome.embedded, outcome.generation) == (5, 0)
    assert rows(desk, "articles") == []
    assert rows(desk, "files") == []


def test_full_embeds_everything_again(desk):
    desk.reindex()
    desk.embedder.embedded.clear()

    outcome = desk.reindex(full=True)

    assert outcome.embedded == len(desk.embedder.embedded) == 5
    assert counts(outcome) == (0, 0, 2, 0)


def test_the_texts_of_a_removed_article_leave_their_vectors_behind_nowhere(desk):
    desk.reindex()

    desk.remove(desk.articles)

    assert rows(desk, "vectors") == []


def test_another_model_embeds_the_whole_collection_again(desk):
    desk.reindex()
    desk.embedder.embedded.clear()
    desk.embedder.name = "hashes@2"

    outcome = desk.reindex()

    assert (outcome.embedded, outcome.generation) == (5, 2)
    library = desk.library()
    assert library.status().model == "hashes@2"
    library.close()


def test_the_second_of_two_at_once_is_told_who_holds_the_lock(desk):
    with reindex_lock(desk.folder), pytest.raises(Locked, match=f"by process {os.getpid()} on"):
        desk.reindex()


def test_two_articles_of_one_name_in_a_file_are_both_kept(desk):
    desk.write(
        "wire.jsonl",
        '{"id": "a", "text": "The ferry Larkspur ran aground off Tidewater at dawn."}\n'
        '{"id": "a", "text": "The lighthouse of Tidewater was painted white again."}\n',
    )

    outcome = desk.reindex()

    assert outcome.new == 4


def test_an_error_in_the_middle_of_publishing_leaves_the_old_generation(desk):
    desk.reindex()
    desk.write("otters.txt", OTTERS.replace("eleven pups", "twelve pups"))
    desk.model.load().encode_documents = lambda texts: (_ for _ in ()).throw(MemoryError)

    with pytest.raises(MemoryError):
        desk.reindex()

    library = desk.library()
    assert library.status().generation == 1
    assert (
        "eleven pups" in library.ask("How many pups were taken to the aquarium?").passages[0].text
    )
    library.close()


def test_progress_is_told_by_stage(desk):
    desk.reindex()

    assert desk.stages == [
        ("reading", 1, 2),
        ("reading", 2, 2),
        ("loading the model", 0, 1),
        ("embedding", 4, 5),
        ("embedding", 5, 5),
        ("publishing", 1, 1),
    ]


def test_failures_name_the_file_and_the_reason(desk):
    path = desk.write("odd.jsonl", '{"text": "A fine first line about the harbour."}\nnot json\n')

    outcome = desk.reindex()

    reason = "line 2 of 2: not valid JSON (Expecting value)"
    assert outcome.failed == (Failure(str(path), reason),)
    assert outcome.new == 3


def test_tea_is_quoted_with_its_markup_as_it_stands(desk):
    desk.reindex()
    library = desk.library()

    passage = library.ask("What did the Lantern Guild say of the price of tea?").passages[0]

    assert passage.text == TEA.split("\n\n")[2].strip()
    library.close()
