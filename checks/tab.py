"""One long-lived browser page: opens addresses, asks in the scanner's isolated world, logs what was stopped.

Why an isolated world: a page can overwrite `JSON`, `Promise` or `querySelector`; our scripts run with fresh globals on
the same document and see what is there. Why the DevTools protocol beside Playwright: worlds, the timeout of a runaway
script and the interception of documents alone (other requests pay nothing) are only there.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from importlib.resources import files
from typing import Any
from urllib.parse import urldefrag, urlsplit

from playwright.async_api import BrowserContext, CDPSession, Error, Page, Request, Response
from playwright.async_api import TimeoutError as TooLong

from checks.clobbering import aliases, past_fields
from checks.hindrance import Hindrance, told
from checks.inpage import script

log = logging.getLogger(__name__)

WORLD = "scanner"
CLEARS = "scannerClears"
"""V8's function that clears memory; the pool has the browser offer it by this name."""
PROBES = files("checks.probes")
SETTLE = script("settle")
NO_WORLD = "Cannot find context"
"""What Chromium says of a world that went with its document."""
NO_LIBRARY = "no library"
"""What our own question answers where our scripts did not run yet."""
CLOBBERED = "a form hides its members"
"""What it answers where our scripts would read fields instead of members (checks.clobbering)."""
MAX_FRAMES = 60
"""Frames looked into per page; the rest are recorded as not entered."""
FONT_HOSTS = frozenset(
    (
        "cloud.typenetwork.com",
        "cloud.typography.com",
        "fast.fonts.net",
        "fonts.bunny.net",
        "fonts.googleapis.com",
        "hello.myfonts.net",
        "p.typekit.net",
        "rsms.me",
        "use.typekit.net",
    )
)
"""Their style sheets hold fonts and nothing else; without them the page stands in the next font of its list."""


