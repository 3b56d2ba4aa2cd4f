"""Run the bot as a process of its own, over a library that one question kills the process of.

python -m tests.support.deadly ADDRESS FOLDER
"""

import asyncio
import os
import sys
from pathlib import Path

from pydantic import SecretStr

from bot.__main__ import serve_until_signalled
from bot.settings import BotSettings
from index import Answer
from scripts.simulator.api import TOKEN
from tests.support.library import FakeLibrary, answer, passage

DEADLY = "which word kills?"


def note(folder: Path, question: str) -> None:
    """Write a question down so that it outlives the process."""
    with (folder / "asked").open("a", encoding="utf-8") as file:
        file.write(f"{question}\n")


if __name__ == "__main__":
    address, where = sys.argv[1:]
    folder = Path(where)

    def reply(question: str) -> Answer:
        note(folder, question)
        if question == DEADLY:
            os._exit(139)
        return answer(passage())

    settings = BotSettings(token=SecretStr(TOKEN), api_url=address, data=folder)
    asyncio.run(serve_until_signalled(settings, FakeLibrary(reply)))
