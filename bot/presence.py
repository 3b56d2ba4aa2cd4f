"""What may be quoted where Telegram does not tell the place: what a person's groups see."""

import asyncio
import logging
import time
from collections.abc import Callable

from telegram import Bot, ChatMember
from telegram.error import TelegramError

from bot.chats import Chats
from bot.logs import describe

logger = logging.getLogger(__name__)

MOST_ASKED = 20
"""Groups that are asked about one person; in any further one the person counts as being."""

KEPT_S = 600.0
"""How long it is believed that somebody is in a group, or is not."""

_MOST_KEPT = 10_000
_OUT = {ChatMember.LEFT, ChatMember.BANNED}


class Presence:
    """Knows for a while which of the groups that keep to some sources a person is in."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[int, int], tuple[float, bool]] = {}

    async def sources_of(
        self, person: int, groups: dict[int, tuple[str, ...]], bot: Bot
    ) -> tuple[str, ...] | None:
        """The sources that all those of the groups allow that a person is in; () for every source.

        None where they have none in common. In doubt a person is in a group.
        """
        asked, further = list(groups)[:MOST_ASKED], list(groups)[MOST_ASKED:]
        inside = await asyncio.gather(*(self._is_in(person, each, bot) for each in asked))
        held = [*(each for each, there in zip(asked, inside, strict=True) if there), *further]
        return common([groups[each] for each in held])

    async def _is_in(self, person: int, group: int, bot: Bot) -> bool:
        known = self._known.get((group, person))
        if known and self._clock() < known[0]:
            return known[1]
        try:
            member = await bot.get_chat_member(group, person)
        except TelegramError as error:
            logger.info("whether somebody is in a group is unknown: %s", describe(error))
            return True
        there = member.status not in _OUT
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[group, person] = (self._clock() + KEPT_S, there)
        return there


def common(allowed: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The sources in each of the lists, of which an empty one allows every source; None: none."""
    limits = [each for each in allowed if each]
    if not limits:
        return ()
    return tuple(name for name in limits[0] if all(name in each for each in limits)) or None


def restricted(chats: Chats) -> dict[int, tuple[str, ...]]:
    """The groups that keep to some sources, and to which."""
    return {chat: found for chat in chats.groups() if (found := chats.of(chat).sources)}
