"""Telegram brings updates, and is thanked only for what is on our disk."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from telegram import Bot, Update

from bot.database import BotData
from bot.inbox import Inbox, State
from bot.limits import UPDATES
from bot.webhook import BODY_BYTES, Place, Webhook, WebhookUnusable
from scripts.simulator.api import TOKEN
from scripts.simulator.hook import Delivery, bringing
from scripts.simulator.post import group, private_chat
from tests.support.library import SlowLibrary

SECRET = "a-secret_of-64"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def place(port) -> Place:
    return Place(f"http://127.0.0.1:{port}/quotewire", SECRET, "127.0.0.1", port)


@pytest.fixture
def settings(place) -> dict[str, object]:
    """What makes the bot of the `start` fixture have updates brought."""
    return {"webhook_url": place.url, "webhook_port": place.port}


class Disk(Inbox):
    """An inbox that can be full, and slow."""

    full = False
    go: asyncio.Event | None = None

    async def keep(self, items) -> None:
        if self.go:
            await self.go.wait()
        if self.full:
            raise OSError(28, "No space left on device")
        await super().keep(items)


@dataclass
class Listening:
    """A webhook that listens, and what it has stored."""

    inbox: Disk
    client: httpx.AsyncClient
    data: BotData
    arrived: list[int]
    pauses: asyncio.Queue[float]
    heard: list[int]

    async def brings(self, content, *, secret: str | None = SECRET, **more) -> int:
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        answer = await self.client.post("/quotewire", content=body, headers=headers, **more)
        return answer.status_code

    async def stored(self) -> dict[int, str]:
        query = "select update_id, state from inbox order by seq"
        return await self.data.run(lambda db: dict(db.execute(query).fetchall()))


@asynccontextmanager
async def listening(
    telegram, place, folder: Path, *, read=None, ahead=1
) -> AsyncIterator[Listening]:
    address = f"http://127.0.0.1:{place.port}"
    pauses: asyncio.Queue[float] = asyncio.Queue(ahead)
    async with (
        BotData(folder / "bot.db") as data,
        Bot(TOKEN, base_url=f"{telegram.address}/bot") as bot,
        httpx.AsyncClient(base_url=address) as client,
    ):
        seen = Listening(Disk(data), client, data, [], pauses, [])
        webhook = Webhook(
            bot,
            seen.inbox,
            place,
            read=read or (lambda raw: Update.de_json(raw, bot)),
            arrived=lambda: seen.arrived.append(1),
            heard=lambda: seen.heard.append(1),
            sleep=pauses.put,
        )
        serving = asyncio.create_task(webhook.run())
        await telegram.until(lambda: telegram.webhook)
        try:
            yield seen
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


@pytest.fixture
async def hook(telegram, place, tmp_path) -> AsyncIterator[Listening]:
    async with listening(telegram, place, tmp_path) as hook:
        yield hook


async def test_questions_that_are_brought_are_answered_each_once(
    telegram, post, library, start, settings
):
    updates = [post.says(f"question {n}", private_chat(100 + n)) for n in range(50)]
    await telegram.push(*updates, updates[0], post.says("gossip", group()), post.poison())

    async with bringing(telegram) as hook, start(**settings):
        await telegram.until(lambda: len(telegram.sent) >= 50 and not telegram.pending)

    assert sorted(library.asked) == sorted(f"question {n}" for n in range(50))
    assert {each.status for each in hook.deliveries} == {200}
    assert telegram.made("getUpdates") == []


async def test_telegram_is_told_where_to_bring_what_and_with_which_secret(
    telegram, start, settings, place
):
    async with start(**settings, webhook_secret=SECRET):
        await telegram.until(lambda: telegram.webhook)

    assert telegram.made("setWebhook") == [
        {
            "url": place.url,
            "secret_token": SECRET,
            "max_connections": 40,
            "allowed_updates": list(UPDATES),
        }
    ]
    assert telegram.made("deleteWebhook") == []


async def test_a_secret_that_is_made_up_stays_the_same(telegram, start, settings, tmp_path):
    for n in (1, 2):
        async with start(**settings):
            await telegram.until(lambda n=n: len(telegram.made("setWebhook")) == n)

    first, second = (made["secret_token"] for made in telegram.made("setWebhook"))
    assert first == second
    assert len(first) == 43


async def test_who_polls_again_ends_the_webhook(telegram, post, start, settings):
    async with start(**settings):
        await telegram.until(lambda: telegram.webhook)
    async with start():
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert telegram.webhook == ""


async def test_a_kill_between_storing_and_answering_loses_nothing(
    telegram, post, library, start, settings
):
    await telegram.push(*(post.says(f"question {n}", private_chat(100 + n)) for n in range(12)))
    stuck = SlowLibrary()

    async with bringing(telegram):
        async with start(stuck, **settings) as bot:
            await telegram.until(lambda: telegram.webhook and not telegram.pending)
            await bot.kill()
        stuck.go.set()
        assert telegram.sent == []
        async with start(**settings):
            await telegram.until(lambda: len(telegram.sent) >= 12)

    assert sorted(sent["chat_id"] for sent in telegram.sent) == list(range(100, 112))


async def test_after_an_outage_only_the_newest_old_message_of_a_chat_is_answered(
    telegram, post, library, start, settings
):
    old = [post.says(f"question {n}", ago_s=1_200 - n) for n in range(20)]
    await telegram.push(*old, post.says("fresh", private_chat(8)))

    async with bringing(telegram), start(**settings):
        await telegram.until(lambda: len(telegram.sent) >= 2)

    assert len(library.asked) == 2
    assert "fresh" in library.asked


async def test_the_answer_is_given_after_the_update_is_on_disk(hook, post):
    hook.inbox.go = asyncio.Event()
    bringing = asyncio.create_task(hook.brings(post.says("why?")))
    await asyncio.sleep(0.1)
    assert not bringing.done()
    hook.inbox.go.set()

    assert await bringing == 200
    assert await hook.stored() == {1_000: State.WAITING}
    assert hook.arrived == [1]


async def test_what_cannot_be_stored_is_asked_for_again(hook, telegram, post, caplog):
    update = post.says("my secret")
    hook.inbox.full = True
    assert await hook.brings(update) == 503
    hook.inbox.full = False

    assert await hook.brings(update) == 200
    assert await hook.stored() == {1_000: State.WAITING}
    assert "what arrived cannot be stored, so Telegram keeps it: OSError" in caplog.text
    assert "my secret" not in caplog.text


async def test_the_simulated_telegram_brings_until_it_is_thanked(hook, telegram, post):
    hook.inbox.full = True
    async with bringing(telegram) as bringer:
        # The secret is the webhook's own, as setWebhook named it.
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: bringer.deliveries)
        hook.inbox.full = False
        await telegram.until(lambda: telegram.pending == [])

    assert bringer.deliveries[0] == Delivery(1_000, 503)
    assert bringer.deliveries[-1] == Delivery(1_000, 200)


async def test_an_update_that_comes_twice_is_stored_once(hook, post):
    update = post.says("why?")

    statuses = await asyncio.gather(*(hook.brings(update) for _ in range(5)))

    assert statuses == [200] * 5
    assert await hook.stored() == {1_000: State.WAITING}


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "gehëim"])
async def test_who_does_not_know_the_secret_is_turned_away(secret, hook, post, caplog):
    headers = [] if secret is None else [(b"X-Telegram-Bot-Api-Secret-Token", secret.encode())]
    body = json.dumps(post.says("why?"))
    answers = [
        await hook.client.post("/quotewire", content=body, headers=headers) for _ in range(5)
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert await hook.stored() == {}
    told = [each for each in caplog.messages if "did not show the webhook's secret" in each]
    assert [each.split()[0] for each in told] == ["1", "2", "4"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"null",
        b"[]",
        b"7",
        b'{"message": {}}',
        b'{"update_id": "7"}',
        b'{"update_id": 1e3}',
        b'{"update_id": true}',
        b'{"update_id": 99999999999999999999}',
        b'{"update_id": ' + b"9" * 5_000 + b"}",
    ],
)
async def test_what_will_never_be_an_update_is_not_asked_for_again(content, hook):
    assert await hook.brings(content) == 200
    assert await hook.stored() == {}


async def test_an_update_that_cannot_be_read_is_kept_aside(hook, post):
    assert await hook.brings(post.poison()) == 200
    assert await hook.stored() == {1_000: State.ASIDE}
    assert hook.arrived == [1]


async def test_what_is_not_for_the_bot_is_not_stored(telegram, place, post, tmp_path):
    async with listening(telegram, place, tmp_path, read=lambda _: None) as hook:
        assert await hook.brings(post.says("gossip")) == 200
        assert await hook.stored() == {}


async def test_a_body_that_is_too_large_is_refused_unread(hook):
    assert await hook.brings(b" " * (BODY_BYTES + 1)) == 413
    assert await hook.brings(b" " * (5 * BODY_BYTES), secret="wrong") == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("HEAD", "/healthz", 200),
        ("POST", "/healthz", 404),
        ("GET", "/quotewire", 405),
        ("PUT", "/quotewire", 405),
        ("POST", "/quotewire/", 404),
        ("POST", "/", 404),
        ("POST", "/quotewire/../quotewire2", 404),
        ("GET", "/metrics", 404),
    ],
)
async def test_it_takes_posts_at_one_path_and_tells_its_health_at_another(
    method, path, status, hook
):
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    answer = await hook.client.request(method, path, headers=headers)

    assert answer.status_code == status


async def test_more_at_once_than_there_is_room_for_are_asked_to_come_again(telegram, hook, post):
    hook.inbox.go = asyncio.Event()
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=hook.client.base_url, limits=limits) as client:
        hook.client = client
        tasks = [asyncio.create_task(hook.brings(post.says("why?"))) for _ in range(85)]
        await telegram.until(lambda: sum(task.done() for task in tasks) == 5)
        hook.inbox.go.set()
        statuses = await asyncio.gather(*tasks)

    assert (statuses.count(200), statuses.count(503)) == (80, 5)


async def test_what_strangers_send_is_not_logged(hook, caplog):
    reader, writer = await asyncio.open_connection("127.0.0.1", hook.client.base_url.port)
    writer.write(b"my secret \x00 is no HTTP\r\n\r\n")
    await writer.drain()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert answer.startswith(b"HTTP/1.0 400")
    assert "my secret" not in caplog.text


async def test_a_webhook_that_was_deleted_is_set_again(telegram, hook, caplog):
    assert await hook.pauses.get() == 60.0
    telegram.webhook = ""
    await telegram.until(lambda: telegram.webhook)

    assert "the webhook was deleted, and is set again" in caplog.text
    assert len(hook.heard) >= 2


async def test_a_webhook_that_somebody_took_over_is_left_and_told_of(telegram, hook, caplog):
    telegram.webhook = "https://other.example/"
    for _ in range(3):
        await hook.pauses.get()
    await telegram.until(lambda: "Telegram brings updates to another address now" in caplog.text)

    assert telegram.webhook == "https://other.example/"


async def test_what_troubles_telegram_with_the_webhook_is_told(telegram, hook, post, caplog):
    await telegram.push(post.says("why?"))
    telegram.webhook_trouble = {"last_error_message": "Connection refused", "last_error_date": 1}

    for _ in range(3):
        await hook.pauses.get()

    assert (
        "1 updates wait at Telegram, whose last trouble with the webhook was: Connection refused"
        in caplog.text
    )


async def test_a_webhook_that_telegram_refuses_is_tried_again(telegram, place, tmp_path):
    telegram.fail("setWebhook", 400, "Bad Request: bad webhook: HTTPS url must be provided")
    telegram.fail("setWebhook", 429, "Flood", parameters={"retry_after": 3})
    async with listening(telegram, place, tmp_path, ahead=3) as hook:
        pauses = [await hook.pauses.get() for _ in range(3)]

    assert pauses == [1.0, 3.0, 60.0]


async def test_a_port_that_is_taken_is_told_in_a_sentence(telegram, start, settings, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(WebhookUnusable) as refused:
            async with start(**settings) as bot:
                await bot.ended()

    assert str(refused.value) == (
        f"the webhook cannot listen on 127.0.0.1, port {port} (address already in use);"
        " set BOT_WEBHOOK_HOST and BOT_WEBHOOK_PORT to what is free here"
    )


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://bot.example", "/"),
        ("https://bot.example/a/b", "/a/b"),
        ("https://bot.example:8443/{a}", "/{a}"),
    ],
)
def test_it_listens_at_the_path_of_its_address(url, path):
    assert Place(url, SECRET, "127.0.0.1", 1).path == path
