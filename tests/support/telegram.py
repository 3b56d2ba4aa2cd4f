"""A Bot API server on loopback: long polling, messages, refusals, and faults on demand."""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.limits import BATCH, ENTITIES, PLAIN_UNITS
from tests.support import spec
from tests.support.markup import BadMarkup, Parsed, parse_html
from tests.support.people import Json, bot_user

_STRINGS = {"text", "parse_mode", "action", "language_code", "url", "secret_token"}

TOKEN = "4242:AAFakeTokenThatMustNeverBeWritten_0123456"


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was made: the method and its fields, as values."""

    method: str
    fields: Json


@dataclass(slots=True)
class Fault:
    """How to answer a method's next calls instead of doing what they ask, or `after` doing it."""

    status: int
    description: str = ""
    parameters: Json = field(default_factory=dict)
    body: bytes | None = None
    hang_up: bool = False
    after: bool = False
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
        self.calls: list[Call] = []
        self.sent: list[Json] = []
        self.numbers: list[int] = []
        self.problems: list[str] = []
        self.deleted: set[int] = set()
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
            "setMyCommands": self._succeed,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
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

    async def until(self, reached: Callable[[], bool], *, patience_s: float = 30) -> None:
        """Wait until something has come true."""
        async with asyncio.timeout(patience_s):
            while not reached():  # noqa: ASYNC110 - whatever it is about, no event tells of it
                await asyncio.sleep(0.005)

    # The server.

    async def answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        call = Call(method, await _fields(request))
        self.calls.append(call)
        try:
            return await self._answer(call, request)
        finally:
            async with self._changed:
                self._changed.notify_all()

    async def _answer(self, call: Call, request: web.Request) -> web.StreamResponse:
        try:
            self._let_in(request.match_info["token"])
            fault = self._fault(call)
            if fault and not fault.after:
                return _faulty(fault, request)
            result = await self._do(call)
        except Refusal as refusal:
            return _refused(refusal.status, refusal.description, refusal.parameters)
        return (
            _faulty(fault, request) if fault else web.json_response({"ok": True, "result": result})
        )

    def _let_in(self, token: str) -> None:
        if token != self.token:
            raise Refusal(401, "Unauthorized")

    async def _do(self, call: Call) -> Any:
        if call.method not in self._methods:
            raise Refusal(404, "Not Found")
        self.problems += spec.faults(call.method, call.fields)
        return await self._methods[call.method](call.fields)

    def _fault(self, call: Call) -> Fault | None:
        for method, fault in self._faults:
            if method == call.method and fault.applies(call):
                fault.times -= 1
                return fault
        return None

    # The methods.

    async def _succeed(self, fields: Json) -> bool:
        return True

    async def _get_me(self, fields: Json) -> Json:
        return {**bot_user(), "can_join_groups": True, "can_read_all_group_messages": False}

    async def _set_webhook(self, fields: Json) -> bool:
        self.webhook = fields["url"]
        return True

    async def _delete_webhook(self, fields: Json) -> bool:
        self.webhook = ""
        return True

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
        if fields.get("message_thread_id") == 1:
            raise Refusal(400, "Bad Request: message thread not found")
        reply = fields.get("reply_parameters", {})
        if reply.get("message_id") in self.deleted and not reply.get(
            "allow_sending_without_reply"
        ):
            raise Refusal(400, "Bad Request: message to be replied not found")
        self.sent.append(fields)
        self.numbers.append(next(self._numbers))
        return {
            "message_id": self.numbers[-1],
            "date": int(time.time()),
            "chat": {"id": fields["chat_id"], "type": "private"},
            "from": bot_user(),
            "text": parsed(fields).text,
        }


@contextlib.asynccontextmanager
async def telegram_server(fake: FakeTelegram) -> AsyncIterator[FakeTelegram]:
    """Serve the fake on a free port of loopback."""
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", fake.answer)
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


def _kind(update: Json) -> str:
    return next((name for name in update if name != "update_id"), "message")


def _faulty(fault: Fault, request: web.Request) -> web.StreamResponse:
    if fault.hang_up and request.transport:
        request.transport.abort()
    if fault.body is not None:
        return web.Response(status=fault.status, body=fault.body)
    return _refused(fault.status, fault.description, fault.parameters)


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
