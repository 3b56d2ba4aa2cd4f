"""What a handler works with."""

from dataclasses import dataclass

from bot.desk import Desk
from bot.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Office:
    """The desk that answers questions and the outbox that sends what is said."""

    desk: Desk
    outbox: Outbox
