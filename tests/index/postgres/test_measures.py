"""The benchmark measures PostgreSQL beside SQLite and FAISS."""

import json

import pytest

from scripts import benchmark


def test_a_question_in_postgres_is_measured_beside_the_same_in_a_folder(server, capsys):
    asked = ["postgres", "--paragraphs", "24", "--questions", "2", "--json"]
    assert benchmark.main([*asked, "--database", server.url]) == 0

    measures = json.loads(capsys.readouterr().out)["measures"]
    assert [measure["name"] for measure in measures] == [
        "a question in PostgreSQL, 24 paragraphs, by SQLite: p50",
        "a question in PostgreSQL, 24 paragraphs, by SQLite: p99",
        "its search by meaning, by FAISS: p50",
        "of the ten nearest missed, by what may be",
    ]
    for measure in measures:
        assert measure["ratio"] == pytest.approx(measure["value"] / measure["floor"])
    assert measures[-1]["value"] == 0


def test_the_measure_wants_a_database(capsys):
    assert benchmark.main(["postgres", "--paragraphs", "24"]) == 2
    assert "--database postgresql://" in capsys.readouterr().err
