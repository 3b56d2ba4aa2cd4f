"""Questions answered by other processes, which may end at any moment."""

import logging
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from pathlib import Path

import pytest

from index.answer import Request
from index.branch import Telling, serve
from index.branches import Branches, begin_process, open_branches
from index.errors import ModelChanged, NoCollection, OutOfReach
from index.library import Library
from index.live import model_of
from index.reindex import Options, reindex
from index.settings import IndexSettings
from index.store import open_store
from index.wire import FailedElsewhere, Line, Outcome, Question, Warm, sendable
from tests.support.branching import Beginner, dying, serving
from tests.support.collections import OTTERS, TEA

COUNT = "Who counted the otters of Tidewater?"
QUESTIONS = [COUNT, "What did the clipper land?", "the of and", 'Who said "price of tea"?']


def until(true) -> None:
    """Until something is so, half a minute at the most."""
    for _ in range(3000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it never came to be")


@pytest.fixture
def branched(desk):
    """Opens the desk's collection with two processes that are begun as told."""
    desk.reindex()
    opened = []

    def open_it(*works):
        beginner = Beginner(*(works or [serving(desk.library)]))
        told = IndexSettings(url=str(desk.folder), processes=2, threshold=0.0)
        branches = Branches(open_store(desk.folder), desk.model, told, begin=beginner, wait_s=0.01)
        opened.append(branches)
        return branches, beginner

    yield open_it
    for each in opened:
        each.close()


class Noting:
    """A library that notes how many questions it is asked at once."""

    def __init__(self, library, noted, *, fault=None):
        self._library = library
        self._noted = noted
        self._fault = fault

    def await_model(self):
        self._library.await_model()

    def answers(self, requests):
        self._noted.append(len(requests))
        if self._fault:
            return iter([self._fault] * len(requests))
        return self._library.answers(requests)

    def close(self):
        self._library.close()


def test_processes_answer_as_the_library_does(desk, branched):
    branches, _ = branched()
    library = desk.library()

    for question in QUESTIONS:
        assert branches.ask(question) == library.ask(question)

    assert branches.status() == library.status()
    assert branches.threshold() == library.threshold()
    first = library.ask(COUNT).passages[0]
    assert branches.why(COUNT, first.paragraph, evidence=0.5) == library.why(
        COUNT, first.paragraph, evidence=0.5
    )
    library.close()


def test_the_circumstances_of_a_question_cross_with_it(desk, branched):
    branches, _ = branched()
    library = desk.library()
    turn = library.ask("otters of Tidewater", limit=1).turn

    for circumstances in ({"after": turn}, {"skip": 1, "limit": 1}, {"since": 1}):
        assert branches.ask("more otters", **circumstances) == library.ask(
            "more otters", **circumstances
        )
    library.close()


def test_what_waits_is_taken_together_and_by_all_processes(desk, branched):
    noted = []
    branches, _ = branched(serving(lambda: Noting(desk.library(), noted)))
    until(lambda: all(branch.warm for branch in branches._branches))

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(branches.ask, [COUNT] * 64))

    assert all("Ada Brine" in answer.passages[0].text for answer in answers)
    assert sum(noted) == 64
    assert len(noted) < 64


def test_a_process_that_is_busy_is_spared(desk, branched):
    branches, _ = branched()
    until(lambda: all(branch.warm for branch in branches._branches))

    busy, free = branches._branches
    busy._asked[0] = None

    assert branches._freest() is free
    busy._asked.clear()


def test_a_process_that_ends_is_followed_by_another(desk, branched, caplog):
    branches, beginner = branched()
    branches.ask(COUNT)

    for process in list(beginner.begun):
        process.kill()

    assert "Ada Brine" in branches.ask(COUNT).passages[0].text
    until(lambda: len(beginner.begun) >= 4)
    assert "a process that answers ended with status -9; another begins in 0 s" in caplog.text


def test_what_a_process_had_not_answered_is_asked_of_another(desk, branched):
    branches, _ = branched(dying, serving(desk.library))

    assert "Ada Brine" in branches.ask(COUNT).passages[0].text


def test_a_question_that_ends_every_process_is_given_up(branched):
    branches, _ = branched(dying)

    with pytest.raises(OutOfReach, match="set INDEX_PROCESSES=1"):
        branches.ask(COUNT)


def test_processes_that_cannot_be_begun_are_told(desk, caplog):
    desk.reindex()

    def begin(theirs):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    told = IndexSettings(url=str(desk.folder), processes=2)
    branches = Branches(open_store(desk.folder), desk.model, told, begin=begin, wait_s=0.01)

    with pytest.raises(OutOfReach):
        branches.ask(COUNT)
    branches.close()

    assert "could not be begun (Resource temporarily unavailable)" in caplog.text


def test_a_process_that_says_what_nobody_understands_is_replaced(desk, branched, caplog):
    def babble(wire):
        wire.receive()
        wire.send(Outcome(99, ValueError()))
        wire.receive()

    branches, _ = branched(babble, serving(desk.library))

    assert "Ada Brine" in branches.ask(COUNT).passages[0].text
    until(lambda: "said what cannot be read (KeyError)" in caplog.text)


