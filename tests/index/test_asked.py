"""What kind of thing is asked for, and whether it is there."""

import pytest

from index.asked import Asked, asked_for, counted_in, holds
from index.words import analyse


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Who stole the tea?", Asked.WHO),
        ("Which group was blamed?", Asked.GROUP),
        ("When did it rain?", Asked.WHEN),
        ("In what year was the harbour built?", Asked.WHEN),
        ("How many otters sleep?", Asked.NUMBER),
        ("сколько людей?", Asked.NUMBER),
        ("How much did the tea cost?", Asked.MONEY),
        ("Where is the harbour?", Asked.WHERE),
        ("Why did they stop?", Asked.WHY),
        ("What weapon was used?", Asked.WEAPON),
        ("What happened?", Asked.OTHER),
    ],
)
def test_the_question_word_tells_the_kind(question, asked):
    assert asked_for(question) is asked


@pytest.mark.parametrize(
    ("asked", "text", "surely"),
    [
        (Asked.NUMBER, "The 11-bus convoy stalled.", 1.0),
        (Asked.NUMBER, "It began in 2014.", 0.0),
        (Asked.MONEY, "They paid 9 dollars.", 1.0),
        (Asked.MONEY, "They drank 9 cups.", 0.0),
        (Asked.WHEN, "It began in 2014.", 1.0),
        (Asked.WHEN, "It began.", 0.0),
        (Asked.WHERE, "They met near Otter Bay.", 1.0),
        (Asked.WHERE, "They met.", 0.0),
        (Asked.WHY, "It stalled because of rain.", 1.0),
        (Asked.WEAPON, "The bombing was loud.", 0.0),
        (Asked.WEAPON, "Two bombs went off.", 1.0),
        (Asked.GROUP, "The Otter Front (OF) did it.", 1.0),
        (Asked.GROUP, "Guerrillas did it.", 0.6),
        (Asked.GROUP, "It was cold.", 0.0),
        (Asked.WHO, "It was Ada Lovelace.", 1.0),
        (Asked.WHO, "The soldiers left.", 0.6),
        (Asked.WHO, "it rained.", 0.0),
        (Asked.OTHER, "it rained.", 0.5),
    ],
)
def test_a_passage_holds_the_kind_or_not(asked, text, surely):
    assert holds(asked, text, analyse(text, "en"), frozenset()) == surely


def test_what_the_question_names_is_not_its_answer():
    text = "Ada Lovelace spoke."

    assert holds(Asked.WHO, text, analyse(text), frozenset({"ada", "lovelac"})) == 0.0


def test_what_is_counted_is_the_word_after_how_many():
    assert [counted_in(text) for text in ("How many boats sank?", "Who sank?")] == ["boat", ""]
