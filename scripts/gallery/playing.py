"""Play a scene with the real bot over the sample articles, and record what was said."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.desk import Library
from index import IndexFault
from scripts.gallery.recording import Button, Message, Recording
from scripts.gallery.scenes import Invites, Person, Place, Presses, Publishes, Says, Scene, Step
from scripts.simulator.api import FakeTelegram, telegram_server
from scripts.simulator.post import Json, Post, bot_user, group, private_chat
from scripts.simulator.stage import performing

PATIENCE_S = 120
"""How long an answer may take on a busy machine."""

Publish = Callable[[str], None]
"""Adds an article, given as text with front matter, to the collection that the bot searches."""


class OffScript(IndexFault):
    """A scene that the bot no longer plays along with."""


_ACTIONS = {"callback_data": "callback", "copy_text": "copy", "url": "open"}
_BOT = bot_user()["first_name"]


async def play(
    scene: Scene,
    library: Library,
    folder: Path,
    *,
    publish: Publish,
    patience_s: float = PATIENCE_S,
) -> Recording:
    """The scene as it comes out now; the bot keeps what it has to remember in `folder`.

    Raises OffScript where a button is missing or nothing comes back.
    """
    async with telegram_server(FakeTelegram()) as telegram:
        stage = _Stage(scene, telegram, publish, patience_s)
        async with performing(telegram, library, folder):
            for step in scene.steps:
                await stage.perform(step)
        return Recording(scene.place, scene.title, scene.viewer.name, stage.messages())


class _Stage:
    """One chat: what people did in it so far, and what the bot made of that."""

    def __init__(
        self, scene: Scene, telegram: FakeTelegram, publish: Publish, patience_s: float
    ) -> None:
        self._name = scene.name
        self._telegram = telegram
        self._publish = publish
        self._patience_s = patience_s
        self._chat = _chat_of(scene)
        self._post = Post()
        self._lines: list[Message | int] = []  # of the bot's messages, their numbers
        self._places: dict[int, int] = {}  # a message's number -> its place in the recording
        telegram.reads_groups = True
        telegram.chats[self._chat["id"]] = self._chat
        for by in (step.by for step in scene.steps if not isinstance(step, Publishes)):
            status = "administrator" if by.is_admin else "member"
            telegram.members[self._chat["id"], by.identifier] = status

    async def perform(self, step: Step) -> None:
        """Let it happen, and wait for what the bot does about it."""
        before = self._done()
        match step:
            case Says():
                await self._say(step)
            case Presses():
                await self._press(step)
            case Invites():
                await self._invite(step)
            case _:
                await asyncio.to_thread(self._publish, step.article)
        if not isinstance(step, Says) or step.heard:
            await self._hear(step, before)

    def messages(self) -> tuple[Message, ...]:
        """Everything said, in order, each message as it stands now."""
        return tuple(self._of_bot(line) if isinstance(line, int) else line for line in self._lines)

    async def _say(self, step: Says) -> None:
        answered = self._telegram.current(self._chat["id"]) if step.back else None
        more: Json = {"from": _user(step.by), "reply_to_message": answered}
        update = self._post.says(step.text, self._chat, **more)
        place = self._places[answered["message_id"]] if answered else None
        line = Message(step.by.name, step.text, reply_to=place)
        self._add(update["message"]["message_id"], line)
        await self._telegram.push(update)

    async def _press(self, step: Presses) -> None:
        shown = self._telegram.current(self._chat["id"])
        data = self._telegram.buttons(self._chat["id"]).get(step.label)
        if data is None:
            raise OffScript(f"{self._name}: there is no button {step.label} to press")
        await self._telegram.push(self._post.presses(shown, data, by=_user(step.by)))

    async def _invite(self, step: Invites) -> None:
        self._lines.append(Message("", f"{step.by.name} added {_BOT}"))
        await self._telegram.push(
            self._post.membership(self._chat, "left", "member", by=_user(step.by))
        )

    async def _hear(self, step: Step, before: int) -> None:
        patience_s = self._patience_s
        try:
            await self._telegram.until(lambda: self._done() > before, patience_s=patience_s)
        except TimeoutError as error:
            raise OffScript(f"{self._name}: the bot did nothing about {step}") from error
        for number in self._telegram.numbers:
            if number not in self._places:
                self._add(number, number)

    def _add(self, number: int, line: Message | int) -> None:
        self._places[number] = len(self._lines)
        self._lines.append(line)

    def _done(self) -> int:
        return len(self._telegram.sent) + len(self._telegram.edited)

    def _of_bot(self, number: int) -> Message:
        sent = self._telegram.sent[self._telegram.numbers.index(number)]
        edits = [each for each in self._telegram.edited if each["message_id"] == number]
        texts = [each["text"] for each in (sent, *edits) if "text" in each]
        keyboard = self._telegram.current(self._chat["id"], number).get("reply_markup", {})
        replied = sent.get("reply_parameters", {}).get("message_id")
        return Message(
            by=_BOT,
            text=texts[-1],
            is_bot=True,
            reply_to=self._places.get(replied),
            buttons=tuple(tuple(map(_button, row)) for row in keyboard.get("inline_keyboard", ())),
            is_edited=bool(edits),
        )


def _chat_of(scene: Scene) -> Json:
    if scene.place is Place.PRIVATE:
        return {**private_chat(scene.viewer.identifier), "first_name": scene.viewer.name}
    return {**group(), "title": scene.title}


def _user(person: Person) -> Json:
    return {
        "id": person.identifier,
        "is_bot": False,
        "first_name": person.name,
        "language_code": person.language,
    }


def _button(button: Json) -> Button:
    action = next(name for key, name in _ACTIONS.items() if key in button)
    return Button(button["text"], action)
