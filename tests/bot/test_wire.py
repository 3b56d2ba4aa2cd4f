"""How Telegram is called: by which way, and what is told when that fails."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.error import NetworkError, TimedOut

from bot.metrics import Metrics
from bot.wire import NotSent, Wire, proxy_of
from scripts.simulator.api import TOKEN

NOBODY = f"http://127.0.0.1:1/bot{TOKEN}/sendMessage"


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire(Metrics(), read_s=5) as wire:
        yield wire


async def test_a_call_goes_by_the_proxy_that_is_named(telegram):
    wire = Wire(Metrics(), proxy=telegram.address)

    async with Bot(TOKEN, base_url="http://telegram.invalid/bot", request=wire) as bot:
        await bot.send_message(7, "through")

    assert telegram.texts() == ["through"]


@pytest.mark.parametrize(
    ("named", "proxy"),
    [
        ({}, None),
        ({"https_proxy": "http://proxy.example:3128"}, "http://proxy.example:3128"),
        ({"all_proxy": "proxy.example:3128"}, "http://proxy.example:3128"),
        ({"http_proxy": "http://proxy.example:3128"}, None),
        ({"https_proxy": "http://proxy.example:3128", "no_proxy": "telegram.org"}, None),
    ],
)
def test_the_environment_names_the_proxy(named, proxy, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)

    assert proxy_of("https://api.telegram.org") == proxy


async def test_what_never_reached_telegram_is_told_apart(wire):
    with pytest.raises(NotSent, match=r"^ClientConnectorError: Cannot connect") as told:
        await wire.do_request(NOBODY, "POST")

    assert TOKEN not in str(told.value)


async def test_a_connection_that_breaks_tells_no_address(telegram, wire):
    telegram.fail("sendMessage", 200, hang_up=True)

    with pytest.raises(NetworkError) as told:
        await wire.do_request(f"{telegram.address}/bot{TOKEN}/sendMessage", "POST")

    assert str(told.value) == "ServerDisconnectedError"


async def test_a_server_that_says_nothing_is_given_up_and_the_next_call_goes_well(telegram, wire):
    telegram.fail("getMe", 200, silent_s=30)
    address = f"{telegram.address}/bot{TOKEN}/getMe"

    with pytest.raises(TimedOut):
        await wire.do_request(address, "POST", read_timeout=0.05)

    assert (await wire.do_request(address, "POST"))[0] == 200


async def test_a_wire_that_was_shut_down_opens_again(telegram, wire):
    address = f"{telegram.address}/bot{TOKEN}/getMe"
    await wire.do_request(address, "POST")

    await wire.shutdown()

    assert (await wire.do_request(address, "POST"))[0] == 200
    assert wire.read_timeout == 5
