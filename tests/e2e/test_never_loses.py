"""Kill the scan at random moments, go on each time: the ledger ends complete, no page twice, verdicts as undisturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from scanner.commands.shared import store_of
from scanner.config import load
from scanner.demo.estate import Estate
from scanner.model import LedgerState
from scanner.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
KILLS = 20


def settings_for(estate: Estate, folder: Path) -> Path:
    """A settings file of this estate in its own folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scanner.toml"
    path.write_text(estate.config(), "utf-8")
    return path


def command(path: Path, channel: str) -> list[str]:
    """The scan as a user starts it."""
    return [sys.executable, "-m", "scanner.cli", "scan", channel, "--deep", "none", "--quiet", "--config", str(path)]


def what_was_said(store: Store) -> tuple[set[Any], set[Any]]:
    """Ledger and outcomes of the newest scan, without what differs by timing alone."""
    (scan,) = store.scans(finished=True)
    ledger = {(row.url, row.state, row.template) for row in store.ledger(scan.id)}
    outcomes = {
        (
            o.url,
            o.outcome.criterion,
            o.outcome.verdict,
            o.outcome.rule,
            o.outcome.place.selector if o.outcome.place else "",
            o.outcome.state,
        )
        for o in store.outcomes(scan.id)
    }
    return ledger, outcomes


def test_killed_twenty_times(tmp_path: Path) -> None:
    """SIGKILL to the scan and all its children."""
    chance = random.Random(20261124)
    with Estate() as estate:
        undisturbed = settings_for(estate, tmp_path / "undisturbed")
        began = time.monotonic()
        profile = subprocess.run([*command(undisturbed, "sport"), "--profile"], check=True, timeout=120, capture_output=True, text=True)
        usual = time.monotonic() - began
        told = {line.split()[0] for line in (profile.stdout + profile.stderr).splitlines() if line.strip()}
        assert {"crawl", "visit", "load", "axe", "keep"} <= told
        disturbed = settings_for(estate, tmp_path / "disturbed")
        killed = 0
        while killed < KILLS and not store_of(load(disturbed)).scans(finished=True):
            scan = subprocess.Popen(command(disturbed, "sport"), start_new_session=True)
            try:
                code = scan.wait(timeout=chance.uniform(0.1, 0.5) * usual)
            except subprocess.TimeoutExpired:
                os.killpg(scan.pid, signal.SIGKILL)
                scan.wait()
                killed += 1
                continue
            assert code == 0
            if store_of(load(disturbed)).scans(finished=True):
                break
        if not store_of(load(disturbed)).scans(finished=True):
            subprocess.run(command(disturbed, "sport"), check=True, timeout=120)
        assert killed >= 5, "too few kills to prove anything"
        ledger, outcomes = what_was_said(store_of(load(disturbed)))
        expected_ledger, expected_outcomes = what_was_said(store_of(load(undisturbed)))
    assert not [row for row in ledger if row[1] is LedgerState.FOUND]
    assert ledger == expected_ledger
    assert outcomes == expected_outcomes
    print(f"killed {killed} times; {len(ledger)} addresses and {len(outcomes)} outcomes as undisturbed")


def test_two_scans_of_an_unchanged_site_say_the_same(tmp_path: Path) -> None:
    """Same addresses in the same order, same outcomes."""
    with Estate() as estate:
        said = []
        for name in ("one", "two"):
            path = settings_for(estate, tmp_path / name)
            subprocess.run(command(path, "sport"), check=True, timeout=120)
            store = store_of(load(path))
            (scan,) = store.scans()
            said.append(([row.url for row in store.ledger(scan.id)], what_was_said(store)))
    assert said[0] == said[1]
