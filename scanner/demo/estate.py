"""The built-in estate, served: every channel of Gemeente Voorbeeldmeer on its own loopback port.

    with Estate() as estate:
        print(estate.url("main"), len(estate.requests))

Looks at nothing outside the package: what an address answers is decided in `answers.py` (pure), this module holds the
sockets and the recording. Every request of any method is recorded when it arrives, so that a test can prove what a
scanner did and did not send. Nothing is written to stderr; a fault in the estate itself ends up in `estate.faults`.
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import responses
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from urllib.parse import urlsplit

from scanner.demo import answers, nights
from scanner.demo.answers import CHANNELS, Answer, World

_BODY_LIMIT = 1_000_000
_BODY_KEPT = 65_536
_IDLE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in."""

    channel: str
    method: str
    path: str
    """Path with query, as sent."""
    body_size: int = 0
    """Bytes of the body."""
    body: bytes = b""
    """The body, cut to 64 kB."""
    user_agent: str = ""
    conditional: bool = False
    """True when it carried If-None-Match or If-Modified-Since."""

    @property
    def unsafe(self) -> bool:
        """True when the request could change something: another method than GET, HEAD or OPTIONS, or a GET that
        logs out, deletes or cancels (the portal has such plain links, as real ones do)."""
        return self.method not in {"GET", "HEAD", "OPTIONS"} or answers.changes_something(self.channel, self.path)


class Estate:
    """Serves the estate between `__enter__` and `__exit__`.

    `ports` fixes the port of named channels (default: free ones, so addresses differ between runs);
    `slow` is how many seconds the slow page takes; `user` and `password` open the portal (else from the environment,
    else a documented pair, see `answers.credentials`).
    """

    def __init__(self, *, ports: Mapping[str, int] | None = None, slow: float = 1.5,
                 user: str | None = None, password: str | None = None) -> None:
        default_user, default_password = answers.credentials()
        self.user = user or default_user
        self.password = password or default_password
        self.faults: list[str] = []
        """Tracebacks of errors in the estate itself; a test asserts that there are none."""
        self._ports = dict(ports or {})
        self._slow = slow
        self._servers: dict[str, _Server] = {}
        self._threads: list[threading.Thread] = []
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        self._world: World | None = None

    def __enter__(self) -> Estate:
        try:
            for name in CHANNELS:
                self._servers[name] = _Server(self._ports.get(name, 0), name, self)
        except OSError:
            for server in self._servers.values():
                server.server_close()
            self._servers.clear()
            raise
        origins = {name: f"http://{CHANNELS[name].host}:{server.server_address[1]}"
                   for name, server in self._servers.items()}
        self._world = World(origins, user=self.user, password=self.password, slow=self._slow)
        for name, server in self._servers.items():
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), name=f"estate-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
            server.drop_connections()
        for thread in self._threads:
            thread.join(5)
        self._servers.clear()
        self._threads.clear()

    @property
    def world(self) -> World:
        """What the addresses answer now. Only while serving."""
        if self._world is None:
            raise RuntimeError("the estate is not being served: use it in a with statement")
        return self._world

    def url(self, channel: str = "main", path: str = "/") -> str:
        """Absolute address of a path on a channel."""
        return self.world.origins[channel] + path

    def pages(self, channel: str | None = None) -> list[str]:
        """Addresses of all pages that answer 200 with content, of one or all channels, sorted."""
        return self.world.pages(channel)

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request so far, in order of arrival."""
        with self._lock:
            return tuple(self._requests)

    @property
    def unsafe_requests(self) -> tuple[Request, ...]:
        """The requests that could have changed something; a scan at default settings leaves none."""
        return tuple(request for request in self.requests if request.unsafe)

    def forget_requests(self) -> None:
        """Empty the recording."""
        with self._lock:
            self._requests.clear()

    def end_sessions(self) -> None:
        """Log everybody out of the portal, as a restart of the supplier's server does."""
        self.world.end_sessions()

    def apply(self, change: str) -> nights.Change:
        """Make a named change, such as `fix-file-name-alt`, and return it with the truth it implies."""
        found = nights.CHANGES[change]
        self.world.set_changes((*self.world.changes, change))
        return found

    def undo(self, change: str) -> None:
        """Take a named change back."""
        self.world.set_changes(tuple(name for name in self.world.changes if name != change))

    def config(self, folder: str = ".") -> str:
        """Text of a scanner.toml for this estate; `folder` is where results are kept. See also `environment`."""
        return answers.config_text(self.world.origins, self.user, folder)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that a scan with `config` needs: the portal's password."""
        return {"SCANNER_DEMO_PASSWORD": self.password}

    def record(self, request: Request) -> None:
        """Keep a request. Called by the server."""
        with self._lock:
            self._requests.append(request)


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One channel's listening socket; a thread per connection."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, channel: str, estate: Estate) -> None:
        self.channel = channel
        self.estate = estate
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: object) -> None:
        assert isinstance(request, socket.socket)
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        """Close connections that clients keep open."""
        with self._open_lock:
            left = list(self._open)
        for connection in left:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: object, client_address: object) -> None:
        text = traceback.format_exc()
        if not any(word in text for word in ("ConnectionResetError", "BrokenPipeError", "ConnectionAbortedError")):
            self.estate.faults.append(text)


