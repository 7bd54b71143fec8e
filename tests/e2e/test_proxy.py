"""Behind an organisation's outgoing proxy: what only the proxy knows is reached through it, and nothing inner is. Decision 0049."""

from __future__ import annotations

import asyncio
import io
import socket
import socketserver
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import pytest
from pydantic import ValidationError

from checks.hindrance import Hindrance, told
from scanner import run, setup
from scanner.axe import find_axe
from scanner.checking import pool_settings
from scanner.commands.shared import store_of
from scanner.config import Scan, load
from scanner.model import LedgerState
from scanner.statement_fetch import Fetcher
from tests.spiders.server import html, serving

NAME = "www.gemeente.example"
"""Known to the proxy alone: `.example` is in no name server."""
INNER = "127.0.0.2"


class Proxy(socketserver.ThreadingTCPServer):
    """An HTTP proxy that leads every name to one server, and writes down what it was asked for."""

    daemon_threads = True

    def __init__(self, port: int, refuses: str = "", login: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port, self.refuses, self.login = port, refuses, login
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        with suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = self.rfile.readline(65536)
                if not line:
                    return
                head += line
            method, target, _ = head.split(b" ", 2)
            self.server.asked.append(f"{method.decode()} {target.decode()}")
            login = b64encode(self.server.login.encode())
            refuses = self.server.refuses or ("407" if login and b": Basic " + login + b"\r\n" not in head else "")
            if refuses:
                self.wfile.write(f"HTTP/1.1 {refuses} No\r\nContent-Length: 0\r\n\r\n".encode())
                return
            with socket.create_connection(("127.0.0.1", self.server.port)) as there:
                if method == b"CONNECT":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    path = urlsplit(target.decode()).path or "/"
                    rest = head.partition(b"\r\n")[2].replace(b"keep-alive", b"close")
                    there.sendall(method + b" " + path.encode() + b" HTTP/1.0\r\n" + rest)
                back = threading.Thread(target=_pour, args=(there, self.connection), daemon=True)
                back.start()
                if method == b"CONNECT":
                    _pour(self.connection, there)
                back.join(20)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def proxy_to(port: int, refuses: str = "", login: str = "") -> Iterator[Proxy]:
    """A running proxy, which asks for a login (`user:password`) if one is given."""
    with Proxy(port, refuses, login) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def pdf() -> bytes:
    """A file of one empty page."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out)
    return out.getvalue()


def settings(folder: Path, proxy: str, more: str = "") -> Path:
    """A scanner.toml with a channel that only the proxy can reach."""
    path = folder / "scanner.toml"
    path.write_text(
        f'[organisation]\nname = "Gemeente"\ncontact = "web@gemeente.example"\n[scan]\nproxy = "{proxy}"\ndeep = "none"\n{more}'
        f'[storage]\nfolder = "{folder / "data"}"\n'
        f'[[channel]]\nid = "main"\nname = "Gemeente"\nurl = "http://{NAME}/"\n[channel.limits]\nper_second = 0\n'
    )
    return path


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("login", ["", "scanner:p@ss:wört/1"])
def test_a_site_that_only_the_proxy_knows_is_scanned_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    user, _, password = login.partition(":")
    monkeypatch.setenv("PROXY_PASSWORD", password)
    asks = f'proxy_user = "{user}"\nproxy_secret = "PROXY_PASSWORD"\n' if login else ""
    with serving() as server:
        links = f'<a href="/twee">Twee</a> <a href="/stuk.pdf">Stuk</a><img alt="" src="http://{INNER}/a.png">'
        server.pages["/"] = html("Welkom", links)
        server.pages["/twee"] = html("Twee")
        server.pages["/stuk.pdf"] = 200, {"Content-Type": "application/pdf"}, pdf()
        with proxy_to(server.server_address[1], login=login) as proxy:
            config = load(settings(tmp_path, proxy.address, asks))
            store = store_of(config)
            scan = asyncio.run(run.scan_channel(config, store, "main"))
            rows = {row.url.partition(NAME)[2]: row for row in store.ledger(scan.id)}
            store.engine.dispose()
            with Fetcher(config) as fetcher:
                assert fetcher.get(f"http://{NAME}/twee").ok
    assert rows["/"].state is rows["/twee"].state is LedgerState.VISITED
    assert rows["/stuk.pdf"].state is LedgerState.DOCUMENT and rows["/stuk.pdf"].evidence
    assert f"CONNECT {NAME}:80" in proxy.asked, "the browser came through it"
    targets = [asked.partition(" ")[2] for asked in proxy.asked]
    hosts = {urlsplit(target if "//" in target else f"//{target}").hostname for target in targets}
    assert hosts == {NAME}, "and nothing inner was asked for"


@pytest.mark.browser
@pytest.mark.slow
def test_what_the_proxy_refuses_is_told(tmp_path: Path) -> None:
    with proxy_to(9, refuses="403") as proxy:
        config = load(settings(tmp_path, proxy.address))
        store = store_of(config)
        scan = asyncio.run(run.scan_channel(config, store, "main", kind="list", urls=[f"http://{NAME}/"], follow=False))
        [row] = store.ledger(scan.id)
        store.engine.dispose()
    assert row.state is LedgerState.UNREACHABLE and row.reason == told(Hindrance.PROXY_REFUSED, "403")


def test_the_doctor_says_whether_the_proxy_answers() -> None:
    with proxy_to(9) as proxy:
        assert setup._proxy_row(proxy.address).ok
    gone = setup._proxy_row(proxy.address)
    assert not gone.ok and "scan.proxy" in gone.text("nl") and proxy.address in gone.text("en")


@pytest.mark.parametrize("wrong", ["proxy:8080", "https://proxy.example:8080", "http://proxy.example", "http://a:b@proxy.example:1"])
def test_a_proxy_that_cannot_be_one_is_a_mistake(wrong: str) -> None:
    with pytest.raises(ValidationError, match="a proxy"):
        Scan(proxy=wrong)


@pytest.mark.parametrize("given", [{"proxy_user": "a"}, {"proxy_secret": "A"}, {"proxy_user": "a", "proxy_secret": "A"}])
def test_half_a_login_of_a_proxy_is_a_mistake(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="takes all three"):
        Scan(**({"proxy": "http://proxy.example:1"} if len(given) == 1 else {}), **given)


def test_the_password_of_a_proxy_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXY_PASSWORD", "geheim-1")
    asks = 'proxy_user = "scanner"\nproxy_secret = "PROXY_PASSWORD"\n'
    config = load(settings(tmp_path, "http://proxy.example:1", asks))
    held = pool_settings(config, config.channels[0], find_axe())
    assert held.proxy == "http://scanner:geheim-1@proxy.example:1" and "geheim-1" not in repr((held, config))
