"""Search by meaning in PostgreSQL finds what FAISS finds."""

from contextlib import closing

import numpy as np
import psycopg
import pytest

from index.store import open_store
from index.vectors import FaissVectors
from tests.support.collections import OTTERS, TEA
from tests.support.postgres import fill_with

MODEL, WIDTH = "narrow@1", 16  # an index of wider ones takes long to make
MANY = 24_000


def by_chance(count, *, seed=5):
    """Ids, and vectors that lie in clusters as those of a model do, the same ones for any seed."""
    centres = np.random.default_rng(1).standard_normal((200, WIDTH), dtype=np.float32)
    chance = np.random.default_rng(seed)
    rows = centres[chance.integers(0, 200, count)]
    rows += chance.standard_normal(rows.shape, dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ids = np.sort(chance.choice(2**62, count, replace=False))
    return ids, rows.astype(np.float16).astype(np.float32)


def filled(desk, count):
    """A collection with so many paragraphs more, its ids and its vectors."""
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    ids, rows = by_chance(count)
    fill_with(desk.folder.url, MODEL, ids, rows)
    with closing(open_store(desk.folder)) as store, store.snapshot() as view:
        return view.all_vectors(MODEL)


def found(desk, queries, **options):
    with closing(open_store(desk.folder)) as store:
        hits = store.vectors(MODEL).search(queries, 50, **options)
    return [[number for number, _ in each] for each in hits]


def exact(ids, rows, queries, **options):
    hits = FaissVectors.of(ids, rows).search(queries, 50, **options)
    return [[number for number, _ in each] for each in hits]


def recall(ours, theirs):
    return np.mean([len({*a[:10]} & {*b[:10]}) / 10 for a, b in zip(ours, theirs, strict=True)])


def indexes(server):
    with psycopg.connect(server.url) as session:
        return session.execute(
            """select c.relname, i.indisvalid from pg_index i
               join pg_class c on c.oid = i.indexrelid where c.relname like 'vectors_near%'"""
        ).fetchall()


def tended(server, model=MODEL):
    with closing(open_store(server, writable=True)) as store:
        store.tend_vectors(model)


QUERIES = by_chance(40, seed=8)[1]


def test_few_paragraphs_are_found_in_the_same_order_as_by_faiss(desk):
    ids, rows = filled(desk, 400)
    some = ids[::3]

    assert found(desk, QUERIES) == exact(ids, rows, QUERIES)
    assert found(desk, QUERIES, within=some) == exact(ids, rows, QUERIES, within=some)
    assert found(desk, QUERIES[:1], within=ids[:0]) == [[]]
    assert found(desk, QUERIES[:0]) == []


def test_products_are_those_of_faiss(desk):
    ids, rows = filled(desk, 60)
    (theirs,) = FaissVectors.of(ids, rows).search(QUERIES[:1], 5)

    with closing(open_store(desk.folder)) as store:
        (ours,) = store.vectors(MODEL).search(QUERIES[:1], 5)

    assert [each[0] for each in ours] == [each[0] for each in theirs]
    assert [each[1] for each in ours] == pytest.approx([each[1] for each in theirs], abs=1e-6)


def test_many_are_found_by_an_index_and_few_of_them_exactly(desk):
    ids, rows = filled(desk, MANY)
    tended(desk.folder)
    few, most = ids[::5], ids[: MANY - 2_000]

    assert [valid for _, valid in indexes(desk.folder)] == [True]
    assert recall(found(desk, QUERIES), exact(ids, rows, QUERIES)) >= 0.99
    assert found(desk, QUERIES, within=few) == exact(ids, rows, QUERIES, within=few)
    wide = exact(ids, rows, QUERIES, within=most)
    assert recall(found(desk, QUERIES, within=most), wide) >= 0.99


def test_texts_of_a_generation_that_is_not_out_yet_are_in_nobodys_way(desk):
    ids, rows = filled(desk, 60)
    with closing(open_store(desk.folder, writable=True)) as store:
        digests = [f"not yet {number}" for number in range(300)]
        store.save_vectors(MODEL, digests, np.repeat(QUERIES[:1], 300, axis=0))

    assert found(desk, QUERIES[:1]) == exact(ids, rows, QUERIES[:1])


def test_an_index_of_a_model_that_has_gone_goes_and_one_that_is_not_whole_is_made_anew(
    desk, server
):
    filled(desk, 10_000)
    with psycopg.connect(server.url, autocommit=True) as session:
        session.execute("create index vectors_near_gone on quotewire.vectors (digest)")

        tended(server)
        ((name, valid),) = indexes(server)
        session.execute(
            """update pg_index set indisvalid = false
               where indexrelid = (select oid from pg_class where relname = %s)""",
            [name],
        )
        tended(server)

    assert name != "vectors_near_gone"
    assert [valid, *indexes(server)] == [True, (name, True)]


def test_an_index_that_another_makes_is_left_to_them(desk, server):
    filled(desk, 10_000)
    with psycopg.connect(server.url) as session:
        session.execute("select pg_advisory_lock(x'71770002'::int)")
        tended(server)
        assert indexes(server) == []


def test_a_library_over_a_database_keeps_no_vectors_of_its_own(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with closing(desk.library()) as library:
        (passage, *_) = library.ask("How many otters did Ada Brine count?").passages

    assert passage.text.startswith("The harbour master of Tidewater")
    assert not [path.name for path in server.folder.iterdir() if path.name.startswith("vectors")]


def test_the_log_of_changes_tells_of_the_newest_generation_alone(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    desk.write("tea.txt", TEA)
    desk.reindex()

    with psycopg.connect(server.url) as session:
        told = session.execute("select distinct generation from quotewire.changes").fetchall()
    assert told == [(2,)]
