"""One visit: open a page, look at it in its states with every probe that is due, and return what was seen.

A visit is a plain function of its request: run it again at any time. It never raises for what a page does; trouble is
in the result, and what a probe could not look at is in its record.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from playwright.async_api import Error

from checks.confirm import confirm
from checks.consent import find_banner, origin, refuse_consent
from checks.harness import SafetyLevel, laboratory, leave
from checks.hindrance import Hindrance, told
from checks.more import has_more, load_more
from checks.pool import DESKTOP, NARROW, Pool
from checks.probes import deep_probes, page_probes
from checks.tab import Answer, Frame, ScriptError, Tab, Unreachable, hindered
from scanner.model import Json, LedgerState, PageEvidence, Record, StateEvidence

log = logging.getLogger(__name__)

AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
PAGE_TYPES = ("text/html", "application/xhtml+xml", "image/svg+xml", "application/xml", "text/xml")
BEHIND = "dialog closed"
"""State of a page whose modal dialog, open from the start, was closed."""


@dataclass(frozen=True)
class VisitRequest:
    """What to look at, how deep, and how much the page may be touched."""

    url: str
    deep: bool = True
    level: SafetyLevel = SafetyLevel.CLICK
    seconds: float = 20.0
    """Time for the page to load."""
    deep_seconds: float = 90.0
    """Time for all deep probes together; what does not fit is `prevented`."""
    viewport: Mapping[str, int] = field(default_factory=lambda: dict(DESKTOP))
    only: tuple[str, ...] = ()
    """Names of the probes to run; empty: all that are due."""
    pictures: bool = True
    load_more: int = 0
    """How often a list is asked for more, for its links."""


@dataclass(frozen=True)
class Visit:
    """What came of a visit."""

    page: PageEvidence
    state: LedgerState
    reason: str = ""
    links: tuple[tuple[str, str], ...] = ()
    """Links of the rendered document: address and text."""
    stopped: tuple[tuple[str, str, str], ...] = ()
    seconds: float = 0.0
    spent: Mapping[str, float] = field(default_factory=dict)
    """Seconds per probe and stage."""


@dataclass
class Look:
    """What a deep probe gets: the address, the browser, what the page probes saw, and how far it may go."""

    pool: Pool
    request: VisitRequest
    page: PageEvidence
    """With the looks so far: gate on these before spending time."""

    @property
    def url(self) -> str:
        """The address under test."""
        return self.request.url

    @property
    def level(self) -> SafetyLevel:
        """What the channel allows."""
        return self.request.level

    def lab(self, **options: Any) -> AbstractAsyncContextManager[Tab]:
        """A fresh context with the page loaded and the harness armed: `async with at.lab() as tab`."""
        return laboratory(
            self.pool, self.url, seconds=self.request.seconds, **{"viewport": self.request.viewport, **options}
        )

    def seen(self, probe: str) -> Json:
        """What a page probe saw in the base state; empty when it could not look."""
        return self.page.first(probe) or {}


def size(viewport: Mapping[str, int]) -> str:
    """A viewport as evidence writes it: `1280x1024`."""
    return f"{viewport['width']}x{viewport['height']}"


async def visit(pool: Pool, tab: Tab, request: VisitRequest) -> Visit:
    """Looks at one page. `tab` is reused and reset; deep probes get contexts of their own."""
    began = time.monotonic()
    spent: dict[str, float] = {}
    await refuse_once(pool, request)
    await reset(tab, pool, request.url)
    if tab.crashed:
        return Visit(PageEvidence(request.url), LedgerState.CRASHED, "the page before it could not be left")
    answer = await tab.open(request.url, request.seconds)
    spent["load"] = time.monotonic() - began
    if "ERR_SOCKS" in answer.trouble and pool.gate is not None:
        answer.trouble = pool.gate.why(answer.redirects[-1] if answer.redirects else request.url) or answer.trouble
    state, reason = what_it_is(answer)
    page = PageEvidence(
        url=request.url,
        final_url=answer.final_url,
        status=answer.status,
        content_type=answer.content_type,
        headers=answer.headers,
        incomplete=answer.incomplete,
        without=answer.without,
    )
    if state in (LedgerState.TIMED_OUT, LedgerState.CRASHED):
        await tab.end()
    if state is not LedgerState.VISITED:
        return Visit(page, state, reason, seconds=time.monotonic() - began, spent=spent)
    try:
        refused = pool.refusals.name(request.url)
        steps = (f"refuse: {refused}",) if refused else ()
        base = await look_at(tab, "base", request.viewport, request.only, steps)
        narrow = await look_narrow(tab, request)
        narrow += await confirm(pool, request.url, request.seconds, request.viewport, NARROW, [base, *narrow])
        if (facts_seen := base.records.get("facts")) and facts_seen.data.get("modal"):
            base, behind = await look_behind(pool, request, base)
            narrow += behind
    except Unreachable as error:
        state = LedgerState.CRASHED if tab.crashed else LedgerState.TIMED_OUT
        await tab.end()
        return Visit(
            page,
            state,
            hindered(error),
            seconds=time.monotonic() - began,
            spent=spent,
        )
    if "openers" in base.records and base.records["openers"].data.get("banner"):
        pool.refusals.look_again(request.url)
    looks = [base, *narrow]
    for look in looks:
        for name, record in look.records.items():
            spent[name] = spent.get(name, 0.0) + record.seconds
    facts = base.records["facts"].data if "facts" in base.records else {}
    page = _with(page, looks, template=str(facts.get("template", "")))
    stopped = [(s.kind, s.what, s.after) for s in tab.stopped]
    links = tuple((str(link["url"]), str(link["text"])) for link in facts.get("links", ()))
    left = ""
    asks = page.first("more") or {}
    if request.load_more and request.level >= SafetyLevel.CLICK and has_more(pool, request.url, asks):
        more, record = await load_more(pool, request.url, asks, request.load_more, request.seconds, request.viewport)
        page = _with_base(page, {"more": record})
        links, left = (*links, *more.items()), record.prevented
        spent["more"] = spent.get("more", 0.0) + record.seconds
    if request.deep:
        page = await deepen(pool, request, page, spent)
    return Visit(
        page,
        LedgerState.VISITED,
        "; ".join(filter(None, (*answer.incomplete[:3], left))),
        links,
        tuple(stopped),
        time.monotonic() - began,
        spent,
    )


def _with(page: PageEvidence, looks: list[StateEvidence], template: str = "") -> PageEvidence:
    return replace(page, template=template or page.template, looks=tuple(looks))


def what_it_is(answer: Answer) -> tuple[LedgerState, str]:
    """Whether the answer is a page to look at; Chrome's own error page and PDF viewer never are."""
    if answer.trouble == "download":
        return LedgerState.NOT_A_PAGE, "download"
    if answer.trouble == "timeout":
        return LedgerState.TIMED_OUT, "no answer in time"
    if answer.trouble == "crashed":
        return LedgerState.CRASHED, "the page crashed the browser's renderer"
    if answer.trouble == "load did not finish" and answer.status:
        answer.incomplete = (*answer.incomplete, "load did not finish")
    elif answer.trouble or answer.final_url.startswith("chrome-error:"):
        return LedgerState.UNREACHABLE, answer.trouble or "browser error page"
    if answer.status in (401, 403):
        return LedgerState.LOGIN_WALL, f"status {answer.status}"
    if answer.status in (404, 410):
        return LedgerState.NOT_FOUND, f"status {answer.status}"
    if answer.status >= 400:
        return LedgerState.SERVER_ERROR, f"status {answer.status}"
    if answer.content_type == "application/pdf" or re.search(
        r"officedocument|msword|ms-excel|opendocument", answer.content_type
    ):
        return LedgerState.DOCUMENT, answer.content_type
    if answer.content_type and answer.content_type not in PAGE_TYPES:
        return LedgerState.NOT_A_PAGE, answer.content_type
    return LedgerState.VISITED, ""


