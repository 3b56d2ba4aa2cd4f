"""Where somebody speaks to the bot, and in which words it speaks back."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.chats import ChatSettings
from bot.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Scene:
    """A chat, its topic (None outside of one), who speaks, and what holds there.

    `user` is None if nobody can be named.
    """

    chat: int
    topic: int | None
    user: int | None
    private: bool
    settings: ChatSettings
    phrases: Phrases
    zone: ZoneInfo
