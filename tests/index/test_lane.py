"""The lane: one owner of the model, batches of what waits, faults handed to whoever asked."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index.errors import ModelMissing
from index.lane import SWITCH_S, Lane
from index.tokens import Tokens
from index.vectors import FaissVectors
from tests.support.collections import HashEmbedder

TEXTS = ["otters hold hands", "tea from the clipper", "gulls on the pier"]


def filled() -> FaissVectors:
    return FaissVectors.of(np.arange(3, dtype=np.int64), HashEmbedder().encode_documents(TEXTS))


class Batches(HashEmbedder):
    """Holds the first batch until let go, and notes what came in each."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self.go = threading.Event()

    def encode_queries(self, texts):
        self.sizes.append(len(texts))
        assert self.go.wait(10)
        return super().encode_queries(texts)


def test_the_nearest_paragraph_comes_first():
    lane = Lane(lambda: (HashEmbedder(), filled()))

    near = lane.near("tea clipper", limit=2)

    assert near.hits[0][0] == 1
    assert len(near.hits) == 2
    lane.close()


def test_questions_that_wait_are_embedded_together_and_each_gets_its_own():
    embedder = Batches()
    lane = Lane(lambda: (embedder, filled()))
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(lane.near, TEXTS[0], limit=1)
        while not embedder.sizes:
            pass
        others = [pool.submit(lane.near, TEXTS[n % 3], limit=1) for n in range(8)]
        while lane.waiting() < 8:
            pass
        embedder.go.set()

        assert first.result().hits[0][0] == 0
        assert [other.result().hits[0][0] for other in others] == [0, 1, 2, 0, 1, 2, 0, 1]
    assert embedder.sizes == [1, 8]
    lane.close()


def test_a_model_that_cannot_be_loaded_is_told_to_everyone_who_asks():
    def load():
        raise ModelMissing("no model; run scripts/run")

    lane = Lane(load)

    for _ in range(2):
        with pytest.raises(ModelMissing, match="no model"):
            lane.near("otters", limit=1)
    with pytest.raises(ModelMissing, match="no model"):
        lane.do(lambda *_: None).result()
    lane.close()


def test_a_question_that_breaks_the_model_does_not_break_the_next():
    class Touchy(HashEmbedder):
        def encode_queries(self, texts):
            if "gulls" in texts:
                raise MemoryError
            return super().encode_queries(texts)

    lane = Lane(lambda: (Touchy(), filled()))

    with pytest.raises(MemoryError):
        lane.near("gulls", limit=1)
    assert lane.near(TEXTS[1], limit=1).hits[0][0] == 1
    lane.close()


def test_an_errand_runs_with_the_model_and_may_replace_the_vectors():
    lane = Lane(lambda: (HashEmbedder(), filled()))
    other = FaissVectors.of(np.array([7]), HashEmbedder().encode_documents(["kelp"]))

    lane.do(lambda *_: lane.replace_vectors(other)).result()

    assert [i for i, _ in lane.near("kelp", limit=5).hits] == [7]
    lane.close()


class Counting(HashEmbedder):
    """Has a token a word, and notes what the model was called for."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, list[str]]] = []

    def encode_closely(self, texts, *, query):
        self.calls.append(("asked" if query else "told", list(texts)))
        return self.encode_queries(texts), [one_token(text) for text in texts]


def one_token(text):
    return Tokens(np.ones((1, 1), dtype=np.float32), ((0, len(text)),))


def test_a_question_is_read_in_the_call_that_embeds_it_and_a_paragraph_once():
    embedder = Counting()
    lane = Lane(lambda: (embedder, filled()))

    near = lane.near("tea clipper", limit=1)
    for _ in range(2):
        told = lane.read({1: TEXTS[1]})
    lane.close()

    assert near.asked is not None
    assert near.asked.spans == ((0, 11),)
    assert [(number, each.spans) for number, each in told.items()] == [(1, ((0, 20),))]
    assert embedder.calls == [("asked", ["tea clipper"]), ("told", [TEXTS[1]])]


def test_a_model_without_tokens_reads_nothing():
    lane = Lane(lambda: (HashEmbedder(), filled()))

    assert lane.near("tea", limit=1).asked is None
    assert lane.read({1: TEXTS[1]}) == {}
    lane.close()


def test_a_closed_lane_refuses_questions():
    lane = Lane(lambda: (HashEmbedder(), filled()))
    lane.close()

    with pytest.raises(RuntimeError, match="closed"):
        lane.near("otters", limit=1)


def test_a_lane_is_ready_once_nobody_would_wait_for_the_model():
    go = threading.Event()

    def load():
        assert go.wait(10)
        return HashEmbedder(), filled()

    lane = Lane(load)
    assert not lane.ready

    go.set()
    lane.near("tea", limit=1)
    assert lane.ready
    lane.close()


def test_a_lane_whose_model_cannot_be_loaded_keeps_nobody_waiting_either():
    def load():
        raise ModelMissing("no model")

    lane = Lane(load)
    with pytest.raises(ModelMissing):
        lane.near("tea", limit=1)

    assert lane.ready
    lane.close()


def test_the_model_waits_half_a_millisecond_at_most_for_the_interpreter():
    lane = Lane(lambda: (HashEmbedder(), filled()))

    lane.near("tea", limit=1)
    lane.close()

    assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