async def refuse_once(pool: Pool, request: VisitRequest) -> None:
    """Refuses the consent banner of a site that was not met before, in a laboratory; see checks.consent.Refusals."""
    refusals, url = pool.refusals, request.url
    if request.level < SafetyLevel.CLICK or refusals.settled(url):
        return
    async with refusals.asking[origin(url)]:
        if refusals.settled(url):
            return
        refusals.tries[origin(url)] += 1
        try:
            with suppress(Unreachable, ScriptError, Error):
                async with laboratory(pool, url, seconds=request.seconds) as tab:
                    if await find_banner(tab) is None:
                        return
                    before = await tab.context.storage_state()
                    name = await refuse_consent(tab)
                    await asyncio.sleep(0.2)  # what is remembered is often written after the banner has gone
                    refusals.keep(url, name or "", before, await tab.context.storage_state())
        finally:  # not sooner: pages that are opened at the same time wait for the answer
            refusals.names.setdefault(origin(url), "")


async def reset(tab: Tab, pool: Pool, url: str) -> None:
    """Nothing of the last page may reach the next, at `url`: cookies, storage, window name. What stays: a session, and
    what sites remember of our refusals. (The width is set back by whoever narrowed it.)"""
    try:
        if tab.visits:
            origin = re.match(r"https?://[^/]+", tab.page.url)
            await leave(tab, url)
            await tab.cdp.send("Network.clearBrowserCookies")
            if origin:
                await tab.cdp.send("Storage.clearDataForOrigin", {"origin": origin[0], "storageTypes": "all"})
        cookies = [*(pool.settings.storage_state or {}).get("cookies", ()), *pool.refusals.cookies]
        if cookies:
            await tab.context.add_cookies(cookies)
        if tab.refusals != len(pool.refusals.local):
            tab.refusals = len(pool.refusals.local)
            await tab.context.add_init_script(pool.refusals.script())
    except Exception as error:
        log.debug("reset: %s", error)
        tab.crashed = True


