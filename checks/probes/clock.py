"""What a page does when nobody touches it: a day in two seconds, with a virtual clock in the place of the real one.

Runs only on pages with scripts. The page's timers run ahead; nothing is sent, and questions that scripts ask a server
stay without an answer, so that no polling reaches it. The record holds

* `ran`: False when the page has no scripts, so that nothing could happen; then nothing else;
* `changes`: places that changed by themselves in the first minute: `times`, `first`, `last` (seconds), `kinds` (`text`,
  `appears`, `moves`, `looks`, `content`), `texts`;
* `event`: the first thing in 20 hours that takes the page away, or None: `kind` (`navigation`, `address`, `content`,
  `disabled`), `seconds`, `to`, `reload`, `twice` (seen again in a second fresh context with the server answering);
* `warning`: what was said before it, or None: `seconds`, `texts`, `controls`, `dialog`; `extended`: whether one of its
  controls put the event off, twice (None: not tried);
* `words`, `forms`: words of text and fields on the page; `settings`: names of controls that speak of refreshing.

Sources: fifty-criteria, engine E8; Playwright's clock.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error, Request, Route

from checks.harness import SafetyLevel
from checks.inpage import script
from checks.tab import Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 15.0
ORDER = 10

FIRST_MINUTE = 60
DAY = 20 * 3600
"""A time limit longer than this is exempt from the criterion."""
STEPS = (*(2,) * 30, *(30,) * 58, *(60,) * 35, *(600,) * 6)
"""Seconds per step: the first minute, up to 30 minutes, up to 65, up to 125; then the rest at once."""
ANSWERS = 60
"""Requests of scripts that the server may answer in the second run."""
EXTEND = re.compile(r"verleng|doorgaan|ga door|blijf|nog aanwezig|ik ben er|ja\b|extend|stay|continue|keep|yes", re.I)
AWAY = 0.5
"""Share of the text that must be gone before the content counts as taken away."""
_SETTINGS = """(S) => S.all('button,a,input,select,label,[role=switch],[role=checkbox]').filter(S.visible)
    .map((el) => (S.name(el) || S.text(el, 80)).slice(0, 80))
    .filter((name) => /ververs|herlaad|automatisch|tijdslimiet|time-?out|refresh|auto-?update|reload/i.test(name))
    .slice(0, 5)"""


class Run:
    """One context in which the clock runs: how far it is and which documents the page itself asked for."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.at = 0.0
        """Virtual seconds since the page had loaded."""
        self.asked: list[tuple[str, str]] = []
        """Method and address of the navigations of the top document."""
        tab.page.on("request", self._requested)

    def _requested(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.tab.page.main_frame and len(self.asked) < 20:
            self.asked.append((request.method, request.url))

    async def run(self, seconds: float) -> None:
        """Lets this much virtual time pass; every timer runs as often as it would."""
        await self._on(self.tab.page.clock.run_for, seconds)

    async def jump(self, seconds: float) -> None:
        """The same for long stretches: every timer runs once at most."""
        await self._on(self.tab.page.clock.fast_forward, seconds)

    async def _on(self, way: Callable[[int | str], Awaitable[None]], seconds: float) -> None:
        try:
            await asyncio.wait_for(way(round(seconds * 1000)), 6)
        except (Error, TimeoutError) as error:
            raise Unreachable(f"virtual clock: {error}"[:150]) from error
        self.at += seconds
        await asyncio.sleep(0.01)

    async def ask(self, do: str, **more: Any) -> Any:
        """Asks the in-page half."""
        return await self.tab.call(script("clock"), {"do": do, **more}, seconds=8)


async def look(at: Look) -> Json:
    """The record described above."""
    facts = at.seen("facts")
    if facts and not facts.get("scripts") and not facts.get("frames") and not at.seen("focusables").get("handlers", 1):
        return {"ran": False}
    found = await _watch(at, silent=True)
    event = found["event"]
    if event is not None:
        event["twice"] = False
    if event is not None and float(event["seconds"]) < DAY:
        again = await _watch(at, silent=False, until=float(event["seconds"]), warning=found["warning"])
        second = again["event"]
        event["twice"] = second is not None and second["kind"] == event["kind"] and second["to"] == event["to"]
        if second is not None:
            event["seconds"] = min(float(event["seconds"]), float(second["seconds"]))
        found["extended"] = again["extended"]
    return found


async def _watch(at: Look, *, silent: bool, until: float = DAY, warning: Json | None = None) -> dict[str, Any]:
    """One run. `silent`: scripts get no answer. With `until` (and the `warning` seen before it) only as far as that."""
    async with at.lab(prepare=lambda tab: tab.page.clock.install()) as tab:
        await tab.context.route("**/*", Answers(0 if silent else ANSWERS).route)
        run = Run(tab)
        found: dict[str, Any] = {"ran": True, "changes": [], "event": None, "warning": None, "extended": None,
                                 "settings": await tab.call(_SETTINGS), **await run.ask("begin")}
        if not silent and until < DAY:
            await _again(run, found, until, warning, may_click=at.level >= SafetyLevel.CLICK)
            return found
        for step in STEPS:
            await run.run(step)
            if await _noticed(run, found):
                return found
            if run.at == FIRST_MINUTE:
                found["changes"] = await run.ask("end")
        await run.jump(DAY - run.at)
        await _noticed(run, found)
        return found


class Answers:
    """Lets this many questions of scripts reach the server. The others get an empty answer, so that a day of polling in
    two seconds harms nobody, and no failure of ours looks like one of the page's."""

    def __init__(self, left: int) -> None:
        self.left = left

    async def route(self, route: Route, request: Request) -> None:
        """For Playwright's routing."""
        try:
            if request.resource_type not in ("xhr", "fetch", "eventsource"):
                await route.fallback()
            elif self.left > 0:
                self.left -= 1
                await route.fallback()
            else:
                await route.fulfill(status=204, body="")
        except Error:
            pass  # the page went away meanwhile


async def _noticed(run: Run, found: dict[str, Any]) -> bool:
    """Looks what the last step brought; True when the page was taken away."""
    mutated = (await run.ask("step", time=run.at))["mutated"]
    if run.asked:
        method, to = run.asked[0]
        reload = to.split("#")[0] == run.tab.page.url.split("#")[0]
        found["event"] = {"kind": "navigation", "seconds": run.at, "to": f"{method} {to}"[:400], "reload": reload}
        return True
    if not mutated:
        return False
    seen = await run.ask("notice")
    dialogs = [s.what for s in run.tab.stopped if s.kind == "dialog"]
    if found["warning"] is None and (seen["session"] or dialogs):
        found["warning"] = {"seconds": run.at, "texts": seen["session"], "dialog": dialogs[:1],
                            "controls": [c for layer in seen["layers"] for c in layer["controls"]]}
    gone = "content" if seen["gone"] > AWAY else "disabled" if seen["disabled"] > 2 else ""
    kind = "address" if seen["url"] else gone
    if kind:
        to = seen["url"] or " ".join(seen["session"])[:300]
        found["event"] = {"kind": kind, "seconds": run.at, "to": to, "reload": False}
    return bool(kind)


async def _again(run: Run, found: dict[str, Any], until: float, warning: Json | None, *, may_click: bool) -> None:
    """The same road with the server answering; presses the control that promises more time, if there is one."""
    if warning is not None and may_click and float(warning["seconds"]) < until:
        extend = next((c for c in warning["controls"] if EXTEND.search(str(c["name"]))), None)
        if extend is not None:
            found["extended"] = await _extend(run, until, float(warning["seconds"]), str(extend["selector"]))
            return
    pace = 2 if until <= FIRST_MINUTE else 30 if until <= 7800 else 600
    while run.at < until + pace:
        await run.run(min(pace, max(until + pace - run.at, 1)))
        if await _noticed(run, found):
            return


async def _extend(run: Run, until: float, warned: float, selector: str) -> bool | None:
    """Does the control put the end off? Tried twice, since once is not enough. None: the warning did not come again."""
    pressed = 0.0
    for _ in range(2):
        await run.run(warned + 1 - (run.at - pressed))
        if run.asked:
            return None
        if not await run.tab.call("(S, path) => { const el = S.find(path); const there = Boolean(el && S.visible(el));"
                                  " if (there) el.click(); return there; }", selector):
            return None
        pressed = run.at
        await run.run(until - warned)
        if run.asked:
            return False
    return True
