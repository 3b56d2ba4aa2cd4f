"""Evaluation: figures whose values are known, suites read and asked, floors held or not."""

import json
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexicon import NoLexicon
from index.scoring import READ, SHIPPED, UNREAD
from scripts import evaluate as door
from scripts.evaluation.ablation import Step, ablation_table, open_without, weighing_without
from scripts.evaluation.metrics import Given, Result, auroc, figures, wrong_at
from scripts.evaluation.pairs import pair_figures, read_pairs
from scripts.evaluation.running import evaluate, whole_question
from scripts.evaluation.suite import Asked, NoSuite, read_suites
from tests.support.collections import HashEmbedder, Model

CORPUS = [
    ("bay#0", "bay", "Otters of the bay hold hands while they sleep."),
    ("bay#1", "bay", "Pilot Ada Brine counted forty otters there."),
    ("tea#0", "tea", "The clipper Larkspur landed ninety chests of tea."),
]


def a_suite(folder, *, languages=("en",)):
    folder.mkdir()
    rows = [
        {"id": f"{lang}{id_}", "doc_id": lang + doc, "text": text, "lang": lang, "title": "Notes"}
        for lang in languages
        for id_, doc, text in CORPUS
    ]
    asked = [
        {
            "id": f"{lang}-q",
            "question": "who counted the otters?",
            "gold_ids": [f"{lang}bay#1"],
            "answers": ["Ada Brine"],
            "answerable": True,
            "lang": lang,
            "kind": "who",
        }
        for lang in languages
    ]
    asked += [
        {**row, "id": row["id"] + "-no", "question": "who sank?", "gold_ids": [], "answers": []}
        | {"answerable": False}
        for row in asked
    ]
    for name, lines in (("corpus", rows), ("questions", asked)):
        text = "\n".join(json.dumps(line) for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


def a_suite_of_pairs(folder, *pairs):
    folder.mkdir()
    lines = [
        json.dumps({"label": label, "a": {"text": a}, "b": {"text": b}}) for label, a, b in pairs
    ]
    (folder / "pairs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def result(*given: tuple[bool, float], answerable=True, answers=("tea",)):
    asked = Asked("q", "?", frozenset({"g"}), frozenset({"a"}), answers, answerable, "who")
    return Result(
        asked,
        tuple(
            Given(gold, gold, evidence, "Ninety chests of Tea.", "text", verbatim=True)
            for gold, evidence in given
        ),
    )


def test_figures_of_four_known_results():
    results = [
        result((True, 0.9), (False, 0.8)),
        result((False, 0.7), (True, 0.6)),
        result((False, 0.3), answerable=False),
        result((False, 0.8), answerable=False),
    ]

    assert figures(results, threshold=0.75) == {
        "n": 2,
        "n_unanswerable": 2,
        "top1": 0.5,
        "recall5": 1.0,
        "mrr10": 0.75,
        "article1": 0.5,
        "article5": 1.0,
        "auroc": 0.75,
        "wrong_at_90": 0.5,
        "answered": 0.5,
        "right": 0.5,
        "wrongly_answered": 0.5,
        "best_sentence": 1.0,
        "verbatim": 1.0,
    }


def test_a_best_sentence_without_the_answer_does_not_count():
    (share,) = {figures([result((True, 0.9), answers=("coffee",))], 0.5)["best_sentence"]}

    assert share == 0.0


def test_a_suite_where_nothing_came_has_figures_of_nought():
    assert figures([result()], 0.5)["mrr10"] == 0.0
    assert figures([], 0.5)["top1"] == 0.0


def test_wrong_answers_are_counted_where_nine_of_ten_are_answered():
    right = [number / 10 for number in range(1, 11)]

    assert wrong_at(0.9, right, [0.05, 0.15, 0.2, 0.9]) == 0.5


@given(st.lists(st.integers(0, 9), min_size=1), st.lists(st.integers(0, 9), min_size=1))
def test_auroc_turned_round_is_its_complement(a, b):
    assert auroc(a, b) + auroc(b, a) == pytest.approx(1.0)


def test_a_suite_of_two_languages_is_two_collections(tmp_path):
    suites = list(read_suites(a_suite(tmp_path / "mixed", languages=("ar", "en"))))

    assert [(suite.name, sorted(suite.articles)) for suite in suites] == [
        ("mixed/ar", ["arbay", "artea"]),
        ("mixed/en", ["enbay", "entea"]),
    ]


def test_passages_are_taken_as_they_are_with_their_articles_credit(tmp_path):
    (suite,) = read_suites(a_suite(tmp_path / "one"))

    (article,) = suite.articles["enbay"]
    assert [article.text[span.start : span.end] for span in article.spans] == [
        CORPUS[0][2],
        CORPUS[1][2],
    ]
    assert article.credit.title == "Notes"
    assert suite.questions[0].articles == {"enbay"}


def test_a_folder_that_is_no_suite_says_what_one_is(tmp_path):
    with pytest.raises(NoSuite, match=r"a suite is a folder with questions\.jsonl"):
        list(read_suites(tmp_path))


def test_a_broken_line_is_named(tmp_path):
    (tmp_path / "questions.jsonl").write_text('{"id": 1, "question": "?"}\n{"id"')

    with pytest.raises(NoSuite, match="line 2 of"):
        list(read_suites(tmp_path))


def test_a_suite_is_asked_and_a_second_time_without_the_model(tmp_path):
    suites = list(read_suites(a_suite(tmp_path / "one")))
    embedder = HashEmbedder()
    model = Model(embedder.name, lambda: embedder)
    found, results = evaluate(suites, model, tmp_path / "cache", progress=lambda *_: None)

    def unloadable():
        raise AssertionError

    again, _ = evaluate(
        suites, Model(embedder.name, unloadable), tmp_path / "cache", progress=lambda *_: None
    )

    assert found["one"]["top1"] == 1.0
    assert found["one"]["verbatim"] == 1.0
    assert results["one"][0].given[0].text == CORPUS[1][2]
    assert again == found


def test_a_suite_of_files_counts_the_paragraph_with_the_snippet_as_gold(tmp_path):
    (tmp_path / "bay.txt").write_text("\n\n".join(text for _, _, text in CORPUS))
    row = {"id": "q", "question": "who counted the otters?", "gold": ["Brine counted forty"]}
    row |= {"answers": ["Ada Brine"], "answerable": True}
    (tmp_path / "questions.jsonl").write_text(json.dumps(row))
    embedder = HashEmbedder()

    found, _ = evaluate(
        list(read_suites(tmp_path)),
        Model(embedder.name, lambda: embedder),
        tmp_path / "cache",
        progress=lambda *_: None,
    )

    assert found[tmp_path.name]["top1"] == 1.0


OTTERS = "Nine otters were moved to the aquarium after a storm near the old harbour."


def test_pairs_are_counted_by_what_they_are(tmp_path):
    folder = a_suite_of_pairs(
        tmp_path / "pairs",
        ("exact", OTTERS, OTTERS),
        ("near_duplicate", OTTERS, f"At least {OTTERS}"),
        ("near_duplicate", OTTERS, "A storm drove the animals out."),
        ("same_story", OTTERS, OTTERS.replace("Nine", "Eight")),
        ("different", OTTERS, f"{OTTERS} The mayor said so."),
        ("partial", OTTERS, f"{OTTERS} Tea was served."),
    )

    assert pair_figures(read_pairs(folder)) == {
        "n": 6,
        "merged": 2 / 3,
        "wrongly_merged": 0.5,
        "partly_merged": 1.0,
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"label": "exact", "a": {"text": "tea"}}', "pair 1 of .* is incomplete: 'b'"),
        ('{"label": "exact", "a": "tea", "b": "tea"}', "pair 1 of .* is incomplete"),
        ('{"label": "odd", "a": {"text": ""}, "b": {"text": ""}}', "is labelled 'odd'"),
    ],
)
def test_a_pair_that_cannot_be_read_is_named(tmp_path, line, said):
    (tmp_path / "pairs.jsonl").write_text(line)

    with pytest.raises(NoSuite, match=said):
        read_pairs(tmp_path)


