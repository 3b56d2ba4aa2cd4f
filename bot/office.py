"""What a handler works with."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from telegram import Bot, CallbackQuery, Message, User

from bot.addressing import Me
from bot.chats import Chats
from bot.database import BotData
from bot.desk import Desk
from bot.locks import Locks
from bot.memory import Memory
from bot.outbox import Outbox, topic_of
from bot.phrases import language_for, phrases_in
from bot.scene import Scene
from bot.settings import BotSettings


@dataclass(frozen=True, slots=True)
class Office:
    """The desk that answers, the outbox that sends, what is remembered, and what was set."""

    bot: Bot
    desk: Desk
    outbox: Outbox
    data: BotData
    memory: Memory
    chats: Chats
    settings: BotSettings
    locks: Locks = field(default_factory=Locks)

    @property
    def me(self) -> Me:
        """Who the bot is."""
        return Me(self.bot.id, self.bot.username)

    def scene(self, message: Message, user: User | None = None) -> Scene:
        """The scene of a message; of a press by another than its sender, who is given."""
        topic = topic_of(message)
        settings = self.chats.of(message.chat.id, topic)
        speaker = user or message.from_user
        language = language_for(settings.language, speaker.language_code if speaker else None)
        return Scene(
            message.chat.id,
            topic,
            speaker.id if speaker else None,
            message.chat.type == message.chat.PRIVATE,
            settings,
            phrases_in(language),
            ZoneInfo(settings.zone or self.settings.time_zone),
        )

    def pressed(self, query: CallbackQuery) -> Scene | None:
        """The scene of a press; None where the message is out of reach."""
        message = query.message
        return self.scene(message, query.from_user) if isinstance(message, Message) else None
