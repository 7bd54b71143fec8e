"""Does swiping change something that no click can change? Tried with a finger, on what listens to fingers.

Runs only where an element listens to touch or to a moving pointer (record `listeners`). The record holds

* `gestures`: could anything follow a path or several fingers: elements, the whole document, maps or canvases;
* `swiped`: elements that a swipe changed: places with `direction` (`apart`: two fingers), `area` (CSS px2 that
  changed), `twice` (again in a second fresh context), `by_click` (name of the control, or `tap`, that changes it as
  well), `tried`;
* `tested`, `left`: elements tried, and not tried.

What the browser itself scrolls is not counted: such a gesture is the browser's. Sources: fifty-criteria 2.5.1; F105.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.harness import SafetyLevel
from checks.inpage import script
from checks.pixels import bring, changed, shoot
from checks.tab import ScriptError, Tab
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.CLICK
SECONDS = 30.0
ORDER = 65

STARTS = frozenset({"touchstart", "pointerdown", "mousedown"})
ENDS = frozenset({"touchend", "touchmove", "pointermove", "pointerup", "mousemove", "mouseup"})
PATHS = frozenset({"touchmove", "touchend", "pointermove", "gesturestart", "gesturechange"})
PINCHES = frozenset({"touchmove", "gesturestart", "gesturechange", "pointermove"})
LARGE = 10_000
MAX_ELEMENTS = 5
WORDS = (r"vorige|volgende|terug|verder|links|rechts|foto|dia|slide|next|prev|previous|left|right|arrow|pijl|bullet"
         r"|dot|page|[<>‹›«»←→]")
ZOOMS = r"zoom|in-?zoom|uit-?zoom|vergroot|verklein|groter|kleiner|larger|smaller|^\s*[+−–-]\s*$|plus|min"


async def look(at: Look) -> Json:
    """The record described above."""
    listeners = at.seen("listeners")
    elements = [e for e in listeners.get("elements", ())
                if set(e["types"]) & (STARTS | PATHS) and set(e["types"]) & ENDS]
    roots = [r for r in listeners.get("roots", ()) if set(r["types"]) & PATHS]
    seen = at.seen("gestures")
    candidates = [e for e in elements if e["visible"] and not e.get("frame") and e["box"][2] * e["box"][3] >= LARGE
                  and e["share"] < 0.9]
    gestures = bool(elements or roots or seen.get("maps") or seen.get("canvases"))
    out: dict[str, Any] = {"gestures": gestures, "swiped": [], "tested": 0,
                           "left": max(0, len(candidates) - MAX_ELEMENTS)}
    if not candidates:
        return out
    async with at.lab(has_touch=True) as tab:
        for element in candidates[:MAX_ELEMENTS]:
            out["tested"] += 1
            for direction in ("left", "right", *(("apart",) if PINCHES & set(element["types"]) else ())):
                area = await _swipe(tab, str(element["selector"]), direction)
                if area >= LARGE / 2:
                    kept = {k: element[k] for k in ("selector", "snippet", "box", "region", "component", "name", "text")
                            if k in element}
                    out["swiped"].append({**kept, "direction": direction, "area": area, "twice": False, "by_click": "",
                                          "tried": []})
                    break
    for swiped in out["swiped"]:
        async with at.lab(has_touch=True) as tab:
            await _by_click(tab, swiped)
            if not swiped["by_click"]:
                swiped["twice"] = await _swipe(tab, str(swiped["selector"]), str(swiped["direction"])) >= LARGE / 2
    return out


async def _steady(tab: Tab, selector: str) -> Any:
    """A picture of the place once it stands still; None when it keeps moving or cannot be seen."""
    box = await bring(tab, selector)
    if box is None:
        return None
    before = await shoot(tab, box)
    for _ in range(4):
        await asyncio.sleep(0.3)
        now = await shoot(tab, box)
        if changed(before, now) == 0:
            return now
        before = now
    return None


async def _words(tab: Tab, selector: str) -> str:
    """What can be read in the place now."""
    return str(await tab.call("(S, path) => { const el = S.find(path); return el ? S.seen(el, 2000) : ''; }", selector))


def _paths(aim: Json, direction: str) -> Sequence[tuple[float, float]]:
    """From where to where each finger moves across the element; two that go apart pinch."""
    left, span = aim["left"], aim["right"] - aim["left"]
    shares = {"left": ((0.8, 0.15),), "right": ((0.15, 0.8),), "apart": ((0.45, 0.1), (0.55, 0.9))}
    return [(left + span * start, left + span * end) for start, end in shares[direction]]


async def _swipe(tab: Tab, selector: str, direction: str) -> float:
    """CSS px2 that differ after a swipe (or pinch) across the element; 0 when the browser itself scrolled or zoomed.

    Other words count as large, however short they are.
    """
    try:
        words = await _words(tab, selector)
        before = await _steady(tab, selector)
        aim = await tab.call(script("aim"), selector)
        if before is None or aim is None:
            return 0.0
        scrolled = await tab.call(_SCROLLS, selector)
        paths = _paths(aim, direction)
        for step in range(9):
            points = [{"x": start + (end - start) * step / 8, "y": (aim["top"] + aim["bottom"]) / 2, "id": finger}
                      for finger, (start, end) in enumerate(paths)]
            kind = "touchMove" if step else "touchStart"
            await tab.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            await asyncio.sleep(0.016)
        await tab.cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await asyncio.sleep(0.5)
        if await tab.call(_SCROLLS, selector) != scrolled:
            return 0.0
        after = await _steady(tab, selector)
        area = 0.0 if after is None else changed(before, after)
        return max(area, LARGE / 2) if area and await _words(tab, selector) != words else area
    except (Error, ScriptError):
        return 0.0


_SCROLLS = """(S, path) => { const el = S.find(path); if (!el) return '';
    const inner = [el, ...el.querySelectorAll('*')].slice(0, 400).map((e) => Math.round(e.scrollLeft)).join();
    let outer = ''; for (let at = el; at; at = S.parent(at)) outer += Math.round(at.scrollLeft) + ',';
    return inner + '|' + outer + Math.round(scrollX) + '|' + visualViewport.scale; }"""


async def _tap(tab: Tab, selector: str, share: float) -> bool:
    """Does a finger that only taps, where the swipe ended, change the place as well (a value shown in a chart)?"""
    before = await _steady(tab, selector)
    aim = await tab.call(script("aim"), selector)
    if before is None or aim is None:
        return False
    point = {"x": aim["left"] + (aim["right"] - aim["left"]) * share, "y": (aim["top"] + aim["bottom"]) / 2}
    await tab.cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await tab.cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await asyncio.sleep(0.5)
    after = await _steady(tab, selector)
    return after is not None and changed(before, after) >= LARGE / 4


async def _by_click(tab: Tab, swiped: dict[str, Any]) -> None:
    """Looks for a control, or a tap on the thing itself, that changes the same place."""
    selector = str(swiped["selector"])
    words = ZOOMS if swiped["direction"] == "apart" else WORDS
    controls: Sequence[Json] = await tab.call(script("stoppers"), {"selector": selector, "words": words})
    for control in [c for c in controls if c["why"] != "own controls"][:6]:
        swiped["tried"].append(control["name"])
        before, words = await _steady(tab, selector), await _words(tab, selector)
        await tab.call("(S, path) => S.find(path)?.click()", control["selector"])
        await asyncio.sleep(0.5)
        after = await _steady(tab, selector)
        other = await _words(tab, selector) != words
        if before is not None and after is not None and (other or changed(before, after) >= LARGE / 4):
            swiped["by_click"] = control["name"] or "control"
            return
    if await _tap(tab, selector, 0.15 if swiped["direction"] == "left" else 0.8):
        swiped["by_click"] = "tap"
        return
    for share in (0.5, 0.92, 0.08):
        before, words = await _steady(tab, selector), await _words(tab, selector)
        aim = await tab.call(script("aim"), selector)
        if before is None or aim is None:
            return
        await tab.page.mouse.click(aim["left"] + (aim["right"] - aim["left"]) * share, (aim["top"] + aim["bottom"]) / 2)
        await tab.page.mouse.move(2, 2)
        await asyncio.sleep(0.5)
        after = await _steady(tab, selector)
        if after is None or changed(before, after) >= LARGE / 4 or await _words(tab, selector) != words:
            swiped["by_click"] = "tap"
            return
