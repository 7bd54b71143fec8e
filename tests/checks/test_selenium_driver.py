"""The second driver says of the same pages what the first says, and is silent about nothing it could not do."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from checks.catalogue import evaluate_page
from checks.selenium_driver import REASON, Remote, driver, visit
from checks.tab import world_source
from scanner.axe import find_axe
from scanner.demo.estate import Estate
from scanner.model import LedgerState, Verdict
from tests.looking import look_at_all

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("chromedriver"), reason="no chromedriver: apt-get install chromium-driver"),
]


def axe_failures(page: object) -> set[tuple[str, str]]:
    """Rule and selector of axe's violations in the top document."""
    return {
        (rule["rule"], node["selector"])
        for _, axe in page.seen("axe", "base")  # type: ignore[attr-defined]
        for rule in axe["violations"]
        for node in rule["nodes"]
        if not node.get("frame")
    }


def test_axe_says_the_same_by_both_drivers() -> None:
    """On pages of the built-in estate, per rule and element."""
    axe = find_axe()
    world_source(axe.text())
    with Estate() as estate, driver(Remote()) as session:
        urls = [u for u in estate.pages("main") if "producten" in u or u.endswith("/contact/")][:6]
        seen = [visit(session, url, Path(axe.path)) for url in urls]
        first = asyncio.run(look_at_all(urls, deep=False))
        missing = visit(session, estate.url("main", "/bestaat-niet/"), Path(axe.path))
    assert [v.state for v in seen] == [LedgerState.VISITED] * len(urls)
    for ours, (theirs, _) in zip(seen, first, strict=True):
        assert axe_failures(ours.page) == axe_failures(theirs.page)
    assert any(axe_failures(v.page) for v in seen), "nothing found proves nothing"
    assert missing.state is LedgerState.NOT_FOUND
    keyboard = [o for o in evaluate_page(seen[0].page) if o.criterion == "2.1.2"]
    assert {o.verdict for o in keyboard} <= {Verdict.UNTESTED}
    assert any(REASON in str(o.values.get("reason")) for o in keyboard)
