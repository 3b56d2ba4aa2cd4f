"""Vectors against plain numpy, one suite over all engines, and their checkpoint under damage."""

import json

import faiss
import numpy as np
import pytest

from index.store.records import Changes
from index.vectors import FaissVectors, is_whole, load_checkpoint, write_checkpoint
from index.vectors.checkpoint import read_vectors
from index.vectors.kinds import Sizes, filled, is_inverted
from index.vectors.mapping import Mapping

NONE = np.empty(0, dtype=np.int64)


def some_vectors(count: int, width: int = 16, seed: int = 1):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((count, width), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows = rows.astype(np.float16).astype(np.float32)  # as the store keeps them
    ids = rng.choice(2**63 - 1, size=count, replace=False).astype(np.int64)
    return ids, rows


FLAT = Sizes()
HALVES = Sizes(flat=0)
LISTS = Sizes(flat=0, halves=0)


def opened(folder, ids, rows, sizes):
    vectors = FaissVectors.of(ids, rows, sizes=sizes)
    written = write_checkpoint(folder, vectors, collection="c", generation=1, model="m")
    return read_vectors(folder, written, sizes=sizes)


def grown(ids, rows, sizes):
    """The same vectors, half of them come later, among others that came and left."""
    half, extra = len(ids) // 2, some_vectors(20, seed=7)
    vectors = FaissVectors.of(
        np.concatenate([ids[:half], extra[0][:10]]),
        np.concatenate([rows[:half], extra[1][:10]]),
        sizes=sizes,
    )
    vectors.apply(Changes(NONE, extra[0][10:], extra[1][10:]))
    vectors.apply(Changes(extra[0], ids[half:], rows[half:]))
    return vectors


ENGINES = {
    "flat": lambda _, ids, rows: FaissVectors.of(ids, rows, sizes=FLAT),
    "halves": lambda _, ids, rows: FaissVectors.of(ids, rows, sizes=HALVES),
    "lists": lambda _, ids, rows: FaissVectors.of(ids, rows, sizes=LISTS),
    "flat from its file": lambda folder, ids, rows: opened(folder, ids, rows, FLAT),
    "mapped halves": lambda folder, ids, rows: opened(folder, ids, rows, HALVES),
    "mapped lists": lambda folder, ids, rows: opened(folder, ids, rows, LISTS),
    "grown flat": lambda _, ids, rows: grown(ids, rows, FLAT),
    "grown halves": lambda _, ids, rows: grown(ids, rows, HALVES),
    "grown lists": lambda _, ids, rows: grown(ids, rows, LISTS),
}
"""How each engine comes to hold vectors: of a folder, ids and rows of length one in halves."""


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path):
    def holding(count):
        ids, rows = some_vectors(count)
        return ids, rows, ENGINES[request.param](tmp_path, ids, rows)

    return holding


# What every engine promises.


def test_search_finds_what_plain_products_find(engine):
    ids, rows, vectors = engine(400)

    found = vectors.search(rows[:20], 10)

    right = 0
    for query, hits in zip(rows[:20], found, strict=True):
        products = dict(zip(ids.tolist(), (rows @ query).tolist(), strict=True))
        best = sorted(products, key=products.__getitem__, reverse=True)[:10]
        assert [score for _, score in hits] == pytest.approx(
            [products[number] for number, _ in hits], abs=1e-5
        )
        assert hits == sorted(hits, key=lambda hit: -hit[1])
        right += len({number for number, _ in hits} & set(best))
    assert right >= 0.99 * 200


def test_short_results_are_not_padded(engine):
    ids, rows, vectors = engine(30)

    (hits,) = vectors.search(rows[:1], 50, within=np.sort(ids))

    assert {i for i, _ in hits} == set(ids.tolist())
    assert hits[0][0] == ids[0]
    assert vectors.search(rows[:0], 50) == []


def test_a_search_within_few_ids_finds_all_of_them(engine):
    ids, rows, vectors = engine(200)
    few = np.sort(ids[::20])

    (within,) = vectors.search(rows[:1], 50, within=few)

    assert sorted(number for number, _ in within) == few.tolist()
    products = dict(zip(ids.tolist(), (rows @ rows[0]).tolist(), strict=True))
    assert [score for _, score in within] == pytest.approx(
        sorted((products[number] for number in few.tolist()), reverse=True), abs=1e-5
    )
    assert vectors.search(rows[:1], 5, within=few[:0]) == [[]]


