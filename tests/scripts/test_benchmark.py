"""The benchmark prints measures with values, floors and their ratios."""

import json

import pytest

from scripts import benchmark
from scripts.evaluation.crowd import made_paragraphs


def test_every_measure_is_a_value_beside_its_floor(capsys):
    assert benchmark.main(["--paragraphs", "16", "--json"]) == 0

    measures = json.loads(capsys.readouterr().out)["measures"]
    assert [measure["name"] for measure in measures] == [
        "reindex of 16 paragraphs / bare encode",
        "the same again, nothing changed / the first",
        "one question / one bare model call",
    ]
    for measure in measures:
        assert measure["ratio"] == pytest.approx(measure["value"] / measure["floor"])


def test_made_text_repeats_its_frequent_words_and_is_always_the_same():
    texts = made_paragraphs(20)

    words = " ".join(texts).lower().replace(".", "").split()
    commonest = max(set(words), key=words.count)
    assert words.count(commonest) > 50
    assert texts == made_paragraphs(20)
