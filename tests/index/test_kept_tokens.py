"""What close reading needs of a paragraph is kept when it is embedded, and goes when it goes."""

import re
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from index.store.sqlite import FILE_NAME
from index.tokens import Tokens
from tests.support.collections import OTTERS, TEA, HashEmbedder

QUESTION = "Who counted the otters of Tidewater?"


class Reader(HashEmbedder):
    """Has a token a word, all of one vector, and notes which texts it was called for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.told: list[str] = []

    def encode_closely(self, texts, *, query):
        (self.asked if query else self.told).extend(texts)
        rows = (self.encode_queries if query else self.encode_documents)(texts)
        return rows, [worded(row, text) for row, text in zip(rows, texts, strict=True)]


def worded(row, text):
    spans = tuple(match.span() for match in re.finditer(r"\w+", text))
    return Tokens(np.tile(row, (len(spans), 1)), spans)


@pytest.fixture
def desk(desk):
    desk.embedder = Reader()
    return desk


def ask(desk):
    """What the model is called for by one question, its answer aside."""
    desk.embedder.asked, desk.embedder.told = [], []
    with closing(desk.library()) as library:
        passages = library.ask(QUESTION).passages
    return desk.embedder.asked, desk.embedder.told, passages


def rows(desk, statement):
    with closing(sqlite3.connect(desk.folder / FILE_NAME, isolation_level=None)) as db:
        return db.execute(statement).fetchall()


def test_a_question_calls_the_model_for_itself_alone(desk):
    desk.reindex()

    asked, told, passages = ask(desk)

    assert (asked, told) == ([QUESTION], [])
    assert passages[0].text == OTTERS.split("\n\n")[2]


def test_without_them_the_model_reads_at_the_time_of_the_question(desk):
    desk.reindex(tokens=False)

    asked, told, passages = ask(desk)

    assert asked == [QUESTION]
    assert passages[0].text in told
    assert rows(desk, "select count(*) from tokens") == [(0,)]


def test_the_same_is_quoted_with_them_and_without(desk):
    desk.reindex()
    kept = ask(desk)[2]
    rows(desk, "delete from tokens")

    read = ask(desk)[2]

    assert [each.text for each in kept] == [each.text for each in read]
    assert [each.evidence for each in kept] == pytest.approx([e.evidence for e in read], abs=0.02)


@pytest.mark.parametrize("spoilt", [b"", b"\x01", np.full(9, np.nan, "<f2").tobytes()])
def test_those_that_are_damaged_are_read_anew(desk, spoilt):
    desk.reindex()
    rows(desk, f"update tokens set kept = x'{spoilt.hex()}'")

    _, told, passages = ask(desk)

    assert passages[0].text == OTTERS.split("\n\n")[2]
    assert passages[0].text in told


@pytest.mark.parametrize("spoilt", ["'words'", "5", "null"])
def test_those_that_are_no_bytes_any_more_are_read_anew(desk, spoilt):
    desk.reindex()
    rows(desk, f"update tokens set kept = {spoilt}")

    _, told, passages = ask(desk)

    assert passages[0].text == OTTERS.split("\n\n")[2]
    assert passages[0].text in told


def test_a_collection_of_a_version_that_kept_none_is_asked_all_the_same(desk):
    desk.reindex()
    rows(desk, "drop table tokens")

    assert ask(desk)[2][0].text == OTTERS.split("\n\n")[2]


def test_they_leave_with_their_text(desk):
    desk.write("otters.txt", OTTERS)
    desk.write("tea.txt", TEA)
    desk.reindex()
    (desk.articles / "tea.txt").unlink()

    desk.reindex()

    held = rows(desk, "select digest from tokens order by digest")
    assert held == rows(desk, "select distinct digest from paragraphs order by digest") != []


def test_those_of_another_model_leave_when_it_is_the_one(desk):
    desk.reindex()
    desk.embedder.name = "hashes@2"

    desk.reindex()

    assert rows(desk, "select distinct model from tokens") == [("hashes@2",)]
