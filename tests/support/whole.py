"""Run the bot by its own main, over a library that knows its answers by heart.

python -m tests.support.whole, with the settings in the environment.
"""

import sys

from bot.__main__ import main
from tests.support.library import FakeLibrary

if __name__ == "__main__":
    sys.exit(main(opened=lambda _: FakeLibrary()))