@dataclass(slots=True)
class Answer:
    """How the server and the page answered one address."""

    url: str
    final_url: str = ""
    status: int = 0
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    """Empty when a document was loaded; else `timeout`, `download`, `crashed`, or the browser's network error."""
    incomplete: tuple[str, ...] = ()
    """Style sheets, and scripts of the site itself, that did not load."""
    without: tuple[str, ...] = ()
    """Scripts of other sites that did not load."""
    redirects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the open page."""

    id: str
    url: str
    is_top: bool


@dataclass(slots=True)
class Stopped:
    """One thing the harness did not let through: evidence of what would have happened."""

    kind: str
    """`navigation`, `request`, `popup`, `dialog`, `download`, `socket`."""
    what: str
    """Address, method or message."""
    after: str = ""
    """What the scanner was doing, set by the probe."""


def site_of(host: str) -> str:
    """The last two labels of a host name, or an IP address: hosts that differ in more are of different sites."""
    return host if host.replace(".", "").isdigit() else ".".join(host.split(".")[-2:])


class Unreachable(Exception):
    """The page does not answer any more: hung, crashed or closed."""


class Tab:
    """A browser page with its DevTools session. Build with `Tab.create`."""

    instead: Tab | None = None
    """The tab that took the place of this one, when it was given up."""

    def __init__(
        self, context: BrowserContext, page: Page, cdp: CDPSession, turn: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._turn = turn
        self.context = context
        self.page = page
        self.cdp = cdp
        self.stopped: list[Stopped] = []
        self.doing = ""
        """What the scanner is doing: copied into `Stopped.after`."""
        self.armed = False
        """True: every navigation and every method but GET and HEAD is stopped (checks.harness arms it)."""
        self.wander = False
        """True: the page may navigate by itself (a journey in a test environment); else it is held where it is."""
        self.crashed = False
        """The page is gone for good: crashed, or ended because it did not answer. The pool replaces the tab."""
        self.calm = True
        """The open page loaded as a page does: the next one can take its place at once (checks.harness.leave)."""
        self.visits = 0
        self.refusals = 0
        """Of how many sites this tab was given what they store of our refusal (checks.consent)."""
        self._allowed: str | None = None
        self._top_frame = ""
        self._worlds: dict[str, int] = {}
        """Frame → our isolated world in the document that stands there now; see `world`."""
        self.never_called: tuple[str, ...] = ()
        """Patterns of hosts that we ourselves do not call: nobody misses them."""
        self._failed: list[str] = []
        self._without: list[str] = []
        self._redirects: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def now(self) -> Tab:
        """This tab, or the one that took its place."""
        tab = self
        while tab.instead is not None:
            tab = tab.instead
        return tab

    @classmethod
    async def create(
        cls, context: BrowserContext, world_source: str, turn: Callable[[], Awaitable[None]] | None = None
    ) -> Tab:
        """A new page in this context.

        `world_source` is run in the isolated world of every document; `turn` is awaited before an address is opened.
        """
        page = await context.new_page()
        cdp = await context.new_cdp_session(page)
        tab = cls(context, page, cdp, turn)
        page.on("crash", lambda _: setattr(tab, "crashed", True))
        page.on("dialog", lambda dialog: tab._later(tab._dismiss(dialog)))
        page.on("popup", lambda popup: tab._later(tab._close_popup(popup)))
        page.on("download", lambda download: tab._later(tab._cancel(download)))
        page.on("requestfailed", tab._request_failed)
        page.on("response", tab._responded)
        cdp.on("Fetch.requestPaused", lambda event: tab._later(tab._document_requested(event)))
        cdp.on("Page.frameNavigated", lambda event: tab._forget(event["frame"]["id"]))
        cdp.on("Page.frameDetached", lambda event: tab._forget(event["frameId"]))
        await cdp.send("Page.enable")
        # Keeps the accessibility tree of every new document: without it Chromium builds the whole tree anew for each
        # role or name that a probe asks for (30 ms a call on a page of 1,000 elements, 0.01 ms with it).
        await cdp.send("Accessibility.enable")
        # Not on the empty page between two visits, where nobody asks anything.
        source = f"if (self !== top || location.href !== 'about:blank') {{\n{world_source}\n}}"
        await cdp.send("Page.addScriptToEvaluateOnNewDocument", {"source": source, "worldName": WORLD})
        tab._top_frame = (await cdp.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        await cdp.send("Fetch.enable", {"patterns": [{"urlPattern": "*", "resourceType": "Document"}]})
        return tab

    def _later(self, work: Awaitable[None]) -> None:
        async def quietly() -> None:
            try:
                await work
            except Error as error:
                log.debug("the page went away meanwhile: %s", error)

        task = asyncio.ensure_future(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def note(self, kind: str, what: str) -> None:
        """Logs something that was stopped; at most 500 a visit, so that a storm costs nothing."""
        if len(self.stopped) < 500:
            self.stopped.append(Stopped(kind, what[:500], self.doing))

    async def _dismiss(self, dialog: Any) -> None:
        self.note("dialog", f"{dialog.type}: {dialog.message}")
        await (dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss())

    async def _close_popup(self, popup: Page) -> None:
        self.note("popup", popup.url)
        await popup.close()

    async def _cancel(self, download: Any) -> None:
        self.note("download", download.url)
        await download.cancel()

    def _request_failed(self, request: Request) -> None:
        self._not_loaded(request)

    def _responded(self, response: Any) -> None:
        if response.status >= 400:
            self._not_loaded(response.request)

    def _not_loaded(self, request: Request) -> None:
        """A style sheet or script that did not come; see docs/decisions/0045-what-is-missed.md."""
        kind, host = request.resource_type, urlsplit(request.url).hostname or ""
        if kind not in ("stylesheet", "script") or any(fnmatch(host, pattern) for pattern in self.never_called):
            return
        if kind == "stylesheet" and host in FONT_HOSTS:
            return
        others = kind == "script" and site_of(host) != site_of(urlsplit(self.page.url).hostname or "")
        missed = self._without if others else self._failed
        if len(missed) < 50:
            missed.append(request.url[:500])

    async def _document_requested(self, event: dict[str, Any]) -> None:
        """Lets the address that was asked for through (and its redirects), stops later navigations of the top frame."""
        request = event["request"]
        is_top = event["frameId"] == self._top_frame
        wanted = (
            is_top
            and self._allowed is not None
            and (urldefrag(request["url"])[0] == self._allowed or event.get("redirectedRequestId") is not None)
        )
        if wanted and event.get("redirectedRequestId") is not None:
            self._redirects.append(request["url"])
        if (is_top and not wanted and not self.wander) or (
            self.armed and (not is_top or request["method"] not in ("GET", "HEAD"))
        ):
            self.note("navigation", f"{request['method']} {request['url']}")
            await self.cdp.send("Fetch.failRequest", {"requestId": event["requestId"], "errorReason": "Aborted"})
        else:
            await self.cdp.send("Fetch.continueRequest", {"requestId": event["requestId"]})

    async def open(self, url: str, seconds: float = 20.0) -> Answer:
        """Loads an address; later navigations of the top frame are stopped and logged.

        Waits for load, fonts and a quiet document, never for network idle. Never raises: trouble is in the answer.
        """
        if self._turn is not None:
            await self._turn()
        self.stopped.clear()
        self._failed, self._without, self._redirects = [], [], []
        self._allowed = urldefrag(url)[0]
        self.visits += 1
        self.calm = False
        answer = Answer(url)
        came = False
        try:
            response = await self._goto(url, seconds)
            came, self._allowed = True, None
            self._worlds.clear()
            if response is not None:
                answer.status = response.status
                answer.headers = {k.lower(): v for k, v in (await response.all_headers()).items()}
                answer.content_type = answer.headers.get("content-type", "").split(";")[0].strip().lower()
            try:
                await self.page.wait_for_load_state("load", timeout=seconds * 1000)
            except TooLong:
                answer.trouble = "load did not finish"
                # A document without an end would grow under every probe; what is shown by now counts.
                await self._send("Page.stopLoading", {}, 5)
            await self.settle()
        except TooLong:
            answer.trouble = "timeout"
        except Unreachable:
            answer.trouble = "crashed" if self.crashed else "timeout"
        except ScriptError as error:  # the document went away under the question
            answer.incomplete = (f"did not settle: {str(error).splitlines()[0][:150]}",)
        except Error as error:
            text = str(error)
            answer.trouble = (
                "download"
                if "Download is starting" in text
                else "crashed"
                if self.crashed
                else text.split("\n")[0][:200]
            )
        self._allowed = None
        # What did not come left the page before it where it was, if there was one; the browser's own error page comes.
        answer.final_url = self.page.url if came or self.page.url.startswith("chrome-error:") else ""
        self.calm = came and not answer.trouble
        answer.incomplete = (*answer.incomplete, *dict.fromkeys(self._failed))
        answer.without = tuple(dict.fromkeys(self._without))
        answer.redirects = tuple(self._redirects)
        return answer

    async def _goto(self, url: str, seconds: float) -> Response | None:
        try:
            return await self.page.goto(url, wait_until="commit", timeout=seconds * 1000)
        except Error as error:
            if "interrupted by another navigation" not in str(error):
                raise
            # The page before it set out for somewhere just now.
            await self.page.goto("about:blank", wait_until="commit", timeout=5000)
            self.stopped.clear()
            return await self.page.goto(url, wait_until="commit", timeout=seconds * 1000)

    async def settle(self, seconds: float = 3.0) -> None:
        """Waits until fonts are there and nothing novel has changed for 100 ms, at most `seconds`."""
        await self.call(SETTLE, int(seconds * 1000), seconds=seconds + 5)

    async def frames(self, seconds: float = 10) -> list[Frame]:
        """The frames of the open page, the top one first, at most MAX_FRAMES."""
        tree = (await self._send("Page.getFrameTree", {}, seconds))["frameTree"]
        found: list[Frame] = []

        def walk(node: dict[str, Any], is_top: bool) -> None:
            if len(found) < MAX_FRAMES:
                found.append(Frame(node["frame"]["id"], node["frame"]["url"], is_top))
                for child in node.get("childFrames", ()):
                    walk(child, False)

        walk(tree, True)
        return found

    async def _send(self, method: str, params: dict[str, Any], seconds: float) -> dict[str, Any]:
        if self.crashed:
            raise Unreachable("crashed")
        try:
            return await asyncio.wait_for(self.cdp.send(method, params), seconds)
        except (TimeoutError, Error) as error:
            raise Unreachable(
                "crashed"
                if self.crashed
                else f"no answer: {str(error).splitlines()[0][:150] if str(error) else method}"
            ) from error

    def _forget(self, frame: str) -> None:
        """Another document stands in this frame now; with the top frame all others have gone."""
        if frame == self._top_frame:
            self._worlds.clear()
        self._worlds.pop(frame, None)

    async def world(self, frame: Frame | None = None, seconds: float = 15.0) -> int:
        """Execution context of our isolated world in a frame, else the top one; asked of the browser once a document.

        Raises Unreachable.
        """
        at = frame.id if frame else self._top_frame
        if at not in self._worlds:
            made = await self._send("Page.createIsolatedWorld", {"frameId": at, "worldName": WORLD}, seconds)
            self._worlds[at] = int(made["executionContextId"])
        return self._worlds[at]

    async def ask(self, expression: str, *, frame: Frame | None = None, seconds: float = 15.0) -> Any:
        """Value of a JavaScript expression (promises are awaited) in the isolated world of a frame, else the top one.

        Raises Unreachable when the page gives no answer within `seconds`; a runaway script is ended.
        """
        question = {
            "expression": expression,
            "awaitPromise": True,
            "returnByValue": True,
            "timeout": seconds * 1000,
        }
        world = await self.world(frame, seconds)
        try:
            answer = await self._send("Runtime.evaluate", {**question, "contextId": world}, seconds + 1)
        except Unreachable as error:
            if NO_WORLD not in str(error):
                raise
            self._worlds.pop(frame.id if frame else self._top_frame, None)  # it navigated just now
            world = await self.world(frame, seconds)
            answer = await self._send("Runtime.evaluate", {**question, "contextId": world}, seconds + 1)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise ScriptError(str(details.get("exception", {}).get("description", details.get("text")))[:500])
        return answer["result"].get("value")

    async def ask_library(self, expression: str, *, frame: Frame | None = None, seconds: float = 15.0) -> Any:
        """Like `ask`, after making sure that our library is there (a frame's first empty document lacks it).

        Where a form hides its own members from us, our scripts read past its fields (checks.clobbering).
        """
        if frame is not None and not frame.is_top and frame.id not in self._worlds:
            # A frame's accessibility tree is kept from the first time that its root is asked for (see `create`).
            with contextlib.suppress(Unreachable):
                await self._send("Accessibility.getRootAXNode", {"frameId": frame.id}, seconds)
        guarded = (
            f"!Object.hasOwn(globalThis, 'S') ? {json.dumps(NO_LIBRARY)} :"
            f" S.clobbered() ? {json.dumps(CLOBBERED)} : ({expression})"
        )
        answer = await self.ask(guarded, frame=frame, seconds=seconds)
        if answer == NO_LIBRARY:
            await self.ask(world_source() + "\n;0", frame=frame, seconds=seconds)
            answer = await self.ask(guarded, frame=frame, seconds=seconds)
        if answer == CLOBBERED:
            hidden = "[S.clobbered(), Boolean(globalThis.pastFields)]"
            members, ready = await self.ask(hidden, frame=frame, seconds=seconds)
            if members and not ready:
                safe = aliases(members) + past_fields(world_source(), members)
                await self.ask(safe + "\n;0", frame=frame, seconds=seconds)
            answer = await self.ask(past_fields(expression, members), frame=frame, seconds=seconds)
        return answer

    async def call(
        self, script: str, argument: Any = None, *, frame: Frame | None = None, seconds: float = 15.0
    ) -> Any:
        """Result of `(S, argument) => JSON value` given as JavaScript text, in the isolated world, library loaded."""
        text = await self.ask_library(
            f"Promise.resolve(({script})(S, {json.dumps(argument)})).then(v => JSON.stringify(v))",
            frame=frame,
            seconds=seconds,
        )
        return json.loads(text) if text else None

    async def picture(self, box: tuple[float, float, float, float] | None, margin: float = 12.0) -> bytes:
        """A PNG of a place with some of its surroundings, at most 1200 x 800 px; empty when it cannot be had."""
        if box is None or box[2] < 1 or box[3] < 1:
            return b""
        clip = {
            "x": max(0.0, box[0] - margin),
            "y": max(0.0, box[1] - margin),
            "width": min(box[2] + 2 * margin, 1200.0),
            "height": min(box[3] + 2 * margin, 800.0),
            "scale": 1,
        }
        try:
            shot = await self._send(
                "Page.captureScreenshot", {"format": "png", "clip": clip, "captureBeyondViewport": True}, 10
            )
        except Unreachable:
            return b""
        return base64.b64decode(shot["data"])

    async def hush(self) -> None:
        """The page will not hear of its end (library.js): nothing is sent on leaving. Never raises.

        A page that does not answer is ended: what hangs would go on using a core, or memory, beside the next pages.
        """
        try:
            async with asyncio.timeout(6):
                for frame in await self.frames(3):
                    await self.ask("globalThis.hush ? hush() : globalThis.leaving = true", frame=frame, seconds=2)
                self._worlds.clear()
        except ScriptError:
            pass
        except (TimeoutError, Unreachable, Error):
            await self.end()

    async def clear(self) -> None:
        """Clears the documents of visits that are over from the renderer's memory. Never raises.

        Left to itself the renderer keeps all of them until its heap is full: 10 MB a visit and more, measured. V8's own
        function keeps what is compiled; `HeapProfiler.collectGarbage` throws that away, and axe is compiled anew: 20 ms
        a visit, measured. A page that does not answer is ended.
        """
        if self.visits and not self.crashed:
            try:
                clears = f"globalThis.{CLEARS}?.({{type: 'major', execution: 'async'}}).then(() => true)"
                if not await self.ask(clears, seconds=10):
                    await self._send("HeapProfiler.collectGarbage", {}, 10)  # a browser that was started by others
            except ScriptError as error:
                log.debug("clearing: %s", error)
            except Unreachable:
                await self.end()

    async def end(self) -> None:
        """Ends the page's renderer, whatever it is doing; the tab is of no use afterwards. Never raises."""
        self.crashed = True
        with suppress(TimeoutError, Error):
            await asyncio.wait_for(self.cdp.send("Page.crash"), 2)

    async def close(self) -> None:
        """Closes the page and its context; what the page wants to send when it is left reaches nobody. Never raises."""
        try:
            if not self.crashed:
                await self.hush()
            if not self.crashed:
                await asyncio.wait_for(self.context.set_offline(True), 5)
            await asyncio.wait_for(self.context.close(), 10)
        except (TimeoutError, Error):
            await self.end()  # it was gone already, or goes with the browser


class ScriptError(Exception):
    """One of our scripts threw."""


def hindered(error: Exception) -> str:
    """The hindrance that an error was: one that names it, a page that crashed or fell silent, else our own fault."""
    said = str(error)
    if said in set(Hindrance):
        return said
    if said == "crashed":
        return str(Hindrance.CRASHED)
    silent = isinstance(error, (Unreachable, TimeoutError, Error))
    return told(Hindrance.SILENT if silent else Hindrance.FAULT, aside=f"{type(error).__name__}: {said}")


_world: dict[str, str] = {}
_DEFER = (
    "{ const timer = setTimeout; globalThis.setTimeout = (f, d, ...a) => "
    "d ? timer(f, d, ...a) : (Promise.resolve().then(() => f(...a)), 0); }"
)
"""Axe defers its work by timers; in our own world a microtask does, which saves the wait between rules."""


def world_source(axe_source: str | None = None) -> str:
    """The JavaScript of the isolated world: axe-core (given once at start), the library and all in-page probes."""
    if axe_source is not None or "source" not in _world:
        _world["source"] = f"{_DEFER}\n{library_source(axe_source or '')}"
    return _world["source"]


def library_source(axe_source: str) -> str:
    """The same for a driver without a world of its own: the page's own timers stay what they are."""
    scripts = [
        f"PROBES[{path.name[:-3]!r}] = {path.read_text('utf-8').rstrip().rstrip(';')};"
        for path in sorted(PROBES.iterdir(), key=lambda p: p.name)
        if path.name.endswith(".js") and path.name not in ("library.js", "axe.js")
    ]
    parts = [PROBES.joinpath(name).read_text("utf-8") for name in ("library.js", "axe.js")]
    return "\n".join([axe_source, parts[0], *scripts, parts[1]])