def test_changes_remove_and_add(engine):
    ids, rows, vectors = engine(60)
    more, others = some_vectors(30, seed=3)

    vectors.apply(Changes(removed=ids[::2], added=more, vectors=others))
    vectors.apply(Changes(removed=more[:10], added=ids[:1], vectors=rows[:1]))

    left = {*ids[1::2].tolist(), *more[10:].tolist(), ids[0]}
    (hits,) = vectors.search(rows[:1], 90, within=np.sort([*left]))
    assert len(vectors) == len(left)
    assert {i for i, _ in hits} == left
    assert hits[0] == (ids[0], pytest.approx(1, abs=1e-3))
    assert not {i for i, _ in vectors.search(others[:1], 90)[0]} - left


def test_what_comes_again_changed_is_found_as_it_is_now(engine):
    ids, rows, vectors = engine(60)

    vectors.apply(Changes(removed=ids[:1], added=ids[:1], vectors=rows[1:2]))

    assert len(vectors) == 60
    found = dict(vectors.search(rows[1:2], 2)[0])
    assert found == {number: pytest.approx(1, abs=1e-3) for number in ids[:2].tolist()}


def test_all_that_there_was_may_leave(engine):
    ids, rows, vectors = engine(10)

    vectors.apply(Changes(removed=ids, added=NONE, vectors=rows[:0]))

    assert len(vectors) == 0
    assert vectors.search(rows[:1], 3) == [[]]


# FAISS' own.


def test_an_empty_index_finds_nothing_and_can_be_filled():
    vectors = FaissVectors.of(np.empty(0, np.int64), np.empty((0, 0), np.float32))
    ids, rows = some_vectors(4)
    assert vectors.search(rows[:1], 3) == [[]]

    vectors.apply(Changes(removed=NONE, added=ids, vectors=rows))

    assert vectors.search(rows[:1], 1)[0][0][0] == ids[0]
    assert sorted(vectors.ids()) == sorted(ids)


def test_vectors_given_in_parts_are_those_given_at_once():
    ids, rows = some_vectors(300)
    parts = [(ids[at : at + 70], rows[at : at + 70]) for at in range(0, 300, 70)]

    vectors = FaissVectors.filled(300, [(NONE, rows[:0]), *parts], sizes=LISTS)

    assert sorted(vectors.ids()) == sorted(ids)
    assert [hits[0][0] for hits in vectors.search(rows, 1)] == ids.tolist()


@pytest.mark.parametrize(
    ("sizes", "kind", "on_disk"),
    [
        (FLAT, "IndexFlat", "IndexScalarQuantizer"),
        (HALVES, "IndexScalarQuantizer", "IndexScalarQuantizer"),
        (LISTS, "IndexIVFScalarQuantizer", "IndexIVFScalarQuantizer"),
    ],
    ids=["few", "more", "many"],
)
def test_the_kind_of_index_goes_by_how_many_there_are_and_its_file_is_of_halves(
    tmp_path, sizes, kind, on_disk
):
    ids, rows = some_vectors(300)
    index = filled(300, [(ids, rows)], sizes=sizes)
    assert kind_of(index) == kind

    written = write_checkpoint(
        tmp_path, FaissVectors(index), collection="c", generation=1, model="m"
    )

    assert kind_of(faiss.read_index(str(tmp_path / written.file))) == on_disk
    assert written.size < 300 * (16 * 2 + 8) + 10_000
    assert (written.head > 0) is (sizes is LISTS)


def kind_of(index):
    inner = index if is_inverted(index) else faiss.downcast_index(index.index)
    return type(inner).__name__.removesuffix("IP")


def test_as_many_lists_are_looked_into_as_the_vectors_themselves_want(tmp_path):
    ids, rows = some_vectors(2_000)
    index = filled(2_000, [(ids, rows)], sizes=LISTS)
    _, asked = some_vectors(100, seed=5)

    written = write_checkpoint(
        tmp_path, FaissVectors(index), collection="c", generation=1, model="m"
    )
    found = read_vectors(tmp_path, written, sizes=LISTS).search(asked, 10)

    best = np.argsort(-(asked @ rows.T), axis=1)[:, :10]
    right = [
        len({number for number, _ in hits} & set(ids[places].tolist()))
        for hits, places in zip(found, best, strict=True)
    ]
    assert 1 < index.nprobe < index.nlist
    assert np.mean(right) / 10 >= 0.98


