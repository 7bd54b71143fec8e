"""Hostile pages in one scan: each ends in its own state within its time box, and the rest of the scan is unharmed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from scanner import run
from scanner.commands.shared import store_of
from scanner.config import load
from scanner.model import LedgerState
from scanner.store import Address, Scan, Store
from tests.e2e.hostile_site import GOOD, PAGES, serve
from tests.spiders.server import Server, html, links, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE_SECONDS = 4
TIME_BOX = 2 * (PAGE_SECONDS + 60)
"""Seconds that one address may cost at most: two visits, each with its loading and its probes."""
FAST = ("/lus", "/alarm-bij-laden", "/blijf", "/navigeert", "/overschreven", "/bevroren", "/namen", "/velden", "/regels", "/document-open",
        "/titel", "/haalt-op", "/bijlage", "/codering", "/kader-in-kader", "/bij-laden-weg", "/geheugen-bij-laden")
"""The core that every `make test` scans."""
DEEP = ("/alarm-bij-laden", "/blijf", "/document-open", "/lagen", "/navigeert", "/overschreven", "/velden", "/schaduw", "/klikt",
        "/schuiven", "/titel", "/werkers")


def settings(server: Server, folder: Path) -> Path:
    """A settings file with one channel."""
    path = folder / "scanner.toml"
    path.write_text(f"""[organisation]
name = "Kwaad"
[[channel]]
id = "kwaad"
name = "Kwaad"
url = "{server.url('/')}"
limits = {{ page_seconds = {PAGE_SECONDS}, deep_seconds = 60 }}
[scan]
tabs = 2
full_every = 1
""", "utf-8")
    return path


def scanned(path: Path, deep: str = "none", **more: object) -> tuple[Store, Scan]:
    """One scan of it."""
    config = load(path)
    store = store_of(config)
    return store, asyncio.run(run.scan_channel(config, store, "kwaad", deep=deep, **more))  # type: ignore[arg-type]


def ledger(store: Store, scan: Scan, server: Server) -> Mapping[str, Address]:
    """Rows by path."""
    return {row.url.removeprefix(server.url("")): row for row in store.ledger(scan.id)}


def blind(store: Store, scan: Scan, server: Server) -> set[str]:
    """Visited paths on which the planted barrier was not found."""
    seen = {o.url.removeprefix(server.url("")) for o in store.outcomes(scan.id) if o.outcome.rule == "axe/image-alt"}
    return {path for path, row in ledger(store, scan, server).items() if row.state is LedgerState.VISITED} - seen


def held(store: Store, scan: Scan, server: Server, paths: tuple[str, ...]) -> None:
    """Every page in a state of its own, within its time, seen where it can be seen; ordinary pages as ever."""
    rows = ledger(store, scan, server)
    for path, row in rows.items():
        print(f"{row.seconds:6.1f} s {row.state:12} {path[:40]:40} {row.reason[:80]!r}")
    assert {p: rows[p].state for p in paths if rows[p].state not in PAGES[p].states} == {}
    assert {p: rows[p].seconds for p in paths if rows[p].seconds > TIME_BOX} == {}
    assert {p for p in paths if PAGES[p].found and rows[p].state is LedgerState.VISITED} & blind(store, scan, server) == set()
    good = [rows[f"/goed/{n}"] for n in range(GOOD) if f"/goed/{n}" in rows]
    assert {row.state for row in good} == {LedgerState.VISITED}
    assert {row.url.removeprefix(server.url("")) for row in good} & blind(store, scan, server) == set()
    assert not [row for row in rows.values() if row.state is LedgerState.FOUND]


def unsafe(server: Server) -> list[str]:
    """Requests that a scanner may not make."""
    return [path for _, path, headers in server.asked
            if path.startswith(("/verwijder", "/uitloggen")) and "/klikt" not in headers.get("Referer", "")]


@pytest.mark.timeout(300)
def test_the_core(tmp_path: Path) -> None:
    """A few of each kind, light; what is told on the terminal carries no control characters."""
    with serving() as server:
        serve(server)
        keep = {"/", "/logo.png", "/sw.js", *FAST, *(f"/goed/{n}" for n in range(4))}
        server.pages = {path: page for path, page in server.pages.items() if path in keep}
        server.pages["/"] = html("Kwaad", links(*FAST, *(f"/goed/{n}" for n in range(4))))
        path = settings(server, tmp_path)
        began = time.monotonic()
        store, scan = scanned(path)
        print(f"{time.monotonic() - began:.0f} s")
        held(store, scan, server, FAST)
        assert unsafe(server) == []
    for command in (["coverage", "kwaad"], ["explain", server.url("/titel")], ["findings", "--all"]):
        done = subprocess.run([sys.executable, "-m", "scanner.cli", *command, "--config", str(path)], capture_output=True, timeout=60)
        assert b"Traceback" not in done.stderr, done.stderr
        told = (done.stdout + done.stderr).decode()
        assert not [c for c in told if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 or c in "\u202e\u2066"], command
    assert not Path("/tmp/kwaad.sh").exists() and not Path("/tmp/kwaad.exe").exists()


@pytest.mark.thorough
@pytest.mark.timeout(1200)
def test_all_of_them(tmp_path: Path) -> None:
    """All in one scan, light."""
    with serving() as server:
        serve(server)
        began = time.monotonic()
        store, scan = scanned(settings(server, tmp_path))
        print(f"{time.monotonic() - began:.0f} s for {len(PAGES)} hostile pages")
        held(store, scan, server, tuple(PAGES))
        assert unsafe(server) == []


@pytest.mark.thorough
@pytest.mark.timeout(2400)
def test_some_of_them_deep(tmp_path: Path) -> None:
    """Every probe on those that answer to being touched; a probe that breaks is a fault of ours."""
    with serving() as server:
        serve(server)
        store, scan = scanned(settings(server, tmp_path), "all", follow=False, kind="list",
                              urls=[server.url(path) for path in (*DEEP, "/goed/0")])
        rows = ledger(store, scan, server)
        assert {path: rows[path].state for path in DEEP if rows[path].state not in PAGES[path].states} == {}
        troubles = {}
        for page in store.evidence(scan.id):
            for look in page.looks:
                for name, record in look.records.items():
                    if record.prevented:
                        troubles[f"{page.url.rpartition('/')[2]} {look.name} {name}"] = record.prevented
        for key, why in troubles.items():
            print(key, why)
        broken = {key: why for key, why in troubles.items() if "Error" in why and not why.startswith("Unreachable")}
        assert broken == {}
        assert unsafe(server) == []
