"""Run the bot as a process of its own, over a library that knows its answers by heart.

python -m tests.support.serve ADDRESS FOLDER
"""

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr

from bot.__main__ import serve_until_signalled
from bot.settings import BotSettings
from scripts.simulator.api import TOKEN
from tests.support.library import FakeLibrary

if __name__ == "__main__":
    address, folder = sys.argv[1:]
    settings = BotSettings(token=SecretStr(TOKEN), api_url=address, data=Path(folder))
    asyncio.run(serve_until_signalled(settings, FakeLibrary()))
