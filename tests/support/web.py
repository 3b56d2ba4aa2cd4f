"""A web server on loopback that plays any number of hosts: feeds, pages, and every bad manner."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore

HOST = "harbour.example"
PUBLIC = "93.184.216.34"  # the address that every host here seems to have

Play = Callable[[BaseHTTPRequestHandler], None]


@dataclass(slots=True)
class Page:
    """What is answered at a path; an etag makes it answer 304 to whoever has it already."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html"
    etag: str = ""
    last_modified: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    play: Play | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    host: str
    path: str
    headers: dict[str, str]


class Web:
    """All the web that a test knows; `look_up` and `network` lead a Fetcher into it."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.asked: list[Asked] = []
        self.names: dict[str, list[str]] = {}
        self.dead: set[str] = set()
        self.over = threading.Event()
        self._pages: dict[tuple[str, str], Page] = {}

    def serve(self, path: str, body: bytes | str = b"", *, host: str = HOST, **how: Any) -> str:
        """Answer this at a path from now on; gives the address."""
        data = body.encode() if isinstance(body, str) else body
        self._pages[host, path] = Page(data, **how)
        return f"http://{host}{path}"

    def redirect(self, path: str, to: str, **how: Any) -> str:
        return self.serve(path, status=302, headers={"Location": to}, **how)

    def play(self, path: str, play: Play, **how: Any) -> str:
        """Let `play` answer, which may do as it likes with the connection."""
        return self.serve(path, play=play, **how)

    def paths(self) -> list[str]:
        """The paths that were asked for, but for robots.txt, in order."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def look_up(self, host: str, port: int) -> list[str]:
        if host in self.names:
            return self.names[host]
        if host.replace(".", "").isdecimal():
            return [host]
        if host.endswith(".example"):
            return [PUBLIC]
        raise OSError(-2, "Name or service not known")

    @property
    def network(self) -> httpcore.NetworkBackend:
        return _Diverted(self.port, self.dead)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        host = handler.headers.get("Host", "").partition(":")[0]
        self.asked.append(Asked(host, handler.path, dict(handler.headers)))
        page = self._pages.get((host, handler.path), Page(b"nothing here", 404))
        if page.play:
            page.play(handler)
            return
        known = (handler.headers.get("If-None-Match"), handler.headers.get("If-Modified-Since"))
        same = page.etag == known[0] if page.etag else page.last_modified == known[1]
        _send(handler, Page(status=304) if same else page)


@contextmanager
def web_server() -> Iterator[Web]:
    """A running Web, closed at the end."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                web.answer(self)
            except OSError:  # the other side has gone, as it should where we misbehave
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = True

    server = Server(("127.0.0.1", 0), Handler)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield web
    finally:
        web.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


# Bad manners, to be given to `play`.


def endless_body(handler: BaseHTTPRequestHandler) -> None:
    """A body of thousands of megabytes."""
    _head(handler)
    for _ in range(100_000):
        handler.wfile.write(b"otter " * 10_000)


def dripping_body(over: threading.Event) -> Play:
    """A body that comes letter by letter and never ends."""

    def play(handler: BaseHTTPRequestHandler) -> None:
        _head(handler)
        while not over.wait(0.01):
            handler.wfile.write(b".")
            handler.wfile.flush()

    return play


def dripping_head(over: threading.Event) -> Play:
    """Headers that come letter by letter and never end."""

    def play(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Otter: ")
        while not over.wait(0.01):
            handler.wfile.write(b"o")
            handler.wfile.flush()

    return play


def silent(over: threading.Event) -> Play:
    """Nothing at all, for as long as the test lasts."""

    def play(_: BaseHTTPRequestHandler) -> None:
        over.wait()

    return play


def broken_off(handler: BaseHTTPRequestHandler) -> None:
    """Half of the body that was promised."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"half")


def by_turns(*pages: Page) -> Play:
    """One page after the other, the last one for ever."""
    left = list(pages)

    def play(handler: BaseHTTPRequestHandler) -> None:
        _send(handler, left.pop(0) if len(left) > 1 else left[0])

    return play


def _head(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()


def _send(handler: BaseHTTPRequestHandler, page: Page) -> None:
    handler.send_response(page.status)
    told = {"Content-Type": page.content_type, "Content-Length": str(len(page.body))}
    told |= {"ETag": page.etag} if page.etag else {}
    told |= {"Last-Modified": page.last_modified} if page.last_modified else {}
    for name, value in (told | page.headers).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(page.body)


class _Diverted(httpcore.SyncBackend):
    """Connects to the server here, whatever address was meant."""

    def __init__(self, port: int, dead: set[str]) -> None:
        self._port = port
        self._dead = dead

    def connect_tcp(self, host: str, port: int, *rest: Any, **named: Any) -> Any:
        if host in self._dead:
            raise httpcore.ConnectError("no route to host")
        return super().connect_tcp("127.0.0.1", self._port, *rest, **named)
