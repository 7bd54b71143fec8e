"""Two workers as processes: a host's rate holds over both, and one that is killed loses nothing."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("procrastinate", reason="WORKERS ARE NOT TESTED: pip install 'toegankelijkheid-scanner[scale]'")

from scanner import run, workers
from scanner.config import Config, load
from scanner.demo.estate import Estate
from scanner.model import LedgerState
from scanner.store import Scan, Store, open_store, sqlite_address
from tests.workers import crew
from tests.workers.crew import PATIENCE, Member, at_work, said, same

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RATE = 2.0
PAGES = 6
POLITE = f"""
[[channel]]
id = "polite"
name = "Polite"
url = "URL"
limits = {{ per_second = {RATE} }}
"""


class Visited(ThreadingHTTPServer):
    """A site that notes when a browser opened a page; on another address than the estate's, so it is owed politeness."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.2", 0), Visited.Page)
        self.opened: list[tuple[float, str]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Page(BaseHTTPRequestHandler):
        """Each page links to all."""

        server: Visited

        def do_GET(self) -> None:
            if self.headers.get("Sec-Fetch-Mode") == "navigate":
                self.server.opened.append((time.monotonic(), self.path))
            links = "".join(f"<li><a href='/p{i}/'>Pagina {i}</a>" for i in range(1, PAGES))
            body = f"<!doctype html><html lang=nl><title>{self.path}</title><h1>{self.path}</h1><ul>{links}</ul>".encode()
            self.send_response(200 if self.path.startswith("/p") or self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""


@dataclass
class Crew:
    """Two workers, a store that they share, and the sites."""

    estate: Estate
    site: Visited
    config: Config
    store: Store
    address: str
    members: list[Member]

    async def scan(self, channel: str, *, elsewhere: bool = True, store: Store | None = None) -> Scan:
        """A scan of light looks, by the workers or by this process."""
        others = workers.Workers(self.address, print, stalled=6.0) if elsewhere else None
        return await run.scan_channel(self.config, store or self.store, channel, deep="none", elsewhere=others)


@pytest.fixture(scope="module")
def two(postgresql: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    folder = tmp_path_factory.mktemp("crew")
    postgresql.run('CREATE DATABASE "crew" TEMPLATE migrated')
    address, members = postgresql.address("crew"), []
    with Estate() as estate, Visited() as site:
        path = folder / "scanner.toml"
        text = estate.config(str(folder)).replace("[storage]\n", f'[storage]\ndatabase = "{address}"\n', 1)
        url = f"http://127.0.0.2:{site.server_address[1]}/"
        path.write_text(text + POLITE.replace("URL", url), "utf-8")
        store = open_store(address)
        try:
            members += [crew.start(path, folder / f"worker-{i}.log") for i in range(2)]
            for member in members:
                member.wait_for("serves version")
            yield Crew(estate, site, load(path), store, address, members)
        finally:
            for member in members:
                if member.process.poll() is None:
                    member.kill()
            store.engine.dispose()
            site.shutdown()
    postgresql.run('DROP DATABASE "crew" WITH (FORCE)')


async def test_a_rate_holds_over_all_workers(two: Crew) -> None:
    """Measured at the server: in no stretch of time more pages than the channel's rate allows."""
    scan = await two.scan("polite")
    assert two.store.counts(scan.id)[LedgerState.VISITED] == PAGES
    pages_of = [member.says().count("polite light") for member in two.members]
    assert min(pages_of) >= 1 and sum(pages_of) == PAGES, f"both had a share: {pages_of}"
    moments = sorted(at for at, _ in two.site.opened)
    assert len(moments) >= PAGES
    for first, began in enumerate(moments):
        for last in range(first + 2, len(moments)):
            # A page is opened at its turn, and asked for a moment later: two moments may be that much closer.
            assert last - first <= RATE * (moments[last] - began) + 1, (first, last, moments)


async def test_a_killed_worker_loses_nothing(two: Crew, tmp_path: Path) -> None:
    """SIGKILL while it looks at a page: the other takes it over; ledger and outcomes as on one machine."""
    alone = open_store(sqlite_address(tmp_path))
    expected = said(alone, await two.scan("sport", elsewhere=False, store=alone))
    scanning = asyncio.create_task(two.scan("sport"))
    ends = time.monotonic() + PATIENCE
    while True:
        scans = two.store.scans("sport")
        visiting = at_work(two.store, scans[0]) if scans else []
        if len(visiting) == 2:
            two.members[0].kill()
            break
        assert time.monotonic() < ends and not scanning.done()
        await asyncio.sleep(0.02)
    scan = await scanning
    again = {row.url for row in two.store.ledger(scan.id) if row.attempts > 1}
    assert again & set(visiting), "the page of the killed worker was begun twice"
    same(said(two.store, scan), expected)
    assert crew.in_the_queue(two.store) == 0
    pictures = [one.picture for one in two.store.outcomes(scan.id) if one.picture]
    assert pictures and all(two.store.blob(picture).startswith(b"\x89PNG") for picture in pictures)


def test_a_worker_that_is_told_to_stop_ends_well(two: Crew) -> None:
    began = time.monotonic()
    assert two.members[1].stop() == 0 and time.monotonic() - began < 20
    assert "stopped: " in two.members[1].says()
