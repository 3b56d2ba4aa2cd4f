"""Asking a small collection: quotes that are proven, counted and told apart."""

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.answer import Request, Surroundings, Where
from index.article import Credit
from index.errors import ModelChanged, NoCollection, OutOfReach
from index.library import tidy
from index.live import follow, has_collection
from tests.support.collections import OTTERS, TEA, Desk, HashEmbedder
from tests.support.printing import column, pdf


@pytest.fixture
def library(desk):
    desk.reindex()
    library = desk.library()
    yield library
    library.close()


def wait_for_generation(library, number: int) -> None:
    """Until a question is answered from vectors of that generation, at most ten seconds."""
    for _ in range(1000):
        if library.following() >= number:
            return
        time.sleep(0.01)
    pytest.fail(f"generation {number} was not followed")


def test_the_paragraph_that_says_it_comes_first(library):
    answer = library.ask("Who counted the otters of Tidewater?")

    passage = answer.passages[0]
    assert passage.text == OTTERS.split("\n\n")[2]
    assert passage.best_sentence == passage.text
    assert passage.credit == Credit(title="Sea otters of the harbour")
    assert not answer.abstained
    assert answer.strongest == passage.evidence


SEVERAL = ["Who counted the otters?", "", 'Who said "tea price"?', "What did the clipper land?"]


def test_several_questions_are_answered_as_each_is_alone(library):
    requests = [Request(question) for question in SEVERAL]

    assert list(library.answers(requests)) == [library.ask(question) for question in SEVERAL]
    assert list(library.answers([])) == []


def test_of_several_questions_one_that_fails_leaves_the_others_alone(desk):
    class Fussy(HashEmbedder):
        def encode_closely(self, texts, *, query):
            if any("clipper" in text for text in texts):
                raise LookupError("clipper")
            return super().encode_closely(texts, query=query)

    desk.reindex()
    desk.embedder = Fussy()
    library = desk.library()

    *first, last = library.answers([Request(question) for question in SEVERAL])

    assert first == [library.ask(question) for question in SEVERAL[:3]]
    assert repr(last) == "LookupError('clipper')"
    library.close()


def test_a_server_that_is_gone_is_waited_for_once_for_several_questions(desk):
    class Gone(HashEmbedder):
        waited = 0

        def encode_closely(self, texts, *, query):
            self.waited += 1
            raise OutOfReach("the database cannot be reached")

    desk.reindex()
    desk.embedder = Gone()
    library = desk.library()

    told = list(library.answers([Request(question) for question in SEVERAL * 2]))

    assert [type(each) for each in told if isinstance(each, Exception)] == [OutOfReach] * len(told)
    assert desk.embedder.waited == 1
    library.close()


CLOSED = """# Harbours of the coast

Two of them let no ship in this week, whatever its flag and whatever it had on board.

## Larkspur

The harbour was closed on Monday, after a clipper had run aground in the fairway.

## Tidewater

The harbour was closed on Friday, since the pilots wanted to see their families.
"""


def test_a_paragraph_is_known_by_its_heading_which_is_not_quoted(desk):
    desk.write("harbours.md", CLOSED)
    desk.reindex()
    library = desk.library()

    larkspur, tidewater = (
        library.ask(f"When was the harbour of {name} closed?").passages[0]
        for name in ("Larkspur", "Tidewater")
    )
    why = library.why("the harbour of Tidewater", tidewater.paragraph, evidence=1.0)
    library.close()

    assert larkspur.text == CLOSED.split("\n\n")[3]
    assert tidewater.text == CLOSED.split("\n\n")[5].strip()
    assert {each.word: each.where for each in why.traces} == {
        "harbour": Where.PASSAGE,
        "Tidewater": Where.ARTICLE,
    }


def test_a_quote_from_a_printed_file_tells_its_page(desk):
    heading = ("Tea", 72, 730, 16)
    pages = pdf(column(OTTERS.split("\n\n")[1]), [heading, *column(TEA.split("\n\n")[2])])
    (desk.articles / "printed.pdf").write_bytes(pages)
    (desk.articles / "tea.txt").unlink()
    desk.reindex()
    library = desk.library()

    passage = library.ask("What would the price of tea do?").passages[0]
    held = library.passages([passage.paragraph])[passage.paragraph]
    library.close()

    assert (passage.text, passage.page, held.page) == (TEA.split("\n\n")[2].strip(), 2, 2)


def test_an_empty_question_gets_no_quote(library):
    for question in ("", "   \n ", "the of and", "?!", "\ud800"):
        assert library.ask(question).abstained
        assert library.ask(question).strongest == 0.0


def test_a_threshold_that_nothing_passes_silences_every_answer(desk):
    desk.reindex()
    library = desk.library(threshold=1.0)

    answer = library.ask("Who counted the otters of Tidewater?")

    assert (answer.abstained, answer.searched.articles, answer.searched.paragraphs) == (True, 2, 5)
    assert answer.strongest == library.rank("Who counted the otters of Tidewater?")[0].evidence
    library.close()


