"""Reindex as a process that the bot follows, with a model made of hashes.

python -m tests.support.reindex COLLECTION ARTICLES --progress-json --hosted
"""

import sys
from pathlib import Path

from index import IndexFault
from index.reindex import Model, Options, reindex
from scripts.terminal.opening import guarded
from scripts.terminal.telling import Teller, end_with_stdin
from tests.support.collections import HashEmbedder


def main() -> int:
    folder, articles, *told = sys.argv[1:]
    assert told == ["--progress-json", "--hosted"]
    end_with_stdin()
    teller = Teller(sys.stdout)
    model = Model(HashEmbedder.name, HashEmbedder)
    try:
        with teller.shown() as progress:
            teller.outcome(
                reindex(
                    [Path(articles)], Path(folder), model, options=Options(), progress=progress
                )
            )
    except IndexFault as fault:
        teller.fault(fault)
        raise
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
