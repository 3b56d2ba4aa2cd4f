"""Questions answered by other processes, which may end at any moment."""

import logging
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from pathlib import Path
from pickle import PicklingError

import pytest

from index.answer import Request
from index.branch import Telling, serve
from index.branches import Branches, open_branches
from index.errors import ModelChanged, ModelMissing, NoCollection, OutOfReach
from index.hosting import STUCK_S, begin_process
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
        return self._library.await_model()

    def answers(self, requests):
        self._noted.append(len(requests))
        if self._fault:
            return (self._fault for _ in requests)
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
    until(lambda: branches.ready == 2)

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(branches.ask, [COUNT] * 64))

    assert all("Ada Brine" in answer.passages[0].text for answer in answers)
    assert sum(noted) == 64
    assert len(noted) < 64


def test_a_process_that_is_busy_is_spared(desk, branched):
    branches, _ = branched()
    until(lambda: branches.ready == 2)

    busy, free = branches._hosts
    busy._asked[0] = None

    assert free.burden < busy.burden
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


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (BlockingIOError(11, "Not just now"), "could not be begun (Not just now)"),
        (MemoryError(), "could not be kept at work (MemoryError)"),
    ],
)
def test_processes_that_cannot_be_begun_are_told_and_tried_again(desk, caplog, fault, told):
    desk.reindex()
    serve_it = Beginner(serving(desk.library))
    faults = [fault] * 4

    def begin(theirs):
        if faults:
            raise faults.pop()
        return serve_it(theirs)

    settings = IndexSettings(url=str(desk.folder), processes=2)
    branches = Branches(open_store(desk.folder), desk.model, settings, begin=begin, wait_s=0.01)

    answer = branches.ask(COUNT)
    until(lambda: branches.ready == 2)
    branches.close()

    assert told in caplog.text
    assert answer.searched.generation == 1


def test_where_no_process_can_be_begun_questions_fail_and_what_needs_none_goes_on(desk):
    desk.reindex()

    def begin(theirs):
        raise BlockingIOError(11, "Not just now")

    settings = IndexSettings(url=str(desk.folder), processes=2)
    branches = Branches(open_store(desk.folder), desk.model, settings, begin=begin, wait_s=60)

    with pytest.raises(OutOfReach, match=r"one could not be begun \(Not just now\)"):
        branches.ask(COUNT)
    assert branches.search("otters").total
    branches.close()


def test_a_process_that_says_what_nobody_understands_is_replaced(desk, branched, caplog):
    def babble(wire):
        wire.receive()
        wire.send(Outcome(99, ValueError()))
        wire.receive()

    branches, _ = branched(babble, serving(desk.library))

    until(lambda: branches.ready == 2)
    assert "Ada Brine" in branches.ask(COUNT).passages[0].text
    assert "could not be kept at work (KeyError)" in caplog.text


def test_many_long_questions_and_answers_at_once_block_nobody(desk, branched):
    for number in range(40):
        desk.write(f"{number}.txt", f"{TEA}\n\n{OTTERS}\n\nNumber {number} of them.")
    branches, _ = branched()
    long = f"{COUNT} {'otters tea ' * 200}"

    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(lambda _: branches.ask(long, limit=30), range(200)))

    assert len(answers) == 200


def test_of_a_batch_only_the_question_that_ends_processes_is_given_up(desk, branched):
    def deadly(wire):
        library = desk.library()
        wire.receive()
        wire.send(Warm())
        while True:
            first = wire.receive()
            if "kill" in first.request.question:
                library.close()
                return
            [told] = library.answers([first.request])
            wire.send(Outcome(first.number, told))

    branches, _ = branched(deadly)
    until(lambda: branches.ready == 2)

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(branches.ask, q) for q in [COUNT] * 4 + ["kill"] + [COUNT] * 3]

    assert [type(each.exception()) for each in asked].count(OutOfReach) == 1
    assert isinstance(asked[4].exception(), OutOfReach)


def test_a_process_without_a_model_is_asked_only_where_no_other_is(desk, branched):
    def broken(wire):
        wire.receive()
        wire.send(Warm(loaded=False))
        while True:
            question = wire.receive()
            wire.send(Outcome(question.number, ModelMissing("there is no model")))

    branches, _ = branched(broken, serving(desk.library))
    until(lambda: branches.ready == 2)

    assert all("Ada Brine" in branches.ask(COUNT).passages[0].text for _ in range(9))


def test_a_process_that_is_stuck_is_ended(desk, branched, caplog):
    def stuck(wire):
        wire.receive()
        wire.send(Warm())
        while True:
            wire.receive()

    branches, _ = branched(stuck, stuck, serving(desk.library))
    until(lambda: branches.ready == 2)

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(branches.ask, COUNT)

        def years_pass():
            for host in branches._hosts:
                for each in list(host._asked.values()):
                    each.at = -STUCK_S
            return asked.done()

        until(years_pass)
        assert "Ada Brine" in asked.result().passages[0].text

    assert "a process has been at a question for 120 s and is ended" in caplog.text


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


def test_what_cannot_be_sent_is_told_and_burdens_nobody(branched):
    branches, _ = branched()

    with pytest.raises((AttributeError, TypeError, PicklingError)):
        branches.ask(lambda: COUNT)

    assert all(host.burden[1] == 0 for host in branches._hosts)
    assert "Ada Brine" in branches.ask(COUNT).passages[0].text


@pytest.mark.parametrize(("set_to", "each"), [(5, 5), (0, 1)])
def test_processes_share_the_processors_unless_threads_are_set(desk, set_to, each):
    desk.reindex()
    told = IndexSettings(url=str(desk.folder), processes=8, threads=set_to)
    given = []

    def note(wire):
        given.append(wire.receive())
        wire.receive()

    branches = Branches(open_store(desk.folder), desk.model, told, begin=Beginner(note))
    until(lambda: len(given) == 8)
    branches.close()

    assert {settings.threads for settings in given} <= {
        each,
        max(each, (os.cpu_count() or 1) // 8),
    }
    assert {settings.url for settings in given} == {str(desk.folder)}


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