def test_a_flipped_vector_of_a_large_file_is_no_reason_not_to_open_it_and_is_seen(tmp_path):
    ids, rows = some_vectors(300)
    written = write_checkpoint(
        tmp_path,
        FaissVectors.of(ids, rows, sizes=LISTS),
        collection="c",
        generation=1,
        model="m",
    )
    file = tmp_path / written.file
    assert is_whole(tmp_path, written)

    data = bytearray(file.read_bytes())
    data[-20] ^= 0xFF
    file.write_bytes(data)

    assert len(read_vectors(tmp_path, written, sizes=LISTS)) == 300
    assert not is_whole(tmp_path, written)

    data[40] ^= 0xFF
    file.write_bytes(data)
    with pytest.raises(ValueError, match="checksum"):
        read_vectors(tmp_path, written, sizes=LISTS)


def test_what_is_held_of_a_file_is_given_back_and_reads_as_before(tmp_path):
    (tmp_path / "kelp").write_bytes(b"kelp" * 4_096)
    mapping = Mapping(tmp_path / "kelp", resident=10_000)

    for _ in range(3):
        assert bytes(mapping.bytes[-4:]) == b"kelp"
        mapping.looked_at(8_000)

    assert bytes(mapping.bytes) == b"kelp" * 4_096


def test_a_file_that_is_no_index_is_told_so(tmp_path):
    (tmp_path / "vectors-1.faiss").write_bytes(b"kelp" * 99)

    with pytest.raises(ValueError, match="not a FAISS index"):
        FaissVectors.opened(tmp_path / "vectors-1.faiss")


# The checkpoint.


def test_a_checkpoint_gives_back_what_was_written(tmp_path):
    ids, rows = some_vectors(10)
    written = write_checkpoint(
        tmp_path, FaissVectors.of(ids, rows), collection="c", generation=3, model="m"
    )

    held = load_checkpoint(tmp_path, collection="c", model="m")

    assert held is not None
    assert held[0] == written
    assert held[1].search(rows[:1], 1)[0][0][0] == ids[0]


def test_a_newer_checkpoint_takes_the_place_of_the_older(tmp_path):
    ids, rows = some_vectors(10)
    for generation in (1, 2):
        write_checkpoint(
            tmp_path, FaissVectors.of(ids, rows), collection="c", generation=generation, model="m"
        )

    assert sorted(path.name for path in tmp_path.iterdir()) == ["vectors-2.faiss", "vectors.json"]


def test_what_writes_that_were_killed_left_is_gone_before_the_next_takes_room(tmp_path):
    ids, rows = some_vectors(10)
    there = []

    class Full(FaissVectors):
        def write(self, write):
            there.extend(sorted(path.name for path in tmp_path.iterdir()))
            return super().write(write)

    for name in ("vectors-1.faiss.part", "vectors-2.faiss.part", "notes.part"):
        (tmp_path / name).write_bytes(b"half of it")
    write_checkpoint(tmp_path, Full.of(ids, rows), collection="c", generation=3, model="m")

    assert there == ["notes.part", "vectors-3.faiss.part"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "notes.part",
        "vectors-3.faiss",
        "vectors.json",
    ]


@pytest.mark.parametrize(
    "damage",
    [
        lambda file, _: file.unlink(),
        lambda file, _: file.write_bytes(file.read_bytes()[:-7]),
        lambda file, _: file.write_bytes(b"\x00" + file.read_bytes()[1:]),
        lambda _, manifest: manifest.write_text("{"),
        lambda _, manifest: manifest.write_text('{"generation": 1}'),
        lambda _, manifest: manifest.write_text(
            json.dumps(json.loads(manifest.read_text()) | {"count": 9})
        ),
    ],
    ids=["missing", "cut", "flipped", "no manifest", "other manifest", "other count"],
)
def test_a_damaged_checkpoint_is_left_aside(tmp_path, damage):
    ids, rows = some_vectors(10)
    written = write_checkpoint(
        tmp_path, FaissVectors.of(ids, rows), collection="c", generation=1, model="m"
    )

    damage(tmp_path / written.file, tmp_path / "vectors.json")

    assert load_checkpoint(tmp_path, collection="c", model="m") is None


def test_a_checkpoint_of_another_model_is_left_aside(tmp_path):
    ids, rows = some_vectors(10)
    write_checkpoint(tmp_path, FaissVectors.of(ids, rows), collection="c", generation=1, model="m")

    assert load_checkpoint(tmp_path, collection="c", model="other") is None


def test_a_checkpoint_of_another_collection_is_left_aside(tmp_path):
    ids, rows = some_vectors(10)
    vectors = FaissVectors.of(ids, rows)
    write_checkpoint(tmp_path, vectors, collection="c", generation=1, model="m")

    assert load_checkpoint(tmp_path, collection="d", model="m") is None
