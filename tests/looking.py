"""For tests and measurements: look at a list of addresses with the real browser, judge them, one browser for all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from checks.catalogue import evaluate_page
from checks.harness import SafetyLevel
from checks.pool import Pool, PoolSettings
from checks.tab import Tab
from checks.visit import Visit, VisitRequest, visit
from scanner.axe import find_axe
from scanner.model import Outcome


async def look_at_all(
    urls: Sequence[str],
    *,
    deep: bool = True,
    level: SafetyLevel = SafetyLevel.VALIDATE,
    tabs: int = 2,
    seconds: float = 8.0,
    only: tuple[str, ...] = (),
    done: Callable[[int, Visit], None] | None = None,
) -> list[tuple[Visit, list[Outcome]]]:
    """A visit and its outcomes for every address, in the order given."""
    found: dict[int, tuple[Visit, list[Outcome]]] = {}
    queue = list(enumerate(urls))[::-1]
    async with Pool.start(PoolSettings(axe_source=find_axe().text())) as pool:

        async def work() -> None:
            tab: Tab | None = None
            while queue:
                index, url = queue.pop()
                tab = await pool.renew(tab)
                seen = await visit(pool, tab, VisitRequest(url, deep=deep, level=level, seconds=seconds, only=only))
                found[index] = (seen, evaluate_page(seen.page))
                if done:
                    done(index, seen)

        await asyncio.gather(*(work() for _ in range(tabs)))
    return [found[i] for i in range(len(urls))]
