"""The door to sources.toml as a process of its own, in the web of a test.

python -m tests.support.sources PORT ARGS...
"""

import sys

from index.fetching.fetcher import Fetcher, Policy
from scripts.sources import main
from tests.support.web import Web

if __name__ == "__main__":
    port, *words = sys.argv[1:]
    web = Web(int(port))
    sys.exit(
        main(
            words,
            opened=lambda private: Fetcher(
                Policy(private=private, between_s=0, tries=1),
                look_up=web.look_up,
                network=web.network,
            ),
        )
    )
