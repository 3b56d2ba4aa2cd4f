"""The threshold of a collection: questions made out of it, what is chosen, when it is renewed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.abstain import THRESHOLD
from index.calibrate import (
    HIGHEST,
    LOWEST,
    QUESTIONS,
    SAMPLED,
    SMALLEST,
    Bench,
    Posed,
    choose_threshold,
    made_questions,
)
from index.lexicon import NoLexicon
from index.store import SqliteStore
from tests.support.collections import HashEmbedder

SHIPS = ("Larkspur", "Heron", "Bluebell", "Marigold", "Osprey", "Foxglove", "Kittiwake", "Tern")
TOWNS = ("Tidewater", "Saltmarsh", "Gullhaven", "Kelpford", "Brinemouth", "Oysterby", "Dunwick")
GOODS = ("tea", "pepper", "lanterns", "rope", "herring", "timber", "barley", "copper", "silk")


def landing(number: int) -> str:
    ship = f"{SHIPS[number % len(SHIPS)]} {TOWNS[number % 5]}star"
    town, goods = TOWNS[number % len(TOWNS)], GOODS[number % len(GOODS)]
    return (
        f"The clipper {ship} landed {number + 12} chests of {goods} at {town} after a storm."
        f" Her captain told merchants that voyage {number + 300} was the slowest of all."
    )


def landings(first: int, last: int) -> str:
    return "\n\n".join(landing(number) for number in range(first, last)) + "\n"


def sampled(first: int, last: int) -> list[tuple[int, str, str]]:
    return [(number, "ships", landing(number)) for number in range(first, last)]


def generation_of(desk):
    store = SqliteStore(desk.folder)
    with store.snapshot() as view:
        generation = view.generation()
    store.close()
    return generation


def never(_) -> bool:
    return False


def test_a_made_question_is_words_of_one_sentence_without_what_it_asks_for():
    (posed,) = made_questions([(7, "ships", "Ada Brine counted forty otters off the old pier.")])

    assert posed.text == "who Ada counted forty otters old pier?"


def test_the_same_paragraphs_give_the_same_questions():
    once, again = made_questions(sampled(0, 120)), made_questions(sampled(0, 120))

    assert [posed.text for posed in once] == [posed.text for posed in again]
    assert len(once) == QUESTIONS


def test_a_question_is_made_in_the_words_of_its_paragraph_in_any_script():
    text = "Гавань Тайдуотер приняла девяносто ящиков чая после сильного осеннего шторма."

    (posed,) = made_questions([(3, "чай", text)])

    assert set(posed.text.removesuffix("?").split()) <= set(text.removesuffix(".").split())


@pytest.mark.parametrize("text", ["", "Tea.", "The a of an.", "!!! ...", "12 13 14"])
def test_a_text_with_too_little_to_ask_about_gives_no_question(text):
    assert made_questions([(1, "tea", text)]) == []


@given(st.lists(st.text(alphabet="aB 1.-?чش\n", max_size=80), max_size=6))
def test_any_text_can_be_made_questions_of(texts):
    posed = made_questions([(at, "x", text) for at, text in enumerate(texts)])

    assert all(each.text.endswith("?") for each in posed)


def test_too_few_questions_choose_no_threshold():
    assert choose_threshold([0.1] * (QUESTIONS - 1)) is None


def test_the_threshold_is_half_way_from_the_programs_own_in_logits():
    # One in twenty reaches .8: half-way from logit .754 to logit 1.386 is 1.07.
    assert choose_threshold([0.1] * 90 + [0.8] * 10) == 0.745


@pytest.mark.parametrize(("reached", "bar"), [(0.0, LOWEST), (1.0, HIGHEST)])
def test_the_threshold_stays_in_bounds(reached, bar):
    assert choose_threshold([reached] * QUESTIONS) == bar


@given(st.lists(st.floats(0, 1), min_size=QUESTIONS, max_size=QUESTIONS), st.floats(0, 0.5))
def test_the_more_the_unanswerable_reaches_the_higher_is_the_threshold(values, more):
    higher = [min(1.0, value + more) for value in values]

    assert (choose_threshold(values) or 0) <= (choose_threshold(higher) or 0)


def test_withholding_what_answers_leaves_less_evidence(desk):
    desk.reindex()
    store = SqliteStore(desk.folder)
    posed = [Posed("who counted forty otters?", lambda found: "Ada Brine" in found.text)]

    with store.snapshot() as view:
        bench = Bench(view, view.generation(), HashEmbedder(), NoLexicon())
        (tried,) = bench.tried(posed, lambda *_: None)
        (withheld,) = bench.withheld(posed, lambda *_: None)
    store.close()

    assert tried.right
    assert tried.supported > tried.withheld == withheld


def test_a_question_that_nothing_answers_reaches_the_same_either_way(desk):
    desk.reindex()
    store = SqliteStore(desk.folder)

    with store.snapshot() as view:
        bench = Bench(view, view.generation(), HashEmbedder(), NoLexicon())
        (tried,) = bench.tried([Posed("who sank the ferry?", never)], lambda *_: None)
    store.close()

    assert not tried.right
    assert tried.supported == tried.withheld


def test_the_bench_judges_as_the_library_does(desk):
    desk.reindex()
    library = desk.library()
    best = library.ask("who counted forty otters?").passages[0].evidence
    library.close()
    store = SqliteStore(desk.folder)

    with store.snapshot() as view:
        bench = Bench(view, view.generation(), HashEmbedder(), NoLexicon())
        (tried,) = bench.tried([Posed("who counted forty otters?", never)], lambda *_: None)
    store.close()

    assert tried.supported == pytest.approx(best)


def test_a_small_collection_keeps_the_programs_threshold(desk):
    desk.reindex()

    assert generation_of(desk).threshold is None
    assert ("calibrating", 1, 1) not in desk.stages


def test_a_collection_of_enough_questions_and_few_paragraphs_keeps_it_too(desk):
    desk.write("ships.txt", landings(0, 2 * QUESTIONS))

    desk.reindex()

    assert generation_of(desk).threshold is None
    assert "calibrating" not in {stage for stage, *_ in desk.stages}


def test_a_first_reindex_of_enough_calibrates_and_says_so(desk):
    desk.write("ships.txt", landings(0, SMALLEST))

    desk.reindex()

    threshold = generation_of(desk).threshold
    assert threshold is not None
    assert LOWEST <= threshold <= HIGHEST
    assert ("calibrating", QUESTIONS, QUESTIONS) in desk.stages


def test_an_article_more_keeps_threshold_and_scale(desk):
    desk.write("ships.txt", landings(0, SMALLEST))
    desk.reindex()
    before = generation_of(desk)
    desk.stages.clear()
    desk.write("gulls.txt", "Gulls follow the ferry from Tidewater to the lighthouse.")

    desk.reindex()

    after = generation_of(desk)
    assert after.id == 2
    assert (after.threshold, after.mean, after.spread, after.measured_at) == (
        before.threshold,
        before.mean,
        before.spread,
        before.measured_at,
    )
    assert "calibrating" not in {stage for stage, _, _ in desk.stages}


def test_a_collection_that_doubles_is_calibrated_again(desk):
    desk.reindex()
    desk.write("ships.txt", landings(0, SMALLEST))

    desk.reindex()

    generation = generation_of(desk)
    assert generation.threshold is not None
    assert generation.measured_at == generation.paragraphs == SMALLEST + 5


def test_another_model_is_calibrated_anew(desk):
    desk.write("ships.txt", landings(0, SMALLEST))
    desk.reindex()
    desk.stages.clear()
    desk.embedder.name = "hashes@2"

    desk.reindex()

    assert generation_of(desk).threshold is not None
    assert ("calibrating", QUESTIONS, QUESTIONS) in desk.stages


def test_an_open_library_takes_up_a_threshold_that_is_set(desk):
    desk.reindex()
    library = desk.library(threshold=None)
    assert library.threshold() == THRESHOLD
    store = SqliteStore(desk.folder, writable=True)

    store.set_scale(1, mean=0.1, spread=0.2, threshold=0.77)

    assert library.threshold() == 0.77
    assert generation_of(desk).mean == 0.1
    store.close()
    library.close()


def test_a_threshold_that_is_set_holds_until_the_collection_doubles_from_then_on(desk):
    desk.reindex()
    desk.write("gulls.txt", "Gulls follow the ferry from Tidewater to the lighthouse.")
    desk.reindex()
    store = SqliteStore(desk.folder, writable=True)
    store.set_scale(2, mean=0.1, spread=0.2, threshold=0.77)
    store.close()
    few = generation_of(desk).paragraphs

    desk.write("ships.txt", landings(0, few))
    desk.reindex()

    assert generation_of(desk).paragraphs == 2 * few
    assert generation_of(desk).threshold == 0.77


def test_questions_come_from_no_more_than_the_sample(desk):
    desk.write("ships.txt", landings(0, SMALLEST))
    desk.reindex()
    store = SqliteStore(desk.folder)

    with store.snapshot() as view:
        posed = made_questions(view.sample(SAMPLED))
    store.close()

    assert len({each.text for each in posed}) == QUESTIONS