def test_the_door_gives_pairs_a_table_of_their_own(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))
    pairs = str(a_suite_of_pairs(tmp_path / "copies", ("exact", OTTERS, OTTERS)))
    assert door.main([pairs, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "suites": {"copies": {"n": 1, "merged": 1.0, "wrongly_merged": 0.0, "partly_merged": 0.0}}
    }

    assert door.main([pairs, str(a_suite(tmp_path / "one"))]) == 0

    first, second = capsys.readouterr().out.split("\n\n")
    assert first.split()[:4] == ["suite", "n", "n_unanswerable", "top1"]
    assert second.split()[:5] == ["suite", "n", "merged", "wrongly_merged", "partly_merged"]


def test_a_follow_up_is_asked_as_the_whole_question_that_it_makes(tmp_path):
    row = {"id": "q", "question": "and in the aquarium?", "answerable": True}
    row |= {
        "history": ["Who counted otters in the bay?", "Ada Brine.", "In the harbour?", "Nobody."]
    }
    row |= {"gold": ["Brine counted"], "answers": ["Ada Brine"]}
    (tmp_path / "questions.jsonl").write_text(json.dumps(row))
    (suite,) = read_suites(tmp_path)
    (asked,) = suite.questions

    assert asked.history == ("Who counted otters in the bay?", "In the harbour?")
    assert whole_question(asked) == "Who counted otters in the aquarium?"


def test_a_question_without_a_history_is_asked_as_it_stands():
    (asked,) = {result().asked}

    assert whole_question(asked) == "?"


class Spelling(NoLexicon):
    """Knows that to tally is to count."""

    def kin(self, term):
        return {"count": 0.9} if term == "talli" else {}


def evidence_without(step, question, folder):
    """The evidence of the best passage with every step, and without one."""
    folder.mkdir()
    (folder / "bay.txt").write_text("Rangers of Tidewater\n\n" + CORPUS[1][2])
    row = {"id": "q", "question": question, "gold": ["counted forty"], "answerable": True}
    (folder / "questions.jsonl").write_text(json.dumps(row))
    embedder = HashEmbedder()
    model = Model(embedder.name, lambda: embedder, Spelling)
    tops = []
    for steps in ((), (step,)):
        _, results = evaluate(
            list(read_suites(folder)),
            model,
            folder.parent / "cache",
            progress=lambda *_: None,
            opening=partial(open_without, steps=steps),
        )
        tops.append(results[folder.name][0].top)
    return tops


@pytest.mark.parametrize(
    ("step", "question"),
    [
        (Step.MEANING, "Who counted otters?"),
        (Step.LEAD, "Who counted otters at Tidewater?"),
        (Step.KIN, "Who tallied otters?"),
        (Step.MENDING, "Who counted ottters?"),
    ],
)
def test_without_a_step_that_helps_there_is_less_evidence(tmp_path, step, question):
    whole, without = evidence_without(step, question, tmp_path / "bay")

    assert without < whole


def test_a_feature_is_left_out_by_a_weight_of_nought():
    lessened = weighing_without([Step.KIND, Step.DAYS, Step.LEAD])

    assert lessened.unread == replace(UNREAD, kind=0.0, kindless=0.0, days=0.0)
    assert lessened.read == replace(READ, kind=0.0, kindless=0.0, days=0.0)
    assert not lessened.lead
    assert weighing_without([]) == weighing_without([Step.MENDING, Step.READING]) == SHIPPED


def test_the_ablation_table_is_markdown_with_a_row_a_step():
    bay = {"n_unanswerable": 1, "top1": 0.5, "recall5": 1.0, "auroc": 0.75, "wrong_at_90": 0.0}
    found = {"bay": bay, "tea": bay | {"n_unanswerable": 0}}

    assert ablation_table({"all steps": found, "without kin": found}) == (
        "top1 / recall5 / auroc / wrong_at_90; weights are not fitted again\n"
        "\n"
        "|  | bay | tea |\n"
        "|---|---|---|\n"
        "| all steps | 0.500 / 1.000 / 0.750 / 0.000 | 0.500 / 1.000 |\n"
        "| without kin | 0.500 / 1.000 / 0.750 / 0.000 | 0.500 / 1.000 |"
    )


def test_the_door_leaves_out_each_step_in_turn(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))
    suite = str(a_suite(tmp_path / "one"))
    assert door.main([suite, "--ablate", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["ablation"]
    assert list(rows) == [
        "all steps",
        *(f"without {step}" for step in Step),
        "meaning and coverage alone",
    ]

    assert door.main([suite, "--without", "days", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["suites"] == rows["without days"]


def test_the_table_shows_the_difference_to_older_figures():
    new = {"tea": {"n": 2, "top1": 0.5}}

    assert door.table(new).split() == ["suite", "n", "top1", "tea", "2", "0.500"]
    assert door.table(new, {"tea": {"n": 2, "top1": 0.75}}).split()[-1] == "-0.250"


def test_the_worst_questions_come_with_what_came_and_what_should_have():
    lines = door.worst("tea", [result((True, 0.9)), result((False, 0.7), (True, 0.6))], 1)

    assert lines == [
        "\ntea q (who): ?",
        "  came [0.70]: text",
        "  should: tea ['g']",
    ]


@pytest.mark.parametrize(
    ("figure", "value", "floor", "worse"),
    [
        ("top1", 0.5, 0.6, True),
        ("top1", 0.6, 0.6, False),
        ("wrongly_answered", 0.2, 0.1, True),
        ("wrongly_merged", 0.1, 0.0, True),
        ("wrong_at_90", 0.1, 0.1, False),
    ],
)
def test_a_figure_is_held_against_its_floor(figure, value, floor, worse):
    assert door.is_worse(value, floor, figure) is worse


def test_the_door_prints_figures_as_json_and_compares_with_them(tmp_path, monkeypatch, capsys):
    suite = str(a_suite(tmp_path / "one"))
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))
    assert door.main([suite, "--json"]) == 0
    said = capsys.readouterr().out
    assert json.loads(said)["suites"]["one"]["n"] == 1
    (tmp_path / "old.json").write_text(said)

    assert door.main([suite, "--compare", str(tmp_path / "old.json"), "--worst", "1"]) == 0

    shown = capsys.readouterr().out
    assert "+0.000" in shown
    assert "one en-q" in shown


def test_the_door_refuses_a_folder_that_is_no_suite(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))

    assert door.main([str(tmp_path / "nowhere")]) == 2
    assert "a suite is a folder with questions.jsonl" in capsys.readouterr().err


def test_old_figures_that_cannot_be_read_are_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INDEX_URL", str(tmp_path / "data"))
    suite = str(a_suite(tmp_path / "one"))

    assert door.main([suite, "--compare", str(tmp_path / "none.json")]) == 2
    assert "is not what evaluate --json printed" in capsys.readouterr().err
