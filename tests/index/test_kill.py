"""A reindex killed at any moment: the old answers still come, and the next run mends all."""

import multiprocessing
import random
import shutil
import signal
import sqlite3
import time
from pathlib import Path

from tests.support.collections import Desk, HashEmbedder

KILLS = 20
BATCH_S = 0.01  # how long a batch takes the child's model, so that there is something to kill

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.support.collections"])


class SlowEmbedder(HashEmbedder):
    def encode_documents(self, texts):
        time.sleep(BATCH_S)
        return super().encode_documents(texts)


def reindex_slowly(desk: Desk) -> None:
    desk.embedder = SlowEmbedder()
    desk.reindex()


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(folder / "library.db") as db:
        tables = {
            table: sorted(db.execute(f"select * from {table}"), key=repr)
            for table in ("articles", "paragraphs", "files", "vectors", "changes", "words")
        }
        tables["generations"] = db.execute(
            "select id, articles, paragraphs, model, mean, spread, threshold from generations"
        ).fetchall()
    return tables


def test_twenty_kills_lose_nothing_and_publish_nothing_half(tmp_path):
    desk = Desk(tmp_path)
    for number in range(12):
        desk.write(
            f"{number}.txt", f"Ship {number} sailed with tea.\n\nIts crew numbered {number}."
        )
    desk.reindex()
    for number in range(8):
        text = f"Ship {number} sank in the gale.\n\nIts crew of {number} was saved by the pilot."
        desk.write(f"{number}.txt", text)
    (desk.articles / "11.txt").unlink()
    before = tmp_path / "before"
    shutil.copytree(desk.folder, before)
    started = time.monotonic()
    reindex_slowly(desk)
    whole_s = time.monotonic() - started
    undisturbed = rows(desk.folder)
    fates = set()

    for _ in range(KILLS):
        shutil.rmtree(desk.folder)
        shutil.copytree(before, desk.folder)
        child = context.Process(target=reindex_slowly, args=(desk,))
        child.start()
        time.sleep(random.uniform(0, 1.5 * whole_s))
        child.kill()
        child.join()
        fates.add(child.exitcode)
        library = desk.library()
        (passage, *_) = library.ask("Ship 3 sailed").passages
        old, new = "Ship 3 sailed with tea.", "Ship 3 sank in the gale."
        assert passage.text == (old if library.status().generation == 1 else new)
        library.close()
        desk.embedder = HashEmbedder()
        desk.reindex()
        assert rows(desk.folder) == undisturbed

    assert -signal.SIGKILL in fates
