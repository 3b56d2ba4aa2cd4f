"""The connection to Telegram, with every call counted by what became of it."""

import json
import ssl
import time
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.metrics import Metrics

OTHER = "other"

METHODS = frozenset(
    {
        *("getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo"),
        *("sendMessage", "sendChatAction", "editMessageText", "editMessageReplyMarkup"),
        *("deleteMessage", "answerCallbackQuery", "answerInlineQuery", "answerGuestQuery"),
        *("getChat", "getChatMember", "leaveChat", "getFile"),
        *("setMyCommands", "deleteMyCommands", "setMyDescription", "setMyShortDescription"),
        *("getMyDescription", "getMyShortDescription"),
    }
)
"""The methods that are counted by name."""

_CONNECT_S, _IN_LINE_S = 10.0, 30.0
"""How long a new connection may take, and a call wait for one while all are taken."""

_KEPT_S = 50.0
"""How long a connection waits for the next call; Telegram lets go of one after a minute or so."""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_OUTCOMES = {
    200: "ok",
    400: "refused",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    429: "flood",
}


class NotSent(NetworkError):  # noqa: N818 - named as the errors of index are
    """Telegram was not reached: what it was to be told has certainly not arrived."""


class Wire(BaseRequest):
    """PTB's way of calling Telegram, watched: by aiohttp, which costs less than half of httpx.

    It uploads no files, as the bot has none to send. The token stands in every address, so that
    no error repeats one.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        connections: int = 1,
        read_s: float = 20.0,
        proxy: str | None = None,
    ) -> None:
        self._metrics = metrics
        self._connections = connections
        self._read_s = read_s
        self._proxy = proxy
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """The seconds that Telegram may be silent, unless a call says otherwise."""
        return self._read_s

    async def initialize(self) -> None:
        """Nothing: the first call opens what it needs."""

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session:
            session, self._session = self._session, None
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        *_: Any,
        **__: Any,
    ) -> tuple[int, bytes]:
        """Call, and count what came of it; raises NetworkError alone."""
        silent_s = self._read_s if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        fields = request_data.json_parameters if request_data else None
        name, began = url.rpartition("/")[2], time.perf_counter()
        outcome = ""
        try:
            status, body = await self._called(url, method, fields, silent_s)
            outcome = _outcome(status)
        except TimedOut:
            outcome = "timeout"
            raise
        except NetworkError:
            outcome = "network"
            raise
        else:
            if outcome == "flood":
                self._metrics.silenced(_silence_in(body))
            return status, body
        finally:
            if outcome:  # else it was given up by us
                known = name if name in METHODS else OTHER
                self._metrics.called(known, outcome, time.perf_counter() - began)

    async def _called(
        self, url: str, method: str, fields: dict[str, str] | None, silent_s: float | None
    ) -> tuple[int, bytes]:
        self._session = self._session or self._opened()
        patience = ClientTimeout(connect=_IN_LINE_S, sock_connect=_CONNECT_S, sock_read=silent_s)
        try:
            async with self._session.request(
                *(method, url),
                # aiohttp's own way of writing a form prepares for files each time.
                data=urlencode(fields).encode() if fields else None,
                headers=_FORM,
                timeout=patience,
                proxy=self._proxy,
                allow_redirects=False,
            ) as answer:
                return answer.status, await answer.read()
        except (ClientConnectorError, ClientHttpProxyError, ConnectionTimeoutError) as error:
            raise NotSent(_named(error)) from error
        except TimeoutError as error:
            raise TimedOut(_named(error)) from error
        except (ClientError, OSError) as error:
            raise NetworkError(_named(error)) from error

    def _opened(self) -> ClientSession:
        return ClientSession(
            connector=TCPConnector(
                limit=self._connections, keepalive_timeout=_KEPT_S, ssl=_trusted()
            ),
            cookie_jar=DummyCookieJar(),
            headers={"User-Agent": self.USER_AGENT},
        )


def proxy_of(address: str) -> str | None:
    """The proxy that the environment names for an address: HTTPS_PROXY, ALL_PROXY, NO_PROXY."""
    parts, named = urlsplit(address), getproxies()
    proxy = named.get(parts.scheme) or named.get("all")
    if proxy is None or proxy_bypass(parts.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that httpx trusts, which are the same on every machine."""
    return httpx.create_ssl_context()


def _named(error: Exception) -> str:
    # Of these the words name a host alone; those of others may hold the whole address.
    told = f": {error}" if isinstance(error, ClientConnectorError) else ""
    return f"{type(error).__name__}{told}"


def _outcome(status: int) -> str:
    return _OUTCOMES.get(status, "server_error" if status >= 500 else OTHER)


def _silence_in(body: bytes) -> float:
    """The seconds of silence that a 429 asks for; 0 where it cannot be read."""
    try:
        return max(0.0, float(json.loads(body)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return 0.0
