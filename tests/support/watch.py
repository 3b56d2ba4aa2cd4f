"""Watch folders of articles as a process of its own, with a model made of hashes.

python -m tests.support.watch COLLECTION PATH...
"""

import sys
import threading
from pathlib import Path

from index import IndexSettings
from index.fetching.listing import Listing
from index.reindex import Model
from index.watching import Pace
from scripts.terminal.watching import Vigil, ending
from tests.support.collections import HashEmbedder

if __name__ == "__main__":
    folder, *paths = sys.argv[1:]
    stop = threading.Event()
    vigil = Vigil(
        IndexSettings(url=folder),
        Model(HashEmbedder.name, HashEmbedder),
        lambda: Listing((), tuple(map(Path, paths))),
        stop=stop,
        pace=Pace(still_s=0.2, nap_s=0.2),
    )
    with ending(stop, vigil.wake):
        vigil.keep()