def test_paging_gives_every_passage_once(library):
    whole = library.ask("otters tea harbour Tidewater", limit=30)
    count = len(whole.passages)

    pages = [
        library.ask("otters tea harbour Tidewater", limit=2, skip=skip)
        for skip in range(0, count, 2)
    ]

    paged = [passage.paragraph for page in pages for passage in page.passages]
    assert paged == [passage.paragraph for passage in whole.passages]
    assert [page.more for page in pages] == [max(0, count - 2 * n - 2) for n in range(len(pages))]


def test_a_paragraph_carried_by_two_publishers_is_quoted_once(desk):
    story = "The lighthouse keeper of Tidewater saw the ferry Larkspur strike the Cormorant rock."
    for name in ("Harbour Post", "Kelp Courier"):
        row = {"text": story, "publisher": name}
        desk.write(f"{name}.jsonl", json.dumps(row))
    desk.reindex()
    library = desk.library()

    answer = library.ask("What did the lighthouse keeper of Tidewater see?")

    quoted = [p for p in answer.passages if p.text == story]
    assert len(quoted) == 1
    assert {quoted[0].credit.publisher, *quoted[0].also} == {"Harbour Post", "Kelp Courier"}
    library.close()


def test_the_neighbours_of_a_quote_are_the_paragraphs_around_it(library):
    passage = library.ask("Who counted the otters of Tidewater?").passages[0]

    around = library.around(passage.paragraph)

    title, first, second, third = (part.strip() for part in OTTERS.split("\n\n"))
    assert around == Surroundings(first, second, third, Credit(title=title))


def test_a_paragraph_that_left_the_collection_has_no_neighbours(library):
    assert library.around(12345) is None
    assert library.source("no such article") is None


def test_a_new_generation_is_followed_without_a_restart(desk, library):
    desk.write("gulls.txt", "Gulls stole the lunch of Ada Brine on the pier at noon.")

    desk.reindex()

    wait_for_generation(library, 2)
    answer = library.ask("Who lost lunch to gulls on the pier?")
    assert answer.passages[0].text == "Gulls stole the lunch of Ada Brine on the pier at noon."
    assert answer.searched.generation == 2


def test_an_old_quote_is_never_given_once_it_is_gone(desk, library):
    (desk.articles / "otters.txt").unlink()

    desk.reindex()

    wait_for_generation(library, 2)
    texts = {passage.text for passage in library.rank("Who counted the otters?", limit=30)}
    assert texts == {part.strip() for part in TEA.split("\n\n")[1:]}


def test_a_generation_of_another_model_is_refused_with_what_to_do(desk, library):
    desk.embedder.name = "hashes@2"
    desk.reindex()

    with pytest.raises(ModelChanged, match=r"embedded by hashes@2, but hashes@1 is set; run"):
        library.ask("Who counted the otters?")


def test_a_text_that_was_changed_in_the_store_is_never_quoted(desk, library):
    with sqlite3.connect(desk.folder / "library.db") as db:
        db.execute("update articles set text = replace(text, 'forty', 'fifty')")

    texts = {passage.text for passage in library.rank("Who counted the otters?", limit=30)}

    assert not any("fifty" in text for text in texts)
    assert any("hold hands" in text for text in texts)


def test_a_folder_without_a_collection_says_what_to_run(tmp_path):
    desk = Desk(tmp_path)

    with pytest.raises(NoCollection, match=r"scripts/run reindex PATH"):
        follow(desk.folder, desk.model)
    assert not has_collection(desk.folder)


def test_a_collection_that_was_published_is_seen(desk):
    desk.reindex()

    assert has_collection(desk.folder)


def test_ten_thousand_characters_are_cut_to_a_question(library):
    assert len(tidy("otter " * 2_000)) == 1_000
    assert library.ask("qx zv " * 2_000).question == tidy("qx zv " * 2_000)


HOSTILE = st.text(
    st.sampled_from("<>&\"' \nabcXYZ.!?…«»“”😀👩‍👧\u200d\u202eابتسдежз漢字\ud800\udfff\x00\x1b"),
    min_size=1,
    max_size=300,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(HOSTILE, min_size=1, max_size=4))
def test_every_quote_is_a_slice_of_the_stored_text(tmp_path_factory, texts):
    desk = Desk(tmp_path_factory.mktemp("hostile"))
    lines = [json.dumps({"id": str(n), "text": f"Otters. {text}"}) for n, text in enumerate(texts)]
    desk.write("hostile.jsonl", "\n".join(lines))
    assert desk.reindex().failed == ()
    library = desk.library()

    for passage in library.rank("Otters", limit=50):
        source = library.source(passage.article)
        assert source is not None
        assert source.text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip()
        assert passage.best_sentence in passage.text
        assert passage.text.encode("utf-8")

    library.close()


def test_a_crowd_is_answered_as_each_would_be_alone(library):
    questions = ["Who counted the otters of Tidewater?", "What did the Lantern Guild say?"] * 8
    alone = [library.ask(question).passages for question in questions]

    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(lambda question: library.ask(question).passages, questions))

    assert together == alone
    assert all(alone)
