"""Our looks against the limit: load and bare axe.run in reused pages of the same browser, on the same cores."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from playwright.async_api import Error

from checks.pool import Pool, PoolSettings
from checks.tab import Tab
from checks.visit import AXE_TAGS, VisitRequest, visit
from scanner.axe import find_axe

Look = Callable[[Pool, Tab, str], Awaitable[None]]


async def limit(pool: Pool, tab: Tab, url: str) -> None:
    """Load, and axe in the top document: what any scanner that uses axe pays at least."""
    await tab.cdp.send("Fetch.disable")  # our own watch over navigations is not part of it
    try:
        await tab.page.goto(url, wait_until="load")
    except Error:  # the page before it was just navigating by itself
        await tab.page.goto(url, wait_until="load")
    await tab.ask(f"runAxe(true, {list(AXE_TAGS)}, [])", seconds=60)


async def axe_only(pool: Pool, tab: Tab, url: str) -> None:
    """Our visit with axe alone: what our way of visiting costs."""
    await visit(pool, tab, VisitRequest(url, deep=False, only=("axe",)))


async def light(pool: Pool, tab: Tab, url: str) -> None:
    """Our light look: every criterion that needs no interaction."""
    await visit(pool, tab, VisitRequest(url, deep=False))


async def deep(pool: Pool, tab: Tab, url: str) -> None:
    """Our deep look: with keyboard, pointer, layout, colour, forms, states, time and motion."""
    await visit(pool, tab, VisitRequest(url, deep=True))


def seconds(look: Look, urls: Sequence[str], tabs: int) -> float:
    """One round over all pages, the start of the browser not counted."""
    return asyncio.run(_seconds(look, urls, tabs))


async def _seconds(look: Look, urls: Sequence[str], tabs: int) -> float:
    async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
        queue = list(urls)[::-1]
        first = [await pool.renew(None) for _ in range(tabs)]
        began = time.monotonic()

        async def work(tab: Tab) -> None:
            while queue:
                tab = await pool.renew(tab)
                await look(pool, tab, queue.pop())

        await asyncio.gather(*(work(tab) for tab in first))
        return time.monotonic() - began