async def look_at(
    tab: Tab,
    state: str,
    viewport: Mapping[str, int],
    only: tuple[str, ...] = (),
    steps: tuple[str, ...] = (),
    axe: bool = True,
) -> StateEvidence:
    """All page probes of this state, in every frame; axe with them. Frames that could not be entered are recorded."""
    names = [n for n in page_probes("base" if state == BEHIND else state) if not only or n in only]
    records: dict[str, list[tuple[Frame, Json]]] = {name: [] for name in names}
    seconds: dict[str, float] = {}
    prevented: dict[str, str] = {}
    frames = await tab.frames()
    not_entered: list[dict[str, str]] = []
    axe_results: list[tuple[Frame, Json]] = []
    for frame in frames:
        try:
            began = time.monotonic()
            seen = json.loads(await tab.ask_library(f"look({json.dumps(names)})", frame=frame, seconds=30))
            for name, record in seen.items():
                seconds[name] = seconds.get(name, 0) + record["seconds"]
                if "data" in record:
                    records[name].append((frame, record["data"]))
                elif frame.is_top:
                    prevented[name] = told(Hindrance.FAULT, aside=record["prevented"])
            if axe and (not only or "axe" in only):
                began = time.monotonic()
                result = await tab.ask(
                    f"runAxe({json.dumps(frame.is_top)}, {json.dumps(AXE_TAGS)}, [])",
                    frame=frame,
                    seconds=60 if frame.is_top else 15,
                )
                axe_results.append((frame, json.loads(result)))
                seconds["axe"] = seconds.get("axe", 0) + time.monotonic() - began
        except (Unreachable, ScriptError, TypeError) as error:
            if frame.is_top and isinstance(error, Unreachable):
                raise
            if frame.is_top:
                prevented["axe"] = hindered(error)
            else:
                not_entered.append({"url": frame.url[:500], "reason": hindered(error)})
    out = {
        name: Record(name, merged(found), prevented.get(name, ""), seconds.get(name, 0))
        for name, found in records.items()
    }
    if axe_results or "axe" in prevented:
        out["axe"] = Record("axe", merged(axe_results), prevented.get("axe", ""), seconds.get("axe", 0))
    out["frames"] = Record("frames", {"entered": len(frames) - len(not_entered), "not_entered": not_entered})
    return StateEvidence(state, size(viewport), steps, out)


def merged(found: list[tuple[Frame, Json]]) -> Json:
    """One record of all frames: lists are joined, other values are the top document's."""
    out: dict[str, Any] = {}
    for frame, data in found:
        for key, value in data.items():
            if isinstance(value, list):
                out.setdefault(key, []).extend(value)
            elif frame.is_top or key not in out:
                out[key] = value
    return out


