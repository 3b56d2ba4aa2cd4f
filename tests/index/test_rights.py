"""Who may read what is made for a collection."""

import os

from index.lock import reindex_lock
from index.store.sqlite import SqliteStore


def test_the_folder_of_a_new_collection_is_its_owners_alone(tmp_path):
    umask = os.umask(0)
    try:
        SqliteStore(tmp_path / "stored", writable=True).close()
        with reindex_lock(tmp_path / "locked"):
            pass
    finally:
        os.umask(umask)

    for name in ("stored", "locked"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o700
