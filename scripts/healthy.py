"""Say whether the bot over BOT_DATA is alive: a health check without a port."""

import argparse
import os
import sys
from collections.abc import Sequence

from bot.claim import holder_of, silent_s
from bot.settings import load_bot_settings
from index import ROOT, IndexFault

FRESH_S = 120.0
"""A bot that lives gives a sign every fifteen seconds."""


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0 where the bot lives, 1 where it does not, 2 where that cannot be known."""
    argparse.ArgumentParser(prog="scripts/run healthy", description=__doc__).parse_args(argv)
    try:
        data = load_bot_settings(os.environ, ROOT / ".env").data
        holder = holder_of(data)
        if holder is None:
            print(f"no bot is running over {data}; start one with scripts/run")
            return 1
        silent = silent_s(data)
    except (IndexFault, OSError) as fault:
        print(fault, file=sys.stderr)
        return 2
    if silent > FRESH_S:
        print(f"{holder} has given no sign of life for {silent:.0f} s; look at its log")
        return 1
    print(f"{holder} lives")
    return 0


if __name__ == "__main__":
    sys.exit(main())
