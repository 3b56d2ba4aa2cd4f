"""Start the bot, or the chat in the terminal where there is no token."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

CHAT_INSTEAD = (
    "There is no BOT_TOKEN, so here is the chat in the terminal; for the bot, "
    "put BOT_TOKEN=... as @BotFather gave it into .env."
)

Door = Callable[[], int]


def start(*, has_token: bool, ensure_collection: Door, bot: Door, chat: Door) -> int:
    """Index the sources if nothing is indexed yet, then open the bot or the chat.

    Files that cannot be read do not stop it: indexing reports them and gives 1. Only 2, where
    nothing could be done at all, is the end of it.
    """
    indexed = ensure_collection()
    if indexed > 1:
        return indexed
    if has_token:
        return bot()
    print(CHAT_INSTEAD, flush=True)
    return chat()


def _bot() -> int:
    from bot.__main__ import main

    return main()


def _chat() -> int:
    from scripts.chat import main

    return main([])


def _start_here() -> int:
    from bot.settings import load_bot_settings
    from index import ROOT
    from scripts.terminal.opening import ensure_collection, settings_here

    settings = settings_here()
    return start(
        has_token=load_bot_settings(os.environ, ROOT / ".env").token is not None,
        ensure_collection=lambda: ensure_collection(settings),
        bot=_bot,
        chat=_chat,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Start what the settings ask for; 2 where that cannot be, 130 after Ctrl-C."""
    _parser().parse_args(argv)
    # Not `guarded`, as at the other doors: it sets up logging, and the bot has its own to set up.
    try:
        from index import IndexFault
        from scripts.terminal.opening import refused

        try:
            return _start_here()
        except IndexFault as fault:
            print(fault, file=sys.stderr)
            return 2
        except OSError as error:
            print(refused(error), file=sys.stderr)
            return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog="scripts/run start",
        description="Start the bot, or the chat in the terminal where there is no BOT_TOKEN;"
        " index the sources first where nothing is indexed yet. scripts/run alone does the same."
        " Settings are read from the environment and .env (see .env.example). Exit status 0: it"
        " was told to end; 1 and 70: start it again; 2: what it says has to be put right first.",
    )


if __name__ == "__main__":
    sys.exit(main())
