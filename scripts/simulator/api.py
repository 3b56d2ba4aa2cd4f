"""A Bot API server on loopback: long polling, messages, refusals, and faults on demand."""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from bot.limits import BATCH, ENTITIES, INLINE_RESULTS, PLAIN_UNITS
from scripts.simulator import description
from scripts.simulator.markup import BadMarkup, Parsed, parse_html
from scripts.simulator.post import Json, bot_user, member, person

_STRINGS = {
    *("inline_query_id", "callback_query_id", "guest_query_id", "next_offset", "file_id"),
    *("description", "short_description"),
    *("text", "parse_mode", "action", "language_code", "url", "secret_token"),
}

_ACTIONS = {"callback_data", "url", "copy_text", "switch_inline_query"}

TOKEN = "4242:AAFakeTokenThatMustNeverBeWritten_0123456"  # noqa: S105 - it opens nothing


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was made: the method and its fields, as values."""

    method: str
    fields: Json
    result: Any = field(default_factory=dict, compare=False)


@dataclass(slots=True)
class Fault:
    """How to answer a method's next calls instead of doing what they ask, or `after` doing it.

    `hang_up` breaks the connection, `half` does so amid the answer; `silent_s` is before it.
    """

    status: int
    description: str = ""
    parameters: Json = field(default_factory=dict)
    body: bytes | None = None
    hang_up: bool = False
    after: bool = False
    silent_s: float = 0
    half: bool = False
    times: int = 1
    chat: int | None = None

    def applies(self, call: Call) -> bool:
        return self.times > 0 and self.chat in {None, call.fields.get("chat_id")}


class Refusal(Exception):  # noqa: N818 - it is no error of ours
    """An error that Telegram answers."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class FakeTelegram:
    """Speaks the Bot API for one bot. `address` goes where https://api.telegram.org would.

    Stricter than Telegram in two things that it lets pass silently: more than 100 formatted pieces
    in a message, and a quote inside a quote, are refused.
    """

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.address = ""
        self.webhook = ""
        self.webhook_trouble: Json = {}
        self.calls: list[Call] = []
        self.sent: list[Json] = []
        self.numbers: list[int] = []
        self.problems: list[str] = []
        self.deleted: set[int] = set()
        self.edited: list[Json] = []
        self.chats: dict[int, Json] = {}
        self.members: dict[tuple[int, int], str] = {}
        self.blocked: dict[int, str] = {}
        self.moved: dict[int, int] = {}
        self.files: dict[str, bytes] = {}
        self.left: list[int] = []
        self.described: dict[str | None, Json] = {}
        self.strangers: set[int] = set()
        self.reads_groups = False
        self.shown: dict[tuple[int, int], Json] = {}
        self._written: dict[tuple[int, int], str] = {}
        self._waiting: list[Json] = []
        self._faults: list[tuple[str, Fault]] = []
        self._changed = asyncio.Condition()
        self._polls = 0
        self._numbers = itertools.count(100_000)
        self._methods: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
            "sendChatAction": self._succeed,
            "setMyCommands": self._set_commands,
            "setMyDescription": self._describe,
            "setMyShortDescription": self._describe,
            "getMyDescription": self._description,
            "getMyShortDescription": self._description,
            "deleteMyCommands": self._succeed,
            "editMessageText": self._edit,
            "editMessageReplyMarkup": self._edit,
            "deleteMessage": self._delete,
            "answerCallbackQuery": self._succeed,
            "answerInlineQuery": self._answer_inline,
            "answerGuestQuery": self._answer_guest,
            "getChat": self._get_chat,
            "getChatMember": self._get_member,
            "leaveChat": self._leave,
            "getFile": self._get_file,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
        }

    # What a test does and sees.

    async def push(self, *updates: Json) -> None:
        """Have Telegram hold these updates for the bot."""
        async with self._changed:
            self._waiting.extend(updates)
            self._changed.notify_all()

    def fail(self, method: str, status: int, description: str = "", **more: Any) -> None:
        """Answer the method's next call with an error; see Fault for how else, and how often."""
        self._faults.append((method, Fault(status, description, **more)))

    def made(self, method: str) -> list[Json]:
        """The fields of every call of a method, in order."""
        return [call.fields for call in self.calls if call.method == method]

    def texts(self, chat: int | None = None) -> list[str]:
        """What people see of the messages that came through, all of them or those to one chat."""
        return [parsed(m).text for m in self.sent if chat in {None, m["chat_id"]}]

    @property
    def pending(self) -> list[int]:
        """The update_ids that the bot has not confirmed."""
        return [update["update_id"] for update in self._waiting]

    def held(self) -> list[Json]:
        """The updates that wait to be brought to the webhook, oldest first."""
        allowed = self.made("setWebhook")[-1].get("allowed_updates") or ["message"]
        self._waiting = [update for update in self._waiting if _kind(update) in allowed]
        return list(self._waiting)

    def brought(self, update: Json) -> None:
        """The webhook has said that it has this update."""
        self._waiting.remove(update)

    async def until(self, reached: Callable[[], bool], *, patience_s: float = 30) -> None:
        """Wait until something has come true."""
        async with asyncio.timeout(patience_s):
            while not reached():  # noqa: ASYNC110 - whatever it is about, no event tells of it
                await asyncio.sleep(0.005)

    async def until_sent(self, count: int) -> None:
        """Wait until so many messages have come through, not a moment longer."""
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: len(self.sent) >= count)

    # The server.

    async def answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        call = Call(method, await _fields(request))
        place = len(self.calls)
        self.calls.append(call)
        try:
            return await self._answer(call, request, place)
        finally:
            async with self._changed:
                self._changed.notify_all()

    async def _answer(self, call: Call, request: web.Request, place: int) -> web.StreamResponse:
        try:
            self._let_in(request.match_info["token"])
            fault = self._fault(call)
            if fault and not fault.after:
                return await _faulty(fault, request)
            result = await self._do(call)
            if isinstance(result, dict):
                self.calls[place] = replace(call, result=result)
        except Refusal as refusal:
            return _refused(refusal.status, refusal.description, refusal.parameters)
        if fault:
            return await _faulty(fault, request)
        return web.json_response({"ok": True, "result": result})

    def _let_in(self, token: str) -> None:
        if token != self.token:
            raise Refusal(401, "Unauthorized")

    async def _do(self, call: Call) -> Any:
        if call.method not in self._methods:
            raise Refusal(404, "Not Found")
        self.problems += description.faults(call.method, call.fields)
        if self.token.partition(":")[2] in str(call.fields):
            self.problems.append(f"{call.method} tells the token")
        return await self._methods[call.method](call.fields)

    def _fault(self, call: Call) -> Fault | None:
        for method, fault in self._faults:
            if method == call.method and fault.applies(call):
                fault.times -= 1
                return fault
        return None

    # The methods.

    async def _succeed(self, _: Json) -> bool:
        return True

    async def _get_me(self, _: Json) -> Json:
        return {
            **bot_user(),
            "can_join_groups": True,
            "can_read_all_group_messages": self.reads_groups,
            "supports_inline_queries": True,
        }

    async def _set_webhook(self, fields: Json) -> bool:
        self.webhook = fields["url"]
        return True

    async def _delete_webhook(self, _: Json) -> bool:
        self.webhook = ""
        return True

    async def _webhook_info(self, _: Json) -> Json:
        return {
            "url": self.webhook,
            "has_custom_certificate": False,
            "pending_update_count": len(self._waiting),
            **self.webhook_trouble,
        }

    async def _get_updates(self, fields: Json) -> list[Json]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        self._confirm(fields.get("offset", 0))
        self._polls += 1
        mine = self._polls
        async with self._changed:
            self._changed.notify_all()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(fields.get("timeout", 0) or 0.001):
                    await self._changed.wait_for(lambda: self._waiting or self._polls != mine)
        if self._polls != mine:
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
        allowed = fields.get("allowed_updates") or ["message"]
        self._waiting = [update for update in self._waiting if _kind(update) in allowed]
        return self._waiting[: min(fields.get("limit", BATCH), BATCH)]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._waiting = self._waiting[offset:]
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]

    async def _send_message(self, fields: Json) -> Json:
        _check_text(fields)
        _check_buttons(fields.get("reply_markup"))
        self._check_reach(fields["chat_id"])
        if fields.get("message_thread_id") == 1:
            raise Refusal(400, "Bad Request: message thread not found")
        reply = fields.get("reply_parameters", {})
        if reply.get("message_id") in self.deleted and not reply.get(
            "allow_sending_without_reply"
        ):
            raise Refusal(400, "Bad Request: message to be replied not found")
        self.sent.append(fields)
        self.numbers.append(next(self._numbers))
        chat, number = fields["chat_id"], self.numbers[-1]
        self._written[chat, number] = fields["text"]
        self.shown[chat, number] = {
            "message_id": number,
            "date": int(time.time()),
            "chat": self._chat(chat),
            "from": bot_user(),
            "text": parsed(fields).text,
            **({"reply_markup": fields["reply_markup"]} if "reply_markup" in fields else {}),
            **_topic(fields),
        }
        return self.shown[chat, number]

    async def _edit(self, fields: Json) -> Json:
        self._check_reach(fields["chat_id"])
        where = fields["chat_id"], fields["message_id"]
        if where not in self.shown or where[1] in self.deleted:
            raise Refusal(400, "Bad Request: message to edit not found")
        _check_buttons(fields.get("reply_markup"))
        before = self.shown[where]
        after = {name: value for name, value in before.items() if name != "reply_markup"}
        if "text" in fields:
            _check_text(fields)
            after["text"] = parsed(fields).text
        if "reply_markup" in fields:
            after["reply_markup"] = fields["reply_markup"]
        html = str(fields.get("text", self._written.get(where, "")))
        if after == before and html == self._written.get(where):
            raise Refusal(400, "Bad Request: message is not modified: new message content is same")
        self.edited.append(fields)
        self._written[where] = html
        self.shown[where] = after
        return after

    async def _delete(self, fields: Json) -> bool:
        self.deleted.add(fields["message_id"])
        return True

    async def _answer_inline(self, fields: Json) -> bool:
        results = fields["results"]
        if len(results) > INLINE_RESULTS or len({each["id"] for each in results}) < len(results):
            raise Refusal(400, "Bad Request: RESULT_ID_DUPLICATE")
        if len(fields.get("next_offset", "").encode()) > 64:
            raise Refusal(400, "Bad Request: next offset is too long")
        for each in results:
            _check_text(
                {
                    **each["input_message_content"],
                    "text": each["input_message_content"]["message_text"],
                }
            )
        return True

    async def _answer_guest(self, fields: Json) -> Json:
        content = fields["result"]["input_message_content"]
        _check_text({**content, "text": content["message_text"]})
        return {"inline_message_id": f"guest-{next(self._numbers)}"}

    async def _description(self, fields: Json) -> Json:
        told = self.described.get(fields.get("language_code"), {})
        return {"description": "", "short_description": "", **told}

    async def _set_commands(self, fields: Json) -> bool:
        if fields.get("scope", {}).get("chat_id") in self.strangers:
            raise Refusal(400, "Bad Request: chat not found")
        return True

    async def _describe(self, fields: Json) -> bool:
        language = fields.get("language_code")
        told = {name: text for name, text in fields.items() if name != "language_code"}
        self.described[language] = {**self.described.get(language, {}), **told}
        return True

    async def _get_chat(self, fields: Json) -> Json:
        return {**self._chat(fields["chat_id"]), "accent_color_id": 0, "max_reaction_count": 3}

    async def _get_member(self, fields: Json) -> Json:
        user = fields["user_id"]
        status = self.members.get((fields["chat_id"], user), "member")
        return {**member(status), "user": {**person(user), "is_bot": user == bot_user()["id"]}}

    async def _leave(self, fields: Json) -> bool:
        self.left.append(fields["chat_id"])
        return True

    async def _get_file(self, fields: Json) -> Json:
        identifier = fields["file_id"]
        if identifier not in self.files:
            raise Refusal(400, "Bad Request: wrong file_id")
        return {
            "file_id": identifier,
            "file_unique_id": identifier,
            "file_size": len(self.files[identifier]),
            "file_path": f"documents/{identifier}",
        }

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The content of a file that a test has put in `files`."""
        identifier = request.match_info["path"].removeprefix("documents/")
        if request.match_info["token"] != self.token or identifier not in self.files:
            return web.Response(status=404)
        return web.Response(body=self.files[identifier])

    def _chat(self, identifier: int) -> Json:
        private = {"id": identifier, "type": "private", "first_name": "Ada"}
        group = {"id": identifier, "type": "supergroup", "title": "Harbour"}
        return self.chats.get(identifier, private if identifier > 0 else group)

    def _check_reach(self, chat: int) -> None:
        if chat in self.moved:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved[chat],
            )
        if chat in self.blocked:
            reason = self.blocked[chat]
            raise Refusal(403 if reason.startswith("Forbidden") else 400, reason)

    def current(self, chat: int, message: int | None = None) -> Json:
        """A message of the bot's as it stands, the last one in the chat unless named."""
        if message is None:
            message = max(number for where, number in self.shown if where == chat)
        return self.shown[chat, message]

    def buttons(self, chat: int, message: int | None = None) -> dict[str, str]:
        """What the buttons under a message say back, or lead to, by their labels."""
        markup = self.current(chat, message).get("reply_markup", {})
        rows = markup.get("inline_keyboard", [])
        return {each["text"]: _says(each) for row in rows for each in row}


