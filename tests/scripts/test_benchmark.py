"""The benchmark prints measures with values, floors and their ratios."""

import json

import pytest

from scripts import benchmark
from scripts.evaluation.crowd import made_paragraphs
from scripts.measures.asking import made_up
from scripts.measures.measure import against, as_table

NAMES = {
    "asking": [
        "reindex of 16 paragraphs / bare encode",
        "the same again, nothing changed, by what it may take",
        "the model's call alone: p50",
        "a question, 16 paragraphs, INDEX_READ=8: p50",
        "a question, 16 paragraphs, INDEX_READ=8: p99",
        "64 at once, INDEX_READ=8: all, by one batched call",
        "a question, 16 paragraphs, INDEX_READ=0: p50",
        "a question, 16 paragraphs, INDEX_READ=0: p99",
        "64 at once, INDEX_READ=0: all, by one batched call",
        "a question, 16 paragraphs, INDEX_PROCESSES=2: p50",
        "a question, 16 paragraphs, INDEX_PROCESSES=2: p99",
        "64 at once, INDEX_PROCESSES=2: all, by one batched call",
        "search by words: p99, by what it may take",
        "search by meaning: p99, by its p50",
        "both: p99, by what they may take",
        "words: share missed of the first 10 of all that hold any",
        "words: share missed of the first 50 of all that hold any",
    ],
    "model": [
        f"{work}: {precision}, {threads}"
        for work in ("a lone question", "64 questions at once", "32 paragraphs at once")
        for precision in ("float32", "bfloat16")
        for threads in ("all threads", "1 thread")
    ],
    "starting": ["a start until the first answer / the model alone"],
    "large": [
        "16 paragraphs, words: p50",
        "16 paragraphs, words: p99",
        "16 paragraphs, meaning: p50",
        "16 paragraphs, meaning: p99",
        "16 paragraphs, both: p99",
        "16 paragraphs, meaning: share of the nearest 10 missed",
        "16 paragraphs, resident beyond the model, MB",
        "16 paragraphs, nothing changed",
        "16 paragraphs, an article changed: reindex",
        "16 paragraphs, an article changed: until quoted",
        "16 paragraphs, an article changed: written, MB",
    ],
    "serving": ["the bot's own part of a lone question: p50, by what it may be"],
}


@pytest.mark.parametrize("what", NAMES)
def test_every_measure_is_a_value_beside_its_floor(what, capsys):
    asked = [what, "--paragraphs", "16", "--questions", "3", "--runs", "1", "--json"]
    assert benchmark.main(asked) == 0

    measures = json.loads(capsys.readouterr().out)["measures"]
    assert [measure["name"] for measure in measures] == NAMES[what]
    for measure in measures:
        assert measure["ratio"] == pytest.approx(measure["value"] / measure["floor"])


def test_a_table_says_which_targets_are_missed():
    table = as_table([against("slow", 3.0, 2.0, 1.2), against("fast", 2.0, 2.0, 1.2)])

    assert [line.split() for line in table.splitlines()] == [
        ["measure", "value", "floor", "ratio", "target"],
        ["slow", "3.0000", "2.0000", "1.50", "1.20", "missed"],
        ["fast", "2.0000", "2.0000", "1.00", "1.20"],
    ]


def test_made_up_questions_are_words_that_stand_together_and_always_the_same():
    texts = made_paragraphs(20)

    questions = made_up(texts, 5)

    assert questions == made_up(texts, 5)
    assert all(any(question[:-1] in text for text in texts) for question in questions)


def test_made_text_repeats_its_frequent_words_and_is_always_the_same():
    texts = made_paragraphs(20)

    words = " ".join(texts).lower().replace(".", "").split()
    commonest = max(set(words), key=words.count)
    assert words.count(commonest) > 50
    assert texts == made_paragraphs(20)
