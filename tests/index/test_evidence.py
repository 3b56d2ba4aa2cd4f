"""Paragraphs are judged by words, names, days and kinds, and by the article around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Credit
from index.evidence import Candidate, judge, reread
from index.names import read_aliases
from index.question import Kind, read_question
from index.scoring import Reading, Scale
from index.wanted import (
    events_in,
    filled_by,
    filled_together,
    fills_of,
    lead_fills,
    wanted_of,
)
from index.words import analyse

SCALE = Scale(mean=0.1, spread=0.1)


def rarity(term):
    return {"near": 1.0, "hurt": 3.0}.get(term, 5.0)


def told(number, text, *, lead="", published="", cosine=0.4):
    return Candidate(
        id=number,
        text=text,
        terms=analyse(text, "en"),
        cosine=cosine,
        lead=lead,
        lead_terms=analyse(lead, "en"),
        credit=Credit(published=published),
    )


def order(question, *candidates):
    asked = read_question(question)
    return [each.id for each in judge(asked, candidates, scale=SCALE, rarity=rarity)]


def evidence(question, candidate):
    return judge(read_question(question), [candidate], scale=SCALE, rarity=rarity)[0].evidence


def test_names_weigh_more_than_words():
    assert order(
        "Who slept near Otter Bay?", told(1, "They slept near Tea Town."), told(2, "Otter Bay.")
    ) == [2, 1]


def test_a_name_that_only_the_lead_tells_counts_nearly_as_much():
    here = told(1, "Two otters were hurt near Otter Bay.")
    lead = told(2, "Two otters were hurt.", lead="Otter Bay. A storm came near.")
    none = told(3, "Two otters were hurt.")

    assert order("Who was hurt near Otter Bay?", none, lead, here) == [1, 2, 3]


def test_another_spelling_of_a_name_is_the_name():
    texts = ("Fighting near Dayr az-Zawr.", "Fighting near Deir Ezzor.")
    first, second = (evidence("Where near Deir Ezzor?", told(1, text)) for text in texts)

    assert first == pytest.approx(second, abs=0.02)


def test_another_day_speaks_against():
    question = "Who was hurt on 22 November 1988?"
    same, other = (
        told(1, "Ada was hurt yesterday.", published=day) for day in ("1988-11-23", "1990-05-04")
    )

    assert evidence(question, same) > 2 * evidence(question, other)


def test_words_in_one_sentence_beat_words_scattered():
    filler = "Tea was served and cups were washed while rain fell on roofs and boats. " * 3
    together = told(1, f"The otter bit a mayor. {filler}")
    scattered = told(2, f"An otter swam. {filler} Bit by bit came a mayor.")

    assert order("Which otter bit the mayor?", scattered, together) == [1, 2]


def test_the_kind_asked_for_must_be_there():
    assert order(
        "How many cups broke?", told(1, "Cups broke loudly."), told(2, "Nine cups broke.")
    ) == [2, 1]


def test_a_number_must_count_what_is_asked():
    filler = "tea was served and washed and rain fell on roofs and boats and harbour and town"

    assert order(
        "How many cups broke?",
        told(1, f"Cups broke, {filler}, with nine otters."),
        told(2, f"Nine cups broke, {filler}, with otters."),
    ) == [2, 1]


def test_kin_of_a_word_counts_for_part_of_it():
    kin = {"hurt": {"wound": 1.0}}.get
    asked = read_question("Who was hurt?", kin=lambda term: kin(term, {}))

    judged = judge(asked, [told(1, "Ada was wounded.")], scale=SCALE, rarity=rarity)

    assert judged[0].features.coverage == pytest.approx(0.67)


def test_equal_evidence_goes_to_the_lower_id():
    assert order("Otters?", told(7, "Otters."), told(3, "Otters.")) == [3, 7]


def test_a_foreign_question_is_judged_by_its_words_and_not_by_cosines():
    question = "кто видел выдру?"
    near, far = (told(1, "выдру видел капитан", cosine=cosine) for cosine in (0.9, 0.1))

    assert evidence(question, near) == evidence(question, far)


def test_a_multilingual_model_is_trusted_with_every_script():
    asked = read_question("кто видел выдру?")
    many = Scale(mean=0.1, spread=0.1, multilingual=True)
    near, far = told(1, "выдра", cosine=0.9), told(2, "выдра", cosine=0.1)

    assert [each.id for each in judge(asked, [far, near], scale=many, rarity=rarity)] == [1, 2]


def test_those_read_closely_come_first():
    asked = read_question("Who slept?")
    judged = judge(
        asked, [told(n, "Otters slept.") for n in (1, 2, 3)], scale=SCALE, rarity=rarity
    )

    again = reread(judged, {1: Reading(0.2), 2: Reading(0.9)})

    assert [each.id for each in again] == [2, 1, 3]
    assert again[2].evidence <= again[1].evidence


def test_a_question_knows_its_names_numbers_days_and_spellings():
    aliases = read_aliases("Otter Bay = Bahia Nutria")

    asked = read_question("Who drank 9 cups at Otter Bay in May 2017?", aliases=aliases)

    assert [(slot.terms, slot.kind) for slot in asked.slots] == [
        (("drank",), Kind.WORD),
        (("9",), Kind.NUMBER),
        (("cup",), Kind.WORD),
        (("otter", "bay"), Kind.NAME),
        (("2017",), Kind.NUMBER),
    ]
    assert [(day.year, day.month) for day in asked.days] == [(2017, 5)]
    assert {"bahia", "nutria"} <= set(asked.search_terms)


def test_what_stands_in_brackets_counts_half_and_is_not_read_by_the_model():
    bare = read_question("Who blamed the pilots?")
    about = read_question("Who blamed the pilots (near Tidewater)?")
    weights = wanted_of(about, lambda _: 1.0).weights

    assert about.plain == bare.text
    assert [slot.terms[0] for slot in about.slots if slot.aside] == ["near", "tidewat"]
    assert weights == (1.0, 1.0, 0.5, 1.0)  # a name weighs two
    assert read_question("(near Tidewater)").plain == "(near Tidewater)"


SPOKEN = ["otters", "slept", "near", "the", "bay", "of", "tea", "town", "on", "12", "may"]
WORDS = st.lists(st.sampled_from(SPOKEN), max_size=40)
TEXTS = st.lists(WORDS.map(" ".join), min_size=1, max_size=12)


@given(TEXTS, st.integers(1, 6), st.floats(0, 1))
def test_leaving_out_what_cannot_matter_loses_nothing_that_does(texts, sure, least):
    asked = read_question("Who slept near Tea Town on 12 May?")
    candidates = [told(at, text, lead=texts[0]) for at, text in enumerate(texts)]
    whole = judge(asked, candidates, scale=SCALE, rarity=rarity)

    some = judge(asked, candidates, scale=SCALE, rarity=rarity, sure=sure, least=least)

    assert some[:sure] == whole[:sure]
    assert [each for each in whole if each.evidence >= least] == [
        each for each in some if each.evidence >= least
    ]


@given(WORDS, WORDS, st.integers(1, 12))
def test_the_best_run_is_the_best_of_all_runs(words, lead, room):
    wanted = wanted_of(read_question("Who slept near Tea Town on 12 May?"), rarity)
    leading = lead_fills(wanted, analyse(" ".join(lead), "en"))
    terms = analyse(" ".join(words), "en")
    events = events_in(wanted, terms)
    runs = [
        [term for place, term in enumerate(terms) if at[0] <= place < at[0] + room]
        for at in events
    ]

    best = filled_together(wanted, events, leading, room=room)

    shares = [filled_by(wanted, fills_of(wanted, run), leading) for run in ([], *runs)]
    assert best == pytest.approx(max(shares))
