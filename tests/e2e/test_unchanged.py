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

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough, pytest.mark.timeout(900)]


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
        assert not store.ledger(fourth.id, LedgerState.UNCHANGED), "every page names that style sheet"
    with capsys.disabled():
        print(
            f"\nfull {full_seconds:.1f} s, unchanged {unchanged_seconds:.1f} s: {full_seconds / unchanged_seconds:.1f} times"
        )
