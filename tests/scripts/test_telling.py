"""What a program is told of a reindex, line by line."""

import io
import json
import os
import signal
import subprocess
import sys

import pytest

from index import ROOT
from index.errors import Locked
from index.plan import UNREAD, Failure
from index.reindex import Outcome
from scripts import reindex
from scripts.terminal.telling import FAILED_TOLD, SPAN_S, Teller

NIGHT = "Sea otters hold hands while they sleep, so that the tide does not part them.\n"


@pytest.fixture
def room(tmp_path, monkeypatch):
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "otters.txt").write_text(NIGHT)
    (tmp_path / "articles" / "empty.txt").write_text("")
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))
    monkeypatch.setenv("INDEX_SOURCES", str(tmp_path / "articles"))
    return tmp_path


def objects(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_stage_is_told_at_its_beginning_at_its_end_and_now_and_then():
    stream, moments = io.StringIO(), iter([0, 0.1, SPAN_S, SPAN_S + 0.1, SPAN_S + 0.2])
    teller = Teller(stream, clock=lambda: next(moments))

    with teller.shown() as progress:
        for done in (1, 2, 3, 4):
            progress("reading", done, 4)
        progress(UNREAD, 2, 0)
        progress("embedding", 1, 9)

    assert objects(stream.getvalue()) == [
        {"stage": "reading", "done": 1, "total": 4, "failed": 0},
        {"stage": "reading", "done": 3, "total": 4, "failed": 0},
        {"stage": "reading", "done": 4, "total": 4, "failed": 0},
        {"stage": "embedding", "done": 1, "total": 9, "failed": 2},
    ]


def test_of_files_that_failed_the_first_few_are_told_and_all_are_counted():
    failed = tuple(Failure(f"/harbour/{number}", "odd\ud800") for number in range(50))
    outcome = Outcome(50, 0, 0, 0, 0, failed, 3, 0, 1, 0.5, skipped=((".jpg", 2),))
    stream = io.StringIO()

    Teller(stream).outcome(outcome)

    (told,) = objects(stream.getvalue())
    assert told["outcome"].pop("failed") == [
        {"file": f"/harbour/{number}", "reason": "odd\ud800"} for number in range(FAILED_TOLD)
    ]
    told_of = ("new", "changed", "unchanged", "removed", "embedded", "copies", "retired")
    counts = dict.fromkeys(told_of, 0)
    assert told["outcome"] == counts | {
        "read": 50,
        "paragraphs": 3,
        "generation": 1,
        "seconds": 0.5,
        "failed_files": 50,
    }


def test_a_fault_is_told_by_its_kind():
    stream = io.StringIO()
    Teller(stream).fault(Locked("by process 5"))

    assert objects(stream.getvalue()) == [{"fault": "Locked", "reason": "by process 5"}]


def test_the_door_tells_how_it_goes_on_and_how_it_ended(room, capsys):
    assert reindex.main(["--progress-json"]) == 1

    *stages, last = objects(capsys.readouterr().out)
    assert {told["stage"] for told in stages} >= {"reading", "embedding", "publishing"}
    outcome = last["outcome"]
    assert (outcome["new"], outcome["generation"], outcome["failed_files"]) == (1, 1, 1)
    assert outcome["failed"] == [
        {"file": str(room / "articles" / "empty.txt"), "reason": "the file is empty"}
    ]


def test_the_door_tells_a_fault_and_says_it_too(room, capsys):
    assert reindex.main([str(room / "nowhere"), "--progress-json"]) == 2

    said = capsys.readouterr()
    (told,) = objects(said.out)
    assert told["fault"] == "NoSuchPath"
    assert told["reason"] == said.err.strip()


@pytest.mark.parametrize("words", [["--hosted"], ["--watch", "--progress-json"]])
def test_wrong_use_is_refused(words, capsys):
    with pytest.raises(SystemExit) as ended:
        reindex.main(words)

    assert ended.value.code == 2


WAITING = """
import signal, sys, time
from scripts.terminal.opening import guarded
from scripts.terminal.telling import end_with_stdin

# As a shell starts what is to run in the background.
signal.signal(signal.SIGINT, signal.SIG_IGN)

def work():
    end_with_stdin()
    print("begun", flush=True)
    while True:
        time.sleep(0.01)

sys.exit(guarded(work))
"""


@pytest.mark.parametrize("how", ["its host has gone", "Ctrl-C"])
def test_a_hosted_run_ends_as_by_ctrl_c(how):
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"begun\n"
    if how == "Ctrl-C":
        os.kill(process.pid, signal.SIGINT)
        process.wait()
    _, said = process.communicate()

    assert process.returncode == 130
    assert said.decode().strip() == "stopped; what was done so far is kept"
