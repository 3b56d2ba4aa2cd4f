"""How answers look in a terminal, with and without bold letters."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from index import Answer, Credit, Passage, Status, Surroundings
from scripts.terminal.showing import (
    Look,
    answer_text,
    as_object,
    extent,
    look_of,
    passage_text,
    surroundings_text,
)

HELD = Status(
    articles=2,
    paragraphs=5,
    publishers=1,
    earliest="2017-05-03",
    latest="2017-05-09",
    generation=1,
    published_at="2017-05-10T00:00:00+00:00",
    model="m",
)
TEXT = "Gulls came. Otters hold hands while they sleep. The tide went out."
OTTERS = Passage(
    paragraph=7,
    article="a1",
    start=0,
    end=len(TEXT),
    text=TEXT,
    best=(12, 47),
    evidence=0.91234,
    credit=Credit(
        title="Harbour notes",
        publisher="Tidewater Weekly",
        via="Kelp Courier",
        published="2017-05-03T08:00:00+00:00",
        url="https://tide.example/otters",
    ),
    also=("Harbour Post",),
)


def test_a_passage_names_its_source_above_and_marks_its_best_sentence():
    assert passage_text(OTTERS, 1, Look(width=40)) == (
        "1. Harbour notes · Tidewater Weekly via Kelp Courier · 2017-05-03\n"
        "   https://tide.example/otters\n"
        "   also carried by Harbour Post\n"
        "    Gulls came. *Otters hold hands while\n"
        "    they sleep.* The tide went out."
    )


def test_a_page_is_told_behind_the_source():
    first, *_ = passage_text(replace(OTTERS, page=3), 1, Look(width=40)).split("\n")

    assert first == "1. Harbour notes · Tidewater Weekly via Kelp Courier · 2017-05-03 · p. 3"


def test_a_terminal_gets_bold_letters():
    assert look_of(terminal=True, width=80).strong == ("\033[1m", "\033[0m")
    assert look_of(terminal=False, width=300) == Look(width=100, strong=("*", "*"))


def test_an_answer_that_has_more_says_how_to_see_it():
    answer = Answer("otters?", (OTTERS,), HELD, more=2)

    assert answer_text(answer, Look()).endswith("\n\n2 more: /more")


def test_silence_says_what_was_searched():
    assert answer_text(Answer("tea?", (), HELD), Look()) == (
        "Nothing in the collection answers that. Searched: 2 articles of 1 publisher,"
        " published 2017-05-03 to 2017-05-09."
    )


def test_a_collection_without_dates_does_not_mention_them():
    held = Status(1, 5, 0, "", "", 1, "", "m")

    assert extent(held) == "1 article of 0 publishers"


def test_the_paragraphs_around_a_quote_stand_before_and_after_it():
    around = Surroundings("", "Otters sleep.", "The tide went out.", Credit(title="Notes"))

    assert surroundings_text(around, Look()) == (
        "Notes\n\n    *Otters sleep.*\n\n    The tide went out."
    )


def test_the_json_object_carries_the_documented_keys():
    said = json.loads(as_object(Answer("otters?", (OTTERS,), HELD)))

    assert said == {
        "question": "otters?",
        "abstained": False,
        "passages": [
            {
                "text": TEXT,
                "best_sentence": "Otters hold hands while they sleep.",
                "evidence": 0.9123,
                "title": "Harbour notes",
                "publisher": "Tidewater Weekly",
                "via": "Kelp Courier",
                "published": "2017-05-03T08:00:00+00:00",
                "url": "https://tide.example/otters",
                "page": 0,
                "article": "a1",
                "paragraph": 7,
                "also": ["Harbour Post"],
            }
        ],
    }


@given(st.text("ab \n\x1b\x07\x9b\u202e😀", min_size=1, max_size=200))
def test_no_quoted_text_can_command_the_terminal(text):
    passage = Passage(1, "a", 0, len(text), text, (0, len(text)), 0.5, Credit())

    shown = passage_text(passage, 1, Look())

    assert all(char == "\n" or char.isprintable() for char in shown)
