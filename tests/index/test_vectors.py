"""Vectors against plain numpy, in both kinds, and their checkpoint under damage."""

import json

import numpy as np
import pytest

from index.store.records import Changes
from index.vectors import FaissVectors, load_checkpoint, write_checkpoint
from index.vectors.faiss_engine import FLAT_UP_TO


def some_vectors(count: int, width: int = 16, seed: int = 1):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((count, width), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ids = rng.choice(2**63 - 1, size=count, replace=False).astype(np.int64)
    return ids, rows


@pytest.mark.parametrize(
    ("count", "tolerance"), [(200, 1e-6), (FLAT_UP_TO + 1, 2e-3)], ids=["exact", "half precision"]
)
def test_search_finds_what_plain_products_find(count, tolerance):
    ids, rows = some_vectors(count)
    _, queries = some_vectors(5, seed=2)

    found = FaissVectors.of(ids, rows).search(queries, 10)

    for query, hits in zip(queries, found, strict=True):
        products = dict(zip(ids.tolist(), (rows @ query).tolist(), strict=True))
        best = sorted(products.values(), reverse=True)[:10]
        assert [score for _, score in hits] == pytest.approx(best, abs=tolerance)
        assert [products[i] for i, _ in hits] == pytest.approx(best, abs=2 * tolerance)


def test_short_results_are_not_padded():
    ids, rows = some_vectors(3)

    (hits,) = FaissVectors.of(ids, rows).search(rows[:1], 10)

    assert {i for i, _ in hits} == set(ids.tolist())
    assert hits[0][0] == ids[0]


def test_changes_remove_and_add():
    ids, rows = some_vectors(20)
    vectors = FaissVectors.of(ids[:15], rows[:15])

    vectors.apply(Changes(removed=ids[:5], added=ids[15:], vectors=rows[15:]))

    (hits,) = vectors.search(rows[:1], 30)
    assert {i for i, _ in hits} == set(ids[5:].tolist())


def test_an_empty_index_finds_nothing_and_can_be_filled():
    vectors = FaissVectors.of(np.empty(0, np.int64), np.empty((0, 0), np.float32))
    ids, rows = some_vectors(4)
    assert vectors.search(rows[:1], 3) == [[]]

    vectors.add(ids, rows)

    assert vectors.search(rows[:1], 1)[0][0][0] == ids[0]


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
