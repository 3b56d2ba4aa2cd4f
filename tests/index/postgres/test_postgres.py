"""A collection in PostgreSQL answers as the same one in SQLite does."""

import random
import time
from contextlib import closing, suppress
from datetime import date
from types import SimpleNamespace

import psycopg
import pytest

from index.answer import Filters, Window
from index.errors import Damaged, Locked, NoCollection, OutOfReach, TooNew
from index.live import has_collection
from index.settings import IndexSettings, Server
from index.store import Publication, open_store
from index.store.postgres.connection import translated
from index.store.ranking import Most
from tests.support.collections import OTTERS, TEA, HashEmbedder

WORDS = ("otter kelp tide harbour tea chest guild", "storm pup raft lantern price sleep hand")
WORDS = [word for line in WORDS for word in line.split()]
QUESTIONS = (
    "How many otters did Ada Brine count?",
    '"ninety chests of tea" landed when?',
    "otters -aquarium",
    "What did the Lantern Guild say?",
    "Who walked on the moon?",
)


def fill(desk):
    """Articles made of few words, so that many paragraphs share them; one has two places."""
    chance = random.Random(7)
    for number in range(30):
        paragraphs = [
            " ".join(chance.choices(WORDS, k=chance.randint(4, 30))).capitalize() + " it said."
            for _ in range(chance.randint(1, 4))
        ]
        head = f"title: Report {number}\npublisher: Paper {number % 4}"
        head += f"\ndate: 2017-0{number % 9 + 1}-03"
        desk.write(f"{number}.md", f"---\n{head}\n---\n\n" + "\n\n".join(paragraphs))
    desk.write("otters.txt", OTTERS)
    desk.write("tea.txt", TEA)
    desk.write("copies/tea again.txt", TEA)
    return desk


@pytest.fixture
def both(desk, small):
    small.articles.rmdir()
    small.articles = desk.articles
    fill(desk)
    desk.reindex()
    small.reindex()
    return desk, small


def looked_at(desk, look):
    with closing(open_store(desk.folder)) as store, store.snapshot() as view:
        return look(view)


def asked_of(desk):
    with closing(desk.library()) as library:
        return [
            [
                (p.paragraph, p.text, p.credit, round(p.evidence, 6))
                for p in library.ask(q).passages
            ]
            for q in QUESTIONS
        ]


def queries():
    chance = random.Random(3)
    return [chance.sample(WORDS, k=chance.randint(1, 6)) for _ in range(40)]


FILTERS = (
    Filters(),
    Filters(sources=("Paper 1", "Paper 2")),
    Filters(window=Window(date(2017, 2, 1), date(2017, 5, 31))),
    Filters(without=("tide kelp",)),
    Filters(phrases=("otters hold hands",)),
    Filters(phrases=("...",)),
    Filters(unknown=("Nowhere",)),
    Filters(only=("Paper 3",), after=0),
    Filters(after=1),
)


def test_words_are_ranked_as_fts5_ranks_them(both):
    def look(view):
        return [
            (
                view.paragraphs_with_words(terms, 20),
                view.paragraphs_with_words(terms, 1),
                view.paragraphs_with_words(terms, 2, filters=FILTERS[3]),
                view.paragraphs_with_words(terms, 20, filters=FILTERS[1]),
                view.holding(terms, every=False, filters=FILTERS[0], limit=9),
                view.holding(terms[:2], every=True, filters=FILTERS[2], limit=9),
                view.holding([*terms, "unheard"], every=True, filters=FILTERS[0], limit=9),
            )
            for terms in queries()
        ]

    postgres, sqlite = (looked_at(desk, look) for desk in both)

    assert postgres == sqlite
    assert any(any(each) for each in sqlite)


def test_filters_let_in_the_same_paragraphs(both):
    def look(view):
        return [view.paragraphs_meeting(filters).tolist() for filters in FILTERS]

    postgres, sqlite = (looked_at(desk, look) for desk in both)

    assert postgres == sqlite
    assert [len(each) for each in sqlite][4:] == [1, 0, 0, len(sqlite[7]), 0]


