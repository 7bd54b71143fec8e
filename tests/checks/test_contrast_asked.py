"""Axe is asked about the contrast of doubtful texts alone (decision 0050): what is said of 1.4.3 is what it says when asked about all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.pages import folder_served
from checks.pool import Pool, PoolSettings
from checks.visit import VisitRequest, visit
from checks.wcag.sc_1_4_3_contrast_minimum import evaluate
from scanner.axe import find_axe
from scanner.demo.estate import Estate
from scanner.model import PageEvidence

PAGES = Path(__file__).parents[1] / "pages"
ABOUT_ALL = ";Object.defineProperty(globalThis, 'DOUBTFUL', {get: () => null, set() {}});"
"""Joined to axe's source: whatever the probe leaves behind, axe is asked about every text."""

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def urls() -> Iterator[list[str]]:
    """The labelled pages of the criteria about colours, and a few of the estate."""
    pages = sorted(PAGES.glob("1-4-[13]/*.html"))
    with folder_served(PAGES) as base, Estate(slow=0.0) as estate:
        yield [*(base + str(page.relative_to(PAGES)) for page in pages), *estate.pages("main")[:15]]


def looked(urls: list[str], axe_source: str) -> list[PageEvidence]:
    """Light looks, one after the other."""

    async def all_of_them() -> list[PageEvidence]:
        async with Pool.start(PoolSettings(axe_source=axe_source)) as pool:
            tab = None
            seen = []
            for url in urls:
                tab = await pool.renew(tab)
                seen.append((await visit(pool, tab, VisitRequest(url, deep=False))).page)
            return seen

    return asyncio.run(all_of_them())


def asked_about(page: PageEvidence) -> int:
    """Texts that axe reports the contrast of."""
    axe = page.first("axe", "base") or {}
    rules = [*axe.get("violations", ()), *axe.get("incomplete", ())]
    return sum(len(rule["nodes"]) for rule in rules if rule["rule"] == "color-contrast")


def test_the_same_is_said_of_contrast(urls: list[str]) -> None:
    """Outcome by outcome; and the shortcut is one: axe reports less when it is asked less."""
    axe = find_axe().text()
    short, full = looked(urls, axe), looked(urls, axe + ABOUT_ALL)
    for one, other in zip(short, full, strict=True):
        said = [{(o.verdict, o.rule, o.place and o.place.selector) for o in evaluate(page)} for page in (one, other)]
        assert said[0] == said[1], one.url
    assert any(o for page in short for o in evaluate(page))
    assert 0 < sum(map(asked_about, short)) < sum(map(asked_about, full))
