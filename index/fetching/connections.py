"""Connections that are made only to addresses that were checked, and that end in time.

The check stands where the connection is made, so a name cannot have another address at a second
look (DNS rebinding), and every redirect passes it again.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import httpcore
import httpx

from index.errors import Unreadable
from index.fetching.addresses import Resolve, addresses_of, resolve

Clock = Callable[[], float]
_Check = Callable[[str, int], tuple[str, ...]]


class Connections(httpx.BaseTransport):
    """An httpx transport. `allow` says how many seconds all further reading may take."""

    def __init__(
        self,
        *,
        private: bool,
        look_up: Resolve = resolve,
        network: httpcore.NetworkBackend | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        def check(host: str, port: int) -> tuple[str, ...]:
            return addresses_of(host, port, private=private, look_up=look_up)

        self._network = _Network(network or httpcore.SyncBackend(), check, clock)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trust(),
            keepalive_expiry=5.0,
            network_backend=self._network,
        )

    def allow(self, seconds: float) -> None:
        """Give everything that follows this long, together."""
        self._network.allow(seconds)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; what goes wrong is raised as httpcore's own errors, or Unreadable."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


@cache
def _trust() -> ssl.SSLContext:
    """Whom we believe to be who they are; made once, for it takes a while."""
    return httpx.create_ssl_context()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Network(httpcore.NetworkBackend):
    """Makes connections to checked addresses, the next where one fails."""

    def __init__(self, inner: httpcore.NetworkBackend, check: _Check, clock: Clock) -> None:
        self._inner = inner
        self._check = check
        self._clock = clock
        self._allowed = self._end = float("inf")

    def allow(self, seconds: float) -> None:
        self._allowed, self._end = seconds, self._clock() + seconds

    def left(self, timeout: float | None) -> float:
        """Seconds that one step may take. Raises Unreadable when there are none left."""
        left = self._end - self._clock()
        if left <= 0:
            raise Unreadable(f"it was still not read after {self._allowed:g} seconds")
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError("it has no address")
        for address in self._check(host, port)[:4]:
            try:
                stream = self._inner.connect_tcp(
                    address, port, self.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(stream, self.left)
        raise failed


class _Stream(httpcore.NetworkStream):
    """A connection, each step of which may take no longer than what is left of the whole."""

    def __init__(
        self, inner: httpcore.NetworkStream, left: Callable[[float | None], float]
    ) -> None:
        self._inner = inner
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._inner.read(max_bytes, self._left(timeout))
        except httpcore.ReadTimeout:
            self._left(timeout)  # out of all time, which another try would not mend
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._left(timeout))
        return _Stream(inner, self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
