"""Wait for one's turn among many, so that nobody who wants much keeps the others waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.rota import Asker, Rota


class Turns:
    """Turns by a rota, each as long as a block lasts."""

    def __init__(self, *, at_once: int, in_chat: int, of_one: int) -> None:
        self._rota: Rota[asyncio.Future[None]] = Rota(
            at_once=at_once, in_chat=in_chat, of_one=of_one
        )

    @asynccontextmanager
    async def turn(self, asker: Asker) -> AsyncIterator[None]:
        """Wait for the asker's turn; it is over with the block."""
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._rota.add(asker, begun)
        self._hand_out()
        try:
            await begun
            yield
        finally:
            if not self._rota.withdraw(asker, begun):
                self._rota.end(asker)
            self._hand_out()

    def _hand_out(self) -> None:
        while taken := self._rota.take():
            if not taken[1].done():
                taken[1].set_result(None)
