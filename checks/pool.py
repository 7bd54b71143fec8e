"""The browser and its pages: started once, one page per core, reset between visits, renewed when worn.

Measured (architecture.md): a page made anew costs three times a reused one; a headless shell half of full Chromium.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any
from weakref import WeakSet

from playwright.async_api import Browser, BrowserContext, Error, Playwright, ProxySettings

from checks.browser import QUIET_FLAGS, find_browser, sandbox_works
from checks.consent import Refusals
from checks.driver import driver
from checks.gate import Gate, Reach
from checks.remote import End, Endpoint, connect
from checks.tab import CLEARS, Tab, world_source
from checks.temporary import passing_folder, with_temporary

SWITCHES = (
    *QUIET_FLAGS,
    # All frames in one process: one session reaches every frame, also cross-origin ones. Decision 0003.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process,Translate",
    # Chromium's own role and name of every element, readable by our scripts.
    "--enable-blink-features=ComputedAccessibilityInfo",
    # Short-lived pages do not earn back the optimising compilers (a quarter of the time, measured).
    # A page that takes all the memory there is crashes at 1 GB of it (else at 4), and is told as such.
    f"--js-flags=--max-optimized-bytecode-size=0,--max-old-space-size=1024,--expose-gc-as={CLEARS}",
    "--autoplay-policy=no-user-gesture-required",
    "--hide-scrollbars",
    # What cannot go through the gate (decision 0038) does not go at all.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
DESKTOP = {"width": 1280, "height": 1024}
NARROW = {"width": 320, "height": 256}
"""1280 x 1024 at 400 %: the viewport of 1.4.10."""
WORN = 1 << 30
"""Put as `Tab.visits`: the next visit gets a fresh context."""
ANSWERS_WITHIN = 30.0
"""Seconds in which a browser of another machine opens a context, or is taken to be gone."""
VISITS_PER_CONTEXT = 50
"""Playwright keeps request objects for the life of a context."""
VISITS_PER_CLEARING = 5
"""Visits after which the documents that went by are cleared from memory; see `Tab.clear`."""


@dataclass(frozen=True)
class PoolSettings:
    """How to start the browser and what to send along."""

    browser: str | None = None
    """Path or name; None: the resolution order of checks.browser."""
    endpoint: Endpoint | None = None
    """Where a browser of another machine is; None: one is started here."""
    axe_source: str = ""
    user_agent: str | None = None
    locale: str = "nl-NL"
    headers: Mapping[str, str] = field(default_factory=dict)
    storage_state: Any = None
    """Playwright storage state of a logged-in session, or None."""
    http_credentials: Mapping[str, str] | None = None
    blocked_hosts: tuple[str, ...] = ()
    """Hosts never called: analytics, so that our visits do not pollute statistics."""
    per_second: float = 0.0
    """Pages opened a second at most, by all tabs and laboratories together; 0: no limit."""
    reach: Reach | None = None
    """Which addresses a host may be reached at; None: wherever it leads (tests, the scanner's own files)."""
    proxy: str = field(default="", repr=False)
    """Address of the proxy that leads to the outer world, with its user and password; empty: none."""

    def way_out(self) -> Gate | nullcontext[None]:
        """The gate that the browser goes through, to be used in a with statement; nothing without `reach`."""
        at = self.endpoint.gate_at if self.endpoint else "127.0.0.1"
        return Gate(self.reach, self.blocked_hosts, at, self.proxy) if self.reach else nullcontext()


class Pool:
    """A running browser. Use `async with Pool.start(settings) as pool`."""

    touches = True
    """Whether pages can be touched with it: deep looks, logins, journeys."""

    def __init__(
        self,
        settings: PoolSettings,
        playwright: Playwright,
        browser: Browser,
        end: End,
        gate: Gate | None = None,
        temporary: str = "",
    ) -> None:
        self.settings = settings
        self.gate = gate
        self._temporary = temporary
        self._playwright = playwright
        self.browser = browser
        self._end = end
        self._restart = asyncio.Lock()
        self._silent: Browser | None = None
        """A browser of another machine that no longer answers: a Grid keeps the line open when its browser crashed."""
        self._turn = asyncio.Lock()
        self._next = 0.0
        self._tabs: WeakSet[Tab] = WeakSet()
        self.refusals = Refusals()
        self.barren: Counter[tuple[str, str]] = Counter()
        """Origin, button that says "more" → pages on which it brought no link (checks.more)."""

    @classmethod
    @asynccontextmanager
    async def start(cls, settings: PoolSettings) -> AsyncIterator[Pool]:
        """Starts the browser; closes it and everything in it at the end."""
        world_source(settings.axe_source)
        with settings.way_out() as gate, passing_folder() as temporary:
            async with driver() as playwright:
                launched = await cls._launch(playwright, settings, gate, temporary)
                pool = cls(settings, playwright, *launched, gate, temporary)
                try:
                    yield pool
                finally:
                    for tab in list(pool._tabs):
                        await tab.close()
                    await _close(pool.browser)
                    await asyncio.to_thread(pool._end)

    @staticmethod
    async def _launch(
        playwright: Playwright, settings: PoolSettings, gate: Gate | None, temporary: str
    ) -> tuple[Browser, End]:
        # Behind a gate the browser resolves no names, and the gate knows the blocked hosts.
        hosts = "" if gate else ",".join(f"MAP {host} ~NOTFOUND" for host in settings.blocked_hosts)
        switches = [*SWITCHES, *([f"--host-resolver-rules={hosts}"] if hosts else [])]
        if settings.endpoint is not None:
            return await connect(playwright, settings.endpoint, switches)
        found = find_browser(settings.browser)
        browser = await playwright.chromium.launch(
            headless=True,
            chromium_sandbox=sandbox_works(found).works,
            args=switches,
            executable_path=found.path,
            proxy=_through(gate),
            env={**with_temporary(temporary)},
        )
        return browser, _ended_with_playwright

    @property
    def version(self) -> str:
        """Browser name and version, for the evidence."""
        return f"{self.browser.browser_type.name} {self.browser.version}"

    @property
    def driver(self) -> str:
        """What drives the browser, for the evidence."""
        return f"playwright {version('playwright')}"

    async def turn(self) -> None:
        """Waits until it is polite to open another page."""
        if self.settings.per_second:
            async with self._turn:
                await asyncio.sleep(max(0.0, self._next - time.monotonic()))
                self._next = time.monotonic() + 1 / self.settings.per_second

    async def _alive(self) -> Browser:
        """The browser to open contexts in: another one when it is gone or silent."""
        async with self._restart:
            if not self.browser.is_connected() or self.browser is self._silent:
                await _close(self.browser)
                await asyncio.to_thread(self._end)
                self.browser, self._end = await self._launch(
                    self._playwright, self.settings, self.gate, self._temporary
                )
            return self.browser

    async def context(self, **options: Any) -> BrowserContext:
        """A fresh context: Dutch, no service workers, no downloads, no permissions. Options override (viewport, …)."""
        settings = self.settings
        options = {
            "viewport": DESKTOP,
            "locale": settings.locale,
            "timezone_id": "Europe/Amsterdam",
            "service_workers": "block",
            "accept_downloads": False,
            "reduced_motion": "no-preference",
            "ignore_https_errors": False,
            **({"user_agent": settings.user_agent} if settings.user_agent else {}),
            **({"extra_http_headers": dict(settings.headers)} if settings.headers else {}),
            **({"storage_state": settings.storage_state} if settings.storage_state else {}),
            **({"http_credentials": settings.http_credentials} if settings.http_credentials else {}),
            **({"proxy": _through(self.gate)} if settings.endpoint and self.gate else {}),
            **options,
        }
        browser = await self._alive()
        if settings.endpoint is None:
            return await browser.new_context(**options)
        try:
            return await asyncio.wait_for(browser.new_context(**options), ANSWERS_WITHIN)
        except TimeoutError:
            self._silent = browser
            return await (await self._alive()).new_context(**options)

    async def remember(self, context: BrowserContext) -> None:
        """Gives a context what sites remember of our refusals."""
        if self.refusals.cookies:
            await context.add_cookies(self.refusals.cookies)
        if stored := self.refusals.script():
            await context.add_init_script(stored)

    async def tab(self, *, first_visit: bool = False, **options: Any) -> Tab:
        """A page in a fresh context; `first_visit`: of a visitor who has not yet answered the consent banner."""
        context = await self.context(**options)
        if not first_visit:
            await self.remember(context)
        tab = await Tab.create(context, world_source(), self.turn)
        tab.refusals = len(self.refusals.local)
        tab.never_called = self.settings.blocked_hosts
        self._tabs.add(tab)
        return tab

    @asynccontextmanager
    async def fresh(self, **options: Any) -> AsyncIterator[Tab]:
        """A page in a context of its own that is closed afterwards: for probes that touch the page."""
        tab = await self.tab(**options)
        try:
            yield tab
        finally:
            await tab.now.close()

    def holds(self, tab: Tab) -> bool:
        """Whether a tab is of the browser that is in use, and that is still there."""
        return tab.context.browser is self.browser and self.browser.is_connected()

    async def renew(self, tab: Tab | None) -> Tab:
        """The tab to use for the next visit: the same one when healthy, else a new one in a new context.

        Of a tab that was given up already: the one that took its place.
        """
        tab = tab.now if tab is not None else None
        if tab is not None and tab.visits < VISITS_PER_CONTEXT and tab.visits % VISITS_PER_CLEARING == 0:
            await tab.clear()
        if tab is not None and not tab.crashed and tab.visits < VISITS_PER_CONTEXT and self.holds(tab):
            return tab
        if tab is None:
            return await self.tab()
        await tab.now.close()
        tab.instead = await self.tab()
        return tab.instead


async def _close(browser: Browser) -> None:
    """Closes a browser and all that is open in it. Never raises."""
    with suppress(TimeoutError, Error):
        await asyncio.wait_for(browser.close(), 10)


def _through(gate: Gate | None) -> ProxySettings | None:
    """All connections by the gate. Loopback too: without saying so, Chromium goes there by itself."""
    return ProxySettings(server=gate.address, bypass="<-loopback>") if gate else None


def _ended_with_playwright() -> None:
    """Nothing is left to end of a browser that Playwright started and closed."""
