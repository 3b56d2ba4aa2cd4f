"""Fetch pages and feeds politely: bounded in time, size and redirects, and never twice in vain."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from email.message import Message
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from index.errors import Unreadable
from index.fetching.addresses import Resolve, resolve, web_url
from index.fetching.bodies import ENCODINGS, read_body
from index.fetching.connections import Clock, Connections
from index.fetching.robots import MOST_BYTES, Robots

AGENT = "Quotewire"
_RETRIED = frozenset((429, 500, 502, 503, 504))
_SAID = {401: "it wants a password", 403: "refused", 404: "not found", 410: "gone for good"}
_NO_TEXT = frozenset(("audio", "font", "image", "model", "video"))


@dataclass(frozen=True, slots=True)
class Policy:
    """How far fetching goes: bytes and seconds an answer, redirects, tries, seconds a host."""

    private: bool = False
    agent: str = f"{AGENT} (a bot that quotes news with their source)"
    most_bytes: int = 20 * 1024 * 1024
    most_s: float = 60.0
    silence_s: float = 15.0
    redirects: int = 5
    tries: int = 3
    between_s: float = 1.0
    longest_wait_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier answer said by which the next can be asked for only if it differs."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: `body` is None where nothing has changed; `url` is where it came from at last.

    `content_type` and `charset` are what the server says, in lower case; it may be wrong.
    """

    url: str
    body: bytes | None
    content_type: str = ""
    charset: str = ""
    known: Known = field(default_factory=Known)


class _Answered(Unreadable):
    """The server answered with a status that is no success."""

    def __init__(self, status: int) -> None:
        said = _SAID.get(status)
        super().__init__(f"the server answered {status}{f' ({said})' if said else ''}")
        self.status = status


class _Busy(Exception):  # noqa: N818 - never leaves this module
    """The server may answer later: what went wrong, and the seconds that it asks to wait."""

    def __init__(self, fault: Unreadable, wait_s: float = 0.0) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.wait_s = wait_s


class Fetcher:
    """Fetches addresses one after the other. Close it when done.

    What is learnt of the sites (their robots.txt, when each was last asked) holds for its life.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        look_up: Resolve = resolve,
        network: httpcore.NetworkBackend | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self._policy = policy
        self._sleep = sleep
        self._clock = clock
        self._free_at: dict[str, float] = {}
        self._robots = Robots(self._rules_text, agent=AGENT)
        self._connections = Connections(private=policy.private, look_up=look_up, network=network)
        # No environment: a proxy would connect to addresses that were never checked.
        self._client = httpx.Client(
            transport=self._connections,
            timeout=httpx.Timeout(policy.silence_s),
            trust_env=False,
            headers={"User-Agent": policy.agent, "Accept-Encoding": ENCODINGS},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch(self, url: str, known: Known = Known()) -> Fetched:
        """The answer to a GET, if it is another than the `known` one.

        Raises Unreadable with the reason in one line: refused by rule (robots.txt, a private
        address, too large, too slow, too many redirects) or failed after every try.
        """
        return self._persistently(url, known, ruled=True)

    def _persistently(self, url: str, known: Known, *, ruled: bool) -> Fetched:
        for attempt in range(1, self._policy.tries + 1):
            try:
                return self._follow(url, known, ruled=ruled)
            except _Busy as busy:
                wait = busy.wait_s or 2.0 ** (attempt - 1)
                if attempt == self._policy.tries or wait > self._policy.longest_wait_s:
                    raise busy.fault from busy
            self._sleep(wait)
        raise AssertionError(url)

    def _follow(self, address: str, known: Known, *, ruled: bool) -> Fetched:
        url = web_url(address)
        for _ in range(self._policy.redirects + 1):
            if ruled and (refusal := self._robots.refusal(str(url))):
                raise Unreadable(refusal)
            with self._asked(url, known, ruled=ruled) as answer:
                if not answer.has_redirect_location:
                    return self._taken(url, answer, ruled=ruled)
                url = web_url(answer.headers["location"], url)
        raise Unreadable(f"redirected more than {self._policy.redirects} times")

    @contextmanager
    def _asked(self, url: httpx.URL, known: Known, *, ruled: bool) -> Iterator[httpx.Response]:
        self._be_polite(url.host, self._robots.delay_s(str(url)) if ruled else 0.0)
        headers = {"If-None-Match": known.etag} if known.etag else {}
        headers |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
        self._client.cookies.clear()
        self._connections.allow(self._policy.most_s)
        try:
            with self._client.stream("GET", url, headers=headers) as answer:
                yield answer
        except httpx.HTTPError as error:  # what comes of the connection is httpcore's
            raise Unreadable("it redirects to what is no address") from error
        except httpcore.TimeoutException as error:
            raise _Busy(Unreadable(f"{url.host} did not answer in time")) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _Busy(Unreadable(f"{url.host} cannot be reached ({_why(error)})")) from error

    def _be_polite(self, host: str, asked_s: float) -> None:
        """Wait until the host has had its rest since the last request."""
        wait = self._free_at.get(host, 0.0) - self._clock()
        if wait > 0:
            self._sleep(wait)
        self._free_at[host] = self._clock() + max(self._policy.between_s, asked_s)

    def _taken(self, url: httpx.URL, answer: httpx.Response, *, ruled: bool) -> Fetched:
        status, headers = answer.status_code, answer.headers
        if status == httpx.codes.NOT_MODIFIED:
            return Fetched(str(url), None)
        if status in _RETRIED:
            raise _Busy(_Answered(status), _wait_s(headers.get("retry-after", "")))
        if status != httpx.codes.OK:
            raise _Answered(status)
        kind, charset = _content_type(headers.get("content-type", ""))
        if ruled and kind.partition("/")[0] in _NO_TEXT:
            raise Unreadable(f"it is {kind[:60]}, which holds no articles")
        body = read_body(
            answer.iter_raw(),
            headers.get("content-encoding", ""),
            most_bytes=self._policy.most_bytes,
        )
        known = Known(_echoed(headers.get("etag", "")), _echoed(headers.get("last-modified", "")))
        return Fetched(str(url), body, kind, charset, known)

    def _rules_text(self, url: str) -> str:
        """A site's robots.txt, "" where it has none. Raises Unreadable where that is not known."""
        try:
            body = self._persistently(url, Known(), ruled=False).body or b""
        except _Answered as answered:
            if 400 <= answered.status < 500 and answered.status not in _RETRIED:
                return ""
            raise Unreadable(f"its robots.txt cannot be had: {answered}") from answered
        return body[:MOST_BYTES].decode("utf-8", "replace")


def _content_type(header: str) -> tuple[str, str]:
    message = Message()
    message["content-type"] = header[:500]
    charset = message.get_param("charset", "")
    return message.get_content_type(), charset.lower() if isinstance(charset, str) else ""


def _echoed(header: str) -> str:
    """A header that is to be sent back, "" where it cannot be."""
    return header if len(header) <= 500 and header.isascii() and header.isprintable() else ""


def _why(error: Exception) -> str:
    said = " ".join(str(error).split())
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return "its certificate cannot be trusted"
    return said.partition("] ")[2][:100] or said[:100] or type(error).__name__


def _wait_s(retry_after: str) -> float:
    """The seconds in a Retry-After header, which may be a number or a date; 0 for none."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - time.time())
