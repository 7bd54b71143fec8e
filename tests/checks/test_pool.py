"""What takes the place of a page that was given up is gone on with, and nothing stays open beside it."""

import asyncio

from checks.pool import WORN, Pool, PoolSettings


def test_a_tab_that_was_given_up_leads_to_the_one_in_its_place() -> None:
    """A page is looked at a second time in a fresh context, and only who looked knows of that one."""

    async def scan() -> None:
        async with Pool.start(PoolSettings()) as pool:
            tab = await pool.renew(None)
            tab.visits = WORN
            second = await pool.renew(tab)
            assert second is not tab and await pool.renew(tab) is second
            assert len(pool.browser.contexts) == 1
            await tab.now.close()
            assert pool.browser.contexts == []

    asyncio.run(scan())
