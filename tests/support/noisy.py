"""Run the bot as `main` does, with a library and a process that say the wrong things aloud.

python -m tests.support.noisy; the settings come from the environment, and so does NOISY_SECRET,
which may be seen by nobody either.
"""

import asyncio
import logging
import os
import sys
import threading
import warnings
from dataclasses import replace

from bot import logs
from bot.__main__ import serve_until_signalled
from bot.desk import Library
from bot.settings import BotSettings, load_bot_settings
from index import Answer, IndexFault
from tests.support.library import FakeLibrary, answer, passage


class Loud(FakeLibrary):
    """Answers, unless a question names a way to blurt it out."""

    def __init__(self, hidden: str) -> None:
        super().__init__(self._reply_loudly)
        self._hidden = hidden

    def _reply_loudly(self, question: str) -> Answer:
        told = f"{question} {self._hidden} http://user:{self._hidden[-9:]}@proxy.example/"
        if "abstain" in question:
            return replace(answer(question=question), words=question)
        if "crash" in question:
            raise ValueError(told)
        if "fault" in question:
            raise IndexFault(f"it broke at {self._hidden}")
        if "thread" in question:
            threading.Thread(target=_die, args=(told,), name="loud").start()
        if "warn" in question:
            warnings.warn(self._hidden, stacklevel=1)
        if "library" in question:
            _library_logs(self._hidden, told)
        return replace(answer(passage(), question=question), words=question)


def _die(told: str) -> None:
    raise KeyError(told)


def _library_logs(hidden: str, told: str) -> None:
    stranger = logging.getLogger("stranger")
    if not stranger.handlers:
        stranger.addHandler(logging.StreamHandler(sys.stderr))
        stranger.propagate = False
    stranger.warning("calling https://api.telegram.org/bot%s/getMe", hidden)
    stranger.warning("bad %d", hidden)
    try:
        _die(told)
    except KeyError:
        stranger.exception("%s failed", hidden)
    logging.getLogger("asyncio").error("Exception in callback f(%r)\nfuture: %r", told, told)


def main() -> None:
    """Serve until a signal."""
    settings = load_bot_settings(os.environ, None)
    secrets = (*settings.secrets, os.environ["NOISY_SECRET"])
    logs.configure(secrets, form=settings.log_format, level=settings.log_level)
    hidden = " and ".join(secrets)
    asyncio.run(_serve(settings, Loud(hidden), hidden))
    raise RuntimeError(f"the last words: {hidden}")


async def _serve(settings: BotSettings, library: Library, hidden: str) -> None:
    forgotten = asyncio.get_running_loop().create_future()
    forgotten.set_exception(ValueError(f"never retrieved: {hidden}"))
    del forgotten
    await serve_until_signalled(settings, library)


if __name__ == "__main__":
    main()
