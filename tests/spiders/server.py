"""A small threaded web server for tests: pages by path, faults on demand, and a record of what was asked."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import http.server
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Reply = tuple[int, Mapping[str, str], bytes]
Page = Reply | Callable[["Handler"], Reply | None]

WORDS = "De gemeente helpt u met vergunningen en afval en parkeren en nog veel meer in de wijk waar u woont vandaag"


def html(title: str, body: str = "", head: str = "", words: int = 1) -> Reply:
    """A page in Dutch with enough text of its own."""
    own = " ".join(f"{title} {number} {WORDS}" for number in range(words * 5))
    text = (
        f'<!doctype html><html lang="nl"><head><title>{title}</title>{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<main><h1>{title}</h1><p>{own}</p>{body}</main></body></html>"
    )
    return 200, {"Content-Type": "text/html; charset=utf-8"}, text.encode()


def links(*addresses: str) -> str:
    return "<ul>" + "".join(f'<li><a href="{address}">{address}</a></li>' for address in addresses) + "</ul>"


def redirect(to: str, status: int = 302) -> Reply:
    return status, {"Location": to}, b""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append((time.monotonic(), self.path, dict(self.headers)))
        page = self.server.pages.get(self.path) or self.server.pages.get(self.path.partition("?")[0])
        if page is None:
            page = next((reply for prefix, reply in self.server.prefixes.items() if self.path.startswith(prefix)), None)
        if page is None:
            page = self.server.otherwise
        reply = page(self) if callable(page) else page
        if reply is None:
            self.close_connection = True
            return
        status, headers, body = reply
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    do_POST = do_GET


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, Page] = {}
        self.prefixes: dict[str, Page] = {}
        self.otherwise: Page = (404, {"Content-Type": "text/html"}, b"<title>Niet gevonden</title>")
        self.asked: list[tuple[float, str, dict[str, str]]] = []
        self.scheme = "http"
        self.host = "127.0.0.1"

    def handle_error(self, *_: object) -> None:
        pass

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.host}:{self.server_port}{path}"

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def serving_tls(folder: Path) -> Iterator[Server]:
    """A server with a certificate that nobody signed."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "elders.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with serving() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.scheme, server.host = "https", "localhost"
        yield server


# --- faults -------------------------------------------------------------------------------------------------------


def _start(handler: Handler, *headers: str) -> None:
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html", *headers, "", ""]
    handler.wfile.write("\r\n".join(lines).encode())
    handler.wfile.flush()


def _pour(handler: Handler, piece: bytes, pause: float, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while time.monotonic() < until:
            handler.wfile.write(piece)
            handler.wfile.flush()
            if pause:
                time.sleep(pause)


def never_answers(handler: Handler) -> None:
    time.sleep(15)


def drips(handler: Handler) -> None:
    _start(handler, "Content-Length: 100000")
    _pour(handler, b"<p>", 0.1)


def hangs_up(handler: Handler) -> None:
    handler.connection.close()


def wrong_length(handler: Handler) -> None:
    _start(handler, "Content-Length: 5000", "Connection: close")
    handler.wfile.write(b"<title>Half</title><p>tot hier")


def never_ends(handler: Handler) -> None:
    _start(handler, "Connection: close")
    _pour(handler, b"<p>" + b"en verder " * 2_000, 0)


def two_hundred_megabytes(handler: Handler) -> None:
    _start(handler, "Content-Length: 200000000")
    _pour(handler, b"x" * 65_536, 0)


def gzip_bomb(handler: Handler) -> Reply:
    body = gzip.compress(b"<p>" + b"\0" * 60_000_000, 9)
    return 200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, body
