"""The sample articles: one of every format at least, each whole and with its credit."""

import json
from pathlib import Path

import pytest

from index.readers import READERS, look_into, reader_of, wants
from tests.support.seeding import MADE

SEEDS = Path(__file__).parents[2] / "seeds"
FILES = sorted(path for path in SEEDS.rglob("*") if path.is_file() and wants(path))
# A page as it was fetched is a format of our own: nobody brings one.
OURS = "index.readers.fetched"


def read_by():
    return {reader_of(path).articles.__module__ for path in FILES}


def test_every_reader_has_a_seed():
    wanted = {reader.articles.__module__ for reader in READERS} - {OURS}

    assert wanted - read_by() == set()


@pytest.mark.parametrize("name", MADE)
def test_a_seed_that_is_not_text_is_what_its_maker_makes(name):
    assert (SEEDS / name).read_bytes() == MADE[name]()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_seed_is_read_whole_and_names_its_source(path):
    reading = look_into(path)

    assert (reading.faults, reading.skipped) == ((), ())
    assert [a.text for a in reading.articles if not (a.credit.title and a.credit.url)] == []


def test_what_a_question_on_the_seeds_expects_stands_in_one_of_their_paragraphs():
    quotes = [
        article.text[span.start : span.end]
        for path in FILES
        for article in look_into(path).articles
        for span in article.spans
    ]
    lines = (SEEDS / "questions.jsonl").read_text("utf-8").splitlines()
    wanted = [snippet for line in lines for snippet in json.loads(line)["gold"]]

    assert [snippet for snippet in wanted if not any(snippet in quote for quote in quotes)] == []
