"""Chats as people see them: what they do reaches the bot, and what it does is written down."""

import asyncio
import sqlite3
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from scripts.simulator.api import FakeTelegram, parsed
from scripts.simulator.lines import Deed, Line
from scripts.simulator.post import (
    Json,
    Post,
    anonymous_admin,
    forum,
    person,
    private_chat,
)

ADMIN = "admin"
ANONYMOUS = "anonymous"
PRIVATE = "private"
_WIDTH = 88
_FIRST_PERSON, _FIRST_TOPIC = 11, 500
_CALM_S = 0.25


class Room:
    """One group with topics, and a private chat for each who speaks in it."""

    def __init__(self, fake: FakeTelegram, data: Path, *, chat: Json | None = None) -> None:
        self._fake = fake
        self._data = data
        self._post = Post()
        self._people: dict[str, Json] = {}
        self._topics: dict[str, int] = {}
        self._group = chat or forum()
        self._numbers: dict[tuple[int, int], int] = {}
        self._said: dict[int, Json] = {}
        self._last: dict[str, int] = {}
        self._seen = 0

    async def do(self, line: Line) -> list[str]:
        """Have somebody do something; what can be seen of that, and of what the bot does then."""
        try:
            update, told = self._update(line)
        except LookupError as error:
            return [str(error)]
        return [*told, *await self._live(update)]

    async def crowd(self, lines: Sequence[Line]) -> list[str]:
        """Have several speak one upon the other; what the bot does about it, and not who spoke."""
        return await self._live(*(self._update(line)[0] for line in lines))

    async def join(self, who: str) -> list[str]:
        """Have somebody add the bot to the group."""
        by = self._person(who)
        return await self._live(self._post.membership(self._group, "left", "member", by=by))

    async def migrate(self, chat: Json) -> list[str]:
        """Have the group become a supergroup: its old chat is gone."""
        old, self._group = self._group, chat
        self._fake.moved[old["id"]] = chat["id"]
        for (group, user), standing in list(self._fake.members.items()):
            if group == old["id"]:
                self._fake.members[chat["id"], user] = standing
        return await self._live(*self._post.migrates(old, chat))

    async def _live(self, *updates: Json) -> list[str]:
        before = len(self._fake.calls)
        await self._fake.push(*updates)
        await self.calm()
        return list(self._happened(before))

    async def calm(self) -> None:
        """Wait until the bot has done all that there was to do."""
        quiet_since = 0
        while quiet_since < 3:
            await asyncio.sleep(_CALM_S / 3)
            busy = bool(self._fake.pending) or self._waiting() > 0
            quiet_since = 0 if busy else quiet_since + 1

    async def watch(self) -> list[str]:
        """What the bot has done by itself since it was looked at last."""
        return list(self._happened(self._seen))

    def _waiting(self) -> int:
        file = self._data / "bot.db"
        if not file.is_file():
            return 1
        with closing(sqlite3.connect(file)) as db:
            query = "select count(*) from inbox where state = 'waiting'"
            return int(db.execute(query).fetchone()[0])

    # What people do.

    def _update(self, line: Line) -> tuple[Json, list[str]]:
        match line.deed:
            case Deed.EDIT:
                return self._edit(line)
            case Deed.PRESS:
                return self._press(line)
        chat, more = self._place(line)
        if line.deed is Deed.REPLY:
            more["reply_to_message"] = self._message(line.number)
        update = self._post.says(line.text, chat, **{**more, **self._speaker(line.who)})
        message = update["message"]
        return update, [self._spoken(message, line.who, line.topic)]

    def _edit(self, line: Line) -> tuple[Json, list[str]]:
        number = line.number or self._last.get(line.who, 0)
        update = self._post.edits({"message": self._message(number)}, line.text)
        self._said[number] = update["edited_message"]
        return update, [f"[{number}] {line.who} (edited): {line.text}"]

    def _press(self, line: Line) -> tuple[Json, list[str]]:
        message = self._message(line.number) if line.number else self._with_buttons()
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [each for row in rows for each in row]
        for number, each in enumerate(buttons, start=1):
            if line.text in {str(number), each["text"]}:
                break
        else:
            raise LookupError(f"There is no button {line.text}.")
        if "callback_data" not in each:
            raise LookupError(f"{each['text']} asks nothing of the bot: it opens or copies.")
        update = self._post.presses(message, each["callback_data"], by=self._person(line.who))
        return update, [f"{line.who} presses {each['text']}"]

    def _place(self, line: Line) -> tuple[Json, dict[str, Any]]:
        if line.chat == PRIVATE:
            return private_chat(self._person(line.who)["id"]), {}
        if line.chat:
            raise LookupError(f"There is no chat {line.chat}; write: {line.who} in private: ...")
        if not line.topic:
            return self._group, {}
        topic = self._topics.setdefault(line.topic, _FIRST_TOPIC + len(self._topics))
        return self._group, {"message_thread_id": topic, "is_topic_message": True}

    def _speaker(self, who: str) -> dict[str, Any]:
        if who == ANONYMOUS:
            return {"from": anonymous_admin(), "sender_chat": self._group}
        return {"from": self._person(who)}

    def _person(self, who: str) -> Json:
        if who not in self._people:
            identifier = _FIRST_PERSON + len(self._people)
            self._people[who] = person(identifier, who.capitalize())
            if who in {ADMIN, ANONYMOUS}:
                self._fake.members[self._group["id"], identifier] = "administrator"
        return self._people[who]

    def _message(self, number: int) -> Json:
        if not number:
            raise LookupError("Which message? Write its number, as in ada reply 2: ...")
        if number not in self._said:
            raise LookupError(f"There is no message {number}.")
        message = self._said[number]
        where = message["chat"]["id"], message["message_id"]
        return self._fake.shown.get(where, message)

    def _with_buttons(self) -> Json:
        for number in sorted(self._said, reverse=True):
            message = self._message(number)
            if "reply_markup" in message:
                return message
        raise LookupError("No message has buttons.")

    # What can be seen.

    def _spoken(self, message: Json, who: str, topic: str) -> str:
        number = self._number(message)
        self._last[who] = number
        where = "" if message["chat"] == self._group else " (in private)"
        where += f" #{topic}" if topic else ""
        reply = message.get("reply_to_message")
        where += f" (to {self._number(reply)})" if reply else ""
        return f"[{number}] {who}{where}: {message['text']}"

    def _number(self, message: Json) -> int:
        where = message["chat"]["id"], message["message_id"]
        if where not in self._numbers:
            self._numbers[where] = len(self._numbers) + 1
            self._said[self._numbers[where]] = message
        return self._numbers[where]

    def _happened(self, before: int) -> Iterator[str]:
        calls = self._fake.calls[before:]
        self._seen = len(self._fake.calls)
        for call in calls:
            fields = call.fields
            if call.method == "sendMessage" and "message_id" in call.result:
                yield from self._sent(call.result, fields)
            elif call.method == "editMessageText" and "message_id" in call.result:
                yield from self._shown(f"[{self._number(call.result)}] Quotewire (edited)", fields)
            elif call.method == "answerCallbackQuery" and fields.get("text"):
                yield f"    notice: {fields['text']}"
            elif call.method == "leaveChat":
                yield "Quotewire has left the group"

    def _sent(self, message: Json, fields: Json) -> Iterator[str]:
        head = f"[{self._number(message)}] Quotewire"
        reply = fields.get("reply_parameters", {}).get("message_id")
        if number := self._numbers.get((fields["chat_id"], reply)):
            head += f" (to {number})"
        head += " (silent)" if fields.get("disable_notification") else ""
        yield from self._shown(head, fields)

    def _shown(self, head: str, fields: Json) -> Iterator[str]:
        yield f"{head}:"
        text = parsed(fields).text
        quotes = {each.text for each in parsed(fields).pieces if "blockquote" in each.kind}
        for line in text.split("\n"):
            mark = "  | " if any(line and line in quote for quote in quotes) else "    "
            yield from textwrap.wrap(
                line, _WIDTH, initial_indent=mark, subsequent_indent=mark
            ) or [""]
        yield from _buttons(fields.get("reply_markup", {}))


def _buttons(markup: Json) -> Iterator[str]:
    number = 0
    for row in markup.get("inline_keyboard", []):
        labels = []
        for each in row:
            number += 1
            labels.append(f"({number}) {each['text']}")
        yield "    " + "  ".join(labels)
