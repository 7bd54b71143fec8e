"""How fast a look is, against the limit: load and bare axe.run in reused pages of the same browser.

usage: python -m bench [--rounds N] [--pages N]

Prints a table of pages a minute, median and spread over the rounds, and the ratio to the limit. The pages are those of
the built-in estate's main site, served on loopback; two browser pages at once.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

from checks.pool import Pool, PoolSettings
from checks.tab import Tab
from checks.visit import AXE_TAGS, VisitRequest, visit
from scanner.axe import find_axe
from scanner.demo.estate import Estate

Look = Callable[[Pool, Tab, str], Awaitable[None]]


async def limit(pool: Pool, tab: Tab, url: str) -> None:
    """Load, and axe in the top document: what any scanner that uses axe pays at least."""
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


async def pages_a_minute(look: Look, urls: Sequence[str], tabs: int = 2) -> float:
    """One round: pages a minute, the start of the browser not counted."""
    async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:
        queue = list(urls)
        first = [await pool.renew(None) for _ in range(tabs)]
        began = time.monotonic()

        async def work(tab: Tab) -> None:
            while queue:
                tab = await pool.renew(tab)
                await look(pool, tab, queue.pop())

        await asyncio.gather(*(work(tab) for tab in first))
        return len(urls) / (time.monotonic() - began) * 60


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=40)
    args = parser.parse_args()
    with Estate(slow=0.0) as estate:
        urls = estate.pages("main")[: args.pages]
        speeds: dict[str, list[float]] = {}
        for _ in range(args.rounds):  # the kinds take turns, so that a busy minute hurts all alike
            for look in (limit, axe_only, light, deep):
                speeds.setdefault(look.__name__, []).append(asyncio.run(pages_a_minute(look, urls)))
    base = statistics.median(speeds["limit"])
    print(f"{len(urls)} pages, two at once, {args.rounds} rounds")
    print(f"{'look':10} {'pages/min':>10} {'lowest':>8} {'highest':>8} {'of the limit':>13}")
    for name, found in speeds.items():
        middle = statistics.median(found)
        print(f"{name:10} {middle:10.0f} {min(found):8.0f} {max(found):8.0f} {middle / base:13.2f}")


if __name__ == "__main__":
    main()
