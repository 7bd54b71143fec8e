"""A journey that could not be walked is told in the ledger, at the address where it starts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from checks.hindrance import Hindrance, told
from scanner import run
from scanner.commands.shared import store_of
from scanner.config import load
from scanner.demo.estate import Estate
from scanner.model import LedgerState

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_journey_that_cannot_begin_is_told_in_the_ledger(tmp_path: Path) -> None:
    """Its start address is not there."""
    with Estate(slow=0.0) as estate:
        path = tmp_path / "scanner.toml"
        path.write_text(estate.config(), "utf-8")
        config = load(path)
        form = config.channel("formulier")
        lost = form.url + "verhuisd/"
        journey = form.journeys[0].model_copy(update={"start": lost})
        form = form.model_copy(update={"journeys": (journey,), "pages": (lost,)})
        others = [one for one in config.channels if one.id != form.id]
        config = config.model_copy(update={"channels": (form, *others)})
        store = store_of(config)
        scan = asyncio.run(run.scan_channel(config, store, "formulier", deep="none"))
        [row] = [row for row in store.ledger(scan.id) if row.url == lost]
        store.engine.dispose()
    assert row.state is LedgerState.NOT_FOUND
    assert row.reason == f"status: 404; {told(Hindrance.JOURNEY, journey.name)}"
