"""One address, looked at and judged; nothing is kept. And how a browser is started for a channel, kept or not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from checks.catalogue import evaluate_page, get_ready
from checks.harness import SafetyLevel
from checks.pool import Pool, PoolSettings
from checks.remote import Endpoint
from checks.tab import Tab
from checks.visit import Visit, VisitRequest, visit
from checks.wcag.sc_4_1_1_parsing import Reading, reading
from scanner.axe import AxeSource, find_axe
from scanner.config import Channel, Config
from scanner.model import LedgerState, Outcome, PageEvidence
from scanner.reach import own_addresses, proxy_of, reach
from scanner.secrets import without_secrets


async def check(
    config: Config, url: str, *, deep: bool = True, level: int = SafetyLevel.CLICK, only: tuple[str, ...] = ()
) -> tuple[Visit, list[Outcome]]:
    """Looks at one address and judges it; keeps nothing.

    An address of a channel is looked at as that channel: behind its login, and no further than its safety level.
    Raises NoBrowser, AxeMissing, LoginFailed, SecretMissing.
    """
    read_4_1_1(config)
    axe = find_axe(config.scan.axe or None)
    owner = config.scope().owner(url)
    channel = config.channel(owner) if owner else None
    if channel is not None:
        settings = pool_settings(config, channel, axe)
        level = min(level, channel.safety_level)
    else:
        settings = PoolSettings(
            browser=config.scan.browser or None,
            endpoint=endpoint(config),
            axe_source=axe.text(),
            blocked_hosts=config.scan.block_hosts,
            reach=reach((url,), config.scan.inner_network, config.scan.inner_hosts),
            proxy=proxy_of(config),
        )
    loading = asyncio.create_task(asyncio.to_thread(get_ready))  # while the browser starts
    browsers, look = looking(config)
    async with browsers.start(settings) as pool:
        secrets: Sequence[str] = ()
        if channel is not None:
            from scanner.session import Session  # knows the crawler and its login too, which an address alone needs not

            session = Session(config, channel, pool)
            await session.begin()
            if session.lost:
                return Visit(PageEvidence(url), LedgerState.LOGIN_LOST, session.lost), []
            secrets = session.secrets
        tab = await pool.renew(None)
        seen = await look(pool, tab, VisitRequest(url, deep=deep, level=SafetyLevel(level), only=only))
        page = without_secrets(seen.page, secrets)
        await loading
        return replace(seen, page=page), evaluate_page(page) if page.looks else []


def looking(config: Config) -> tuple[type[Pool], Callable[[Pool, Tab, VisitRequest], Awaitable[Visit]]]:
    """The browsers of a scan, and a visit with them: by Playwright, or by the second driver."""
    if config.scan.driver == "playwright":
        return Pool, visit
    from checks import selenium_driver  # takes longer to load than most commands that do without it

    return selenium_driver.Sessions, selenium_driver.visit


def endpoint(config: Config) -> Endpoint | None:
    """Where the browser of another machine is; None: it is one of this machine."""
    scan = config.scan
    if scan.grid:
        return Endpoint("grid", scan.grid, scan.gate_at)
    return Endpoint("devtools", scan.devtools, scan.gate_at) if scan.devtools else None


def pool_settings(config: Config, channel: Channel, axe: AxeSource) -> PoolSettings:
    """How to start the browser for a channel."""
    return PoolSettings(
        browser=config.scan.browser or None,
        endpoint=endpoint(config),
        axe_source=axe.text(),
        user_agent=config.scan.user_agent or None,
        blocked_hosts=config.scan.block_hosts,
        per_second=0.0 if at_home(channel) else channel.limits.per_second,
        reach=reach(own_addresses(channel), config.scan.inner_network, config.scan.inner_hosts),
        proxy=proxy_of(config),
    )


def read_4_1_1(config: Config) -> None:
    """Sets which text of 4.1.1 the checks go by, from here on."""
    literal = config.checks.parsing_policy == "literal"
    reading.set(Reading.TEXT_2018 if literal else Reading.NOTE_2023)


def at_home(channel: Channel) -> bool:
    """Whether a channel is on this very machine: a test, which needs no politeness."""
    host = urlsplit(channel.url).hostname or ""
    return host in ("127.0.0.1", "localhost", "::1") or host.endswith(".localhost")
