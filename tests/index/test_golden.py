"""Golden questions: read in order, judged as people would see it, and what a fall holds back."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.golden import (
    MOST,
    STAGE,
    AnswersFell,
    Golden,
    Kept,
    Rule,
    compare,
    golden_folders,
    read_golden,
)
from index.reindex import Options, remove
from tests.support.collections import OTTERS, TEA

COUNTED = {"question": "Who counted forty otters?", "gold": ["Ada Brine"]}
CHESTS = {"question": "Where were ninety chests of tea landed?", "gold": ["ninety chests"]}
WHALES = {"question": "Who harpooned the white whale?", "gold": []}
LOW = Rule(threshold=0.3)


def ask(folder: Path, *rows: object) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def kept(desk) -> dict[str, object]:
    with sqlite3.connect(desk.folder / "library.db") as db:
        row = db.execute("select value from facts where name = 'golden'").fetchone()
    return json.loads(row[0]) if row else {}


def generation(desk) -> int:
    library = desk.library()
    number = library.status().generation
    library.close()
    return number


def lose_the_count(desk) -> None:
    desk.write("otters.txt", OTTERS.replace("Ada Brine", "Somebody"))


def test_questions_are_read_the_last_first_and_the_files_by_turns(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir(), two.mkdir()
    files = [
        ask(one, {"question": "first"}, {"question": "second"}, {"question": "third"}),
        ask(two, {"question": "early"}, {"question": "third"}, {"question": "late"}),
    ]

    assert [each.text for each in read_golden(files)] == [
        "third", "late", "second", "first", "early",
    ]  # fmt: skip


def test_no_more_than_the_newest_two_hundred_are_asked(tmp_path):
    path = ask(tmp_path, *({"question": f"number {n}?"} for n in range(MOST + 50)))

    questions = read_golden([path])

    assert len(questions) == MOST
    assert questions[0].text == f"number {MOST + 49}?"


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[1]",
        '{"question": 3}',
        '{"question": " "}',
        '{"question": "Who?", "gold": "Ada"}',
        '{"question": "Who?", "gold": [""]}',
        '{"question": "Who?", "gold": [], "answerable": true}',
        '{"question": "Who?", "gold": ["Ada"], "answerable": false}',
    ],
)
def test_a_line_that_is_no_question_is_passed_over_with_a_warning(tmp_path, line, caplog):
    path = tmp_path / "questions.jsonl"
    path.write_text(f'{line}\n\n{{"question": "Who counted?", "gold": ["Ada"]}}\n', "utf-8")

    assert read_golden([path]) == [Golden("Who counted?", ("Ada",))]
    assert caplog.messages == [f"line 1 of {path} is no golden question and is not asked"]


@given(st.text(alphabet='{}[]":,question gold\n\\u0d8'))
def test_any_file_can_be_read(text):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "questions.jsonl"
        path.write_bytes(text.encode())
        assert all(each.text.strip() for each in read_golden([path]))


def test_the_seeds_questions_are_golden_ones():
    seeds = Path(__file__).parents[2] / "seeds" / "questions.jsonl"

    assert len(read_golden([seeds])) == 47


def test_only_folders_that_the_collection_reads_from_are_asked_of(tmp_path):
    home, sea, hills, past = (tmp_path / name for name in ("data", "sea", "hills", "past"))
    for folder in (home, sea, hills, past):
        folder.mkdir()
    known = Kept(folders=(str(past), str(home)))
    origins = [str(sea / "2017" / "otters.txt"), str(past / "tea.txt")]

    assert golden_folders([sea, hills], known, home, origins) == [home, past, sea]


def questions_of(*right: bool) -> tuple[list[Golden], list[bool]]:
    return [Golden(f"question {at}", ("gold",)) for at in range(len(right))], list(right)


def kept_as(questions, right) -> Kept:
    return Kept((), {each.mark: one for each, one in zip(questions, right, strict=True)})


def test_one_fall_in_twenty_is_within_the_margin_and_two_are_not():
    questions, before = questions_of(*([True] * 20))

    compare(questions, [False] + [True] * 19, kept_as(questions, before), Rule(), [])
    with pytest.raises(
        AnswersFell, match=r"18 of 20 golden questions right, fewer than the 19\.0"
    ):
        compare(questions, [False] * 2 + [True] * 18, kept_as(questions, before), Rule(), [])


def test_what_rises_makes_up_for_what_falls():
    questions, before = questions_of(True, False, True)

    compare(questions, [False, True, True], kept_as(questions, before), Rule(), [])


def test_a_new_question_that_is_not_right_yet_is_no_fall():
    questions, right = questions_of(True, False, False)

    compare(questions, right, kept_as(questions[:1], [True]), Rule(), [])


def test_a_share_that_is_set_holds_from_the_first_generation_on():
    questions, right = questions_of(True, False)

    compare(questions, right, Kept(), Rule(floor=0.5), [])
    with pytest.raises(AnswersFell, match="question 1"):
        compare(questions, right, Kept(), Rule(floor=0.6), [])


def test_more_than_ten_that_fell_are_counted():
    questions, before = questions_of(*([True] * 12))

    with pytest.raises(AnswersFell) as caught:
        compare(questions, [False] * 12, kept_as(questions, before), Rule(), [("a", "gold")])

    lines = str(caught.value).splitlines()
    assert lines[1] == "  question 0"
    assert lines[11] == "  and 2 more"
    assert "scripts/run reindex --force" in lines[12]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_a_generation_as_good_as_the_last_is_never_held_back(pairs):
    questions, before = questions_of(*(was for was, _ in pairs))
    better = [was or now for was, now in pairs]

    compare(questions, better, kept_as(questions, before), Rule(), [])


def test_a_first_run_keeps_what_was_right(desk):
    ask(desk.articles, COUNTED, CHESTS, WHALES)

    desk.reindex(golden=LOW)

    marks = {
        Golden(COUNTED["question"], ("Ada Brine",)).mark: True,
        Golden(CHESTS["question"], ("ninety chests",)).mark: True,
        Golden(WHALES["question"]).mark: True,
    }
    assert kept(desk) == {"folders": [str(desk.articles), str(desk.folder)], "right": marks}
    assert (STAGE, 3, 3) in desk.stages


def test_a_fall_keeps_the_old_generation_and_says_which_questions_fell(desk):
    ask(desk.articles, COUNTED, CHESTS)
    desk.reindex(golden=LOW)
    lose_the_count(desk)

    with pytest.raises(AnswersFell) as caught:
        desk.reindex(golden=LOW)

    assert str(caught.value).splitlines() == [
        "the new generation answers 1 of 2 golden questions right, fewer than the 1.9 that it"
        " must, and was not published; the old one serves. These fell:",
        "  Who counted forty otters? (its paragraph is not there any more)",
        "look to what has changed, mend questions.jsonl, or publish all the same: scripts/run"
        " reindex --force (INDEX_GOLDEN sets the rule)",
    ]
    library = desk.library()
    assert "Ada Brine" in library.ask(COUNTED["question"]).passages[0].text
    assert library.status().generation == 1
    library.close()


def test_force_publishes_all_the_same_and_is_the_new_measure(desk):
    ask(desk.articles, COUNTED, CHESTS)
    desk.reindex(golden=LOW)
    lose_the_count(desk)

    desk.reindex(golden=replace(LOW, force=True))
    desk.write("tea.txt", TEA.replace("Monday", "Tuesday"))
    desk.reindex(golden=LOW)

    assert generation(desk) == 3


def test_nothing_is_asked_where_it_is_off(desk):
    ask(desk.articles, COUNTED)
    desk.reindex(golden=LOW)
    lose_the_count(desk)
    desk.stages.clear()

    desk.reindex()

    assert generation(desk) == 2
    assert STAGE not in {stage for stage, _, _ in desk.stages}


def test_an_answer_to_what_has_none_is_a_fall(desk):
    ask(desk.articles, WHALES)
    desk.reindex(golden=LOW)
    desk.write("whales.txt", "Captain Brine harpooned the white whale off Tidewater at dawn.")

    with pytest.raises(AnswersFell, match="white whale"):
        desk.reindex(golden=LOW)


def test_a_run_over_another_folder_still_asks_the_questions_of_the_first(desk, tmp_path):
    ask(desk.articles, WHALES)
    desk.reindex(golden=LOW)
    (tmp_path / "other").mkdir()
    whale = "Captain Brine harpooned the white whale off Tidewater at dawn."
    (tmp_path / "other" / "whales.txt").write_text(whale)

    with pytest.raises(AnswersFell):
        desk.reindex(tmp_path / "other", golden=LOW)


def test_the_collections_own_folder_may_hold_questions_too(desk):
    desk.reindex()
    ask(desk.folder, COUNTED)
    desk.write("gulls.txt", "Gulls follow the ferry from Tidewater to the lighthouse.")

    desk.reindex(golden=LOW)

    assert list(kept(desk)["right"].values()) == [True]


def test_a_run_with_nothing_to_publish_asks_nothing(desk):
    desk.reindex()
    ask(desk.articles, COUNTED)
    desk.stages.clear()

    desk.reindex(golden=LOW)

    assert desk.stages == [("reading", 1, 2), ("reading", 2, 2)]


def test_removing_is_meant_and_not_held_back(desk):
    desk.reindex()
    ask(desk.folder, COUNTED, CHESTS)
    desk.write("gulls.txt", "Gulls follow the ferry from Tidewater to the lighthouse.")
    desk.reindex(golden=LOW)

    outcome = remove(
        [desk.articles / "tea.txt"],
        desk.folder,
        desk.model,
        options=Options(golden=LOW),
        progress=lambda *_: None,
    )

    assert (outcome.removed, outcome.generation) == (1, 3)
    assert list(kept(desk)["right"].values()) == [False, True]


def test_an_empty_collection_can_be_asked(desk):
    desk.reindex()
    ask(desk.folder, WHALES)
    for path in desk.articles.iterdir():
        path.unlink()

    outcome = desk.reindex(golden=LOW)

    assert outcome.paragraphs == 0
    assert list(kept(desk)["right"].values()) == [True]


def test_the_same_collection_gives_the_same_verdicts(desk, tmp_path):
    ask(desk.articles, COUNTED, CHESTS, WHALES)
    desk.reindex(golden=LOW)
    first = kept(desk)
    desk.reindex(golden=LOW, full=True)

    assert kept(desk) == first
