"""Run the bot as a process of its own, over one passage, for a trial that kills it.

python -m scripts.trials.served ADDRESS FOLDER COST_S [WEBHOOK_PORT]
"""

import asyncio
import os
import sys
from pathlib import Path

from pydantic import SecretStr

from bot.__main__ import serve_until_signalled
from bot.settings import BotSettings
from scripts.simulator.api import TOKEN
from scripts.trials.rote import Rote


def main() -> None:
    """Serve until a signal."""
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    address, folder, cost_s, *port = sys.argv[1:]
    told = {"token": SecretStr(TOKEN), "api_url": address, "data": Path(folder)}
    if port:
        told |= {
            "webhook_url": f"http://127.0.0.1:{port[0]}/quotewire",
            "webhook_port": int(port[0]),
        }
    settings = BotSettings.model_validate(told)
    asyncio.run(serve_until_signalled(settings, Rote(cost_s=float(cost_s))))


if __name__ == "__main__":
    main()
