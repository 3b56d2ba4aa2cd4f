"""A collection whose vectors are in lists, mapped from a file: changes, damage, newer files."""

import json
import os
import time

import pytest

from index.current import renew_checkpoint
from index.store import open_store
from index.vectors.checkpoint import MANIFEST, parse_manifest
from index.vectors.kinds import Sizes
from tests.support.collections import HashEmbedder

LISTS = Sizes(flat=0, halves=0)
GULLS = "Grey gulls follow the clipper out of the harbour."
SEALS = "Seals doze on the sandbank at low tide."


@pytest.fixture
def mapped(desk):
    """A collection on the desk with a vectors' file of lists."""
    desk.reindex()
    lay_out(desk)
    return desk


def lay_out(desk):
    store = open_store(desk.folder, writable=True)
    renew_checkpoint(store, HashEmbedder.name, always=True, sizes=LISTS)
    store.close()
    assert parse_manifest(desk.folder).head


def until(reached):
    for _ in range(3_000):
        if reached():
            return
        time.sleep(0.01)
    pytest.fail("it never came to be")


def nearest(library, text):
    hits = library._lane.near(text, limit=1).hits
    with library._store.snapshot() as view:
        return [each.text for each in view.found([hits[0][0]], model=HashEmbedder.name)]


def test_what_is_published_later_is_found_beside_the_file(mapped):
    library = mapped.library(look_every_s=0.01)

    until(lambda: library.following() == 1)
    mapped.write("gulls.txt", GULLS)
    mapped.reindex()
    until(lambda: library.following() == 2)

    assert nearest(library, GULLS) == [GULLS]
    library.close()


def test_a_newer_file_takes_the_place_of_all_that_gathered(mapped):
    library = mapped.library(look_every_s=0.01)
    until(lambda: library.following() == 1)
    mapped.write("gulls.txt", GULLS)
    mapped.reindex()
    until(lambda: library.following() == 2)
    lay_out(mapped)

    mapped.write("seals.txt", SEALS)
    mapped.reindex()
    until(lambda: library.following() == 3)

    assert [nearest(library, text) for text in (GULLS, SEALS)] == [[GULLS], [SEALS]]
    library.close()


def test_a_flipped_vector_is_seen_while_the_bot_serves_and_the_store_takes_over(mapped, caplog):
    file = mapped.folder / parse_manifest(mapped.folder).file
    with file.open("r+b") as opened:
        opened.seek(-20, os.SEEK_END)
        opened.write(b"\xff" * 20)  # ids, so that what stands there would not be found

    library = mapped.library(look_every_s=0.01)
    until(lambda: "the vectors file is damaged" in caplog.text)
    until(lambda: len(library._lane.near("otters", limit=50).hits) == count(mapped))

    library.close()


def count(desk):
    return json.loads((desk.folder / MANIFEST).read_text())["count"]
