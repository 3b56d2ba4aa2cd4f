"""Of a crowd's questions few are worked on at a time, and none is kept for ever."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from index.turns import ENTERING, Turns


class Gauge:
    """How many are inside at once, at the most."""

    def __init__(self):
        self.most = self._now = 0
        self._guard = threading.Lock()

    @contextmanager
    def one_more(self):
        with self._guard:
            self._now += 1
            self.most = max(self.most, self._now)
        yield
        with self._guard:
            self._now -= 1


def done(value=None):
    future = Future()
    future.set_result(value)
    return future


@pytest.fixture
def crowd():
    with ThreadPoolExecutor(16) as pool:
        yield pool


def test_few_enter_and_one_is_judged_at_a_time(crowd):
    turns, entering, judging = Turns(), Gauge(), Gauge()

    def ask(number):
        with turns.taken() as awaited:
            with entering.one_more():
                sum(range(20_000))
            assert awaited(done(number)) == number
            with judging.one_more():
                sum(range(20_000))
        return number

    assert list(crowd.map(ask, range(64))) == list(range(64))
    assert entering.most <= ENTERING
    assert judging.most == 1


def test_who_waits_for_the_model_keeps_nobody_from_entering(crowd):
    turns, model, entered = Turns(longest_s=60), Future(), threading.Semaphore(0)

    def ask():
        with turns.taken() as awaited:
            entered.release()
            return awaited(model)

    asked = [crowd.submit(ask) for _ in range(8)]
    assert all(entered.acquire(timeout=30) for _ in asked)
    model.set_result("near")

    assert [each.result(30) for each in asked] == ["near"] * 8


def test_a_question_may_wait_for_the_model_twice(crowd):
    turns = Turns(longest_s=60)

    def ask(number):
        with turns.taken() as awaited:
            return awaited(done(number)), awaited(done(number))

    asked = [crowd.submit(ask, number) for number in range(8)]
    assert [each.result(30) for each in asked] == [(number, number) for number in range(8)]


def test_what_the_model_raised_is_raised_and_the_turn_is_given_on(crowd):
    turns, broken = Turns(longest_s=60), Future()
    broken.set_exception(ValueError("no model"))

    def ask(future):
        with turns.taken() as awaited:
            return awaited(future)

    for asked in [crowd.submit(ask, broken) for _ in range(ENTERING + 1)]:
        with pytest.raises(ValueError, match="no model"):
            asked.result(30)

    assert crowd.submit(ask, done("near")).result(30) == "near"


def test_one_that_never_ends_does_not_keep_the_others_for_ever(crowd):
    turns, server = Turns(longest_s=0.05), threading.Event()

    def hang():
        with turns.taken() as awaited:
            awaited(done())
            server.wait(30)

    def ask():
        with turns.taken() as awaited:
            return awaited(done("near"))

    hanging = [crowd.submit(hang) for _ in range(3)]
    asked = [crowd.submit(ask) for _ in range(4)]
    assert [each.result(30) for each in asked] == ["near"] * 4
    server.set()
    assert [each.result(30) for each in hanging] == [None] * 3
