"""What a handler works with."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.desk import Desk
from bot.memory import Memory
from bot.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Office:
    """The desk that answers, the outbox that sends, the memory of answers, and the time zone."""

    desk: Desk
    outbox: Outbox
    memory: Memory
    zone: ZoneInfo
