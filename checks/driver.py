"""One Playwright for all browsers of an event loop.

Two in one loop keep each other awake: after every message each waits for an empty queue that the other fills (measured
with Playwright 1.65: two channels at once cost a million turns of the loop).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Playwright, async_playwright


@dataclass
class _Shared:
    users: int = 0
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    manager: AbstractAsyncContextManager[Playwright] | None = None
    playwright: Playwright | None = None


_shared: dict[asyncio.AbstractEventLoop, _Shared] = {}


@asynccontextmanager
async def driver() -> AsyncIterator[Playwright]:
    """The Playwright of this event loop: started for the first user, stopped after the last."""
    loop = asyncio.get_running_loop()
    shared = _shared.setdefault(loop, _Shared())
    shared.users += 1
    try:
        async with shared.starting:
            if shared.playwright is None:
                shared.manager = async_playwright()
                shared.playwright = await shared.manager.__aenter__()
        yield shared.playwright
    finally:
        shared.users -= 1
        if not shared.users:
            _shared.pop(loop, None)
            if shared.manager is not None:
                await shared.manager.__aexit__(None, None, None)
