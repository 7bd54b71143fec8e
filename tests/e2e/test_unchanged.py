"""An unchanged page is carried forward, and carrying forward never hides a planted change."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from scanner import run
from scanner.commands.shared import store_of
from scanner.config import Config, load
from scanner.demo.estate import Estate
from scanner.model import LedgerState
from scanner.store import Scan, Store
from tests.spiders.server import html, links, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


def scanned(config: Config, store: Store) -> tuple[Scan, float]:
    """A light scan of the main site, and the seconds it took."""
    began = time.monotonic()
    scan = asyncio.run(run.scan_channel(config, store, "main", deep="none"))
    return scan, time.monotonic() - began


def said(store: Store, scan: Scan) -> set[Any]:
    """Outcomes without what differs from scan to scan."""
    return {
        (
            o.url,
            o.outcome.criterion,
            o.outcome.verdict,
            o.outcome.rule,
            o.outcome.place.selector if o.outcome.place else "",
        )
        for o in store.outcomes(scan.id)
    }


def test_night_after_night(tmp_path: Path) -> None:
    """What was carried once is carried again; a page that changed is looked at, and then carried too."""
    paths = [f"/p{n}" for n in range(5)]
    with serving() as server:
        server.pages = {"/": html("Start", links(*paths)), **{path: html(f"Pagina {path}", words=30) for path in paths}}
        path = tmp_path / "scanner.toml"
        path.write_text(
            f'[organisation]\nname = "X"\n[[channel]]\nid = "main"\nname = "Main"\nurl = "{server.url("/")}"\n', "utf-8"
        )
        config = load(path)
        store = store_of(config)
        carried = []
        for night in range(4):
            if night == 2:
                server.pages["/p3"] = html("Pagina /p3", '<img src="/logo.png" width="40" height="40">', words=30)
            scan, _ = scanned(config, store)
            carried.append({row.url.removeprefix(server.url("")) for row in store.ledger(scan.id, LedgerState.UNCHANGED)})
    everything = {"/", *paths}
    assert carried == [set(), everything, everything - {"/p3"}, everything]


def test_the_same_pages_when_there_are_more_than_the_budget(tmp_path: Path) -> None:
    """What does not fit tonight did not fit last night; a larger budget takes the next ones, and forgets none."""
    paths = [f"/p{n}" for n in range(9)]
    with serving() as server:
        server.pages = {"/": html("Start", links(*paths)), **{path: html(f"Pagina {path}", words=30) for path in paths}}
        path = tmp_path / "scanner.toml"
        seen = []
        for pages in (4, 4, 6):
            path.write_text(
                f'[organisation]\nname = "X"\n[[channel]]\nid = "main"\nname = "Main"\nurl = "{server.url("/")}"\n'
                f"limits = {{ pages = {pages} }}\n", "utf-8")  # fmt: skip
            config = load(path)
            store = store_of(config)
            scan, _ = scanned(config, store)
            by_state = {state: {row.url.removeprefix(server.url("")) for row in store.ledger(scan.id, state)}
                        for state in (LedgerState.VISITED, LedgerState.UNCHANGED, LedgerState.OVER_BUDGET)}  # fmt: skip
            seen.append(tuple(by_state.values()))
    first = {"/", "/p0", "/p1", "/p2"}
    beyond = {"/p3", "/p4", "/p5", "/p6", "/p7", "/p8"}
    assert seen == [(first, set(), beyond), (set(), first, beyond), ({"/p3", "/p4"}, first, beyond - {"/p3", "/p4"})]


@pytest.mark.thorough
def test_what_may_be_asked_for_is_decided_anew_every_night(tmp_path: Path) -> None:
    """The owner lets the crawler past robots.txt, then the site does; a page is listed that was not: none stays shut."""
    with serving() as server:
        server.pages = {"/": html("Start", links("/dicht/")), "/dicht/": html("Dicht", words=30), "/extra/": html("Extra", words=30)}
        server.pages["/robots.txt"] = 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /dicht/\nDisallow: /extra/\n"
        path = tmp_path / "scanner.toml"
        seen = []
        for more in ("", 'robots = "ignore"', "", "", f'pages = ["{server.url("/extra/")}"]'):
            if len(seen) == 3:
                server.pages["/robots.txt"] = 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow:\n"
            path.write_text(f'[organisation]\nname = "X"\n[[channel]]\nid = "main"\nname = "Main"\nurl = "{server.url("/")}"\n{more}\n', "utf-8")
            config = load(path)
            store = store_of(config)
            scan, _ = scanned(config, store)
            looked = (LedgerState.VISITED, LedgerState.UNCHANGED)
            seen.append({row.url.removeprefix(server.url("")) for row in store.ledger(scan.id) if row.state in looked})
    shut, opened = {"/"}, {"/", "/dicht/"}
    assert seen == [shut, opened, shut, opened, opened | {"/extra/"}]


@pytest.mark.thorough
def test_carried_forward_and_nothing_hidden(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four nights: all, nothing changed, one page changed, the style sheet gone."""
    with Estate() as estate:
        path = tmp_path / "scanner.toml"
        path.write_text(estate.config(), "utf-8")
        config = load(path)
        store = store_of(config)
        first, full_seconds = scanned(config, store)
        second, unchanged_seconds = scanned(config, store)
        counts = store.counts(second.id)
        carried = store.ledger(second.id, LedgerState.UNCHANGED)
        assert len(carried) >= 0.9 * store.counts(first.id)[LedgerState.VISITED]
        assert {row.confirmed_from for row in carried} == {first.id}
        assert not said(store, second) ^ said(store, first)
        assert not counts.get(LedgerState.FOUND)
        estate.apply("add-image-without-alt")
        third, _ = scanned(config, store)
        new = said(store, third) - said(store, second)
        assert any(
            url.endswith("/nieuws/nieuwe-bomen-parkwijk/") and criterion == "1.1.1" for url, criterion, *_ in new
        )
        assert len(store.ledger(third.id, LedgerState.UNCHANGED)) >= 0.9 * len(carried)
        estate.apply("style-sheet-gone")
        fourth, _ = scanned(config, store)
        others = {row.url.partition("/raad/")[0] for row in store.ledger(fourth.id, LedgerState.UNCHANGED)}
        assert len(others) <= 1 and not others & {row.url for row in carried}, "only the council's pages have another style sheet"
    with capsys.disabled():
        print(
            f"\nfull {full_seconds:.1f} s, unchanged {unchanged_seconds:.1f} s: {full_seconds / unchanged_seconds:.1f} times"
        )