def test_lists_articles_and_counts_are_the_same(both):
    def look(view):
        listed, total = view.newest(filters=FILTERS[1], limit=5, skip=2)
        paragraph = listed[0].first
        key = view.article_of(paragraph)
        return (
            (listed, total, view.extents(), view.counts(), view.sample(7)),
            (view.reading(key), view.neighbours(paragraph), view.source(key)),
            (view.titled(["REPORT".casefold(), "7"], filters=FILTERS[0]), list(view.texts())),
            (view.rarity([*WORDS, "moon"]), view.knows("kelp"), view.knows("moon")),
            (sorted(view.terms_like("kelpy")), view.acronyms(), list(view.articles())),
            (view.unresolved(HashEmbedder.name), view.carried(), view.changed_since(0)),
            [each.what for each in view.events(key)],
            view.present([paragraph, 5]),
        )

    postgres, sqlite = (looked_at(desk, look) for desk in both)

    assert postgres == sqlite


def test_vectors_come_back_bit_by_bit(both):
    (ids, ours), (theirs, vectors) = (
        looked_at(desk, lambda view: view.all_vectors(HashEmbedder.name)) for desk in both
    )

    assert ids.tolist() == theirs.tolist()
    assert ours.tobytes() == vectors.tobytes()


def test_a_collection_too_large_for_memory_is_ranked_alike_by_the_database(both):
    def look(view):
        large = type(view)(SimpleNamespace(execute=view._run), most=Most(kept=0))
        view.prepare()
        large.prepare()
        return [
            (large.paragraphs_with_words(terms, 20), view.paragraphs_with_words(terms, 20))
            for terms in queries()
        ], (large.are_at_hand(["otter"]), view.are_at_hand(["otter"]))

    found, at_hand = looked_at(both[0], look)

    assert [one for one, _ in found] == [other for _, other in found]
    assert at_hand == (False, True)


def test_questions_have_the_same_answers_with_the_same_evidence(both):
    postgres, sqlite = map(asked_of, both)

    assert postgres == sqlite
    assert [bool(each) for each in sqlite][:4] == [True] * 4


def test_after_changes_and_removals_the_words_are_those_that_are_left(both):
    for number in range(0, 30, 3):
        (both[0].articles / f"{number}.md").unlink()
    both[0].write("1.md", "Kelp\n\nThe unheard kelp sang.")
    both[0].write("moved.md", (both[0].articles / "2.md").read_text())
    (both[0].articles / "2.md").unlink()
    outcomes = [desk.reindex() for desk in both]

    def look(view):
        terms = view._run("select term, doc from vocabulary order by term").fetchall()
        return (
            [tuple(row) for row in terms],
            view.unresolved(HashEmbedder.name),
            [view.paragraphs_with_words(each, 20) for each in queries()],
        )

    postgres, sqlite = (looked_at(desk, look) for desk in both)

    assert postgres == sqlite
    assert [(o.new, o.changed, o.removed, o.embedded) for o in outcomes] == [(0, 1, 10, 1)] * 2


def test_what_has_not_changed_is_neither_read_nor_embedded_again(desk):
    desk.write("otters.txt", OTTERS)
    first, second = desk.reindex(), desk.reindex()

    assert (first.new, first.embedded, first.generation) == (1, 3, 1)
    assert (second.new, second.unchanged, second.embedded, second.generation) == (0, 1, 0, 1)


def test_what_is_taken_out_leaves_nothing_behind(desk, server):
    path = desk.write("otters.txt", OTTERS)
    desk.reindex()
    desk.remove(path)

    with psycopg.connect(server.url) as session:
        left = [
            session.execute(f"select count(*) from quotewire.{table}").fetchone()[0]
            for table in ("articles", "paragraphs", "postings", "vocabulary", "vectors", "files")
        ]
    assert left == [0] * 6


