"""Run the bot and then block its event loop for good, as a fault in native code would.

python -m tests.support.stuck ADDRESS FOLDER
"""

import asyncio
import sys
import time
from pathlib import Path

from pydantic import SecretStr

from bot import logs
from bot.__main__ import run
from bot.settings import BotSettings
from scripts.simulator.api import TOKEN
from tests.support.library import FakeLibrary


class Standstill(FakeLibrary):
    """Stops the event loop when it is asked something."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop

    def ask(self, question: str, **how: object) -> object:
        self._loop.call_soon_threadsafe(time.sleep, 600)
        return super().ask(question)


async def _main(address: str, folder: str) -> None:
    logs.configure(TOKEN)
    settings = BotSettings(token=SecretStr(TOKEN), api_url=address, data=Path(folder))
    hasty = settings.model_copy(update={"watchdog_s": 1.0})  # no setting allows so little
    await run(hasty, Standstill(asyncio.get_running_loop()), stop=asyncio.Event())


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
