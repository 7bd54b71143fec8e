"""A browser that has opened many pages is followed by another, and nobody notices."""

import asyncio
from collections.abc import Iterator

import pytest

from checks import pool as pools
from checks.pool import WORN, Pool, PoolSettings
from tests.spiders.server import Server, html, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        running.pages = {"/": html("Voorbeeld", "<h1>Voorbeeld</h1>")}
        yield running


def test_a_worn_browser_goes_with_its_last_page(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "PAGES_PER_BROWSER", 3)

    async def scan() -> None:
        async with Pool.start(PoolSettings()) as pool:
            first = pool.browser
            tab = await pool.renew(None)
            async with pool.fresh() as laboratory:
                for _ in range(3):
                    assert (await tab.open(server.url("/"))).status == 200
                assert await pool.renew(tab) is tab, "nothing needs a new context yet"
                async with pool.fresh() as other:
                    assert (await other.open(server.url("/"))).status == 200
                assert pool.browser is not first
                after = await pool.renew(tab)
                assert after is not tab and after.context.browser is pool.browser
                assert first.is_connected(), "a laboratory is still open in it"
                assert await laboratory.ask("1 + 1") == 2
            assert not first.is_connected()
            assert (await after.open(server.url("/"))).status == 200

    asyncio.run(scan())


def test_a_crashed_page_does_not_keep_its_browser(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "PAGES_PER_BROWSER", 1)

    async def scan() -> None:
        async with Pool.start(PoolSettings()) as pool:
            first, tab = pool.browser, await pool.renew(None)
            assert (await tab.open(server.url("/"))).status == 200
            await tab.end()
            await pool.renew(tab)
            assert pool.browser is not first
            async with pool.fresh():
                pass
            assert not first.is_connected()

    asyncio.run(scan())


def test_a_tab_that_was_given_up_leads_to_the_one_in_its_place() -> None:
    """A page is looked at a second time in a fresh context, and only who looked knows of that one."""

    async def scan() -> None:
        async with Pool.start(PoolSettings()) as pool:
            tab = await pool.renew(None)
            tab.visits = WORN
            second = await pool.renew(tab)
            assert second is not tab and await pool.renew(tab) is second
            assert len(pool.browser.contexts) == 1
            await pool.leave(tab)
            assert pool.browser.contexts == []

    asyncio.run(scan())


def test_many_at_once_while_browsers_follow_each_other(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "PAGES_PER_BROWSER", 4)

    async def look(pool: Pool, seen: set[int]) -> int:
        tab, loaded = None, 0
        for _ in range(10):
            tab = await pool.renew(tab)
            loaded += (await tab.open(server.url("/"))).status == 200
            async with pool.fresh() as laboratory:
                loaded += (await laboratory.open(server.url("/"))).status == 200
            seen.add(id(pool.browser))
        return loaded

    async def scan() -> None:
        seen: set[int] = set()
        async with Pool.start(PoolSettings()) as pool:
            assert await asyncio.gather(*(look(pool, seen) for _ in range(4))) == [20] * 4
            assert len(seen) > 3
            assert pool.browser.is_connected()

    asyncio.run(scan())
