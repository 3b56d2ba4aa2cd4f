"""Make the updates that Telegram sends when people write to a bot."""

import itertools
import re
import time
from dataclasses import dataclass, field
from typing import Any

BOT_ID = 4_242
BOT_NAME = "quotewire_bot"

Json = dict[str, Any]

_ADMIN_RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
    *("can_manage_video_chats", "can_restrict_members", "can_promote_members"),
    *("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
    "can_delete_stories",
)
_RESTRICTED = (
    *("is_member", "can_send_messages", "can_send_audios", "can_send_documents"),
    *("can_send_photos", "can_send_videos", "can_send_video_notes", "can_send_voice_notes"),
    *("can_send_polls", "can_send_other_messages", "can_add_web_page_previews"),
    *("can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics"),
    *("can_react_to_messages", "can_edit_tag"),
)


def bot_user() -> Json:
    """The bot."""
    return {"id": BOT_ID, "is_bot": True, "first_name": "Quotewire", "username": BOT_NAME}


def person(identifier: int = 7, name: str = "Ada") -> Json:
    """Somebody who is no bot."""
    return {"id": identifier, "is_bot": False, "first_name": name}


def private_chat(identifier: int = 7) -> Json:
    """The chat of one person with the bot."""
    return {"id": identifier, "type": "private", "first_name": "Ada"}


def group(identifier: int = -100_5) -> Json:
    """A supergroup."""
    return {"id": identifier, "type": "supergroup", "title": "Harbour"}


def forum(identifier: int = -100_6) -> Json:
    """A supergroup with topics."""
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

    def edits(self, update: Json, text: str) -> Json:
        """The author changes what they said."""
        message = update.get("message") or update["edited_message"]
        changed = {
            **message,
            "text": text,
            "entities": entities_in(text),
            "edit_date": int(time.time()),
        }
        return {"update_id": next(self.updates), "edited_message": changed}

    def presses(self, message: Json, data: str, by: Json | None = None) -> Json:
        """A press on a button under a message of the bot's, as `FakeTelegram.current` gives it."""
        query = {
            "id": str(next(self.updates)),
            "from": by or person(max(message["chat"]["id"], 7)),
            "chat_instance": "1",
            "message": message,
            "data": data,
        }
        return {"update_id": next(self.updates), "callback_query": query}

    def queries(self, text: str, by: Json | None = None, offset: str = "") -> Json:
        """What somebody types behind the bot's name in any chat."""
        identifier = str(next(self.updates))
        query = {"id": identifier, "from": by or person(), "query": text, "offset": offset}
        return {"update_id": next(self.updates), "inline_query": query}

    def replies(self, text: str, to: Json, chat: Json | None = None, **more: Any) -> Json:
        """A reply to somebody's message, given as the update that brought it."""
        return self.says(
            text, chat or to["message"]["chat"], reply_to_message=to["message"], **more
        )

    def membership(self, chat: Json, old: str, new: str, by: Json | None = None) -> Json:
        """The bot's own standing in a chat changes."""
        change = {
            "chat": chat,
            "from": by or person(),
            "date": int(time.time()),
            "old_chat_member": member(old),
            "new_chat_member": member(new),
        }
        return {"update_id": next(self.updates), "my_chat_member": change}

    def migrates(self, old: Json, new: Json) -> tuple[Json, Json]:
        """The two notices of a group that becomes a supergroup."""
        return (
            self._notice(old, migrate_to_chat_id=new["id"]),
            self._notice(new, migrate_from_chat_id=old["id"]),
        )

    def _notice(self, chat: Json, **told: Any) -> Json:
        update = self.says("", chat, **told)
        del update["message"]["text"], update["message"]["entities"]
        return update

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


def anonymous_admin() -> Json:
    """Who Telegram says has written what an admin wrote as the group itself."""
    return {
        "id": 1_087_968_824,
        "is_bot": True,
        "first_name": "Group",
        "username": "GroupAnonymousBot",
    }


def member(status: str) -> Json:
    """The bot in a chat, with the least rights that such a member has."""
    found: Json = {"status": status, "user": bot_user()}
    if status in {"kicked", "restricted"}:
        found["until_date"] = 0
    if status == "creator":
        found["is_anonymous"] = False
    if status == "administrator":
        found |= dict.fromkeys(_ADMIN_RIGHTS, False)
    if status == "restricted":
        found |= dict.fromkeys(_RESTRICTED, False)
    return found


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
