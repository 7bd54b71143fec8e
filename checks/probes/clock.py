"""What a page does when nobody touches it: a day in two seconds, with a virtual clock in the place of the real one.

Runs only on pages with scripts. The page's timers run ahead; nothing is sent, and questions that scripts ask a server
stay without an answer, so that no polling reaches it. The record holds

* `ran`: False when the page has no scripts, so that nothing could happen; then nothing else;
* `changes`: places that changed by themselves in the first minute: `times`, `first`, `last` (seconds), `kinds` (`text`,
  `appears`, `moves`, `looks`, `content`), `texts`;
* `vanished`: texts that a script took away in the first minute and that did not come back: `text`, `seconds`;
* `flickers`: places of some size that a script makes lighter and darker at least six times a second: `turns`;
* `swapped`: pictures whose file a script changed more than once, and whose `alternative` stayed: `times`;
* `event`: the first thing in 20 hours that takes the page away, or None: `kind` (`navigation`, `address`, `content`,
  `disabled`), `seconds`, `to`, `reload`, `twice` (seen again in a second fresh context with the server answering);
* `warning`: what was said before it, or None: `seconds`, `texts`, `controls`, `dialog`; `extended`: whether one of its
  controls put the event off, twice (None: not tried);
* `unseen_sounds`: what sounds without an element in the page (checks.probes.sound);
* `words`, `forms`: words of text and fields on the page; `settings`: names of controls that speak of refreshing.

Sources: fifty-criteria, engine E8; Playwright's clock.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error, Request, Route

from checks.harness import SafetyLevel
from checks.inpage import script
from checks.probes.sound import unseen_sounds
from checks.tab import Tab, Unreachable
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.LOOK
SECONDS = 25.0
ORDER = 10

FIRST_MINUTE = 60
DAY = 20 * 3600
"""A time limit longer than this is exempt from the criterion."""
STEPS = (*(4.5, 5, 5.5) * 4, 240, *(300,) * 24)
"""Seconds per step of the first run: the first minute, then up to 125 minutes; the rest of the day at once. Unequal
steps see both sides also of what comes and goes twice a second."""
SLOW = 1.0
"""Seconds for the longest step of the first hour from which the rest of the day is passed in jumps."""
PACE = 20
"""Seconds per step of the second run, in which it must become clear what happens and what is said before it."""
ANSWERS = 60
"""Requests of scripts that the server may answer in the second run."""
EXTEND = re.compile(r"verleng|doorgaan|ga door|blijf|nog aanwezig|ik ben er|ja\b|extend|stay|continue|keep|yes", re.I)
AWAY = 0.5
"""Share of the text that must be gone before the content counts as taken away."""
SETTLED = 20
"""Seconds after which fields that are gone are no form that was still loading."""
_SETTINGS = """(S) => S.all('button,a,input,select,label,[role=switch],[role=checkbox]').filter(S.visible)
    .map((el) => (S.name(el) || S.text(el, 80)).slice(0, 80))
    .filter((name) => /ververs|herlaad|automatisch|tijdslimiet|time-?out|refresh|auto-?update|reload/i.test(name))
    .slice(0, 5)"""


_PRESS = """(S, path) => { const el = S.find(path); const there = Boolean(el && S.visible(el)); if (there) el.click();
    return there; }"""
_SILENCE = """() => { window.fetch = () => new Promise(() => {}); XMLHttpRequest.prototype.send = function () {};
    window.EventSource = class extends EventTarget { close() {} }; }"""
"""For the page's own world: questions that are never answered cost nothing."""


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
    found = await _first(at)
    event = found["event"]
    if event is None:
        return found
    event["twice"] = False
    if float(event["seconds"]) >= DAY:
        return found
    again = await _second(at, float(event["seconds"]))
    if (second := again["event"]) is not None:
        twice = second["kind"] == event["kind"] and second["to"] == event["to"]
        found["event"], found["warning"] = {**second, "twice": twice}, again["warning"]
        if again["warning"] is not None and at.level >= SafetyLevel.CLICK:
            found["extended"] = await _extend(at, float(second["seconds"]), again["warning"])
    return found