def test_a_publication_that_fails_leaves_the_old_generation_serving(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()

    with closing(open_store(server, writable=True)) as store:
        with suppress(Damaged), store.publishing() as draft:
            (key,) = [row[0] for row in draft.view.articles()]
            draft.apply(Publication((), (key,), (), ()), at="")
            assert draft.view.counts()[:2] == (0, 0)
            raise Damaged("on purpose")
        with store.snapshot() as view:
            assert (view.counts()[:2], view.generation_number()) == ((1, 3), 1)


def test_a_view_stays_as_it_was_while_another_generation_is_published(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()

    with closing(open_store(server)) as store, store.snapshot() as view:
        before = view.counts()
        desk.write("tea.txt", TEA)
        desk.reindex()
        assert (view.counts(), view.generation_number()) == (before, 1)


def test_an_open_library_follows_a_new_generation(desk):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with closing(desk.library()) as library:
        library.ask("otters")
        desk.write("tea.txt", TEA)
        desk.reindex()
        while library.following() < 2:
            time.sleep(0.01)

        (passage, *_) = library.ask("Who said that the price of tea would fall?").passages
    assert passage.text.startswith("Merchants of the Lantern Guild")


def test_who_listens_is_told_the_number_of_a_generation(desk, server):
    desk.write("otters.txt", OTTERS)
    with psycopg.connect(server.url, autocommit=True) as session:
        session.execute("listen quotewire")
        desk.reindex()
        (told,) = session.notifies(timeout=20, stop_after=1)

    assert told.payload == "1"


def test_a_second_writer_is_told_who_the_first_is(desk, server):
    with (
        closing(open_store(server, writable=True)),
        pytest.raises(
            Locked, match=r"is being reindexed by session \d+ from its own machine since"
        ),
    ):
        open_store(server, writable=True)

    open_store(server, writable=True).close()


def test_an_empty_database_has_no_collection_and_is_left_empty(server):
    assert has_collection(server) is False
    with pytest.raises(NoCollection, match="run scripts/run reindex PATH"):
        open_store(server)
    with psycopg.connect(server.url) as session:
        assert session.execute("select to_regnamespace('quotewire')").fetchone() == (None,)


def test_a_collection_of_a_newer_version_is_refused(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    assert has_collection(server) is True
    with psycopg.connect(server.url) as session:
        session.execute("update quotewire.schema_version set version = 99")

    for writable in (False, True):
        with pytest.raises(TooNew, match="version 99"):
            open_store(server, writable=writable)


@pytest.mark.parametrize("writable", [False, True])
def test_a_server_that_is_gone_is_named_without_its_password(tmp_path, writable):
    gone = Server(f"postgresql://otter:very-secret@/news?host={tmp_path}", tmp_path)

    with pytest.raises(OutOfReach, match="postgresql:///news cannot be reached") as told:
        open_store(gone, writable=writable)

    assert "very-secret" not in str(told.value)


def test_a_store_opened_for_reading_writes_nothing(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()

    with closing(open_store(server)) as store, pytest.raises(TypeError):
        store.forget_changes(1)


def test_changes_are_forgotten_up_to_the_furthest_generation_told(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with closing(open_store(server, writable=True)) as store:
        store.forget_changes(1)
        store.forget_changes(0)
        store.set_scale(1, mean=0.1, spread=0.2, threshold=None)
        with store.snapshot() as view:
            assert view.changes_since(0, model=HashEmbedder.name) is None
            assert (view.generation().mean, view.generation().threshold) == (0.1, None)


def test_the_doctor_says_what_is_in_a_database(desk, server):
    from index import inspect_collection

    desk.write("otters.txt", OTTERS)
    desk.reindex()
    first, _ = inspect_collection(IndexSettings(url=server.url, data=server.folder))

    assert first.told.startswith("generation 1 of 1 articles and 3 paragraphs in postgresql:///")


def test_placeholders_are_translated_outside_quotes_only():
    assert translated("select '?:a%', \"b?\", c::text from d where e = ? and f like :g % 2") == (
        "select '?:a%%', \"b?\", c::text from d where e = %s and f like %(g)s %% 2"
    )
