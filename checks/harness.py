"""The safety harness: on a live government site nothing is sent, bought, deleted or logged out.

`arm` is called after a page has loaded and before anything is touched. From then on every navigation, every method
but GET and HEAD, every beacon, socket message, popup, dialog and download is stopped and logged in `Tab.stopped`;
that log is itself evidence (a navigation on focus, on input, on pointer down). GETs that could commit something
(log out, delete, confirm) are stopped by their address. Source: fifty-criteria 0.4.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import Any

from playwright.async_api import Error, Request, Route, WebSocketRoute

from checks.pool import Pool
from checks.tab import Answer, Tab, Unreachable


class SafetyLevel(IntEnum):
    """What a channel allows the scanner to do."""

    LOOK = 0
    """Read only."""
    KEYS = 1
    """Hover, Tab and other keys."""
    CLICK = 2
    """Clicks, with armed routing. The default."""
    VALIDATE = 3
    """Client-side form validation by submit, with armed routing."""
    SEND = 4
    """Real submits: test environments only."""


COMMITTING = re.compile(r"log-?out|uitlog|log-?off|sign-?out|afmeld|verwijder|delete|remove|unsubscribe|opt-?out|bevestig|confirm|betaal|action=", re.I)
"""Addresses whose mere GET could change something."""


async def arm(tab: Tab) -> None:
    """From now on nothing leaves the page but GETs of sub-resources. Idempotent."""
    if tab.armed:
        return
    tab.armed = True
    await tab.context.route("**/*", lambda route, request: _guard(tab, route, request))


async def _guard(tab: Tab, route: Route, request: Request) -> None:
    harmless = request.method in ("GET", "HEAD") and request.resource_type not in ("ping", "document", "websocket")
    try:
        if harmless and not request.is_navigation_request() and not COMMITTING.search(request.url):
            await route.continue_()
        else:
            tab.note("navigation" if request.is_navigation_request() else "request", f"{request.method} {request.url}")
            await route.abort("aborted")
    except Error:
        pass  # the page went away while its request waited


async def watch_sockets(tab: Tab) -> None:
    """Lets web sockets work while the page loads; once armed, what the page wants to send is stopped."""
    def routed(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def send(message: str | bytes) -> None:
            if tab.armed:
                tab.note("socket", socket.url)
            else:
                server.send(message)

        socket.on_message(send)

    await tab.context.route_web_socket(re.compile(".*"), routed)


@asynccontextmanager
async def laboratory(pool: Pool, url: str, *, seconds: float = 20.0, **options: Any) -> AsyncIterator[Tab]:
    """A fresh context with the page loaded and the harness armed; closed without letting farewell beacons out.

    `options` go to the browser context (viewport, device_scale_factor, color_scheme, …). Raises Unreachable when the
    page does not load as a document.
    """
    async with pool.fresh(**options) as tab:
        await watch_sockets(tab)
        answer: Answer = await tab.open(url, seconds)
        if answer.trouble or tab.crashed:
            raise Unreachable(answer.trouble or "crashed")
        await arm(tab)
        tab.stopped.clear()
        try:
            yield tab
        finally:
            try:
                await tab.context.set_offline(True)
            except Error:
                pass
