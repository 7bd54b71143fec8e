"""Faults of networks and servers through a whole scan: each in its own state within its time box, the rest unharmed.

The crawl alone is tested in tests/spiders; here what the crawl lets through, or what breaks only later, meets the browser.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import time
from pathlib import Path

import pytest

from scanner import run
from scanner.commands.shared import store_of
from scanner.config import load
from scanner.model import LedgerState
from scanner.store import Address
from tests.spiders import server as web
from tests.spiders.server import Handler, Page, Reply, Server, html, links, redirect, serving, serving_tls

pytestmark = [pytest.mark.browser, pytest.mark.slow]
S = LedgerState
BROWSER = "Chrome"
BARRIER = '<img src="/logo.png" width="40" height="40">'


def only_for_the_browser(fault: Page) -> Page:
    """A page that the crawl finds in order, and that fails once a browser asks for it."""
    def reply(handler: Handler) -> Reply | None:
        if BROWSER in handler.headers.get("User-Agent", ""):
            return fault(handler) if callable(fault) else fault
        return html("Later stuk", BARRIER)

    return reply


def _bomb(handler: Handler) -> Reply:
    return 200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(b"<p>" + b"\0" * 200_000_000, 1)


def _on_and_on(handler: Handler) -> Reply:
    return redirect(f"/steeds?n={int(handler.path.rpartition('=')[2] or 0) + 1}")


FAULTS: dict[str, tuple[Page, tuple[LedgerState, ...]]] = {
    "/zwijgt": (web.never_answers, (S.TIMED_OUT,)),
    "/druppelt": (web.drips, (S.TIMED_OUT,)),
    "/hangt-op": (web.hangs_up, (S.UNREACHABLE,)),
    "/te-kort": (web.wrong_length, (S.UNREACHABLE,)),
    "/eindeloos": (web.never_ends, (S.TOO_LARGE, S.TIMED_OUT)),
    "/200mb": (web.two_hundred_megabytes, (S.TOO_LARGE, S.TIMED_OUT)),
    "/bom": (web.gzip_bomb, (S.TOO_LARGE,)),
    "/zelf": (redirect("/zelf"), (S.UNREACHABLE,)),
    "/bestand": (redirect("file:///etc/passwd"), (S.UNREACHABLE,)),
    "/gzip-nep": ((200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, b"geen gzip"), (S.UNREACHABLE,)),
    "/steeds?n=0": (_on_and_on, (S.REDIRECTED, S.UNREACHABLE)),
    # The same once the browser asks: what was shown by then counts, what was not is told
    "/b/zwijgt": (only_for_the_browser(web.never_answers), (S.TIMED_OUT,)),
    "/b/druppelt": (only_for_the_browser(web.drips), (S.VISITED, S.TIMED_OUT)),
    "/b/hangt-op": (only_for_the_browser(web.hangs_up), (S.UNREACHABLE,)),
    "/b/te-kort": (only_for_the_browser(web.wrong_length), (S.UNREACHABLE, S.VISITED)),
    "/b/eindeloos": (only_for_the_browser(web.never_ends), (S.VISITED, S.TIMED_OUT, S.CRASHED)),
    "/b/200mb": (only_for_the_browser(web.two_hundred_megabytes), (S.VISITED, S.TIMED_OUT, S.CRASHED)),
    "/b/bom": (only_for_the_browser(_bomb), (S.VISITED, S.TIMED_OUT, S.CRASHED)),
    "/b/zelf": (only_for_the_browser(redirect("/b/zelf")), (S.UNREACHABLE, S.TIMED_OUT)),
    "/b/bestand": (only_for_the_browser(redirect("file:///etc/passwd")), (S.UNREACHABLE,)),
    "/b/inwaarts": (only_for_the_browser(redirect("http://169.254.169.254/latest/")), (S.UNREACHABLE,)),
    "/b/gzip-nep": (only_for_the_browser((200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, b"geen gzip")), (S.UNREACHABLE, S.VISITED)),
    "/b/stuk": (only_for_the_browser((500, {"Content-Type": "text/html"}, b"stuk")), (S.SERVER_ERROR,)),
    "/b/weg": (only_for_the_browser((404, {"Content-Type": "text/html"}, b"weg")), (S.NOT_FOUND,)),
    "/b/pdf": (only_for_the_browser((200, {"Content-Type": "application/pdf"}, b"%PDF-1.7")), (S.DOCUMENT, S.NOT_A_PAGE)),
}
GOOD = 10


def _settings(folder: Path, *urls: str, limits: str = "") -> Path:
    path = folder / "scanner.toml"
    channels = "".join(f'[[channel]]\nid = "k{n}"\nname = "K{n}"\nurl = "{url}"\nlimits = {{ page_seconds = 3{limits} }}\n' for n, url in enumerate(urls))
    path.write_text(f'[organisation]\nname = "Storing"\n{channels}[scan]\ntabs = 2\nfull_every = 1\n', "utf-8")
    return path


def _scanned(path: Path, channel: str) -> tuple[dict[str, Address], set[str], float]:
    """Ledger by address, addresses on which the barrier was found, and how long it took."""
    config = load(path)
    store = store_of(config)
    began = time.monotonic()
    scan = asyncio.run(run.scan_channel(config, store, channel, deep="none"))
    took = time.monotonic() - began
    return {row.url: row for row in store.ledger(scan.id)}, {o.url for o in store.outcomes(scan.id) if o.outcome.rule == "axe/image-alt"}, took


def _site(server: Server) -> None:
    server.pages |= {path.partition("?")[0]: page for path, (page, _) in FAULTS.items()}
    server.pages |= {f"/goed/{n}": html(f"Goed {n}", BARRIER) for n in range(GOOD)}
    mixed = [address for n, path in enumerate(FAULTS) for address in (path, *([f"/goed/{n // 2}"] if n % 2 == 0 and n // 2 < GOOD else []))]
    server.pages |= {"/": html("Home", links(*mixed)), "/logo.png": (200, {"Content-Type": "image/png"}, b"\x89PNG")}


@pytest.mark.thorough
@pytest.mark.timeout(600)
def test_every_fault_ends_in_its_own_state(tmp_path: Path) -> None:
    with serving() as server:
        _site(server)
        rows, found, took = _scanned(_settings(tmp_path, server.url("/")), "k0")
        at = {path: rows[server.url(path)] for path in FAULTS}
        good = [server.url(f"/goed/{n}") for n in range(GOOD)]
    for path, row in at.items():
        print(f"{row.seconds:6.1f} s {row.state:12} {path:16} {row.reason[:100]}")
    print(f"{took:.0f} s")
    assert {path: row.state for path, row in at.items() if row.state not in FAULTS[path][1]} == {}
    assert all(row.reason for row in at.values() if row.state is not S.VISITED), "and says why"
    assert at["/gzip-nep"].reason == "answer incomplete"
    assert all(at[path].reason for path in ("/b/te-kort", "/b/gzip-nep", "/b/druppelt")), "shown in part, and told so"
    assert at["/b/inwaarts"].reason == "address in an inner network"
    assert max(row.seconds for row in at.values()) < 2 * (3 + 60), "two visits, each with its loading and its probes"
    assert {rows[url].state for url in good} == {S.VISITED} and set(good) <= found
    assert not [row for row in rows.values() if row.state is S.FOUND]


@pytest.mark.timeout(120)
def test_a_channel_that_cannot_be_reached_at_all(tmp_path: Path) -> None:
    with socket.socket() as closed, serving_tls(tmp_path) as secure:
        closed.bind(("127.0.0.1", 0))
        secure.pages["/"] = html("Veilig")
        urls = (f"http://127.0.0.1:{closed.getsockname()[1]}/", "http://bestaat-niet.invalid/", secure.url("/"))
        path = _settings(tmp_path, *urls)
        told = [_scanned(path, f"k{n}")[0][url] for n, url in enumerate(urls)]
    assert [row.state for row in told] == [S.UNREACHABLE] * 3
    assert [row.reason for row in told] == ["connection refused", "host name unknown", "certificate or TLS error"]


@pytest.mark.timeout(120)
def test_a_second_look_leaves_nothing_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came incomplete is looked at again in a fresh context; after the pages all of them are closed."""
    asked, left = [], []
    judged = run.Run.judge_site

    def judge_site(self: run.Run) -> None:
        left.extend(page.url for context in self.pool.browser.contexts for page in context.pages)
        judged(self)

    def gone(handler: Handler) -> Reply:
        asked.append(handler.path)
        return 404, {"Content-Type": "text/plain"}, b""

    monkeypatch.setattr(run.Run, "judge_site", judge_site)
    with serving() as server:
        server.pages = {"/": html("Home", links(*(f"/{n}" for n in range(4)))), "/weg.css": gone}
        server.pages |= {f"/{n}": html(f"Blad {n}", '<link rel="stylesheet" href="/weg.css">') for n in range(4)}
        rows, _, _ = _scanned(_settings(tmp_path, server.url("/")), "k0")
    assert [row.state for row in rows.values()].count(S.VISITED) == 5
    assert len(asked) >= 2 * 4, "each was looked at twice"
    assert left == []
