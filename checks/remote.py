"""A browser on another machine, for Playwright: on a Selenium Grid, or one that listens for DevTools.

On a Grid a WebDriver session is opened, whose browser Playwright then drives through the DevTools address that the Grid
gives with it (`se:cdp`). Either way every probe works as with a browser of this machine, and pages are reached through
the gate here (checks.gate), which must be within the browser's reach. Decision 0046.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Browser, Error, Playwright

from checks.browser import NoBrowser

SECONDS = 60
"""For a browser to be given."""
STEADY = (
    "--headless=new",
    # What Playwright gives the browsers that it starts itself: the same colours everywhere, and no sleep out of sight.
    "--force-color-profile=srgb",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-ipc-flooding-protection",
    "--disable-back-forward-cache",
    "--mute-audio",
)


@dataclass(frozen=True)
class Endpoint:
    """Where browsers are to be had, and where those find our gate."""

    kind: Literal["grid", "devtools"]
    address: str
    """`http://host:4444` of a Grid; `http://host:9222` or `ws://…` of a browser that listens for DevTools."""
    gate_at: str = "127.0.0.1"
    """An address of this machine within the reach of the browser: the gate listens there."""


End = Callable[[], None]


async def connect(playwright: Playwright, at: Endpoint, switches: Sequence[str]) -> tuple[Browser, End]:
    """A browser there, and how to give it back. Raises NoBrowser.

    One that listens for DevTools keeps the switches with which it was started; `scanner doctor` tells which it needs.
    """
    end: End = _nothing
    address = at.address
    if at.kind == "grid":
        address, end = await asyncio.to_thread(_session, at, switches)
    try:
        return await playwright.chromium.connect_over_cdp(address, timeout=SECONDS * 1000), end
    except Error as error:
        end()
        raise NoBrowser("browser.remote", address=at.address, problem=str(error).splitlines()[0][:300]) from error


def _nothing() -> None:
    """A browser that was there before us stays when we go."""


def _session(at: Endpoint, switches: Sequence[str]) -> tuple[str, End]:
    """The DevTools address of a new session on a Grid, and how to end the session."""
    from selenium import webdriver  # loading it takes longer than most commands that do without it
    from selenium.common.exceptions import WebDriverException
    from urllib3.exceptions import HTTPError

    options = webdriver.ChromeOptions()
    for switch in (*STEADY, *switches):
        options.add_argument(switch)
    try:
        session = webdriver.Remote(command_executor=at.address, options=options)
    except (WebDriverException, HTTPError, OSError) as error:
        said = str(getattr(error, "msg", None) or error).splitlines()[0][:300]
        raise NoBrowser("browser.remote", address=at.address, problem=said) from error

    def end() -> None:
        with suppress(WebDriverException, HTTPError, OSError):
            session.quit()

    address = session.capabilities.get("se:cdp")
    if not address:
        end()
        raise NoBrowser("browser.remote", address=at.address, problem="the Grid gives no DevTools address (se:cdp)")
    return str(address), end