async def look_narrow(tab: Tab, request: VisitRequest) -> list[StateEvidence]:
    """The page at 320 CSS px: reflow and what else shows only there."""
    if not page_probes("320") or (request.only and not set(request.only) & set(page_probes("320"))):
        return []
    await tab.cdp.send("Emulation.setDeviceMetricsOverride", {**NARROW, "deviceScaleFactor": 1, "mobile": False})
    try:
        await tab.settle(1.0)
        return [await look_at(tab, "320", NARROW, request.only, ("viewport 320 x 256",), axe=False)]
    finally:
        await tab.cdp.send("Emulation.clearDeviceMetricsOverride")


async def look_behind(
    pool: Pool, request: VisitRequest, base: StateEvidence
) -> tuple[StateEvidence, list[StateEvidence]]:
    """What lies behind a modal dialog that is open from the start: as good as not there for people and probes alike.

    Escape closes a dialog unless its author forbids it; it is pressed in a laboratory, and the page is looked at again.
    Out: the base look, which tells of a part that was not entered when the dialog stayed, and the look behind it.
    """
    if request.level >= SafetyLevel.KEYS:
        with suppress(Unreachable, ScriptError, Error):
            async with laboratory(pool, request.url, seconds=request.seconds, viewport=request.viewport) as tab:
                await tab.page.keyboard.press("Escape")
                await tab.settle(1.0)
                if not await tab.ask_library("S.all('dialog:modal').length", seconds=2):
                    return base, [await look_at(tab, BEHIND, request.viewport, request.only, ("press Escape",))]
    frames = base.records["frames"]
    missed = [*frames.data["not_entered"], {"url": request.url[:500], "reason": str(Hindrance.MODAL)}]
    told = replace(frames, data={**frames.data, "not_entered": missed})
    return replace(base, records={**base.records, "frames": told}), []


async def deepen(
    pool: Pool, request: VisitRequest, page: PageEvidence, spent: dict[str, float] | None = None
) -> PageEvidence:
    """Runs the deep probes one after the other, each in its own time box and context."""
    spent = {} if spent is None else spent
    ends = time.monotonic() + request.deep_seconds
    records: dict[str, Record] = {}
    states: list[StateEvidence] = []
    for probe in deep_probes():
        if request.only and probe.name not in request.only:
            continue
        began = time.monotonic()
        if request.level < probe.level:
            records[probe.name] = Record(
                probe.name, prevented=told(Hindrance.LEVEL, f"L{request.level:d} < L{probe.level:d}")
            )
            continue
        left = min(probe.seconds, ends - began)
        at = Look(pool, request, _with_base(page, records))
        try:
            if left <= 0:
                raise TimeoutError
            result = await asyncio.wait_for(probe.look(at), left)
            if isinstance(result, list):
                states.extend(result)
                records[probe.name] = Record(
                    probe.name, {"states": [s.name for s in result]}, seconds=time.monotonic() - began
                )
            else:
                records[probe.name] = Record(probe.name, result, seconds=time.monotonic() - began)
        except TimeoutError:
            records[probe.name] = Record(
                probe.name,
                prevented=told(Hindrance.TIME_BOX, f"{probe.seconds:.0f}")
                if left > 0
                else str(Hindrance.NO_TIME),
                seconds=time.monotonic() - began,
            )
        except Exception as error:
            log.warning(
                "probe %s on %s: %s", probe.name, request.url, error, exc_info=not isinstance(error, Unreachable)
            )
            records[probe.name] = Record(probe.name, prevented=hindered(error), seconds=time.monotonic() - began)
        spent[probe.name] = time.monotonic() - began
    page = _with_base(page, records)
    return _with(page, [*page.looks, *states])


def _with_base(page: PageEvidence, records: Mapping[str, Record]) -> PageEvidence:
    """The page with these records added to its base state, so that later deep probes can build on earlier ones."""
    base = page.looks[0]
    return _with(
        page, [StateEvidence(base.name, base.viewport, base.steps, {**base.records, **records}), *page.looks[1:]]
    )
