"""Bring updates to the bot's webhook as Telegram does: until it says that it has them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from scripts.simulator.api import FakeTelegram
from scripts.simulator.post import Json

AGAIN_S = 0.05


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try to bring an update, and the status that came back; 0 where nothing did."""

    update_id: int
    status: int


class Hook:
    """Brings what Telegram holds to the address that was set, as many at once as was asked for."""

    def __init__(self, telegram: FakeTelegram, *, again_s: float = AGAIN_S) -> None:
        self.deliveries: list[Delivery] = []
        self._telegram = telegram
        self._again_s = again_s
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Bring until cancelled."""
        async with httpx.AsyncClient(timeout=10) as client, asyncio.TaskGroup() as group:
            while True:
                for update in self._due():
                    number = update["update_id"]
                    self._under_way[number] = group.create_task(self._bring(client, update))
                await asyncio.sleep(0.005)

    def _due(self) -> list[Json]:
        if not self._telegram.webhook:
            return []
        room = self._wish().get("max_connections", 40) - len(self._under_way)
        held = {update["update_id"]: update for update in self._telegram.held()}
        return [each for number, each in held.items() if number not in self._under_way][:room]

    def _wish(self) -> Json:
        return self._telegram.made("setWebhook")[-1]

    async def _bring(self, client: httpx.AsyncClient, update: Json) -> None:
        number = update["update_id"]
        shown = {"X-Telegram-Bot-Api-Secret-Token": self._wish().get("secret_token", "")}
        try:
            answer = await client.post(self._telegram.webhook, json=update, headers=shown)
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
        self.deliveries.append(Delivery(number, status))
        if 200 <= status < 300:
            self._telegram.brought(update)
        else:
            await asyncio.sleep(self._again_s)
        del self._under_way[number]


@asynccontextmanager
async def bringing(telegram: FakeTelegram) -> AsyncIterator[Hook]:
    """Have updates brought for as long as the block lasts."""
    hook = Hook(telegram)
    running = asyncio.create_task(hook.run())
    try:
        yield hook
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
