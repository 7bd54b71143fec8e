"""The safety harness: on a live government site nothing is sent, bought, deleted or logged out.

`arm` is called after a page has loaded and before anything is touched. From then on every navigation, every method
but GET and HEAD, every beacon, socket message, popup, dialog and download is stopped and logged in `Tab.stopped`;
that log is itself evidence (a navigation on focus, on input, on pointer down). GETs that could commit something
(log out, delete, confirm) are stopped by their address. Source: fifty-criteria 0.4.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import Any
from urllib.parse import urldefrag

from playwright.async_api import Error, Request, Route, WebSocketRoute

from checks.pool import Pool
from checks.tab import Answer, ScriptError, Tab, Unreachable


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


COMMITTING = re.compile(
    r"log-?out|uitlog|log-?off|sign-?out|afmeld|verwijder|delete|remove|unsubscribe|opt-?out|"
    r"bevestig|confirm|betaal|action=",
    re.I,
)
"""Addresses whose mere GET could change something."""


COMMITTING_WORDS = (
    "logout",
    "log-out",
    "uitlog",
    "logoff",
    "log-off",
    "signout",
    "sign-out",
    "afmeld",
    "verwijder",
    "delete",
    "remove",
    "unsubscribe",
    "optout",
    "opt-out",
    "bevestig",
    "confirm",
    "betaal",
)
"""The same as patterns for the renderer: prefetches by `<link>` never come past the routing."""

_NO_SOCKETS = """for (const name of ['WebSocket', 'WebSocketStream', 'WebTransport'])
    if (name in self) self[name] = class { constructor() { throw new DOMException('stopped', 'NetworkError'); } };"""
"""For workers that run already: their sockets pass by Playwright's routing."""

_LAST_DOOR = """(() => {
    const calm = () => document.querySelectorAll('script[type=speculationrules]').forEach((rules) => rules.remove());
    calm();
    new MutationObserver(calm).observe(document, {subtree: true, childList: true});
    if (document.head) {
        const policy = document.createElement('meta');
        policy.httpEquiv = 'Content-Security-Policy';
        policy.content = "connect-src http: https: data: blob:; worker-src blob: data:";
        document.head.append(policy);
    }
})()"""
"""For every document: no loading ahead of whole pages, no new socket, and no worker that would not inherit this."""


async def arm(tab: Tab) -> None:
    """From now on nothing leaves the page but GETs of sub-resources. Idempotent.

    Routing stops requests of pages, frames, pop-ups and workers. What passes it by is stopped elsewhere (measured with
    tests/checks/test_harness.py): prefetches in the renderer, speculation rules in the document, sockets of workers.
    """
    if tab.armed:
        return
    tab.armed = True
    await tab.context.route("**/*", lambda route, request: _guard(tab, route, request))
    await tab.cdp.send("Network.enable", {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0})
    patterns = [f"*{form}*" for word in COMMITTING_WORDS for form in (word, word.capitalize())]
    await tab.cdp.send("Network.setBlockedURLs", {"urls": patterns})
    for frame in await tab.frames():
        try:
            await tab.ask(_LAST_DOOR, frame=frame, seconds=5)
        except (Unreachable, ScriptError):
            if frame.is_top:
                raise
    for worker in tab.page.workers:
        try:
            await asyncio.wait_for(worker.evaluate(_NO_SOCKETS), 2)
        except (TimeoutError, Error):
            tab.note("worker", worker.url)  # a worker that does not answer cannot open a socket either


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


async def leave(tab: Tab, to: str) -> None:
    """Has the page ready to be left for `to` without hearing of it: nothing is sent on leaving (beacons, saving).

    Measured: neither routing, being off line nor switching scripts off holds back what an old page sends while the new
    one is there already; that it does not hear of its end does (library.js). A page that will not go marks the tab as
    crashed, so that the pool replaces it.

    The next page takes the place of a calm one at once. Anything else (it tried to go elsewhere, has workers, did not
    load well, or stands at the very address) makes room for an empty page first, which costs a tenth of a light look.
    """
    try:
        await tab.hush()
        same = urldefrag(tab.page.url)[0] == urldefrag(to)[0]
        if not tab.crashed and (same or tab.stopped or tab.page.workers or not tab.calm):
            await tab.page.goto("about:blank", wait_until="commit", timeout=5000)
    except Error:
        await tab.end()


async def watch_sockets(tab: Tab) -> None:
    """Lets web sockets work while the page loads; once armed, messages of the page and new sockets are stopped."""

    def routed(socket: WebSocketRoute) -> None:
        if tab.armed:
            tab.note("socket", socket.url)
            return
        server = socket.connect_to_server()

        def send(message: str | bytes) -> None:
            if tab.armed:
                tab.note("socket", socket.url)
            else:
                server.send(message)

        socket.on_message(send)

    await tab.context.route_web_socket(re.compile(".*"), routed)


@asynccontextmanager
async def laboratory(
    pool: Pool,
    url: str,
    *,
    seconds: float = 20.0,
    prepare: Callable[[Tab], Awaitable[None]] | None = None,
    **options: Any,
) -> AsyncIterator[Tab]:
    """A fresh context with the page loaded and the harness armed; closed without letting farewell beacons out.

    `prepare` is run before the page loads (a virtual clock, say). `options` go to the browser context (viewport,
    device_scale_factor, color_scheme, …). Raises Unreachable when the
    page does not load as a document.
    """
    async with pool.fresh(**options) as tab:
        await watch_sockets(tab)
        # A shared worker is out of reach of pages' routing; browsers without them are common, so pages do without.
        await tab.context.add_init_script("delete globalThis.SharedWorker")
        await tab.cdp.send("Network.enable", {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0})
        await tab.cdp.send("Network.setBlockedURLs", {"urls": ["*/cdn-cgi/speculation*"]})
        if prepare is not None:
            await prepare(tab)
        answer: Answer = await tab.open(url, seconds)
        if answer.trouble or tab.crashed:
            raise Unreachable(answer.trouble or "crashed")
        await arm(tab)
        tab.stopped.clear()
        yield tab
