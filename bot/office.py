"""What a handler works with."""

from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from telegram import Bot, CallbackQuery, Message, User

from bot.addressing import Me
from bot.chats import Chats
from bot.database import BotData
from bot.desk import Desk
from bot.doors import DOORS, Doors
from bot.health import Health
from bot.locks import Locks
from bot.memory import Memory
from bot.metrics import Metrics
from bot.newest import Newest
from bot.outbox import Outbox, topic_of
from bot.phrases import language_for, phrases_in
from bot.presence import Presence, common, restricted
from bot.reindexing import Reindexing
from bot.rota import Asker
from bot.scene import Scene
from bot.settings import BotSettings


@dataclass(frozen=True, slots=True)
class Office:
    """The desk that answers, the outbox that sends, what is remembered, and what was set.

    What is for the bot's admins stands at the end.
    """

    bot: Bot
    desk: Desk
    outbox: Outbox
    data: BotData
    memory: Memory
    chats: Chats
    settings: BotSettings
    locks: Locks = field(default_factory=Locks)
    newest: Newest = field(default_factory=Newest)
    presence: Presence = field(default_factory=Presence)
    doors: Doors = DOORS
    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=Metrics)
    reindexing: Reindexing = field(default_factory=lambda: Reindexing(DOORS.reindex))

    @property
    def me(self) -> Me:
        """Who the bot is."""
        return Me(self.bot.id, self.bot.username)

    def serving(self, asker: Asker) -> "Office":
        """The same office, where what is looked up is the asker's."""
        return replace(self, desk=self.desk.serving(asker))

    def scene(self, message: Message, user: User | None = None) -> Scene:
        """The scene of a message; of a press by another than its sender, who is given."""
        speaker = user or message.from_user
        scene = self.scene_of(
            message.chat.id, topic_of(message), speaker.language_code if speaker else None
        )
        private = message.chat.type == message.chat.PRIVATE
        # Who writes as a group or a channel cannot be named: Telegram's stand-ins are many people.
        named = speaker if user or not message.sender_chat else None
        return replace(scene, user=named.id if named else None, private=private)

    def scene_of(self, chat: int, topic: int | None, language: str | None) -> Scene:
        """The scene of something the bot says by itself, in a language unless the chat has one."""
        settings = self.chats.of(chat, topic)
        phrases = phrases_in(language_for(settings.language, language))
        zone = ZoneInfo(settings.zone or self.settings.time_zone)
        return Scene(chat, topic, None, chat > 0, settings, phrases, zone)

    def pressed(self, query: CallbackQuery) -> Scene | None:
        """The scene of a press; None where the message is out of reach."""
        message = query.message
        return self.scene(message, query.from_user) if isinstance(message, Message) else None

    async def sources_anywhere(
        self, person: int, chosen: tuple[str, ...]
    ) -> tuple[str, ...] | None:
        """The sources that may be quoted where the place is unknown: () is all, None is none.

        Any group that the person is in may be that place, so what all of them allow, and what
        the person has chosen.
        """
        there = await self.presence.sources_of(person, restricted(self.chats), self.bot)
        return None if there is None else common([there, chosen])