@contextlib.asynccontextmanager
async def telegram_server(fake: FakeTelegram) -> AsyncIterator[FakeTelegram]:
    """Serve the fake on a free port of loopback."""
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", fake.answer)
    app.router.add_get("/file/bot{token}/{path:.+}", fake.download)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()


def parsed(message: Json) -> Parsed:
    """A sent message as people see it."""
    return parse_html(message["text"]) if "parse_mode" in message else Parsed(message["text"], ())


def _check_text(fields: Json) -> None:
    if fields.get("parse_mode") not in {None, "HTML"}:
        raise Refusal(400, "Bad Request: unsupported parse_mode")
    try:
        seen = parsed(fields)
    except BadMarkup as error:
        raise Refusal(400, f"Bad Request: can't parse entities: {error}") from error
    if not seen.text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if seen.units > PLAIN_UNITS:
        raise Refusal(400, "Bad Request: message is too long")
    if len(seen.pieces) > ENTITIES:
        raise Refusal(400, "Bad Request: too many entities")


def _check_buttons(markup: Json | None) -> None:
    for row in (markup or {}).get("inline_keyboard", []):
        for each in row:
            if not each.get("text"):
                raise Refusal(400, "Bad Request: text of the button is empty")
            if len(each.keys() & _ACTIONS) != 1:
                raise Refusal(400, "Bad Request: a button must have exactly one action")
            if not 1 <= len(each.get("callback_data", "x").encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")


def _topic(fields: Json) -> Json:
    topic = fields.get("message_thread_id")
    return {"message_thread_id": topic, "is_topic_message": True} if topic else {}


def _says(button: Json) -> str:
    action = next(iter(button.keys() & _ACTIONS))
    told = button[action]
    return str(told["text"] if action == "copy_text" else told)


def _kind(update: Json) -> str:
    return next((name for name in update if name != "update_id"), "message")


async def _faulty(fault: Fault, request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(fault.silent_s)
    if fault.half:
        return await _half(request)
    if fault.hang_up and request.transport:
        request.transport.abort()
    if fault.body is not None:
        return web.Response(status=fault.status, body=fault.body)
    return _refused(fault.status, fault.description, fault.parameters)


async def _half(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": "1000"})
    await answer.prepare(request)
    await answer.write(b'{"ok": true, "result": [')
    if request.transport:
        request.transport.close()
    return answer


def _refused(status: int, description: str, parameters: Json) -> web.Response:
    answer = {"ok": False, "error_code": status, "description": description}
    if parameters:
        answer["parameters"] = parameters
    return web.json_response(answer, status=status)


async def _fields(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return dict(await request.json())
    given = request.query if request.method == "GET" else await request.post()
    return {name: _value(name, str(value)) for name, value in given.items()}


def _value(name: str, written: str) -> Any:
    # In a form, everything but a string is written as JSON; so is what only looks like it.
    if name in _STRINGS:
        return written
    try:
        return json.loads(written)
    except ValueError:
        return written
