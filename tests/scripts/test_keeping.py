"""The doors backup, export and golden as they are used, with the packaged model."""

import json
import shutil

import pytest

from bot.database import BotData
from bot.unanswered import record
from bot.votes import Vote, Votes
from scripts import backup, export, golden, reindex
from tests.support.collections import OTTERS, TEA

COUNT = "Who counted forty otters?"
TOLD = "The harbour master of Tidewater, Ada Brine, counted forty otters on 3 May 2017."


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = tmp_path_factory.mktemp("built")
    (root / "articles").mkdir()
    (root / "articles" / "otters.txt").write_text(OTTERS)
    (root / "articles" / "tea.txt").write_text(TEA)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INDEX_URL", str(root / "data"))
        assert reindex.main([str(root / "articles"), "--json"]) == 0
    return root


@pytest.fixture
def room(built, tmp_path, monkeypatch):
    """A copy of the collection, as the one that the settings name."""
    shutil.copytree(built / "data", tmp_path / "data")
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))
    monkeypatch.setenv("BOT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("INDEX_ALIASES", str(tmp_path / "data" / "aliases.txt"))
    return tmp_path


def answering(*lines):
    """Someone who types these lines and then leaves."""
    typed = iter(lines)

    def say(prompt: str) -> str:
        try:
            return next(typed)
        except StopIteration as error:
            raise EOFError from error

    return say


def golden_rows(room):
    text = (room / "data" / "questions.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_backup_is_made_checked_and_restored(room, capsys):
    path = str(room / "all.tar.gz")

    assert backup.main([path]) == 0
    assert backup.main([path, "--check"]) == 0
    assert backup.main([path, "--restore"]) == 2
    assert backup.main([path, "--restore", "--replace"]) == 0

    said = capsys.readouterr()
    assert [line.split(": ")[0] for line in said.out.splitlines()] == [
        f"{path} is written and checked",
        f"{path} is whole",
        f"{path} is restored",
    ]
    assert "add --replace" in said.err


def test_a_backup_that_is_not_there_is_wrong_use(room, capsys):
    assert backup.main([str(room / "none.tar.gz"), "--restore"]) == 2

    assert "does not exist" in capsys.readouterr().err


def test_replace_alone_means_nothing(room):
    with pytest.raises(SystemExit):
        backup.main(["x", "--replace"])


def test_articles_go_out_and_come_back(room, capsys, monkeypatch):
    path = str(room / "all.jsonl")

    assert export.main([path]) == 0
    monkeypatch.setenv("INDEX_URL", str(room / "other"))
    assert export.main([path, "--import"]) == 0
    monkeypatch.setenv("INDEX_URL", str(room / "other"))
    assert export.main([str(room / "again.jsonl")]) == 0

    said = capsys.readouterr().out
    assert said.startswith(f"2 articles written to {path}\n")
    assert "articles new                2" in said
    assert (room / "again.jsonl").read_text() == (room / "all.jsonl").read_text()


def test_nothing_is_exported_where_there_is_nothing(room, capsys, monkeypatch):
    monkeypatch.setenv("INDEX_URL", str(room / "nowhere"))

    assert export.main([str(room / "all.jsonl")]) == 2

    assert not list(room.glob("*all.jsonl*"))
    assert "there is no collection" in capsys.readouterr().err


def test_an_import_of_what_is_not_there_is_wrong_use(room, capsys):
    assert export.main([str(room / "none.jsonl"), "--import"]) == 2

    assert "does not exist" in capsys.readouterr().err


def test_the_right_passage_is_marked_by_its_number(room, capsys):
    questions = room / "asked.txt"
    questions.write_text(f'{COUNT}\n\n{{"question": "Who harpooned the whale?"}}\n')

    assert golden.main([str(questions)], say=answering("9", "1", "0")) == 0

    said = capsys.readouterr().out
    assert TOLD in said
    assert "2 golden questions added" in said
    assert golden_rows(room) == [
        {"question": COUNT, "gold": [TOLD], "answerable": True},
        {"question": "Who harpooned the whale?", "gold": [], "answerable": False},
    ]


def test_a_question_is_passed_over_or_ends_it_and_is_asked_no_second_time(room):
    (room / "data" / "questions.jsonl").write_text(f'{{"question": "{COUNT}", "gold": ["Ada"]}}')
    questions = room / "asked.txt"
    questions.write_text(f"{COUNT}\nWho sleeps?\nWhat of tea?\nAnd rope?\n")

    assert golden.main([str(questions)], say=answering("", "0", "q")) == 0

    assert [row["question"] for row in golden_rows(room)] == [COUNT, "What of tea?"]


def test_without_a_file_questions_are_typed(room):
    assert golden.main([], say=answering(COUNT, "1", "")) == 0

    assert [row["question"] for row in golden_rows(room)] == [COUNT]


def test_the_end_of_input_keeps_what_was_marked(room):
    assert golden.main([], say=answering(COUNT, "1")) == 0

    assert len(golden_rows(room)) == 1


@pytest.mark.parametrize(("text", "reason"), [(None, "does not exist"), ("{x", "not a line")])
def test_a_file_that_holds_no_questions_is_told(room, capsys, text, reason):
    questions = room / "asked.jsonl"
    if text is not None:
        questions.write_text(text)

    assert golden.main([str(questions)], say=answering()) == 2

    assert reason in capsys.readouterr().err


async def test_questions_that_the_bot_answered_badly_or_not_at_all_are_proposed(
    room, capsys, monkeypatch
):
    monkeypatch.setenv("BOT_DATA", str(room / "bot"))
    async with BotData(room / "bot" / "bot.db") as data:
        await record(data, "Who harpooned the whale?")
        vote = Vote(7, helpful=False, question=COUNT)
        await Votes(data).cast(7, 8, vote)
        await Votes(data).cast(7, 9, vote)

    assert golden.main(["--from-bot"], say=answering("1", "0")) == 0

    assert [(row["question"], row["answerable"]) for row in golden_rows(room)] == [
        (COUNT, True),
        ("Who harpooned the whale?", False),
    ]


def test_where_there_is_no_bot_it_is_said_where_one_was_looked_for(room, capsys, monkeypatch):
    monkeypatch.setenv("BOT_DATA", str(room / "bot"))

    assert golden.main(["--from-bot"], say=answering()) == 2

    assert "bot.db does not exist; BOT_DATA names the folder" in capsys.readouterr().err


def test_a_file_beside_the_bots_questions_is_wrong_use(room):
    with pytest.raises(SystemExit) as ended:
        golden.main(["questions.txt", "--from-bot"], say=answering())

    assert ended.value.code == 2
