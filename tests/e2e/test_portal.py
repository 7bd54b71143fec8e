"""Behind a login: only what is listed, nothing that commits, and the secret nowhere."""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

import pytest
from sqlalchemy import select

from checks.session import LoginFailed
from scanner import checking, run
from scanner.commands.shared import store_of
from scanner.config import load
from scanner.demo.estate import Estate
from scanner.model import LedgerState, Verdict
from scanner.tables import BlobRow

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CANARY = "kanarie-Zq7-wachtwoord"


def test_portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's portal with a canary as its password."""
    with Estate(password=CANARY) as estate:
        path = tmp_path / "scanner.toml"
        path.write_text(estate.config(), "utf-8")
        monkeypatch.setenv(*next(iter(estate.environment.items())))
        config = load(path)
        store = store_of(config)
        scan = asyncio.run(run.scan_channel(config, store, "loket", deep="none"))
        rows = {row.url: row.state for row in store.ledger(scan.id)}
        sent = [(r.method, r.path) for r in estate.requests if r.unsafe]
        listed = set(config.channel("loket").pages)
    assert {url for url, state in rows.items() if state is LedgerState.VISITED} == listed
    assert {state for url, state in rows.items() if "uitloggen" in url or "verwijderen" in url} == {LedgerState.UNSAFE}
    assert sent == [("POST", "/inloggen/")], "the login itself is all that was sent"
    assert [o for o in store.outcomes(scan.id, Verdict.FAILED) if o.outcome.rule == "axe/image-alt"], (
        "its barriers are found"
    )
    with store.session() as session:
        blobs = b"".join(zlib.decompress(row.data) for row in session.scalars(select(BlobRow)))
    store.engine.dispose()
    written = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()) + blobs
    assert CANARY.encode() not in written


def test_a_wrong_password_is_told_by_its_step_not_its_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The login leads nowhere."""
    with Estate(password="something else") as estate:
        path = tmp_path / "scanner.toml"
        path.write_text(estate.config(), "utf-8")
        monkeypatch.setenv(next(iter(estate.environment)), CANARY)
        config = load(path)
        with pytest.raises(LoginFailed) as failed:
            asyncio.run(run.scan_channel(config, store_of(config), "loket", deep="none"))
    assert CANARY not in str(failed.value)
    assert "uitloggen" in str(failed.value)


def test_a_session_that_ends_is_renewed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server forgets its sessions after the first page, while others wait."""
    with Estate(password=CANARY) as estate:
        path = tmp_path / "scanner.toml"
        path.write_text(estate.config(), "utf-8")
        monkeypatch.setenv(*next(iter(estate.environment.items())))
        loaded = load(path)
        config = loaded.model_copy(update={"scan": loaded.scan.model_copy(update={"tabs": 1})})
        store = store_of(config)
        forgotten = False

        def show(at: run.Progress) -> None:
            nonlocal forgotten
            if at.stage == "visit" and at.done == 1 and not forgotten:
                forgotten = True
                estate.end_sessions()

        scan = asyncio.run(run.scan_channel(config, store, "loket", deep="none", show=show))
        logins = [r for r in estate.requests if r.method == "POST"]
        visited = [row.url for row in store.ledger(scan.id, LedgerState.VISITED)]
    assert forgotten and len(logins) == 2
    assert set(visited) == set(config.channel("loket").pages)


def test_check_looks_at_a_channels_page_as_that_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`scanner check` of a page behind the login sees that page, not the login page, and keeps the channel's level."""
    with Estate(password=CANARY) as estate:
        path = tmp_path / "scanner.toml"
        path.write_text(estate.config().replace('kind = "portal"', 'kind = "portal"\nlevel = 1'), "utf-8")
        monkeypatch.setenv(*next(iter(estate.environment.items())))
        config = load(path)
        url = next(page for page in config.channel("loket").pages if "gegevens" in page)
        seen, _ = asyncio.run(checking.check(config, url, only=("facts", "changes")))
    assert (seen.state, seen.page.final_url) == (LedgerState.VISITED, url)
    assert seen.page.looks[0].records["changes"].prevented == "safety level too low: L1 < L2"
