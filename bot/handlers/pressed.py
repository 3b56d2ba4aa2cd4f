"""A press on a button, with all that it is about."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import CallbackQuery, Message

from bot.buttons import Press
from bot.commands import Who
from bot.memory import Sheet
from bot.office import Office
from bot.scene import Scene


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press: the message under which the button is, what that shows, and who pressed where."""

    query: CallbackQuery
    message: Message
    press: Press
    sheet: Sheet
    scene: Scene


Run = Callable[[Pressed, Office], Awaitable[None]]
"""Sees to a press; it answers the press first, since Telegram takes that for seconds only."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What sees to a verb, and who may press."""

    run: Run
    who: Who = Who.ANYONE