async def _first(at: Look) -> dict[str, Any]:
    """In large steps through the day; questions of scripts stay without an answer."""
    async with at.lab(prepare=lambda tab: tab.page.clock.install()) as tab:
        await tab.context.route("**/*", Answers(0).route)
        await tab.cdp.send("Runtime.evaluate", {"expression": f"({_SILENCE})()"})
        run = Run(tab)
        found: dict[str, Any] = {"ran": True, "changes": [], "event": None, "warning": None, "extended": None,
                                 "unseen_sounds": await unseen_sounds(tab), "settings": await tab.call(_SETTINGS),
                                 **await run.ask("begin")}
        slow = False
        for step in STEPS:
            began = time.monotonic()
            await (run.jump if slow else run.run)(step)
            # A page that draws every frame by script has sixty callbacks a second: a day of them takes too long.
            slow = slow or (step > FIRST_MINUTE and time.monotonic() - began > SLOW)
            if await _noticed(run, found):
                return found
            if run.at == FIRST_MINUTE:
                found["changes"] = await run.ask("end")
                found["vanished"] = await run.ask("vanished")
                found["swapped"] = await run.ask("swapped")
                found["flickers"] = await run.ask("flickers", seconds=FIRST_MINUTE)
        await run.jump(DAY - run.at)
        await _noticed(run, found)
        return found


async def _second(at: Look, until: float) -> dict[str, Any]:
    """In small steps up to what the first run saw, with the server answering."""
    async with at.lab(prepare=lambda tab: tab.page.clock.install()) as tab:
        await tab.context.route("**/*", Answers(ANSWERS).route)
        run = Run(tab)
        found: dict[str, Any] = {"event": None, "warning": None}
        await run.ask("begin")
        pace = 1 if until <= FIRST_MINUTE else PACE if until <= 3900 else 60
        while run.at < until + pace:
            await run.run(pace)
            if await _noticed(run, found):
                break
        return found


async def _extend(at: Look, until: float, warning: Json) -> bool | None:
    """Does a control of the warning put the end off? Tried twice, since once is not enough for the criterion.

    None: there is no control that promises it, or the warning did not come again.
    """
    control = next((c for c in warning["controls"] if EXTEND.search(str(c["name"]))), None)
    if control is None:
        return None
    warned = float(warning["seconds"])
    async with at.lab(prepare=lambda tab: tab.page.clock.install()) as tab:
        await tab.context.route("**/*", Answers(ANSWERS).route)
        run = Run(tab)
        pressed = 0.0
        for _ in range(2):
            await run.run(warned + 1 - (run.at - pressed))
            if run.asked or not await tab.call(_PRESS, control["selector"]):
                return None
            pressed = run.at
            await run.run(until - warned + 1)
            if run.asked:
                return False
        return True


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


def _dialogs(run: Run) -> list[str]:
    return [s.what for s in run.tab.stopped if s.kind == "dialog"]


async def _noticed(run: Run, found: dict[str, Any]) -> bool:
    """Looks what the last step brought; True when the page was taken away."""
    mutated = (await run.ask("step", time=run.at))["mutated"]
    if run.asked:
        method, to = run.asked[0]
        reload = to.split("#")[0] == run.tab.page.url.split("#")[0]
        found["event"] = {"kind": "navigation", "seconds": run.at, "to": f"{method} {to}"[:400], "reload": reload}
        if found["warning"] is None and (dialogs := _dialogs(run)):  # a question that led away when it was not answered
            found["warning"] = {"seconds": run.at, "texts": [], "dialog": dialogs[:1], "controls": []}
        return True
    if not mutated:
        return False
    seen = await run.ask("notice")
    dialogs = _dialogs(run)
    if found["warning"] is None and (seen["session"] or dialogs):
        found["warning"] = {"seconds": run.at, "texts": seen["session"], "dialog": dialogs[:1],
                            "controls": [c for layer in seen["layers"] for c in layer["controls"]]}
    gone = "content" if seen["gone"] > AWAY else "disabled" if seen["disabled"] > 2 else ""
    gone = gone or ("content" if seen["fields"] and run.at > SETTLED else "")
    kind = "address" if seen["url"] else gone
    if kind:
        to = seen["url"] or " ".join(seen["session"])[:300]
        found["event"] = {"kind": kind, "seconds": run.at, "to": to, "reload": False}
    return bool(kind)
