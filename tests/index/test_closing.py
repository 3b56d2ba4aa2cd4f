"""A collection that is closed while somebody is at work on it."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.lane import Lane
from index.store import SqliteStore
from index.vectors import FaissVectors
from index.vectors.kinds import empty
from tests.support.collections import HashEmbedder


def test_who_reads_while_the_store_is_closed_reads_on(desk):
    desk.reindex()
    store = SqliteStore(desk.folder)
    reading, closed = threading.Event(), threading.Event()

    def read():
        with store.snapshot() as view:
            texts = view.texts()
            first = next(texts)
            reading.set()
            closed.wait(60)
            return [first, *texts]

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(read)
        reading.wait(60)
        store.close()
        closed.set()
        assert len(told.result()) == 2


def test_a_closed_store_is_not_read(desk):
    desk.reindex()
    store = SqliteStore(desk.folder)
    store.close()

    with pytest.raises(RuntimeError, match="the store is closed"), store.snapshot():
        pass


def test_a_disk_that_is_full_in_a_publication_is_told_as_that(desk):
    desk.reindex()
    store = SqliteStore(desk.folder, writable=True)
    store._write.execute("pragma max_page_count = 1")  # no more than there are

    with pytest.raises(sqlite3.OperationalError, match="disk is full"), store.publishing():
        store._write.execute("insert into facts values ('large', zeroblob(1000000))")

    store.close()


class Slow:
    """A lane's queue in which one question is put slowly."""

    def __init__(self, queue, putting, go_on):
        self._queue = queue
        self._putting = putting
        self._go_on = go_on

    def put(self, job):
        if job is not None:
            self._putting.set()
            self._go_on.wait(60)
        self._queue.put(job)

    def __getattr__(self, name):
        return getattr(self._queue, name)


def test_a_question_that_is_put_while_the_lane_closes_is_answered():
    lane = Lane(lambda: (HashEmbedder(), FaissVectors(empty(HashEmbedder.width))))
    lane.near("otters", limit=1)
    putting, go_on = threading.Event(), threading.Event()
    lane._waiting = Slow(lane._waiting, putting, go_on)

    with ThreadPoolExecutor(2) as pool:
        near = pool.submit(lane.near, "otters", limit=1)
        putting.wait(60)
        closing = pool.submit(lane.close)
        go_on.set()

        assert near.result(30).hits == ()
        closing.result(30)
