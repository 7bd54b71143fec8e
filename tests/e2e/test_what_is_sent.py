"""What a scan sends, by the estate's own recording: nothing unsafe on a live site; in a test environment what was asked for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from scanner import run
from scanner.commands.shared import store_of
from scanner.config import Config, load
from scanner.demo.estate import Estate, Request

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LAST_STEP = """  { click = "section:not([hidden]) button[type=submit]" },\n]"""


def settings(estate: Estate, folder: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[tuple[str, str], ...] = ()) -> Config:
    """The estate's own settings, with pieces of text replaced."""
    text = estate.config()
    for old, new in change:
        assert old in text
        text = text.replace(old, new)
    path = folder / "scanner.toml"
    path.write_text(text, "utf-8")
    for name, value in estate.environment.items():
        monkeypatch.setenv(name, value)
    return load(path)


def scanned(config: Config, *channels: str, deep: str | None = None) -> None:
    """One scan of each channel."""
    for channel in channels:
        asyncio.run(run.scan_channel(config, store_of(config), channel, deep=deep))


def writing(requests: tuple[Request, ...]) -> list[tuple[str, str, str]]:
    """Everything but plain reading, and every reading that changes something."""
    return [(r.channel, r.method, r.path) for r in requests if r.method not in ("GET", "HEAD") or r.unsafe]


@pytest.mark.thorough
@pytest.mark.timeout(3600)
def test_nothing_unsafe_is_sent_over_the_whole_estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All channels as the demonstration scans them: default safety levels, deep looks, the journey, behind the login."""
    with Estate(slow=0.1) as estate:
        config = settings(estate, tmp_path, monkeypatch)
        names = tuple(channel.id for channel in config.channels)
        scanned(config, *names)
        asked = estate.requests
        store = store_of(config)
        deep = sum(bool(row.deep == "done") for scan in store.scans() for row in store.ledger(scan.id))
    assert {r.channel for r in asked} >= set(names) and len(asked) > 500
    assert deep >= 2 * len(names), "deep looks were taken, so the promise was tried"
    assert writing(asked) == [("loket", "POST", "/inloggen/")], "the login that was written down, and nothing else"
    print(f"{len(asked)} requests, {deep} deep looks")


def test_on_a_live_site_the_journey_stops_before_it_sends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Estate(slow=0.0) as estate:
        config = settings(estate, tmp_path, monkeypatch, (("  { click = \"section:not([hidden]) [data-naar='1']\" },\n]", LAST_STEP),))
        scanned(config, "formulier", deep="none")
        assert writing(estate.requests) == []


@pytest.mark.parametrize("commit", [False, True])
def test_in_a_test_environment_exactly_what_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, commit: bool) -> None:
    """The form is filled in to its last step; it is sent once when the channel says so, and not at all when it does not."""
    step = "  { click = \"section:not([hidden]) [data-naar='1']\" },\n]"
    change = [('id = "formulier"', 'id = "formulier"\nenvironment = "test"'), ('name = "Melding doen"', f'name = "Melding doen"\ncommit = {str(commit).lower()}')]
    if commit:
        change.append((step, step.removesuffix("]") + LAST_STEP))
    with Estate(slow=0.0) as estate:
        config = settings(estate, tmp_path, monkeypatch, tuple(change))
        scanned(config, "formulier", deep="none")
        sent = writing(estate.requests)
        bodies = [r.body for r in estate.requests if r.method == "POST"]
    assert sent == ([("formulier", "POST", "/melding/versturen/")] if commit else [])
    assert all(b"proef@voorbeeldmeer.example" in body.replace(b"%40", b"@") for body in bodies)
