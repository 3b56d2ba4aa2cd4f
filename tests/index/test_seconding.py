"""A reranker that is set is asked on the lane, after close reading, and joins the evidence."""

import sqlite3
import threading
from dataclasses import replace

import pytest

from index import IndexSettings
from index.abstain import THRESHOLD
from index.errors import ModelMissing
from index.evidence import Judged, reranked
from index.live import follow, model_of
from index.reranker import PAIRS, Reranking
from index.retrieve import RERANKED
from index.scoring import Features, seconded
from tests.support.collections import TEA
from tests.support.models import cross_model

QUESTION = "Which ship landed tea at Tidewater?"
LANDED = TEA.split("\n\n")[1]
CLIPPER = "The clipper Larkspur landed tea at Tidewater."
SCHOONER = "The schooner Cormorant landed tea at Tidewater."


class Taste:
    """A reranker that knows a text when it sees it, and has one favourite."""

    name = "taste@1"

    def __init__(self, favourite: str, *, best: float = 9.0) -> None:
        self.threads: set[str] = set()
        self.shown: list[tuple[str, tuple[str, ...]]] = []
        self._favourite = favourite
        self._best = best

    def logits(self, question, texts):
        self.threads.add(threading.current_thread().name)
        self.shown.append((question, tuple(texts)))
        return [
            self._best if question in text or self._favourite in text else -9.0 for text in texts
        ]


def opened(desk, reranker):
    model = replace(desk.model, reranker=Reranking("taste@1", lambda: reranker))
    return follow(desk.folder, model, threshold=0.0)


def ranks(desk, reranker=None):
    library = opened(desk, reranker) if reranker else desk.library()
    try:
        return {passage.text: passage.evidence for passage in library.rank(QUESTION)}
    finally:
        library.close()


def test_what_the_reranker_likes_comes_first_and_its_share_joins_the_evidence(desk):
    desk.write("clipper.txt", f"News\n\n{CLIPPER}")
    desk.write("schooner.txt", f"News\n\n{SCHOONER}")
    desk.reindex()
    before = ranks(desk)

    for favourite, other in ((CLIPPER, SCHOONER), (SCHOONER, CLIPPER)):
        after = ranks(desk, Taste(favourite))

        assert next(iter(after)) == favourite
        assert after[favourite] == pytest.approx(seconded(before[favourite], 1.0))
        assert after[other] == pytest.approx(seconded(before[other], 0.0))


def test_the_reranker_works_on_the_lane_and_sees_each_paragraph_under_its_title(desk):
    desk.reindex()
    reranker = Taste(LANDED)

    ranks(desk, reranker)

    question, texts = reranker.shown[-1]
    assert reranker.threads == {"lane"}
    assert question == QUESTION
    assert f"Tea arrives\n{LANDED}" in texts
    assert len(texts) == 5 <= RERANKED
    assert len(reranker.shown) <= PAIRS + 1


def test_a_reranker_that_cannot_tell_the_collection_apart_is_said_and_not_asked(desk, caplog):
    desk.reindex()

    assert ranks(desk, Taste(LANDED, best=-9.0)) == ranks(desk)
    assert caplog.messages == [
        "taste@1 cannot tell the paragraphs of this collection apart and is not asked"
    ]


def test_a_reranker_that_cannot_be_loaded_is_told_to_who_asks(desk):
    desk.reindex()

    def load():
        raise ModelMissing("no reranker; leave INDEX_RERANKER empty")

    library = follow(desk.folder, replace(desk.model, reranker=Reranking("none", load)))

    with pytest.raises(ModelMissing, match="leave INDEX_RERANKER empty"):
        library.ask(QUESTION)
    library.close()


def test_a_threshold_that_was_measured_without_a_reranker_holds_only_without_one(desk):
    desk.reindex()
    with sqlite3.connect(desk.folder / "library.db") as db:
        db.execute("update generations set threshold = 0.9")
    reranker = Reranking("taste@1", lambda: Taste(LANDED))

    held = []
    for model in (desk.model, replace(desk.model, reranker=reranker)):
        library = follow(desk.folder, model)
        held.append(library.threshold())
        library.close()

    assert held == [0.9, THRESHOLD]


def test_the_settings_name_the_reranker(tmp_path):
    folder = cross_model(tmp_path / "cross", {"otters": 1})

    reranking = model_of(IndexSettings(reranker=str(folder))).reranker

    assert reranking is not None
    assert reranking.load().name == reranking.name
    assert model_of(IndexSettings()).reranker is None


def test_what_was_not_shown_to_the_reranker_follows_with_no_more_evidence():
    judged = [Judged(n, 0.9 - n / 100, Features()) for n in range(4)]

    again = reranked(judged, {0: 0.0, 1: 1.0})

    assert [each.id for each in again] == [1, 0, 2, 3]
    assert again[2].evidence == again[1].evidence == pytest.approx(seconded(0.9, 0.0))
    assert reranked(judged, {}) == judged
