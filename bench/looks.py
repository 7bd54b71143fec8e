"""Our looks against the limit: load and bare axe.run in reused pages of the same browser, on the same cores."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary

from playwright.async_api import Error, Page, ViewportSize

from checks.pool import Pool, PoolSettings
from checks.tab import Tab
from checks.visit import AXE_TAGS, VisitRequest, visit
from scanner.axe import find_axe

Look = Callable[[Pool, Tab, str], Awaitable[None]]


_bare_pages: WeakKeyDictionary[Tab, Page] = WeakKeyDictionary()
_axe = lru_cache(lambda: find_axe().text())


async def _bare_page(pool: Pool, tab: Tab) -> Page:
    if tab not in _bare_pages:
        context = await pool.browser.new_context(viewport=ViewportSize(width=1280, height=1024))
        _bare_pages[tab] = await context.new_page()
    return _bare_pages[tab]


async def limit(pool: Pool, tab: Tab, url: str) -> None:
    """Load, and bare `axe.run` in a page that has nothing of ours: what any scanner that uses axe pays at least."""
    page = await _bare_page(pool, tab)
    await _load(page, url)
    await page.evaluate(_axe())
    await page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}}).then(JSON.stringify)", list(AXE_TAGS))


async def short_limit(pool: Pool, tab: Tab, url: str) -> None:
    """The same with our shortcuts: axe stands ready in a world of its own, and waits for no timers between rules."""
    await tab.cdp.send("Fetch.disable")  # our own watch over navigations is not part of it
    await _load(tab.page, url)
    await tab.ask(f"runAxe(true, {list(AXE_TAGS)}, [])", seconds=60)


async def _load(page: Page, url: str) -> None:
    try:
        await page.goto(url, wait_until="load")
    except Error:  # the page before it was just navigating by itself
        await page.goto(url, wait_until="load")


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
    """One round over all pages; the start of the browser and the opening of its pages are not counted."""
    return asyncio.run(_seconds(look, urls, tabs))


async def _seconds(look: Look, urls: Sequence[str], tabs: int) -> float:
    async with Pool.start(PoolSettings(axe_source=_axe())) as pool:
        queue = list(urls)[::-1]
        first = [await pool.renew(None) for _ in range(tabs)]
        if look is limit:
            for tab in first:
                await _bare_page(pool, tab)
        began = time.monotonic()

        async def work(tab: Tab) -> None:
            while queue:
                url = queue.pop()
                tab = await pool.renew(tab)
                await look(pool, tab, url)

        await asyncio.gather(*(work(tab) for tab in first))
        return time.monotonic() - began
