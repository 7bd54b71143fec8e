"""What happens when a pointer goes down and is not yet released: navigation, sending, dialogs, other changes.

Runs only where something listens to `mousedown`, `pointerdown` or `touchstart` (record `listeners`). The pointer goes
down on the element, and is moved away before it is released, so that a click never happens. The record holds

* `listening`: `elements` and `roots` that listen to going down; `delegated`: True when the whole document listens;
* `downs`: elements at which something happened: places with `effect` (checks.effects), `pointer` (`mouse`, `touch`),
  `leaves` (it would have led away or opened a dialog), `twice` (again in a second fresh context), `undone` (releasing
  elsewhere undid it);
* `tested`, `left`: elements tried, and not tried for want of room.

Sources: fifty-criteria 2.5.2; F101.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error

from checks.effects import Effect, learn_restless, observe
from checks.harness import SafetyLevel
from checks.inpage import script
from checks.tab import ScriptError, Tab
from scanner.model import Json

if TYPE_CHECKING:
    from checks.visit import Look

LEVEL = SafetyLevel.CLICK
SECONDS = 25.0
ORDER = 60

DOWN = {"mousedown": "mouse", "pointerdown": "mouse", "touchstart": "touch"}
MAX_ELEMENTS = 16
MAX_DELEGATED = 6
MAX_INSIDE = 2
MAX_TRIED = 22
SLOW_HOVER = 1.2
"""Seconds until also a menu that waits before it opens or shuts has done so."""
_PRESSABLE = """(S, {within, n}) => { const seen = new Map(); const root = within ? S.find(within) : document;
    for (const el of root ? S.all('main a[href],main button,a[href],button,[role=button],[onclick]', root) : []) {
        if (!S.visible(el)) continue;
        const key = `${el.localName} ${[...el.classList].sort().join('.')}`;
        if (!seen.has(key)) seen.set(key, S.place(el)); if (seen.size >= n) break; }
    return [...seen.values()]; }"""


async def look(at: Look) -> Json:
    """The record described above."""
    listeners = at.seen("listeners")
    elements = [(e, pointer) for e in listeners.get("elements", ())
                if (pointer := _pointer(e["types"])) and e["visible"] and not e.get("frame")]
    roots = [r for r in listeners.get("roots", ()) if set(r["types"]) & set(DOWN)]
    out: dict[str, Any] = {
        "listening": {"elements": len(elements), "roots": len(roots)}, "delegated": bool(roots), "downs": [],
        "tested": 0, "left": max(0, len(elements) - MAX_ELEMENTS) + int(listeners.get("more", 0))}
    if not elements and not roots:
        return out
    async with at.lab(has_touch=True) as tab:
        await learn_restless(tab)
        tried: list[tuple[Json, str]] = []
        for element, pointer in elements[:MAX_ELEMENTS]:
            # A list may listen for the buttons in it.
            inside = await tab.call(_PRESSABLE, {"within": element["selector"], "n": MAX_INSIDE})
            tried += [(element, pointer), *((one, pointer) for one in inside)]
        if roots:
            tried += [(one, "mouse") for one in await tab.call(_PRESSABLE, {"within": "", "n": MAX_DELEGATED})]
        tried = list({(one["selector"], pointer): (one, pointer) for one, pointer in tried}.values())[:MAX_TRIED]
        out["downs"] = await _press_all(tab, tried)
        out["tested"] = len(tried)
    if out["downs"]:
        async with at.lab(has_touch=True) as tab:
            await learn_restless(tab)
            again = await _press_all(tab, [(d, d["pointer"]) for d in out["downs"]], rest=SLOW_HOVER)
            second = {(d["selector"], d["leaves"]) for d in again}
            for down in out["downs"]:
                down["twice"] = (down["selector"], down["leaves"]) in second
    return out


def does_something(effect: Effect) -> bool:
    """More than a stopped request, which may be a statistic."""
    return bool(effect.leaves or effect.dialogs or effect.url or effect.shown_count or effect.hidden_count
                or effect.layers or effect.states)


def _pointer(types: Sequence[str]) -> str:
    """`mouse` or `touch`, or empty when the element does not listen to going down."""
    kinds = {DOWN[t] for t in types if t in DOWN}
    return "mouse" if "mouse" in kinds else "touch" if kinds else ""


async def _press_all(tab: Tab, elements: Sequence[tuple[Json, str]], rest: float = 0.25) -> list[dict[str, Any]]:
    found = []
    for element, pointer in elements:
        effect, undone = await _press(tab, str(element["selector"]), pointer, rest)
        if effect is None or not does_something(effect):
            continue
        kept = {k: element[k] for k in ("selector", "snippet", "box", "region", "component", "role", "name", "text")
                if k in element}
        found.append({**kept, "pointer": pointer, "effect": effect.summary(), "undone": undone, "twice": False,
                      "leaves": bool(effect.leaves or effect.dialogs)})
    return found


async def _press(tab: Tab, selector: str, pointer: str, rest: float) -> tuple[Effect | None, bool]:
    """What going down does; then moves away and releases. Undone: the page is as before."""
    try:
        aim = await tab.call(script("aim"), selector)
        if aim is None:
            return None, False
        away = {"x": 4.0, "y": 4.0}
        if pointer == "mouse":
            await tab.page.mouse.move(aim["x"], aim["y"], steps=3)
            await asyncio.sleep(rest)  # what hovering does is done by now
            effect = await observe(tab, tab.page.mouse.down, wait=0.35, target=selector, doing=f"down on {selector}")
            if not does_something(effect):
                await tab.page.mouse.move(away["x"], away["y"], steps=3)
                await tab.page.mouse.up()
                return None, False

            async def release() -> None:
                await tab.page.mouse.move(away["x"], away["y"], steps=4)
                await tab.page.mouse.up()

            back = await observe(tab, release, wait=0.35, target=selector)
        else:
            async def touch() -> None:
                await tab.cdp.send("Input.dispatchTouchEvent", {
                    "type": "touchStart", "touchPoints": [{"x": aim["x"], "y": aim["y"]}]})

            async def lift() -> None:
                for step in (0.3, 0.7, 1.0):
                    point = {axis: aim[axis] + (away[axis] - aim[axis]) * step for axis in ("x", "y")}
                    await tab.cdp.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
                await tab.cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

            effect = await observe(tab, touch, wait=0.35, target=selector, doing=f"touch on {selector}")
            back = await observe(tab, lift, wait=0.35, target=selector)
        undone = bool(effect.shown_count and back.hidden_count) or bool(effect.hidden_count and back.shown_count)
        return effect, undone or bool(effect.states and back.states)
    except (Error, ScriptError):
        return None, False
