"""Make the updates that Telegram sends when people write to a bot."""

import itertools
import re
import time
from dataclasses import dataclass, field
from typing import Any

BOT_ID = 4_242
BOT_NAME = "quotewire_bot"

Json = dict[str, Any]


def bot_user() -> Json:
    return {"id": BOT_ID, "is_bot": True, "first_name": "Quotewire", "username": BOT_NAME}


def person(identifier: int = 7, name: str = "Ada") -> Json:
    return {"id": identifier, "is_bot": False, "first_name": name}


def private_chat(identifier: int = 7) -> Json:
    return {"id": identifier, "type": "private", "first_name": "Ada"}


def group(identifier: int = -100_5) -> Json:
    return {"id": identifier, "type": "supergroup", "title": "Harbour"}


def forum(identifier: int = -100_6) -> Json:
    return {**group(identifier), "is_forum": True}


@dataclass
class Post:
    """Numbers updates and messages as Telegram does, and dates them."""

    updates: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1_000))
    messages: "itertools.count[int]" = field(default_factory=lambda: itertools.count(10))

    def says(self, text: str, chat: Json | None = None, *, ago_s: int = 0, **more: Any) -> Json:
        """An update with a new message, its commands and mentions marked as Telegram does."""
        chat = chat or private_chat()
        message = {
            "message_id": next(self.messages),
            "date": int(time.time()) - ago_s,
            "chat": chat,
            "from": person(chat["id"] if chat["id"] > 0 else 7),
            "text": text,
            "entities": entities_in(text),
            **more,
        }
        kept = {name: value for name, value in message.items() if value is not None}
        return {"update_id": next(self.updates), "message": kept}

    def says_in_topic(self, text: str, topic: int, chat: Json | None = None) -> Json:
        """A message in a forum's topic, which replies to the notice of the topic's creation."""
        chat = chat or forum()
        notice = {
            "message_id": topic,
            "date": int(time.time()) - 60,
            "chat": chat,
            "from": bot_user(),
            "forum_topic_created": {"name": "Otters", "icon_color": 7322096},
        }
        return self.says(
            text, chat, message_thread_id=topic, is_topic_message=True, reply_to_message=notice
        )

    def replies_to_bot(self, text: str, chat: Json | None = None) -> Json:
        """A reply to a message of the bot's."""
        return self.says(text, chat or group(), reply_to_message=self.by_bot(chat or group()))

    def by_bot(self, chat: Json) -> Json:
        """A message that the bot has sent."""
        return {
            "message_id": next(self.messages),
            "date": int(time.time()),
            "chat": chat,
            "from": bot_user(),
            "text": "Otters hold hands.",
        }

    def poison(self) -> Json:
        """An update that no library can make sense of."""
        return {"update_id": next(self.updates), "message": {"message_id": "?", "chat": 5}}


def entities_in(text: str) -> list[Json]:
    """The marks that Telegram itself puts on commands and mentions, in UTF-16 units."""
    found = [
        *(("bot_command", match) for match in re.finditer(r"(?<!\S)/\w+(?:@\w+)?", text)),
        *(("mention", match) for match in re.finditer(r"(?<![\w/@])@\w{4,32}", text)),
    ]
    return [
        {
            "type": kind,
            "offset": _units(text[: match.start()]),
            "length": _units(match[0]),
        }
        for kind, match in found
        if kind == "bot_command" or "/" not in text[max(0, match.start() - 1) : match.start()]
    ]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