class _Handler(BaseHTTPRequestHandler):
    """Reads one request, records it, writes the answer: conditional, ranged, in one write."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    wbufsize = -1
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Never log."""

    def _answer(self) -> None:
        body = self._body()
        estate = self.server.estate
        estate.record(Request(
            self.server.channel, self.command, self.path, len(body), body[:_BODY_KEPT],
            self.headers.get("User-Agent", ""),
            "If-None-Match" in self.headers or "If-Modified-Since" in self.headers))
        target = urlsplit(self.path)
        answer = estate.world.answer(self.server.channel, self.command, target.path, target.query, body,
                                     self.headers.get("Cookie", ""))
        if answer.delay:
            self.wfile.flush()
            time.sleep(answer.delay)
        self._write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def _body(self) -> bytes:
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = 0
        if length > _BODY_LIMIT or "Transfer-Encoding" in self.headers:
            self.close_connection = True
        return self.rfile.read(min(length, _BODY_LIMIT)) if length > 0 else b""

    def _write(self, answer: Answer) -> None:
        status, body, extra = _narrowed(answer, self.headers.items())
        lines = [f"HTTP/1.1 {status} {responses.get(status, '')}"]
        headers = dict(answer.headers)
        if status != 304:
            headers["Content-Type"] = answer.content_type
            headers["Content-Length"] = str(len(body))
        headers.update(extra)
        if answer.etag:
            headers["ETag"] = answer.etag
        if answer.last_modified:
            headers["Last-Modified"] = answer.last_modified
        if self.close_connection:
            headers["Connection"] = "close"
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.wfile.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
        if self.command != "HEAD" and status != 304:
            self.wfile.write(body)
        self.wfile.flush()


def _narrowed(answer: Answer, asked: Iterable[tuple[str, str]]) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers after conditions and byte ranges of the request have been applied."""
    wanted = {name.lower(): value for name, value in asked}
    if answer.status != 200:
        return answer.status, answer.body, {}
    if answer.etag:
        tags = wanted.get("if-none-match")
        if tags is not None:
            if answer.etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]:
                return 304, b"", {}
        elif answer.last_modified and wanted.get("if-modified-since") == answer.last_modified:
            return 304, b"", {}
    if not answer.ranged:
        return 200, answer.body, {}
    size = len(answer.body)
    span = _span(wanted.get("range", ""), size)
    if span is None:
        return 200, answer.body, {"Accept-Ranges": "bytes"}
    first, last = span
    if first > last:
        return 416, b"", {"Content-Range": f"bytes */{size}"}
    return 206, answer.body[first:last + 1], {"Accept-Ranges": "bytes",
                                              "Content-Range": f"bytes {first}-{last}/{size}"}


def _span(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single `bytes=a-b` range; (1, 0) when unsatisfiable, None without a usable range."""
    unit, _, spec = header.partition("=")
    first, dash, last = spec.strip().partition("-")
    if unit.strip() != "bytes" or not dash or not (first + last).isdigit():
        return None
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (1, 0)
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    return (start, end) if start < size and start <= end else (1, 0)
