"""Which words of a question a passage was chosen by, and where they stand."""

import json

import numpy as np
import pytest

from index import Trace, Where
from index.article import Credit
from index.explain import traces_of
from index.question import read_question
from index.store import Found
from index.wanted import wanted_of
from index.words import analyse

PASSAGE, ARTICLE, NOWHERE = Where.PASSAGE, Where.ARTICLE, Where.NOWHERE
KIN = {"hurt": {"injur": 0.5}, "price": {"cost": 0.4}}


def traces(question: str, text: str, lead: str = "") -> list[tuple[str, Where, str]]:
    """What is told of a question over a passage, with every word as rare as the others."""
    asked = read_question(question, kin=lambda term: KIN.get(term, {}))
    found = Found(
        id=1,
        article="a",
        position=0,
        start=0,
        end=len(text),
        text=text,
        terms=analyse(text),
        credit=Credit(),
        lead=lead,
        lead_terms=analyse(lead),
        vector=np.zeros(0, dtype=np.float32),
    )
    told = traces_of(asked, wanted_of(asked, lambda _: 1.0), found)
    return [(each.word, each.where, each.told) for each in told]


def test_each_word_is_told_in_the_order_asked_with_where_it_stands():
    assert traces(
        "Who counted 40 otters at Tidewater in Raqqa?",
        "Ada Brine counted forty of them.",
        "Otters of Tidewater",
    ) == [
        ("counted", PASSAGE, ""),
        ("40", PASSAGE, ""),
        ("otters", ARTICLE, ""),
        ("Tidewater", ARTICLE, ""),
        ("Raqqa", NOWHERE, ""),
    ]


def test_a_word_in_another_form_counts_as_itself():
    assert traces("which ships struck rocks", "The ship strikes a rock.") == [
        ("ships", PASSAGE, ""),
        ("struck", PASSAGE, ""),
        ("rocks", PASSAGE, ""),
    ]


def test_another_spelling_of_a_name_is_told_as_it_stands():
    assert traces("raids on Dayr az-Zawr", "Raids near the city of Deir Ezzor went on.") == [
        ("raids", PASSAGE, ""),
        ("Dayr az-Zawr", PASSAGE, "Deir Ezzor"),
    ]


def test_a_word_of_like_meaning_is_told_even_where_it_counts_for_little():
    assert traces("who was hurt", "Three were injured.") == [("hurt", PASSAGE, "injured")]
    assert traces("the price of tea", "", "What tea costs") == [
        ("price", ARTICLE, "costs"),
        ("tea", ARTICLE, ""),
    ]


def test_the_word_itself_in_the_article_comes_before_one_of_like_meaning_in_the_passage():
    assert traces("who was hurt", "Three were injured.", "Hurt in a storm") == [
        ("hurt", ARTICLE, "")
    ]


def test_a_word_asked_twice_is_told_once():
    assert traces("tea, tea or milky tea", "Tea.") == [
        ("tea", PASSAGE, ""),
        ("milky", NOWHERE, ""),
    ]


@pytest.fixture
def library(desk):
    row = {"id": "x", "publisher": "Kelp Courier", "text": "Gulls stole the lunch."}
    desk.write("gulls.jsonl", json.dumps(row))
    desk.reindex()
    library = desk.library(threshold=0.3)
    yield library
    library.close()


def test_a_quote_is_explained_by_its_question_its_evidence_and_what_is_enough(library):
    answer = library.ask("Who counted the otters of Tidewater in Raqqa?")
    quote = answer.passages[0]

    why = library.why(answer.question, quote.paragraph, evidence=quote.evidence)

    assert why.traces == (
        Trace("counted", PASSAGE),
        Trace("otters", PASSAGE),
        Trace("Tidewater", PASSAGE),
        Trace("Raqqa", NOWHERE),
    )
    assert (why.evidence, why.threshold, why.nearer) == (quote.evidence, 0.3, False)


def test_a_quote_that_shares_no_word_with_its_question_is_near_in_meaning(library):
    number = next(iter(library.rank("Gulls stole the lunch"))).paragraph

    why = library.why("which birds ate?", number, evidence=0.7)

    assert why.nearer
    assert {each.where for each in why.traces} == {NOWHERE}


def test_the_limits_of_a_question_are_no_words_of_it(library):
    number = library.rank("Gulls stole the lunch")[0].paragraph

    why = library.why("gulls from:kelp -tea after:2017", number, evidence=0.7)

    assert why.traces == (Trace("gulls", PASSAGE),)


def test_what_left_or_may_not_be_seen_is_not_explained(library):
    number = library.rank("Gulls stole the lunch")[0].paragraph

    assert library.why("gulls?", 12345, evidence=0.7) is None
    assert library.why("gulls?", number, evidence=0.7, only=("Lantern Post",)) is None
    assert library.why("gulls?", number, evidence=0.7, only=("Kelp Courier",)) is not None