def test_the_librarys_own_errors_cross_as_they_are(desk, branched):
    fault = ModelChanged("the collection was embedded by another; run scripts/run reindex")
    branches, _ = branched(serving(lambda: Noting(desk.library(), [], fault=fault)))

    with pytest.raises(ModelChanged, match="embedded by another"):
        branches.ask(COUNT)


def test_of_other_errors_only_what_and_where_is_told():
    def fail():
        raise LookupError("Who counted the otters?")

    try:
        fail()
    except LookupError as error:
        told = sendable(error)

    assert isinstance(told, FailedElsewhere)
    assert "LookupError in a process that answers, in " in str(told)
    assert "fail (" in str(told)
    assert "otters" not in str(told)


def test_lines_of_the_log_reach_the_one_log(desk, branched, caplog):
    def complain(wire):
        wire.receive()
        wire.send(Line("index.live", logging.WARNING, "the vectors file is damaged"))
        wire.send(Warm())
        wire.receive()

    branched(complain)

    until(lambda: ("index.live", 30, "the vectors file is damaged") in caplog.record_tuples)


class Ends:
    """A wire on which nothing more comes, and what was sent over it."""

    def __init__(self, *messages):
        self._messages = list(messages)
        self.sent = []

    @property
    def waits(self):
        return bool(self._messages)

    def receive(self):
        if not self._messages:
            raise EOFError
        return self._messages.pop(0)

    def send(self, message):
        self.sent.append(message)


def test_a_process_tells_why_it_cannot_open_the_collection(caplog):
    def refuse(settings):
        raise NoCollection("there is no collection in data/")

    serve(Ends(IndexSettings()), opened=refuse)

    assert caplog.messages == ["the collection cannot be opened: there is no collection in data/"]


def test_a_process_hands_on_its_lines_of_the_log():
    wire = Ends()
    record = logging.makeLogRecord(
        {"name": "index.live", "levelno": 20, "msg": "generation %d", "args": (7,)}
    )

    Telling(wire).handle(record)

    assert wire.sent == [Line("index.live", logging.INFO, "generation 7")]


def test_a_process_ends_when_nobody_is_there_to_ask(desk):
    desk.reindex()
    library = desk.library()
    wire = Ends(IndexSettings(), Question(1, Request(COUNT)), Question(2, Request("tea")))

    serve(wire, opened=lambda _: library)

    warm, *outcomes = wire.sent
    assert isinstance(warm, Warm)
    assert [each.number for each in outcomes] == [1, 2]
    with pytest.raises(RuntimeError, match="closed"):
        library._lane.near("otters", limit=1)


def test_a_closed_collection_is_not_asked(branched):
    branches, beginner = branched()
    until(lambda: len(beginner.begun) == 2)

    branches.close()

    assert all(process.killed for process in beginner.begun)
    with pytest.raises(RuntimeError, match="closed"):
        branches.ask(COUNT)


def test_one_process_is_the_bots_own(tmp_path):
    indexed(tmp_path)

    library = open_branches(IndexSettings(url=str(tmp_path / "data")))
    library.close()

    assert isinstance(library, Library)


def test_no_collection_is_told_at_once(tmp_path):
    with pytest.raises(NoCollection):
        open_branches(IndexSettings(url=str(tmp_path / "data"), processes=2))


def indexed(root: Path) -> IndexSettings:
    """A collection made with the packaged model, to be answered in two processes."""
    articles = root / "articles"
    articles.mkdir()
    (articles / "otters.txt").write_text(OTTERS)
    (articles / "tea.txt").write_text(TEA)
    settings = IndexSettings(url=str(root / "data"), processes=2)
    reindex(
        [articles],
        root / "data",
        model_of(settings),
        options=Options(),
        progress=lambda *_: None,
    )
    return settings


def test_real_processes_outlive_a_kill_and_know_no_token(tmp_path, monkeypatch):
    settings = indexed(tmp_path)
    monkeypatch.setenv("BOT_TOKEN", "1234567:not-a-token-but-as-long-as-one")
    begun = []

    def begin(theirs):
        begun.append(begin_process(theirs))
        return begun[-1]

    model = model_of(settings)
    branches = Branches(open_store(settings.where), model, settings, begin=begin, wait_s=0.01)
    try:
        assert "Ada Brine" in branches.ask(COUNT).passages[0].text
        environ = Path(f"/proc/{begun[0].pid}/environ").read_bytes()
        for process in begun[:2]:
            os.kill(process.pid, signal.SIGINT)  # as Ctrl-C does to all of a terminal
        assert "Larkspur" in branches.ask("What did the clipper land?").passages[0].text
        assert len(begun) == 2
        os.kill(begun[0].pid, signal.SIGKILL)
        assert "Ada Brine" in branches.ask(COUNT).passages[0].text
    finally:
        branches.close()

    assert b"BOT_TOKEN" not in environ
    assert all(process.returncode is not None for process in begun)


def test_a_process_ends_with_whoever_began_it():
    ours, theirs = Pipe()
    process = begin_process(theirs)
    theirs.close()

    ours.close()

    assert process.wait(timeout=60) == 0
